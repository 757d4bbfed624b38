"""JSON as it goes over the wire: compact, and read at the price of the scanner alone.

`json.loads` guesses the encoding, and skips white space by regular expressions, before and behind what it scans: as dear as the scanning of
a small document.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode
_scan = json.JSONDecoder(parse_constant=_refuse).scan_once


def encode(document: Any) -> bytes:
    """The document as compact ASCII."""
    return _encode(document).encode()


def decode(text: bytes) -> Any:
    """The document, made anew.

    Raises:
        ValueError: it is no JSON, or no UTF-8.
    """
    characters = text.decode()
    try:
        document, end = _scan(characters, 0)
    except StopIteration:
        end = -1
    if end != len(characters):  # white space around it, something behind it, or nothing at all
        return json.loads(characters, parse_constant=_refuse)
    return document

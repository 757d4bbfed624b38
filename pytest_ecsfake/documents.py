"""The forms of a document: packed, as it is kept, and JSON, as it goes over the wire.

Packed, a document costs half of what JSON costs to write and to read, and nobody can reach through it into the state. `json.loads` guesses
the encoding and skips white space by regular expressions, which is as dear as scanning a small document: here the scanner goes alone.
"""

from __future__ import annotations

import json
import marshal
from collections.abc import Callable
from typing import Any, NoReturn

#: marshal's later versions look each value up among those before it: a document has hardly any twice, and reading takes a third longer. Without,
#: what two places of a document share is made twice.
_WITHOUT_REFERENCES = 2

#: The document that packed bytes hold, made anew.
unpack: Callable[[bytes], Any] = marshal.loads


def pack(document: Any) -> bytes:
    """A document of plain values as bytes that only this process reads."""
    return marshal.dumps(document, _WITHOUT_REFERENCES)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode
# The stubs don't know the scanner, which every JSONDecoder has had since it exists.
_scan: Callable[[str, int], tuple[Any, int]] = vars(json.JSONDecoder(parse_constant=_refuse))["scan_once"]


def to_json(document: Any) -> bytes:
    """The document as compact ASCII."""
    return _encode(document).encode()


def from_json(text: bytes) -> Any:
    """The document that JSON holds.

    Raises:
        ValueError: it is no JSON, or no UTF-8.
        RecursionError: it is nested without end.
    """
    characters = text.decode()
    try:
        document, end = _scan(characters, 0)
    except StopIteration:
        end = -1
    if end != len(characters):  # white space around it, something behind it, or nothing at all
        return json.loads(characters, parse_constant=_refuse)
    return document

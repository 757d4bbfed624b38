"""The two forms of a document: packed, for keeping it, and JSON, for the wire.

Packing and unpacking take half the time of JSON, and unpacking makes a copy, so changing it can't change the state. `json.loads`
detects the encoding and skips white space with regular expressions, which takes as long as scanning a small document. So `from_json` calls the
scanner directly.
"""

from __future__ import annotations

import json
import marshal
from collections.abc import Callable
from typing import Any, NoReturn

#: marshal's later versions look for repeated values. Documents hardly have any, and reading takes a third longer. With this version a value that
#: appears twice in a document is written twice.
_WITHOUT_REFERENCES = 2

#: Makes a new document from packed bytes.
unpack: Callable[[bytes], Any] = marshal.loads


def pack(document: Any) -> bytes:
    """Pack a document of plain values into bytes, which only this process can read."""
    return marshal.dumps(document, _WITHOUT_REFERENCES)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} isn't JSON")


_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode
# Every JSONDecoder has this scanner, but the stubs don't know it.
_scan: Callable[[str, int], tuple[Any, int]] = vars(json.JSONDecoder(parse_constant=_refuse))["scan_once"]


def to_json(document: Any) -> bytes:
    """The document as compact JSON, in ASCII."""
    return _encode(document).encode()


def from_json(text: bytes) -> Any:
    """Read a document from JSON.

    Raises:
        ValueError: the text isn't JSON, or isn't UTF-8.
        RecursionError: it is nested too deeply.
    """
    characters = text.decode()
    try:
        document, end = _scan(characters, 0)
    except StopIteration:
        end = -1
    if end != len(characters):  # there is white space around it, or text after it, or no document
        return json.loads(characters, parse_constant=_refuse)
    return document

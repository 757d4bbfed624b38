"""Values as they are written in a test, for the texts of failed assertions and the reprs of calls."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import PurePath

from pytest_ecsfake.recording.matching import Whole, is_predicate

#: The longest text of a value: in a sentence with other values, and on a line of its own.
IN_A_SENTENCE, ON_A_LINE = 60, 100


def keywords(given: Mapping[str, object]) -> str:
    """Parameters as they are written in a call: `cluster="prod", count=2`."""
    return ", ".join(f"{name}={show(value, IN_A_SENTENCE)}" for name, value in given.items())


def show(value: object, longest: int) -> str:
    """A value as it is written in a test, cut in the middle if it is too long."""
    return cut(source(value), longest)


def source(value: object) -> str:
    """A value as it is written in a test."""
    if isinstance(value, Whole):
        return source(value.value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{source(key)}: {source(member)}" for key, member in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(source, value)) + "]"
    if is_predicate(value):
        return _predicate(value)
    return str(value) if isinstance(value, datetime) else repr(value)


def _predicate(predicate: Callable[..., object]) -> str:
    """The name of a predicate; of a lambda, which has none, the line."""
    name: str = getattr(predicate, "__name__", "")
    code = getattr(predicate, "__code__", None)
    if name == "<lambda>" and code is not None:
        return f"<lambda in line {code.co_firstlineno} of {PurePath(code.co_filename).name}>"
    return name or repr(predicate)


def cut(text: str, longest: int, looked_at: int = 0) -> str:
    """The text, cut to a length. It keeps both ends, or the surroundings of a character if that is far from the start."""
    if len(text) <= longest:
        return text
    if looked_at < longest // 2:
        return f"{text[: longest - longest // 3]}...{text[-(longest // 3) :]}"
    start = min(looked_at - longest // 2, len(text) - longest)
    end = "" if start + longest == len(text) else "..."
    return f"...{text[start : start + longest]}{end}"

"""Converts a document's timestamps from epoch seconds, as they are sent, to the aware datetimes that boto3 returns.

The schemas say which members are timestamps (`"format": "epoch-seconds"`). A value of another type than its schema requires is left unchanged,
because a request is noted before it is checked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Literal

from pytest_ecsfake.clock import SECOND, to_datetime
from pytest_ecsfake.validation import schemas

_Convert = Callable[[Any], Any]


def with_datetimes(
    document: dict[str, Any], operation: str, direction: Literal["request", "response"]
) -> dict[str, Any]:
    """Convert a document's timestamps to datetimes.

    Args:
        document: a request or a response, as it was decoded from JSON. It is changed in place.
        operation: the operation's name, such as `RunTask`.
        direction: whether it is a request or a response.
    """
    convert = _converter(operation, direction)
    return document if convert is None else convert(document)


@cache
def _converter(operation: str, direction: Literal["request", "response"]) -> _Convert | None:
    if operation not in schemas.operations():
        return None
    schema = schemas.request_schema(operation) if direction == "request" else schemas.response_schema(operation)
    return _converter_of(schema, schema["$defs"])


def _converter_of(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> _Convert | None:
    """The conversion of values with this schema. None if it contains no timestamp, so that such values aren't walked."""
    if "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    if schema.get("format") == "epoch-seconds":
        return _datetime
    if "items" in schema:
        convert = _converter_of(schema["items"], definitions)
        return None if convert is None else _for_items(convert)
    converters = {name: _converter_of(member, definitions) for name, member in schema.get("properties", {}).items()}
    needed = {name: convert for name, convert in converters.items() if convert is not None}
    return _for_members(needed) if needed else None


def _datetime(value: Any) -> Any:
    return to_datetime(round(value * SECOND)) if isinstance(value, (int, float)) else value


def _for_items(convert: _Convert) -> _Convert:
    def convert_items(value: Any) -> Any:
        return [convert(item) for item in value] if isinstance(value, list) else value

    return convert_items


def _for_members(converters: Mapping[str, _Convert]) -> _Convert:
    def convert_members(value: Any) -> Any:
        if isinstance(value, dict):
            for name in converters.keys() & value.keys():
                value[name] = converters[name](value[name])
        return value

    return convert_members

"""A document's timestamps as boto3 users know them: aware datetimes where the wire has epoch seconds.

Which members these are, the schemas say (`"format": "epoch-seconds"`). What has another type than its schema demands stays as it is:
a request is written down before anybody has checked it.
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
    """The document with datetimes, changed in place: give it one that nobody else holds.

    Args:
        document: a request or a response, as it was decoded from JSON.
        operation: the operation's name, such as `RunTask`.
        direction: which of the two it is.
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
    """What values under this schema need, or None where there is no timestamp below: those are never walked."""
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

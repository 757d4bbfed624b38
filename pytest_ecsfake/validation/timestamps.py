"""Converts a document's timestamps from epoch seconds, as they are sent, to the aware datetimes that boto3 returns.

The schemas say which members are timestamps (`"format": "epoch-seconds"`). A value of another type than its schema requires is left unchanged,
because a request is noted before it is checked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Literal

from pytest_ecsfake.clock import SECOND, plain_datetime, to_datetime, to_instant
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
    convert = _converter(operation, direction, _datetime)
    return document if convert is None else convert(document)


def with_epoch_seconds(document: dict[str, Any], operation: str) -> dict[str, Any]:
    """Convert the timestamps of a response the other way: from datetimes, or from the ISO 8601 that the AWS CLI prints, to epoch seconds.

    Args:
        document: a response, as boto3 returns it or as the CLI prints it. It is changed in place. Other values are left unchanged.
        operation: the operation's name, such as `DescribeTasks`.
    """
    convert = _converter(operation, "response", _epoch_seconds)
    return document if convert is None else convert(document)


@cache
def _converter(operation: str, direction: Literal["request", "response"], leaf: _Convert) -> _Convert | None:
    if operation not in schemas.operations():
        return None
    schema = schemas.request_schema(operation) if direction == "request" else schemas.response_schema(operation)
    return _converter_of(schema, schema["$defs"], leaf)


def _converter_of(schema: Mapping[str, Any], definitions: Mapping[str, Any], leaf: _Convert) -> _Convert | None:
    """The conversion of values with this schema. None if it contains no timestamp, so that such values aren't walked."""
    if "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    if schema.get("format") == "epoch-seconds":
        return leaf
    if "items" in schema:
        convert = _converter_of(schema["items"], definitions, leaf)
        return None if convert is None else _for_items(convert)
    converters = {
        name: _converter_of(member, definitions, leaf) for name, member in schema.get("properties", {}).items()
    }
    needed = {name: convert for name, convert in converters.items() if convert is not None}
    return _for_members(needed) if needed else None


def _datetime(value: Any) -> Any:
    return to_datetime(round(value * SECOND)) if isinstance(value, (int, float)) else value


#: ISO 8601 as the AWS CLI prints it: `2023-05-02T14:19:34.520000+02:00`.
_ISO_8601 = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6})\d*)?(Z|[+-]\d\d:\d\d)?\Z")


def _epoch_seconds(value: Any) -> Any:
    if isinstance(value, plain_datetime()):
        return to_instant(value) / SECOND
    match = _ISO_8601.match(value) if isinstance(value, str) else None
    if match is None:
        return value
    moment, fraction, zone = match.groups()
    try:
        read = plain_datetime().fromisoformat(moment + (zone or "+00:00").replace("Z", "+00:00"))
    except ValueError:  # no such day
        return value
    return (to_instant(read) + int((fraction or "0").ljust(6, "0"))) / SECOND


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

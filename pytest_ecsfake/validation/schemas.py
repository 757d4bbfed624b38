"""What the schemas say of a request and of a response.

jsonschema-rs judges, compiled once for each operation at its first call. Only a request that it refuses is looked at again, by
`refusals`, which finds ECS's words. The schemas are the checked-in ones, whatever botocore is installed: in the wheel they are package
data, in a checkout they stand in `schemas/`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

from pytest_ecsfake.errors import EcsFakeInternalError, EcsFakeNotBuiltError, SerializationException
from pytest_ecsfake.version import version

_Schema = dict[str, Any]

#: What comes of half a surrogate pair, of a number of hundreds of digits, of nesting without end: no JSON that a service can read.
#: jsonschema-rs before 0.45 tells the first by a SystemError.
_UNREADABLE = (ValueError, RecursionError, SystemError)

#: The judges of requests that are compiled already, by operation.
_gates: dict[str, Callable[[object], bool]] = {}


def check_request(operation: str, request: object) -> None:
    """Let a request pass that its schema allows.

    Args:
        operation: the operation's name, such as `RunTask`.
        request: the request as it was decoded from JSON.

    Raises:
        EcsError: what ECS answers to such a request; one fault only, the order is told in `refusals`.
        EcsFakeNotBuiltError: the operation or a member of the request is unknown to the schemas: the client is newer than they are.
    """
    gate = _gates.get(operation) or _compile(operation)
    try:
        if not gate(request):
            _refuse(operation, request)
    except _UNREADABLE:
        raise SerializationException from None


def _compile(operation: str) -> Callable[[object], bool]:
    from jsonschema_rs import Draft202012Validator

    gate = _gates[operation] = Draft202012Validator(request_schema(operation)).is_valid
    return gate


def _refuse(operation: str, request: object) -> NoReturn:
    # jsonschema takes 0.2 s to import, and a suite may never need it.
    from pytest_ecsfake.validation.refusals import refusal_of

    raise refusal_of(operation, request, request_schema(operation), botocore_version())


def check_response(operation: str, document: Mapping[str, Any]) -> None:
    """Let a response pass that its schema allows; the test suite has every response checked.

    Raises:
        EcsFakeInternalError: a member is missing, misspelt or of another type; the path to it is named.
    """
    try:
        error = next(iter(_response_validator(operation).iter_errors(document)), None)
    except _UNREADABLE as problem:
        raise EcsFakeInternalError(f"the response of {operation} holds what JSON can't: {problem}") from problem
    if error is not None:
        path = ".".join(str(step) for step in error.instance_path) or "its top"
        raise EcsFakeInternalError(f"the response of {operation} breaks its schema at {path}: {error.message}")


@cache
def _response_validator(operation: str) -> Any:
    from jsonschema_rs import Draft202012Validator

    return Draft202012Validator(response_schema(operation))


def operations() -> tuple[str, ...]:
    """The names of all operations of ECS, in alphabetical order."""
    return tuple(_index()["operations"])


def declared_errors(operation: str) -> frozenset[str]:
    """The codes of the errors that the model lets an operation answer with."""
    return frozenset(_index()["operations"][operation]["errors"])


def botocore_version() -> str:
    """The botocore whose model the schemas come from."""
    version: str = _index()["botocore"]
    return version


def request_schema(operation: str) -> _Schema:
    """The schema of an operation's request."""
    schema: _Schema = _schemas(operation)["request"]
    return schema


def response_schema(operation: str) -> _Schema:
    """The schema of an operation's response."""
    schema: _Schema = _schemas(operation)["response"]
    return schema


@cache
def _index() -> _Schema:
    return _load("index.json")


@cache
def _schemas(operation: str) -> _Schema:
    if operation not in _index()["operations"]:
        raise EcsFakeNotBuiltError(
            f"{operation} is unknown to pytest-ecsfake {version()}, whose schemas come from botocore {botocore_version()}. "
            "A newer pytest-ecsfake may know it."
        )
    return _load(f"operations/{operation}.json")


def _load(name: str) -> _Schema:
    schema: _Schema = json.loads((schema_folder() / name).read_text(encoding="utf-8"))
    return schema


def schema_folder() -> Path:
    """Where the schemas are: package data of an installed wheel, else the checkout's own folder."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "_schemas"
    return installed if installed.is_dir() else package.parent / "schemas"

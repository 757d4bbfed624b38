"""Checks of requests and responses against the schemas.

jsonschema-rs checks them, with a validator that is compiled at the first call of each operation. Only for a request that it refuses, `refusals`
looks again to find ECS's error. The schemas are checked in and don't depend on the installed botocore. In the wheel they are package data, in a
checkout they are in `schemas/`.
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

#: Raised for half a surrogate pair, a number with hundreds of digits, or nesting that is too deep: JSON that no service can read.
#: jsonschema-rs before 0.45 raises SystemError for the first of these.
_UNREADABLE = (ValueError, RecursionError, SystemError)

#: The compiled validators of requests, by operation.
_gates: dict[str, Callable[[object], bool]] = {}


def check_request(operation: str, request: object) -> None:
    """Check a request against its schema.

    Args:
        operation: the operation's name, such as `RunTask`.
        request: the request as it was decoded from JSON.

    Raises:
        EcsError: the error that ECS answers with. It reports one fault only; see `refusals` for the order.
        EcsFakeNotBuiltError: the schemas don't know the operation or a member of the request, because the client is newer than they are.
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
    """Check a response against its schema. The project's own suite checks every response.

    Raises:
        EcsFakeInternalError: a member is missing, misspelt or of the wrong type. The text names the path to it.
    """
    try:
        error = next(iter(_response_validator(operation).iter_errors(document)), None)
    except _UNREADABLE as problem:
        raise EcsFakeInternalError(f"the response of {operation} holds what JSON can't: {problem}") from problem
    if error is not None:
        path = ".".join(str(step) for step in error.instance_path) or "its top"
        raise EcsFakeInternalError(f"the response of {operation} breaks its schema at {path}: {error.message}")


def faults_of_response(operation: str, document: Mapping[str, Any]) -> list[tuple[list[str | int], str]]:
    """Every way in which a document isn't a response of an operation: the path to it, and what is wrong there."""
    return [
        (list(error.instance_path), error.message) for error in _response_validator(operation).iter_errors(document)
    ]


@cache
def _response_validator(operation: str) -> Any:
    from jsonschema_rs import Draft202012Validator

    return Draft202012Validator(response_schema(operation))


def operations() -> tuple[str, ...]:
    """The names of all operations of ECS, in alphabetical order."""
    return tuple(_index()["operations"])


def declared_errors(operation: str) -> frozenset[str]:
    """The codes of the errors that an operation declares in the model."""
    return frozenset(_index()["operations"][operation]["errors"])


def botocore_version() -> str:
    """The version of the botocore whose model the schemas were generated from."""
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
    """The folder with the schemas: package data of an installed wheel, else the checkout's own folder."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "_schemas"
    return installed if installed.is_dir() else package.parent / "schemas"

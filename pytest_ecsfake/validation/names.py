"""Checks of the names that test authors write: operations (`RunTask` or `run_task`), request parameters and error codes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from pytest_ecsfake import errors
from pytest_ecsfake.did_you_mean import did_you_mean
from pytest_ecsfake.errors import HIDE_USAGE_ERRORS, EcsError, EcsFakeUsageError
from pytest_ecsfake.validation import schemas


@cache
def _spellings() -> dict[str, str]:
    names = schemas.operations()
    return {name: name for name in names} | {_snake_case(name): name for name in names}


def operation_name(spelt: str, where: str) -> str:
    """The API's name of an operation.

    Args:
        spelt: the name, as the API or as boto3 writes it.
        where: the call that the test author made, for the error text.

    Raises:
        EcsFakeUsageError: ECS has no such operation. The text names the most similar one.
    """
    __tracebackhide__ = HIDE_USAGE_ERRORS
    name = _spellings().get(str(spelt))
    if name is None:
        raise EcsFakeUsageError(f"unknown operation {_quoted(spelt)} in {where}.{did_you_mean(spelt, _spellings())}")
    return name


def check_parameters(operation: str, given: Mapping[str, object], where: str) -> None:
    """Check that every given name is a parameter of the operation's request, also in nested values.

    Args:
        operation: the operation's name, such as `RunTask`.
        given: parameters and their values. Required parameters may be missing.
        where: the call that the test author made, for the error text.

    Raises:
        EcsFakeUsageError: the request has no such parameter, so it could never match. The text names the most similar one.
    """
    __tracebackhide__ = HIDE_USAGE_ERRORS
    schema = schemas.request_schema(operation)
    for path, name, known in _unknown(given, schema, schema["$defs"], ""):
        raise EcsFakeUsageError(
            f'unknown parameter "{path}{name}" of {operation} in {where}.{did_you_mean(name, known)}'
        )


def error_class(operation: str, code: str, where: str, *, undeclared: bool) -> type[EcsError]:
    """The class of an error that an operation can answer with.

    Args:
        operation: the operation's name, such as `RunTask`.
        code: the error's code.
        where: the call that the test author made, for the error text.
        undeclared: whether to accept a code that the operation doesn't declare.

    Raises:
        EcsFakeUsageError: the operation doesn't declare the code. The text names the most similar one.
    """
    __tracebackhide__ = HIDE_USAGE_ERRORS
    if type(code) is not str:
        raise EcsFakeUsageError(f"{where} takes the code of an error as a text, not {code!r}.")
    declared = schemas.declared_errors(operation)
    if code not in declared and not undeclared:
        raise EcsFakeUsageError(
            f"{operation} declares no error {_quoted(code)}, which {where} names.{did_you_mean(code, sorted(declared))} "
            "To use it anyway, write undeclared=True."
        )
    return class_of_code(code)


def class_of_code(code: str) -> type[EcsError]:
    """The class of the errors with a code, made up if ECS has no such error."""
    known = getattr(errors, code, None)
    if isinstance(known, type) and issubclass(known, EcsError) and known is not EcsError:
        return known
    return type(code, (EcsError,), {"__doc__": "An error that a test made up.", "modelled": False})


def _unknown(
    given: object, schema: Mapping[str, Any], definitions: Mapping[str, Any], path: str
) -> Iterable[tuple[str, str, Iterable[str]]]:
    """Find members that the schema doesn't have: the path to each, its name, and the names that exist there."""
    if "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    if isinstance(given, Mapping) and "properties" in schema:
        members = schema["properties"]
        for name, value in given.items():
            if name not in members:
                yield path, name, members
            else:
                yield from _unknown(value, members[name], definitions, f"{path}{name}.")
    elif isinstance(given, (list, tuple)) and "items" in schema:
        for value in given:
            yield from _unknown(value, schema["items"], definitions, path)


def _quoted(spelt: object) -> str:
    return f'"{spelt}"' if isinstance(spelt, str) else repr(spelt)


def _snake_case(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")

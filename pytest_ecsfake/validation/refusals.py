"""The errors with which ECS answers a request that breaks its schema.

This module is imported at the first refused request, because jsonschema, which finds the fault and its path, takes 0.2 s to import. ECS reports
one fault of a request, never a list. Where nobody has seen which one, this order is ours: first a member that the schemas don't know, then a
value of the wrong JSON type, then a wrong content. Within each kind the first in the order of the API reference's members is reported.

Texts: the text of an overlay row for the keyword, else the phrase that ECS's own checks were seen to use.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import jsonschema_rs
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend

from pytest_ecsfake import errors
from pytest_ecsfake.errors import EcsError, EcsFakeError, EcsFakeInternalError, EcsFakeNotBuiltError
from pytest_ecsfake.version import version

#: The code for a wrong content. Task definitions and capacity providers were seen to answer ClientException, everything else
#: InvalidParameterException.
CONTENT_FAULT = "InvalidParameterException"
#: UpdateCapacityProvider is assumed to answer as CreateCapacityProvider does. # unverified
CONTENT_FAULT_OF = {
    "RegisterTaskDefinition": "ClientException",
    "CreateCapacityProvider": "ClientException",
    "UpdateCapacityProvider": "ClientException",
}

#: ECS's phrases for a fault, by keyword. `{name}` is the member as the request spells it, `{limit}` the value in the schema, `{value}` the given one.
IDIOMS = {
    "enum": "{name} should be one of [{limit}]",  # terraform-provider-aws#23342
    "pattern": "{name} must match {limit}",  # amazon-ecs-cli#542
    "minimum": "{name} must be at least {limit}",  # minimumHealthyPercent of CreateService, as seen by deployments
    "maximum": "{name} must be at most {limit}",  # the same
    "maxItems": "{name} can have at most {limit} items.",  # steampipe-plugin-aws#903
    "minItems": "{name} cannot be empty.",  # "Tasks cannot be empty." of DescribeTasks
    "maxLength": "{name} longer than {limit}.",  # convox/rack#1727
    "minLength": "{name} shorter than {limit}.",  # unverified
    "required": "{name} should not be null or empty.",  # "Container.image should not be null or empty."; for other members unverified
    "uniqueItems": "{name} should not have duplicates.",  # unverified
    "minProperties": "{name} should have exactly one member.",  # unverified
    "maxProperties": "{name} should have exactly one member.",  # unverified
}

#: How AWS JSON services name a JSON value that can't be converted to a member's type: "STRING_VALUE can not be converted to an Integer".
#: Unverified for ECS: its text was seen empty (traefik#3831), but a test author needs the name.
_TOKENS = {
    bool: "BOOLEAN_VALUE",
    int: "NUMBER_VALUE",
    float: "NUMBER_VALUE",
    str: "STRING_VALUE",
    list: "START_ARRAY",
    dict: "START_OBJECT",
}
_WANTED = {
    "string": "a String",
    "boolean": "a Boolean",
    "integer": "an Integer",
    "number": "a Double",
    "array": "a List",
    "object": "a Structure",
}

_Schema = Mapping[str, Any]
_UNKNOWN, _TYPE, _CONTENT = range(3)


@dataclass(frozen=True, slots=True)
class _Fault:
    """A keyword of the schema that the request breaks, and the path to the value."""

    keyword: str
    stated: Any
    """The keyword's value in the schema."""
    value: Any
    path: tuple[str | int, ...]
    schema: _Schema
    """The part of the schema that holds the keyword."""

    @property
    def words(self) -> Mapping[str, str]:
        """ECS's code and message, where the overlay gives them for this keyword.

        A missing member is refused as an empty one, in the overlay's words for that (amazon-ecs-deploy-task-definition#630, aws-sdk-go#132 and
        aws-cloudformation-user-guide#454, where members were missing).
        """
        words: Mapping[str, Mapping[str, str]] = self.schema.get("x-ecs-error", {})
        if self.keyword == "required" and "required" not in words:
            member = self.schema.get("properties", {}).get(self.name, {})
            words = {"required": _words_of_empty(member.get("x-ecs-error", {}))}
        return words.get(self.keyword, {})

    @property
    def kind(self) -> int:
        if self.keyword == "additionalProperties":
            return _UNKNOWN
        beyond_its_type = self.words.get("code") == "SerializationException"
        return _TYPE if self.keyword == "type" or beyond_its_type else _CONTENT

    @property
    def name(self) -> str:
        """The name of the faulty member. For a missing member it is that member's name, for an element of a list the list's name."""
        if self.keyword == "required":
            missing: str = next(name for name in self.stated if name not in self.value)
            return missing
        return next((step for step in reversed(self.path) if isinstance(step, str)), "request")


def _words_of_empty(words: Mapping[str, Mapping[str, str]]) -> Mapping[str, str]:
    """The overlay's words for an empty value, of all those that it has for a member."""
    return words.get("minLength") or words.get("minItems") or {}


def refusal_of(operation: str, request: object, schema: _Schema, botocore_version: str) -> EcsError | EcsFakeError:
    """The error to answer a request with that breaks its schema.

    Args:
        operation: the operation's name, such as `RunTask`.
        request: the request, decoded from JSON.
        schema: the request's schema.
        botocore_version: the botocore that the schemas come from, for the error text about an unknown member.
    """
    fault = min(_faults(request, schema), key=lambda fault: fault.kind, default=None)
    if fault is None:
        return EcsFakeInternalError(
            f"one validator refuses a request of {operation} and the other accepts it: {request!r}"
        )
    if fault.kind == _UNKNOWN:
        return _unknown_member(operation, fault, botocore_version)
    if fault.kind == _TYPE:
        return errors.SerializationException(_words_of_type_fault(fault))
    code = fault.words.get("code") or CONTENT_FAULT_OF.get(operation, CONTENT_FAULT)
    error: type[EcsError] = getattr(errors, code)
    return error(_filled_in(fault.words.get("message") or IDIOMS[fault.keyword], fault))


def _faults(request: object, schema: _Schema) -> Iterator[_Fault]:
    """All faults, in the order of the members in the schema, which is the model's. Missing members come last."""
    for fault in _Validator(schema).iter_errors(request):
        yield _Fault(fault.validator, fault.validator_value, fault.instance, tuple(fault.absolute_path), fault.schema)


def _unknown_member(operation: str, fault: _Fault, botocore_version: str) -> EcsFakeNotBuiltError:

    member = next(name for name in fault.value if name not in fault.schema.get("properties", ()))
    return EcsFakeNotBuiltError(
        f"{operation} was called with {_spelt((*fault.path, member))}, a member that pytest-ecsfake {version()} doesn't know: "
        f"its schemas come from botocore {botocore_version}. A newer pytest-ecsfake may know it."
    )


def _words_of_type_fault(fault: _Fault) -> str:
    token = _TOKENS.get(type(fault.value), "NULL_VALUE")
    return f"{_spelt(fault.path) or 'request'}: {token} can not be converted to {_WANTED[fault.schema['type']]}"  # unverified


def _filled_in(words: str, fault: _Fault) -> str:
    # Not str.format, because the texts contain the braces of regular expressions. The value comes last, or its own braces would be replaced.
    return words.replace("{name}", fault.name).replace("{limit}", _limit(fault)).replace("{value}", str(fault.value))


def _limit(fault: _Fault) -> str:
    if fault.keyword == "enum":
        return ",".join(fault.stated)
    return f"{fault.stated:g}" if isinstance(fault.stated, float) else str(fault.stated)


def _spelt(path: tuple[str | int, ...]) -> str:
    """`overrides.containerOverrides[0].name`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


def _matches(_: object, pattern: str, text: object, __: _Schema) -> Iterator[ValidationError]:
    """Check `pattern` by jsonschema-rs: Python's re lacks the model's character classes, and its `$` allows a trailing newline."""
    if isinstance(text, str) and not _judge_of(pattern).is_valid(text):
        yield ValidationError(f"{text!r} does not match {pattern!r}")


@cache
def _judge_of(pattern: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator({"pattern": pattern})


def _is_number(_: object, value: object) -> bool:
    """Whether a value is a number of JSON. Booleans, NaN and infinities aren't."""
    return (isinstance(value, float) and math.isfinite(value)) or (
        isinstance(value, int) and not isinstance(value, bool)
    )


#: jsonschema's validator, adapted where it would decide otherwise than jsonschema-rs.
_Validator: Any = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    validators={"pattern": _matches},
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("number", _is_number),
)

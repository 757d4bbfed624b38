"""jsonschema-rs decides whether a request is refused, jsonschema finds why: the two have to agree on every request there is."""

from __future__ import annotations

import copy
from typing import Any

import jsonschema_rs
from hypothesis import given, note
from hypothesis import strategies as st

from pytest_ecsfake.errors import EcsError, EcsFakeInternalError, EcsFakeNotBuiltError
from pytest_ecsfake.validation import refusals, schemas

#: What stands at the borders: of JSON's types, of 32 and 64 bits, of the bounds in the schemas, of Python's and Rust's idea of a character.
SCALARS = (None, True, False, 0, -1, 1.0, 1.5, -0.0, 2**31, -(2**31) - 1, 2**63 - 1, 1e300, float("nan"), float("inf"))
STRINGS = ("", " ", "a\n", "\n", "\u2028", "\u0000", "é", "e\u0301", "\U0001f600", "٣", "aws:x", "AWS:", "x" * 129)
CONTAINERS = ([], [None], [[]], {}, {"": ""}, {"key": None})
CURIOSITIES = st.sampled_from([*SCALARS, *STRINGS, *CONTAINERS]).map(copy.deepcopy)

TEXTS = st.one_of(st.sampled_from(["web", "a" * 255, "a" * 256, "prod\n"]), st.text(max_size=4))
NUMBERS = st.one_of(st.integers(0, 100), st.floats(0, 100))


def values(schema: dict[str, Any], definitions: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that a schema may allow: of its types and words, mostly within its bounds."""
    if "$ref" in schema:
        return values(definitions[schema["$ref"].removeprefix("#/$defs/")], definitions)
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "properties" in schema:
        return structures(schema, definitions)
    by_type = {
        "object": lambda: st.dictionaries(TEXTS, values(schema["additionalProperties"], definitions), max_size=2),
        "array": lambda: st.lists(values(schema["items"], definitions), min_size=schema.get("minItems", 0), max_size=2),
        "string": lambda: TEXTS,
        "integer": lambda: st.integers(schema.get("minimum"), schema.get("maximum")),
        "number": lambda: NUMBERS,
        "boolean": st.booleans,
    }
    return by_type.get(schema.get("type", ""), lambda: CURIOSITIES)()


@st.composite
def structures(draw: st.DrawFn, schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """The required members and a few of the others."""
    required = schema.get("required", [])
    others = [name for name in schema["properties"] if name not in required]
    chosen = draw(st.lists(st.sampled_from(others), max_size=2, unique=True)) if others else []
    return {name: draw(values(schema["properties"][name], definitions)) for name in [*required, *chosen]}


def places_in(value: Any) -> list[tuple[Any, Any]]:
    """Every place in a document that holds a value, as container and key."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, inner in entries for place in ((value, key), *places_in(inner))]


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, Any]:
    """An operation and a request of it, whole or broken in up to two places."""
    operation = draw(st.sampled_from(schemas.operations()))
    schema = schemas.request_schema(operation)
    request = draw(values(schema, schema["$defs"]))
    for _ in range(draw(st.integers(0, 2))):
        container, key = draw(st.sampled_from([*places_in(request), (request, "colour")]))
        if isinstance(container, dict) and key in container and draw(st.booleans()):
            del container[key]
        else:
            container[key] = draw(CURIOSITIES)
    return operation, request


@given(requests())
def test_both_validators_accept_or_both_refuse(operation_and_request):
    operation, request = operation_and_request
    schema = schemas.request_schema(operation)

    accepts = jsonschema_rs.Draft202012Validator(schema).is_valid(request)
    found_nothing = isinstance(refusals.refusal_of(operation, request, schema, "1.0"), EcsFakeInternalError)

    note(f"{operation}, {request!r}: jsonschema-rs {'accepts' if accepts else 'refuses'}")
    assert accepts == found_nothing


def outcome(operation: str, request: Any) -> Exception | None:
    try:
        schemas.check_request(operation, request)
    except (EcsError, EcsFakeNotBuiltError) as refusal:
        return refusal
    return None


@given(requests())
def test_a_refusal_is_an_error_of_ecs_or_names_an_unknown_member(operation_and_request):
    operation, request = operation_and_request

    refusal = outcome(operation, request)

    if isinstance(refusal, EcsError):
        assert refusal.code in {*schemas.declared_errors(operation), "SerializationException"}
    elif refusal is not None:
        assert "a member that pytest-ecsfake" in str(refusal)


@given(requests())
def test_a_request_is_judged_without_being_changed(operation_and_request):
    operation, request = operation_and_request
    before = repr(request)

    refusals.refusal_of(operation, request, schemas.request_schema(operation), "1.0")

    assert repr(request) == before

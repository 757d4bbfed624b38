"""The checked-in schemas as a whole: each is valid, compiles, and is worded; what is said of all of them is said of each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from jsonschema import Draft202012Validator

from pytest_ecsfake import errors
from pytest_ecsfake.validation import refusals, schemas

OPERATIONS = schemas.operations()
#: Keywords that say what a schema is, or where to read on; they refuse nothing by words of their own.
STRUCTURE = {"$schema", "$id", "$ref", "$defs", "properties", "items", "additionalProperties", "format", "x-ecs-error"}
PLACES = ("properties", "$defs")


def parts(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A schema and all schemas in it."""
    yield schema
    inner = [schema[keyword] for keyword in ("items", "additionalProperties", "propertyNames") if keyword in schema]
    inner += [each for place in PLACES for each in schema.get(place, {}).values()]
    for each in inner:
        if isinstance(each, dict):
            yield from parts(each)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_schema_is_one_of_json_schema_2020_12(operation):
    for schema in (schemas.request_schema(operation), schemas.response_schema(operation)):
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        # The model's \p{…} is a regular expression for jsonschema-rs, which is who reads it, and not for Python.
        Draft202012Validator.check_schema(schema, format_checker=None)
        jsonschema_rs.Draft202012Validator(schema)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_keyword_of_a_request_has_words(operation):
    for part in parts(schemas.request_schema(operation)):
        worded = {keyword for keyword, error in part.get("x-ecs-error", {}).items() if "message" in error}
        assert set(part) - STRUCTURE - {"type"} <= set(refusals.IDIOMS) | worded
        assert worded <= set(part)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_code_of_the_overlay_is_an_error_that_the_operation_declares(operation):
    for part in parts(schemas.request_schema(operation)):
        for error in part.get("x-ecs-error", {}).values():
            assert error.get("code", "ClientException") in {
                *schemas.declared_errors(operation),
                "SerializationException",
            }


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_structure_is_closed(operation):
    for schema in (schemas.request_schema(operation), schemas.response_schema(operation)):
        for part in parts(schema):
            if "properties" in part:
                assert part["additionalProperties"] is False


def test_every_error_of_the_model_is_a_class_with_its_members():
    modelled = json.loads((schemas.schema_folder() / "index.json").read_text(encoding="utf-8"))["errors"]

    classes = {
        name for name, error in vars(errors).items() if isinstance(error, type) and issubclass(error, errors.EcsError)
    }

    assert set(modelled) == {name for name in classes - {"EcsError"} if getattr(errors, name).modelled}
    assert modelled["ConflictException"] == ["resourceIds", "message"]


def test_an_operation_is_one_file():
    files = {path.stem for path in (schemas.schema_folder() / "operations").iterdir()}

    assert files == set(OPERATIONS)

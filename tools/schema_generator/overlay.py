"""The overlay: what the documentation states and the model lacks, one row a fact, merged into the schemas of requests.

A row is an object in one of the files of `schemas/overlay/` (each file an array of rows):

    shape      the structure that has the member, or the shape itself that the rule is about
    member     the member of that structure; without it the rule is about the shape itself
    operation  one operation, or a list of them, that the rule is bound to; with it `shape` may be left out and is the request then
    rule       JSON Schema keywords. They replace the same keywords of the model; `required` adds to them. `items`,
               `additionalProperties` and `propertyNames` reach into lists and maps
    keyword    instead of `rule`: the keyword of the model's own rule that the error is for
    error      what ECS says when the rule is broken: `code`, `message`, both optional. `{value}` in the message is the
               refused value, `{name}` the parameter's name. Without it the words are those of `pytest_ecsfake.validation`
    source     where the fact stands. A row without one is refused

The error is kept in the schema next to the keyword, as the annotation `x-ecs-error`: keyword to code and message. A member that has a
rule of its own is written out where it stands, instead of referring to its shape.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .json_schema import Schema, reference_to
from .model import GeneratorError, Model

KEYS = ("operation", "shape", "member", "rule", "keyword", "error", "source")
ERROR_KEYS = ("code", "message")

#: Keywords whose value is a schema again: a rule reaches through them.
_INNER = ("items", "additionalProperties", "propertyNames")


@dataclass(frozen=True)
class Row:
    """One fact of the overlay."""

    operations: tuple[str, ...]
    """The operations that it is bound to; empty: all that use the shape."""
    shape: str
    member: str | None
    rule: Schema
    keyword: str | None
    error: dict[str, str] | None
    where: str
    """File and number, for the sentence that refuses it."""


def read(folder: Path, model: Model) -> list[Row]:
    """All rows of a folder, checked against the model.

    Raises:
        GeneratorError: a row that has no source, an unknown key, or names what the model hasn't got.
    """
    rows = []
    for path in sorted(folder.glob("*.json")):
        for number, entry in enumerate(json.loads(path.read_text(encoding="utf-8")), 1):
            rows.extend(_rows(entry, f"overlay/{path.name}, row {number}", model))
    return rows


def _rows(entry: dict[str, Any], where: str, model: Model) -> Iterator[Row]:
    def refuse(sentence: str) -> GeneratorError:
        return GeneratorError(f"{where}: {sentence} The row is {json.dumps(entry)}")

    if unknown := sorted(set(entry) - set(KEYS)):
        raise refuse(f"unknown key {unknown[0]!r}; a row has {', '.join(KEYS)}.")
    if not str(entry.get("source", "")).strip():
        raise refuse("no source.")
    if ("rule" in entry) == ("keyword" in entry):
        raise refuse("either a rule, or the keyword of the model's own rule.")
    if "keyword" in entry and "error" not in entry:
        raise refuse("a keyword without an error says nothing.")
    error = entry.get("error")
    if error is not None and (not error or set(error) - set(ERROR_KEYS)):
        raise refuse(f"an error has {' and '.join(ERROR_KEYS)}.")
    if error and error.get("code", "ClientException") not in {*model.error_names, "SerializationException"}:
        raise refuse(f"ECS has no error {error['code']}.")

    bound_to = entry.get("operation", [])
    operations = [bound_to] if isinstance(bound_to, str) else bound_to
    for operation in operations:
        if operation not in model.operations:
            raise refuse(f"ECS has no operation {operation}.")
    if "shape" not in entry and not operations:
        raise refuse("neither a shape nor an operation.")
    shapes = [entry["shape"]] if "shape" in entry else [model.operations[each]["input"]["shape"] for each in operations]
    for shape in shapes:
        if shape not in model.shapes:
            raise refuse(f"the model has no shape {shape}.")
        if "member" in entry and entry["member"] not in model.shapes[shape].get("members", {}):
            raise refuse(f"the shape {shape} has no member {entry['member']}.")
        yield Row(
            tuple(operations), shape, entry.get("member"), entry.get("rule", {}), entry.get("keyword"), error, where
        )


def merge(rows: list[Row], operation: str, schema: Schema) -> set[str]:
    """Write the rows that concern an operation's request into its schema; returns where those stand that found their place.

    Raises:
        GeneratorError: a row words a keyword that stands nowhere.
    """
    definitions: Schema = schema["$defs"]
    placed = set()
    for row in rows:
        if row.shape not in definitions or (row.operations and operation not in row.operations):
            continue
        target = definitions[row.shape]
        if row.member is not None:
            properties = target["properties"]
            properties[row.member] = target = _written_out(properties[row.member], definitions)
        if row.keyword is not None:
            _word(target, row)
        else:
            _merge_rule(target, row.rule, row.error, definitions)
        placed.add(row.where)
    return placed


def _written_out(schema: Schema, definitions: Schema) -> Schema:
    """A schema that can be changed without changing the shape that it refers to."""
    return copy.deepcopy(definitions[schema["$ref"].removeprefix(reference_to(""))]) if "$ref" in schema else schema


def _word(target: Schema, row: Row) -> None:
    while row.keyword not in target and "items" in target:
        target = target["items"]
    if row.keyword not in target:
        raise GeneratorError(f"{row.where}: the model states no {row.keyword} there.")
    target.setdefault("x-ecs-error", {})[row.keyword] = row.error


def _merge_rule(target: Schema, rule: Schema, error: dict[str, str] | None, definitions: Schema) -> None:
    for keyword, value in rule.items():
        if keyword in _INNER and isinstance(value, dict):
            inner = target.get(keyword)
            target[keyword] = _written_out(inner, definitions) if isinstance(inner, dict) else {}
            _merge_rule(target[keyword], value, error, definitions)
            continue
        if keyword == "required":
            value = [*target.get("required", ()), *(name for name in value if name not in target.get("required", ()))]
        target[keyword] = value
        # A bound that the model or the type stated is gone, and so are the words for it.
        target.get("x-ecs-error", {}).pop(keyword, None)
        if error is not None:
            target.setdefault("x-ecs-error", {})[keyword] = error
    if target.get("x-ecs-error") == {}:
        del target["x-ecs-error"]

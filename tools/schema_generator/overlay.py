"""The overlay: what the documentation states and the model lacks, one row a fact, merged into the schemas of requests.

A row is an object in one of the files of `schemas/overlay/` (each file an array of rows):

    shape      the structure that has the member, or the shape itself that the rule is about
    member     the member of that structure; without it the rule is about the shape itself
    operation  one operation, or a list of them, that the rule is bound to; with it `shape` may be left out and is the request then
    rule       JSON Schema keywords. They replace the same keywords of the model; `required` adds to them, null takes one away.
               `items`, `additionalProperties` and `propertyNames` reach into lists and maps. Only keywords of `KEYWORDS`
    keyword    instead of `rule`: the keyword of the model's own rule that the error is for
    error      what ECS says when the rule is broken: `code`, `message`, both optional. In the message `{name}` is the
               parameter, `{limit}` what the rule states, `{value}` what was given. What is left out is as `IDIOMS` and
               `CONTENT_FAULT` of `pytest_ecsfake.refusals` say
    source     where the fact and the text stand; a text that nobody has seen is "unverified". A row without a source is refused

A rule is about one value of one request; only the words that a row gives to the enumeration of a shape hold in responses and in the types
too, and null takes them away there as well. What depends on the state, or on two members together, is code in the operation.

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
from .model import GeneratorError, Model, Shape

KEYS = ("operation", "shape", "member", "rule", "keyword", "error", "source")
ERROR_KEYS = ("code", "message")

#: What a rule may state: the keywords that `pytest_ecsfake.refusals` has words for, and that both validators read alike.
KEYWORDS = (
    *("enum", "pattern", "minLength", "maxLength", "minimum", "maximum"),
    *("minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties", "required", "not"),
)

#: Keywords whose value is a schema again: a rule reaches through them.
INNER = ("items", "additionalProperties", "propertyNames")


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

    @property
    def is_about_a_shape(self) -> bool:
        """Whether it holds wherever the shape is used."""
        return self.member is None and not self.operations

    @property
    def takes_words_away(self) -> bool:
        """Whether it makes a text of an enumeration, wherever that is used."""
        return self.is_about_a_shape and "enum" in self.rule and self.rule["enum"] is None


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
    for complaint in (*_complaints_of_form(entry), *_complaints_of_names(entry, model)):
        raise GeneratorError(f"{where}: {complaint} The row is {json.dumps(entry)}")
    operations = _operations_of(entry)
    for shape in _shapes_of(entry, model):
        yield Row(
            operations=operations,
            shape=shape,
            member=entry.get("member"),
            rule=entry.get("rule", {}),
            keyword=entry.get("keyword"),
            error=entry.get("error"),
            where=where,
        )


def _operations_of(entry: dict[str, Any]) -> tuple[str, ...]:
    bound_to = entry.get("operation", [])
    return (bound_to,) if isinstance(bound_to, str) else tuple(bound_to)


def _shapes_of(entry: dict[str, Any], model: Model) -> list[str]:
    if "shape" in entry:
        return [entry["shape"]]
    return [model.operations[each]["input"]["shape"] for each in _operations_of(entry) if each in model.operations]


def _complaints_of_form(entry: dict[str, Any]) -> Iterator[str]:
    if unknown := sorted(set(entry) - set(KEYS)):
        yield f"unknown key {unknown[0]!r}; a row has {', '.join(KEYS)}."
    if not str(entry.get("source", "")).strip():
        yield "no source."
    if ("rule" in entry) == ("keyword" in entry):
        yield "either a rule, or the keyword of the model's own rule."
    if "keyword" in entry and "error" not in entry:
        yield "a keyword without an error says nothing."
    keywords = _keywords_of(entry.get("rule", {}))
    if unknown := sorted(keywords - set(KEYWORDS)):
        yield f"a rule may not state {unknown[0]!r}; it has {', '.join(KEYWORDS)}."
    if "not" in keywords and "message" not in entry.get("error", {}):
        yield "ECS has no idiom for 'not', so it takes an error with a message."
    if set(entry.get("error", ["code"])) - set(ERROR_KEYS) or not entry.get("error", True):
        yield f"an error has {' and '.join(ERROR_KEYS)}, one of them or both."


def _complaints_of_names(entry: dict[str, Any], model: Model) -> Iterator[str]:
    if "shape" not in entry and not _operations_of(entry):
        yield "neither a shape nor an operation."
    for operation in _operations_of(entry):
        if operation not in model.operations:
            yield f"ECS has no operation {operation}."
    for shape in _shapes_of(entry, model):
        if shape not in model.shapes:
            yield f"the model has no shape {shape}."
        elif "member" in entry and entry["member"] not in model.shapes[shape].get("members", {}):
            yield f"the shape {shape} has no member {entry['member']}."
    code = entry.get("error", {}).get("code")
    if code is not None and code not in model.error_names:
        yield f"ECS has no error {code}."


def _keywords_of(rule: Schema) -> set[str]:
    keywords = set()
    for keyword, value in rule.items():
        keywords |= _keywords_of(value) if keyword in INNER else {keyword}
    return keywords


def with_words(rows: list[Row], model: Model) -> Model:
    """The model with the words that rows give to its enumerations: ECS answers with a word that a request may say.

    A row without words (null) makes a text of the enumeration: ECS accepts any word there.

    Raises:
        GeneratorError: a row takes words away from a shape that has none.
    """
    worded: dict[str, Shape] = {}
    for row in rows:
        shape = model.shapes[row.shape]
        if row.takes_words_away:
            if "enum" not in shape:
                raise GeneratorError(f"{row.where}: there is no enum to take away.")
            worded[row.shape] = {key: value for key, value in shape.items() if key != "enum"}
        elif row.is_about_a_shape and row.rule.get("enum") and "enum" in shape:
            worded[row.shape] = {**shape, "enum": row.rule["enum"]}
    return Model({**model.document, "shapes": {**model.shapes, **worded}})


def merge(rows: list[Row], operation: str, schema: Schema) -> set[str]:
    """Write the rows that concern an operation's request into its schema; returns where those stand that found their place.

    Raises:
        GeneratorError: a row words a keyword that stands nowhere, or changes a structure where it is used.
    """
    definitions: Schema = schema["$defs"]
    placed = set()
    # Shapes first: what is written out for a member is a copy of its shape.
    for row in sorted(rows, key=lambda row: row.member is not None):
        if row.shape not in definitions or (row.operations and operation not in row.operations):
            continue
        target = definitions[row.shape]
        if row.member is not None:
            properties = target["properties"]
            properties[row.member] = target = _written_out(properties[row.member], definitions, row)
        if row.keyword is not None:
            _word(target, row, definitions)
        else:
            _merge_rule(target, row.rule, row, definitions)
        placed.add(row.where)
    return placed


def _written_out(schema: Schema, definitions: Schema, row: Row) -> Schema:
    """A schema that can be changed without changing the shape that it refers to."""
    if "$ref" not in schema:
        return schema
    name = schema["$ref"].removeprefix(reference_to(""))
    if "properties" in definitions[name]:
        raise GeneratorError(
            f"{row.where}: {name} is a structure. Write the row about that shape, and bind it to operations."
        )
    return copy.deepcopy(definitions[name])


def _word(target: Schema, row: Row, definitions: Schema) -> None:
    """Put the error next to the model's own keyword: the member's, or that of the elements of a list."""
    while row.keyword not in target and "items" in target:
        target["items"] = target = _written_out(target["items"], definitions, row)
    if row.keyword not in target:
        raise GeneratorError(f"{row.where}: the model states no {row.keyword} there.")
    _set_words(target, row.keyword, row.error)


def _merge_rule(target: Schema, rule: Schema, row: Row, definitions: Schema) -> None:
    for keyword, value in rule.items():
        if keyword in INNER:
            inner = target.get(keyword)
            target[keyword] = _written_out(inner, definitions, row) if isinstance(inner, dict) else {}
            _merge_rule(target[keyword], value, row, definitions)
            continue
        if value is not None:
            target[keyword] = [*target.get("required", ()), *value] if keyword == "required" else value
        elif target.pop(keyword, None) is None:
            raise GeneratorError(f"{row.where}: there is no {keyword} to take away.")
        _set_words(target, keyword, row.error)


def _set_words(target: Schema, keyword: str, error: dict[str, str] | None) -> None:
    """Whatever the words of the keyword were, they are these now, or none."""
    words = {each: words for each, words in target.pop("x-ecs-error", {}).items() if each != keyword}
    if error is not None:
        words[keyword] = error
    if words:
        target["x-ecs-error"] = words

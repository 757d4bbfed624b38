"""Writes docs/coverage.md: which of ECS's operations are built, what is checked in each and what is simplified, from the code itself.

python tools/generate_coverage.py
"""

from __future__ import annotations

import inspect
import pkgutil
import textwrap
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from pytest_ecsfake import operations
from pytest_ecsfake.operations import registration
from pytest_ecsfake.operations.registry import SIMPLIFIED_ATTRIBUTE
from pytest_ecsfake.validation import schemas

PAGE = Path(__file__).parents[1] / "docs" / "coverage.md"

_HEAD = """\
# Coverage

<!-- Made by tools/generate_coverage.py: change the operations and the overlay of the schemas instead. -->

{built} of the {all} operations of Amazon ECS are built. An operation that isn't, or a parameter of a built one that isn't, raises
`EcsFakeNotBuiltError` with its name, and fails the test at its end even where the code under test swallowed the error.

Of every request the names and JSON types of all members are checked, at any depth. "Checked" lists what else is asked of a single member;
`[]` is each item of a list. What depends on several members or on what exists is checked by the operation itself, and has a row with its
message in `tests/operations`. "Simplified" is what a test that passes here doesn't show.

## Built
"""

_NOT_BUILT = """\
## Not built
"""

#: A lower and an upper bound of JSON Schema, and how the two are said: both, or one alone; `{s}` is the plural's.
_BOUNDS = (
    ("minLength", "maxLength", " character{s}"),
    ("minItems", "maxItems", " item{s}"),
    ("minimum", "maximum", ""),
    ("minProperties", "maxProperties", " member{s}"),
)

#: Operations whose rules have a package of their own, one subject a module.
_RULES = {"RegisterTaskDefinition": registration}

_Schema = Mapping[str, Any]


def coverage_page() -> str:
    """The page: a section for each built operation, and the names of the others."""
    built = operations.built()
    known = sorted(schemas.operations())
    sections = [line for name in known if name in built for line in _section(name, built[name])]
    others = ", ".join(name for name in known if name not in built)
    head = _HEAD.format(built=len(built), all=len(known))
    return "\n".join([head, *sections, _NOT_BUILT, *textwrap.wrap(f"{others}.", width=120), ""])


def _section(name: str, function: object) -> Iterator[str]:
    """What an operation does, what is checked in its request, what it may be answered with, and what is simplified."""
    yield f"### {name}\n"
    yield _summary(function)
    schema = schemas.request_schema(name)
    checked = [f"- `{member}`: {'; '.join(rules)}" for member, rules in _members(schema, schema["$defs"])]
    yield from ("\nChecked:\n", *checked) if checked else ("\nChecked: names and types alone.",)
    if name in _RULES:
        yield from ("\nRules beyond a single member, by subject:\n", *_subjects(_RULES[name]))
    yield f"\nErrors that its model declares: {', '.join(sorted(schemas.declared_errors(name)))}."
    simplified = [f"- {sentence}" for sentence in getattr(function, SIMPLIFIED_ATTRIBUTE)]
    yield from ("\nSimplified:\n", *simplified) if simplified else ("\nSimplified: nothing that is known.",)
    yield ""


def _subjects(package: ModuleType) -> Iterator[str]:
    """What each module of a package knows, by the first paragraph of its docstring."""
    for module in pkgutil.iter_modules(package.__path__):
        summary = _summary(import_module(f"{package.__name__}.{module.name}"))
        yield f"- {module.name}: {summary}"


def _summary(documented: object) -> str:
    return " ".join((inspect.getdoc(documented) or "").partition("\n\n")[0].split())


def _members(
    schema: _Schema, definitions: Mapping[str, _Schema], path: str = "", *, required: bool = False
) -> Iterator[tuple[str, list[str]]]:
    """The members that more is asked of than a type, by their paths, each with its rules in words. ECS's request shapes aren't recursive."""
    if "$ref" in schema:
        schema = {**definitions[schema["$ref"].rpartition("/")[2]], **schema}
    rules = [*(["required"] if required else []), *_rules(schema)]
    if path and rules:
        yield path, rules
    for name, member in schema.get("properties", {}).items():
        within = f"{path}.{name}" if path else name
        yield from _members(member, definitions, within, required=name in schema.get("required", ()))
    if "items" in schema:
        yield from _members(schema["items"], definitions, f"{path}[]")


def _rules(schema: _Schema) -> Iterator[str]:
    """What a schema asks of one value beyond its type, in words."""
    for lower, upper, unit in _BOUNDS:
        least, most = _bound(schema, lower), _bound(schema, upper)
        if least is not None or most is not None:
            last = least if most is None else most
            yield _range(least, most) + unit.format(s="" if last == 1 else "s")
    if "enum" in schema:
        yield f"one of {', '.join(schema['enum'])}"
    if "pattern" in schema:
        yield f"matches `{schema['pattern']}`"
    if "not" in schema:
        yield f"doesn't match `{schema['not']['pattern']}`"


def _bound(schema: _Schema, keyword: str) -> float | None:
    """What a bound states; none where it is that of the integer's 32 or 64 bits, which says nothing about the member."""
    is_of_the_type = schema.get("x-ecs-error", {}).get(keyword, {}).get("code") == "SerializationException"
    return None if is_of_the_type else schema.get(keyword)


def _range(least: float | None, most: float | None) -> str:
    if least == most:
        return f"exactly {most}"
    if least is None:
        return f"at most {most}"
    return f"at least {least}" if most is None else f"{least} to {most}"


if __name__ == "__main__":
    PAGE.write_text(coverage_page())

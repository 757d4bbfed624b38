"""Writes docs/coverage.md: which of ECS's operations are built, from the operations themselves.

python tools/generate_coverage.py
"""

from __future__ import annotations

import inspect
import textwrap
from pathlib import Path

from pytest_ecsfake import operations, validation

PAGE = Path(__file__).parents[1] / "docs" / "coverage.md"

_HEAD = """\
# Coverage

<!-- Made by tools/generate_coverage.py: change the docstrings of the operations instead. -->

{built} of the {all} operations of Amazon ECS are built. An operation that isn't, or a parameter of a built one that isn't, raises
`EcsFakeNotBuiltError` with its name, and fails the test at its end even where the code under test swallowed the error.

## Built

| Operation | What it does here |
| --- | --- |"""

_NOT_BUILT = """
## Not built
"""


def coverage_page() -> str:
    """The page: one row for each built operation with the first sentence of its docstring, and the names of the others."""
    built = operations.built()
    known = sorted(validation.operations())
    rows = [f"| {name} | {_summary(built[name])} |" for name in known if name in built]
    others = ", ".join(name for name in known if name not in built)
    head = _HEAD.format(built=len(rows), all=len(known))
    return "\n".join([head, *rows, _NOT_BUILT, *textwrap.wrap(f"{others}.", width=120), ""])


def _summary(operation: object) -> str:
    return " ".join((inspect.getdoc(operation) or "").partition("\n\n")[0].split())


if __name__ == "__main__":
    PAGE.write_text(coverage_page())

"""docs/coverage.md is what its generator makes of the operations as they are."""

from __future__ import annotations

import runpy
from pathlib import Path

from pytest_ecsfake import operations
from pytest_ecsfake.validation import schemas

ROOT = Path(__file__).parents[1]


def test_coverage_page_is_up_to_date() -> None:
    generator = runpy.run_path(str(ROOT / "tools" / "generate_coverage.py"))

    assert (ROOT / "docs" / "coverage.md").read_text() == generator["coverage_page"](), (
        "run python tools/generate_coverage.py"
    )


def test_every_operation_of_the_api_has_a_function() -> None:
    assert set(schemas.operations()) - set(operations.built()) == set()

"""docs/coverage.md is what its generator makes of the operations as they are."""

from __future__ import annotations

import runpy
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_coverage_page_is_up_to_date() -> None:
    generator = runpy.run_path(str(ROOT / "tools" / "generate_coverage.py"))

    assert (ROOT / "docs" / "coverage.md").read_text() == generator["coverage_page"](), (
        "run python tools/generate_coverage.py"
    )

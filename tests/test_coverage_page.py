"""docs/coverage.md is what its generator makes of the operations as they are."""

from __future__ import annotations

import runpy
import subprocess
import sys
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
    assert sorted(schemas.operations()) == sorted(name for names in operations.MODULES.values() for name in names)


def test_each_module_has_the_operations_that_the_table_says() -> None:
    for module, names in operations.MODULES.items():
        assert sorted(function.ecs_operation for function in operations.functions_of(module)) == sorted(names)


def test_a_module_is_imported_when_one_of_its_operations_is_called() -> None:
    code = (
        "import sys\n"
        "from pytest_ecsfake import ecs_fake\n"
        "with ecs_fake(clusters=['prod']): pass\n"
        "print(*[name for name in sys.modules if name.startswith('pytest_ecsfake.operations.')])\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "pytest_ecsfake.operations.clusters" in run.stdout
    assert "pytest_ecsfake.operations.services" not in run.stdout

"""Where a test stands (tests/README.md), held against the tests themselves."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import pytest_ecsfake

TESTS = Path(__file__).parent
PACKAGE = Path(pytest_ecsfake.__file__).parent

#: The folders that mirror no room of the package, as tests/README.md tells them.
OF_THEIR_OWN = {
    "benchmarks",
    "browser",
    "bystanders",
    "clients",
    "neighbours_of_pytest",
    "package",
    "properties",
    "recorded",
    "reports",
    "stories",
    "tools",
    "typing",
}


def files_in(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (TESTS / folder).rglob("*.py"))


def imports(tree: ast.Module) -> Iterator[str]:
    """The modules that a test imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def private_attributes(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.startswith("__"):
            yield node.attr


def arguments(tree: ast.Module) -> Iterator[str]:
    """The fixtures that tests and fixtures ask for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            yield from (argument.arg for argument in node.args.args)


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def relative(path: Path) -> str:
    return path.relative_to(TESTS).as_posix()


@pytest.mark.parametrize("path", files_in("stories"), ids=relative)
def test_a_story_uses_public_names_only(path):
    tree = parsed(path)

    assert {name for name in imports(tree) if name.startswith("pytest_ecsfake.")} == set()
    assert set(private_attributes(tree)) == set()


@pytest.mark.parametrize("path", files_in("engine", "state"), ids=relative)
def test_a_test_of_the_engine_or_the_state_makes_no_client(path):
    tree = parsed(path)

    assert not {"boto3", "botocore"} & {name.partition(".")[0] for name in imports(tree)}
    assert not {name for name in arguments(tree) if name.startswith("ecs_")}


def test_each_folder_mirrors_a_room_or_is_one_of_its_own():
    folders = {relative(path.parent) for path in TESTS.rglob("*.py")} - {"."}
    rooms = {path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*") if (path / "__init__.py").exists()}

    assert folders - rooms == OF_THEIR_OWN


def test_no_test_needs_the_types_of_the_api_at_run_time():
    """`api.py` needs typing_extensions, which only a type checker brings."""
    found = [
        path.relative_to(TESTS)
        for path in sorted(TESTS.rglob("*.py"))
        if "typing" not in path.parts
        for node in parsed(path).body
        if isinstance(node, ast.ImportFrom) and node.module == "pytest_ecsfake"
        if any(name.name == "api" for name in node.names)
    ]

    assert found == []

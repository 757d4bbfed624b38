"""The wheel and the sdist, as somebody gets them who has no checkout: what is in them, and the README's first test from an empty environment.

Only run by `tox run -e package`, which builds both into the folder that ECSFAKE_DIST names.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

#: Stands beside the README's test: whoever looks a name up or connects fails.
NO_NETWORK = """
import socket

def refuse(*arguments, **options):
    raise AssertionError(f"the network was asked: {arguments}")

socket.getaddrinfo = socket.create_connection = socket.socket.connect = refuse
"""


@pytest.fixture(scope="module")
def dist() -> Path:
    return Path(os.environ["ECSFAKE_DIST"])


@pytest.fixture(scope="module")
def wheel(dist: Path) -> Path:
    [wheel] = dist.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment in which the wheel and boto3 are installed, and what they ask for."""
    folder = tmp_path_factory.mktemp("empty") / "venv"
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", wheel, "boto3"], check=True)
    return python


def run(python: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder, with nothing in the environment: no home, no credentials, no region."""
    environment = {"PATH": os.defpath, "HOME": str(folder)}
    return subprocess.run(
        [python, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_wheel_holds_the_package_and_its_schemas(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()

    assert {"pytest_ecsfake/py.typed", "pytest_ecsfake/_schemas/operations/RunTask.json"} <= set(names)
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"pytest_ecsfake"}


def test_wheel_holds_what_the_page_of_a_failed_test_is_made_of(wheel: Path) -> None:
    drawing = ROOT / "pytest_ecsfake" / "report" / "drawing"
    names = {name for name in zipfile.ZipFile(wheel).namelist() if "/drawing/" in name}

    assert names == {path.relative_to(ROOT).as_posix() for path in drawing.rglob("*") if path.is_file()}


def test_every_schema_of_the_checkout_is_in_the_wheel(wheel: Path) -> None:
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if "/_schemas/" in name}
    schemas = [path for path in (ROOT / "schemas").rglob("*.json") if "overlay" not in path.parts]

    assert packed == {f"pytest_ecsfake/_schemas/{path.relative_to(ROOT / 'schemas').as_posix()}" for path in schemas}


def test_wheel_carries_licence_and_entry_point(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        [licence] = [name for name in archive.namelist() if name.endswith("/licenses/LICENSE")]
        [entry_points] = [name for name in archive.namelist() if name.endswith("/entry_points.txt")]

        assert archive.read(licence) == (ROOT / "LICENSE").read_bytes()
        assert "ecsfake = pytest_ecsfake.plugin" in archive.read(entry_points).decode()


@pytest.mark.parametrize(
    "needed",
    [
        ".ci/run",
        "CHANGELOG.md",
        "LICENSE",
        "README.md",
        "docs/examples",
        "schemas/overlay",
        "tests/conftest.py",
        "tools",
        "tox.ini",
    ],
)
def test_sdist_is_complete(dist: Path, needed: str) -> None:
    [sdist] = dist.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = [name.partition("/")[2] for name in archive.getnames()]

    assert any(name == needed or name.startswith(f"{needed}/") for name in names)


def test_first_test_of_the_readme_passes_in_an_empty_environment(python: Path, tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text()
    [first_test] = re.findall(r"<!-- the first test -->\n```python\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)
    (tmp_path / "conftest.py").write_text(NO_NETWORK)
    (tmp_path / "test_deploy.py").write_text(first_test)

    result = run(python, tmp_path, "-m", "pytest")

    assert "1 passed" in result.stdout, result.stdout + result.stderr


def test_examples_pass_in_an_empty_environment(python: Path, tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(NO_NETWORK)
    examples = ROOT / "docs" / "examples"
    for file in examples.iterdir():
        if file.suffix in (".py", ".json"):
            (tmp_path / file.name).write_text(file.read_text())

    result = run(python, tmp_path, "-m", "pytest")

    assert result.returncode == 0, result.stdout + result.stderr


def test_context_manager_serves_a_script_outside_pytest(python: Path, tmp_path: Path) -> None:
    script = """
import boto3
from pytest_ecsfake import ecs_fake

with ecs_fake(clusters=["prod"]):
    print(boto3.client("ecs").list_clusters()["clusterArns"])
"""

    result = run(python, tmp_path, "-c", script)

    assert result.stdout == "['arn:aws:ecs:us-east-1:123456789012:cluster/prod']\n", result.stderr

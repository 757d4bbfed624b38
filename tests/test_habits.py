"""What contributors lean on says the same in each place: versions of the tools, and the environments that a public CI runs."""

from __future__ import annotations

import configparser
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]


def read(name: str) -> str:
    return (ROOT / name).read_text()


def test_pre_commit_has_the_versions_of_the_dependency_groups():
    pinned = set(re.findall(r'"((?:ruff|import-linter)==[\d.]+)"', read("pyproject.toml")))

    assert set(re.findall(r'"((?:ruff|import-linter)==[\d.]+)"', read(".pre-commit-config.yaml"))) == pinned


def test_the_public_ci_runs_every_environment_of_tox():
    tox = configparser.ConfigParser(interpolation=None)
    tox.read_string(read("tox.ini"))
    environments = set()
    for line in tox["tox"]["env_list"].split():
        choices = re.search(r"\{(.*?)\}-\{(.*?)\}", line)
        if choices is None:
            environments.add(line)
        else:
            start = line.partition("{")[0]
            environments |= {f"{start}{a}-{b}" for a in choices[1].split(",") for b in choices[2].split(",")}

    assert set(re.findall(r"^ {10}- ([\w-]+)$", read(".github/workflows/ci.yml"), re.MULTILINE)) == environments

"""The diagram of the paths of a task, in the module of the tables and on the page about time, agrees with the tables."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

from pytest_ecsfake.engine.tasks import stages

ROOT = Path(__file__).parents[3]

#: The labels of the diagram's lines, with the key of the table: EXTERNAL is on the line of EC2.
KINDS = {
    "FARGATE": ("FARGATE", True),
    "EC2, own": ("EC2", True),
    "EC2, EXTERNAL": ("EC2", False),
}


def diagram() -> str:
    [found] = re.findall(r"^    start .*?(?=\n\n\S)", stages.__doc__ or "", re.MULTILINE | re.DOTALL)
    return textwrap.dedent(found)


def drawn(half: int, kind: str) -> list[str]:
    """The statuses on the line of a kind of task, in the first half (start) or the second one (stop)."""
    [line] = [line for line in diagram().split("\n\n")[half].splitlines() if re.search(rf"(^|  ){kind}( |$)", line)]
    return re.findall(r"[A-Z]{6,}", line.partition(kind)[2])


def tabled(table, first: str, last: str) -> list[str]:
    """The statuses of a table in the order in which they follow each other."""
    statuses = [first]
    while statuses[-1] != last:
        statuses.append(table[statuses[-1]].to)
    return statuses


@pytest.mark.parametrize("kind", KINDS)
def test_the_start_is_drawn_as_in_the_table(kind):
    start = stages.PATHS[KINDS[kind]].start

    assert drawn(0, kind) == tabled(start, next(iter(start)), "RUNNING")


@pytest.mark.parametrize("kind", ["FARGATE", "EC2, EXTERNAL"])
def test_the_stop_is_drawn_as_in_the_table(kind):
    stop = stages.PATHS[KINDS[kind]].stop

    assert drawn(1, kind) == tabled(stop, "RUNNING", "STOPPED")
    assert stop["DEACTIVATING"].to == stop["RUNNING"].to == "STOPPING"


def test_kinds_on_one_line_share_their_paths():
    assert stages.PATHS["EXTERNAL", False] == stages.PATHS["EC2", False]
    assert stages.PATHS["EC2", True].stop == stages.PATHS["FARGATE", True].stop


def test_the_page_shows_the_same_diagram():
    assert f"```text\n{diagram()}\n```" in (ROOT / "docs" / "time.md").read_text()

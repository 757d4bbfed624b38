"""What is noted in a flat log is read as records, and nothing of it is a record before."""

from __future__ import annotations

import gc
import pickle
from typing import NamedTuple

import pytest

from pytest_ecsfake.state.flat_log import FlatLog


class Seen(NamedTuple):
    at: int
    name: str


@pytest.fixture
def log():
    log = FlatLog(Seen, len(Seen._fields))
    for number in range(3):
        log.note(number, f"name {number}")
    return log


def test_what_was_noted_is_read_as_records(log):
    assert list(log) == [Seen(0, "name 0"), Seen(1, "name 1"), Seen(2, "name 2")]
    assert (len(log), log[0], log[-1]) == (3, Seen(0, "name 0"), Seen(2, "name 2"))
    assert isinstance(log[1], Seen)


@pytest.mark.parametrize("index", [3, -4])
def test_there_is_nothing_beyond_its_ends(log, index):
    with pytest.raises(IndexError):
        log[index]


def test_a_value_is_changed_in_every_record(log):
    log.change_each(Seen._fields.index("at"), lambda at: at + 10)

    assert list(log) == [Seen(10, "name 0"), Seen(11, "name 1"), Seen(12, "name 2")]


def test_it_forgets_everything_and_goes_on(log):
    log.forget_all()
    assert (len(log), list(log)) == (0, [])

    log.note(7, "new")
    assert list(log) == [Seen(7, "new")]


def test_a_copy_goes_its_own_way(log):
    copy = pickle.loads(pickle.dumps(log))
    copy.note(3, "name 3")

    assert (len(log), len(copy)) == (3, 4)
    assert copy[3] == Seen(3, "name 3")


def test_what_is_noted_is_nothing_more_for_the_garbage_collector(log):
    gc.collect()
    before = len(gc.get_objects())
    for number in range(1000):
        log.note(number, "the same")

    assert len(gc.get_objects()) - before < 100

"""The journal: what is written is what is read, and who subscribed is told."""

from __future__ import annotations

import pytest

from pytest_ecsfake.state.journal import Entry, Journal

FIRST = Entry(1, "task", "arn:1", "lastStatus", None, "PROVISIONING", None)
SECOND = Entry(2, "task", "arn:1", "desiredStatus", "RUNNING", "STOPPED", "enough")


def test_entries_are_read_as_they_were_written():
    journal = Journal()
    for entry in (FIRST, SECOND):
        journal.write(*entry)

    assert list(journal) == [FIRST, SECOND]
    assert (len(journal), journal[0], journal[-1]) == (2, FIRST, SECOND)
    with pytest.raises(IndexError):
        journal[2]


def test_a_subscriber_is_told_of_later_entries_of_its_kind_and_change():
    journal, told = Journal(), []

    journal.write(*SECOND)
    journal.subscribe("task", "desiredStatus", told.append)
    journal.write(*FIRST)
    journal.write(*SECOND)
    journal.write(*SECOND._replace(kind="service"))

    assert told == [SECOND]

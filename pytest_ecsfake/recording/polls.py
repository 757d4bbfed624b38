"""Polls: reading calls that repeat each other, and how to tell that one of them can't end.

Two questions are answered here. Does a call repeat one since the clock last moved? Then the poll step moves the clock. And have the same reads gone
on for days while nothing changed? If besides nothing is due in the fake any more, they would go on for ever (`recording/endless.py` says so).
"""

from __future__ import annotations

from typing import NamedTuple

from pytest_ecsfake.arns import Partition
from pytest_ecsfake.clock import SECOND, Instant

READING = ("Describe", "List", "Get")

#: How much virtual time a poll with a deadline of its own may take: two days.
LONGEST = 2 * 24 * 60 * 60 * SECOND

#: A poll of fewer reads isn't endless, however far the clock has moved: a test may advance it by years between two of them.
FEWEST = 10_000

#: A poll of so many reads is endless even if it took less time: it sleeps next to nothing, or its sleep is mocked away while a freezer stops
#: the clock.
MOST = 200_000

#: A poll that asks more different things than this has no end that could be told; its answers aren't kept.
_MOST_QUESTIONS = 1_000


class Question(NamedTuple):
    """A reading call, by what it asks."""

    operation: str
    partition: Partition
    body: bytes


class Reading(NamedTuple):
    """The answer to a question: a response, packed, or the name of an error."""

    packed: bytes
    error: str | None


class Polls:
    """The reading calls of a fake, as far as they repeat each other.

    Args:
        now: where the clock stands.

    Attributes:
        answers: the questions since the last call that wrote and since the last change of state, each with its newest answer.
        since: when the newest of these questions was asked first.
        repeated: how many calls since then have repeated one of them.
        threads: the threads that asked.
    """

    def __init__(self, now: Instant) -> None:
        self._asked_now: set[Question] = set()
        self._asked_at = now
        self._changes = 0
        self.answers: dict[Question, Reading] = {}
        self.since = now
        self.repeated = 0
        self.threads: set[int] = set()

    def repeats_one_of_now(self, question: Question, now: Instant) -> bool:
        """Whether a reading call repeats one since the clock last moved and since the last writing call. The pages of a list don't count.

        Args:
            question: the call, of any operation.
            now: where the clock stands.
        """
        reads = question.operation.startswith(READING)
        if now != self._asked_at or not reads:
            self._asked_now.clear()
            self._asked_at = now
        if not reads or b'"nextToken"' in question.body:
            return False
        if question not in self._asked_now:
            self._asked_now.add(question)
            return False
        self._asked_now = {question}
        return True

    def clock_moved_to(self, now: Instant) -> None:
        """Take the poll step as made: what is asked at this instant doesn't count as asked before it."""
        self._asked_at = now

    def note(self, question: Question, reading: Reading, changes: int, now: Instant, thread: int) -> bool:
        """Note an answer; return whether it is a reading call's, and the same as to the same question before.

        Args:
            question: the call, of any operation.
            reading: its answer.
            changes: how many changes of state there have been.
            now: where time stands for the caller.
            thread: who asked.
        """
        answers = self.answers
        if not question.operation.startswith(READING):
            answers.clear()
            return False
        if changes != self._changes or now < self.since or len(answers) >= _MOST_QUESTIONS:
            answers.clear()
            self._changes = changes
        before = answers.get(question)
        if before is None:
            self.since, self.repeated, self.threads = now, 0, {thread}
        else:
            self.repeated += 1
            self.threads.add(thread)
        if before == reading:
            return True
        answers[question] = reading
        return False

    def are_too_many(self, now: Instant) -> bool:
        """Whether the same reads have gone on without a change for longer than a poll with a deadline would, in virtual time or in number."""
        return self.repeated >= FEWEST and (now - self.since >= LONGEST or self.repeated >= MOST)

    def go_on(self, now: Instant) -> None:
        """Count from here, after it was told, or found that there still is something to wait for."""
        self.since, self.repeated = now, 0

    def snapshot(self) -> tuple[frozenset[Question], Instant]:
        """What was asked at this instant, for `restore`."""
        return frozenset(self._asked_now), self._asked_at

    def restore(self, saved: tuple[frozenset[Question], Instant]) -> None:
        """Return to a snapshot. Polls begin anew."""
        asked_now, self._asked_at = saved
        self._asked_now = set(asked_now)
        self.answers.clear()
        self.go_on(self._asked_at)

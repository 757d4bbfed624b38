"""The sentences of ECS in the events of services, in short: tasks by the beginnings of their ids, and alike sentences of one instant as one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pytest_ecsfake.views.timeline.names import PLACEHOLDER, Named, in_short, several_ids, without_ids

#: How the sentences name tasks, and how many there are.
_TASK = re.compile(r"\(task ([0-9a-f]{32})\)")
_TASKS = re.compile(rf"{_TASK.pattern}(?:[ ,]+{_TASK.pattern})*")
_COUNT = re.compile(r"\d+(?= (?:running )?tasks?: )")


@dataclass(slots=True)
class Sentence:
    """What a service has said, once or several times at one instant of different tasks.

    Attributes:
        subject: who said it: `prod/web`, with what it says of itself in parentheses.
        template: the sentence, with a placeholder for its tasks, and without the number of them.
        ids: the tasks.
        count: how many tasks it says there are; None if it gives no number.
    """

    subject: str
    template: str
    ids: list[str] = field(default_factory=list)
    count: int | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Sentences with the same key differ by their tasks alone."""
        return self.subject, self.template

    def add(self, other: Sentence) -> None:
        """Say it of the tasks of another one too."""
        self.ids += other.ids
        if self.count is not None and other.count is not None:
            self.count += other.count

    def said(self) -> Named:
        """The text."""
        count = "" if self.count is None else str(self.count)
        before, placeholder, after = self.template.partition(PLACEHOLDER)
        noun = "" if before.endswith(": ") else "task " if len(self.ids) == 1 else "tasks "
        ids = f"{noun}{several_ids(self.ids)}" if placeholder else ""
        text = f"{self.subject} {_COUNT_LEFT_OUT.sub(count, before)}{ids}{after}"
        pattern = f"{self.subject} {_COUNT_LEFT_OUT.sub(count, before)}{placeholder}{after}"
        return Named(text, without_ids(pattern))


_COUNT_LEFT_OUT = re.compile("#")


def sentence_of(lane: str, message: str) -> Sentence:
    """Read a message in a service's events, such as `(service web) has started 2 tasks: (task …) (task …).`, as a sentence.

    Args:
        lane: the service, by the key of its store.
        message: the message.
    """
    said, _, sentence = message.partition(") ")
    of = said.partition(",")[2].strip()
    subject = f"{lane} ({in_short(of)})" if of else lane
    ids = _TASK.findall(sentence)
    counted = _COUNT.search(sentence)
    template = in_short(_TASKS.sub(PLACEHOLDER, _COUNT.sub("#", sentence))).removesuffix(".")
    return Sentence(subject, template, ids, None if counted is None else int(counted[0]))

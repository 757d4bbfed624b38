"""What a test ordered containers to do: scripts, and the answers to ExecuteCommand. Plain values, which a copy of the state copies."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Literal

from pytest_ecsfake.clock import Instant

HealthResult = Literal["HEALTHY", "UNHEALTHY", "TIMEOUT"]
"""What a run of a health check comes to: the command says so, or it takes longer than the check's timeout."""


@dataclass(slots=True)
class Whom:
    """The containers that an order is for. Where neither container nor image is named it is the task's first essential container."""

    family: str | None = None  # or family:revision
    container: str | None = None
    image: str | None = None  # a pattern, as of file names

    def takes(self, family: str, revision: int, name: str, image: str, *, is_main: bool) -> bool:
        """Whether a container is one of them."""
        if self.family is not None and self.family not in (family, f"{family}:{revision}"):
            return False
        if self.container is None and self.image is None:
            return is_main
        return self.container in (None, name) and (self.image is None or _is_like(image, self.image))


def _is_like(image: str, pattern: str) -> bool:
    """An image without a tag is its `latest` (API reference, ContainerDefinition, image)."""
    has_tag = ":" in image.rpartition("/")[2]
    return fnmatchcase(image, pattern) or (not has_tag and fnmatchcase(f"{image}:latest", pattern))


@dataclass(slots=True, eq=False, repr=False)
class ContainerOrder:
    """One order of a test, as `orders.py` asks for it."""

    written: str  # as the test wrote it, for the sentence about one that nothing met
    whom: Whom
    times: int | Literal["always"] = "always"
    met: int = 0
    used: bool = False
    may_go_unused: bool = False

    def optional(self) -> ContainerOrder:
        """Say that nothing needs to meet this order."""
        self.may_go_unused = True
        return self

    @property
    def is_spent(self) -> bool:
        """Whether it was met as often as it should be."""
        return self.met == self.times

    def __repr__(self) -> str:
        return f"<{self.written}, met {self.met} of {self.times}>"

    def meet(self) -> None:
        """Count that it was met."""
        self.met += 1
        self.used = True


@dataclass(slots=True, eq=False, repr=False)
class Script(ContainerOrder):
    """What containers do by themselves. What isn't said is as of any other container."""

    runs_for: int | None = None
    exit_code: int = 0
    reason: str | None = None
    health: tuple[HealthResult, ...] = ()
    pull_error: str | None = None
    secrets_error: str | None = None
    start_error: str | None = None
    ignores_sigterm: bool = False
    program: int | None = None  # the number of the callable

    @property
    def is_for_health_checks_alone(self) -> bool:
        """Whether a container without a health check has nothing of it."""
        return bool(self.health) and self.runs_for is None and not self.ignores_sigterm

    def unmet(self) -> str:
        """The order, and what never came."""
        what = "container with a health check" if self.is_for_health_checks_alone else "container"
        return f"{self.written} was met by no {what}"


@dataclass(slots=True, eq=False, repr=False)
class ExecAnswer(ContainerOrder):
    """What becomes of ExecuteCommand in some containers."""

    run: int | None = None  # the number of the callable
    connected: bool = True

    def unmet(self) -> str:
        """The order, and what never came."""
        return f"{self.written} was met by no call of ExecuteCommand"


@dataclass(slots=True, eq=False)
class ExecSession:
    """A session that ExecuteCommand opened, and what the test's callable returned for it."""

    id: str
    task_arn: str
    container: str
    command: str
    at: Instant
    result: Any = None


@dataclass(slots=True)
class Scripts:
    """The orders of one fake, the oldest first, and what became of those for ExecuteCommand."""

    containers: list[Script] = field(default_factory=list)
    exec: list[ExecAnswer] = field(default_factory=list)
    sessions: list[ExecSession] = field(default_factory=list)

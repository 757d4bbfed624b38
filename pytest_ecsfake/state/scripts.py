"""Scripts of containers, and the selectors that say which containers get one. They are plain values, so a snapshot of the state includes them."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

HealthResult = Literal["HEALTHY", "UNHEALTHY", "TIMEOUT"]
"""The result of one run of a health check. TIMEOUT: the command took longer than the check's timeout."""


@dataclass(frozen=True, slots=True)
class ContainerSelector:
    """Selects the containers that an order is for. Without a container name and an image it selects the task's first essential container."""

    family: str | None = None  # or family:revision
    container: str | None = None
    image: str | None = None  # a pattern as for file names (fnmatch)

    def matches(self, family: str, revision: int, name: str, image: str, *, is_main: bool) -> bool:
        """Whether it selects a container.

        Args:
            family: the family of the container's task definition.
            revision: the revision of the task definition.
            name: the container's name.
            image: the container's image.
            is_main: whether it is the task's first essential container.
        """
        if self.family is not None and self.family not in (family, f"{family}:{revision}"):
            return False
        if self.container is None and self.image is None:
            return is_main
        return self.container in (None, name) and (self.image is None or _is_like(image, self.image))


def _is_like(image: str, pattern: str) -> bool:
    """Whether an image matches a pattern. An image without a tag is its `latest` (API reference, ContainerDefinition, image)."""
    has_tag = ":" in image.rpartition("/")[2]
    return fnmatchcase(image, pattern) or (not has_tag and fnmatchcase(f"{image}:latest", pattern))


@dataclass(frozen=True, slots=True)
class Script:
    """What a container does by itself. The defaults are those of a container without a script."""

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
        """Whether the script has no effect on a container without a health check."""
        return bool(self.health) and self.runs_for is None and not self.ignores_sigterm

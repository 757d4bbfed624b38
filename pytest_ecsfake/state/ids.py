"""Identifiers that ECS makes up, drawn from a seeded generator: the same test gets the same ARNs.

Forms: ECS Developer Guide, "Amazon ECS resource ARNs"; the API's recorded examples for attachments and interfaces.
"""

from __future__ import annotations

import random


class Ids:
    """The ids of one account in one region, in the order in which they are asked for."""

    __slots__ = ("_random",)

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)

    def hexadecimal(self, digits: int = 32) -> str:
        """Lower-case hexadecimal digits: a task's or container instance's id, the tail of `eni-…`."""
        return f"{self._random.getrandbits(4 * digits):0{digits}x}"

    def uuid(self) -> str:
        """A lower-case UUID of version 4: a container's id, an attachment's, a request's."""
        bits = self._random.getrandbits(128)
        digits = f"{bits & ~(0xF << 76) & ~(0x3 << 62) | 0x4 << 76 | 0x2 << 62:032x}"
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"

    def number(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return self._random.randint(low, high)

"""Identifiers that ECS generates, from a seeded generator: the same test always gets the same ARNs.

Forms: ECS Developer Guide, "Amazon ECS resource ARNs"; the API's recorded examples for attachments and interfaces.
"""

from __future__ import annotations

import random
import string

from pytest_ecsfake.state.mutable import Mutable

#: Amazon VPC User Guide, "Subnet sizing": the first four addresses of a subnet and the last one are reserved.
_FIRST_HOST, _HOSTS = 4, 251

_LETTERS_AND_DIGITS = string.ascii_letters + string.digits


class Ids(Mutable):
    """Generates the ids of one account in one region."""

    __slots__ = ("_addresses", "_random")

    _addresses: int
    _random: random.Random

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)
        self._addresses = 0

    def hexadecimal(self, digits: int = 32) -> str:
        """Lower-case hexadecimal digits: a task's or container instance's id, the tail of `eni-…`."""
        return f"{self._random.getrandbits(4 * digits):0{digits}x}"

    def uuid(self) -> str:
        """A lower-case UUID of version 4: a container's id, an attachment's, a request's."""
        digits = f"{self._random.getrandbits(120):030x}"
        return f"{digits[:8]}-{digits[8:12]}-4{digits[12:15]}-a{digits[15:18]}-{digits[18:]}"

    def letters_and_digits(self, count: int) -> str:
        """Letters of both cases and digits: the tail of the name of Service Connect's proxy."""
        return "".join(self._random.choices(_LETTERS_AND_DIGITS, k=count))

    def number(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return self._random.randint(low, high)

    def private_ipv4_address(self) -> str:
        """The next free address of 10.0.0.0/8: no two interfaces of a region share one."""
        subnet, host = divmod(self._addresses, _HOSTS)
        self._addresses += 1
        return f"10.{subnet >> 8 & 255}.{subnet & 255}.{_FIRST_HOST + host}"

    def mac_address(self) -> str:
        """A locally administered MAC address that begins as those of EC2's network interfaces do: `0e:89:76:28:07:b3`."""
        digits = self.hexadecimal(10)
        return f"0e:{digits[:2]}:{digits[2:4]}:{digits[4:6]}:{digits[6:8]}:{digits[8:]}"

"""Finding what a Describe operation is asked for by ARN."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from pytest_ecsfake.errors import InvalidParameterException

if TYPE_CHECKING:
    from pytest_ecsfake import api
    from pytest_ecsfake.state.region import Region

EMPTY = "{member} cannot be empty."

_T = TypeVar("_T")


def find_each(
    region: Region, arns: Sequence[str], member: str, find: Callable[[Region, str], _T | None]
) -> tuple[list[_T], list[api.Failure]]:
    """What ARNs name, each once, and a failure for each that names nothing.

    Args:
        region: where it is looked for.
        arns: the ARNs.
        member: the member of the request that has them.
        find: finds what one ARN names, or returns None.

    Raises:
        InvalidParameterException: there are no ARNs.
    """
    if not arns:
        raise InvalidParameterException(EMPTY.format(member=member))
    found = {arn: find(region, arn) for arn in arns}
    failures: list[api.Failure] = [{"arn": arn, "reason": "MISSING"} for arn, each in found.items() if each is None]
    return [each for each in found.values() if each is not None], failures

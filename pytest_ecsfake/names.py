"""The names of operations as test authors write them: `RunTask` or `run_task`; anything else is a slip, and told."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache

from pytest_ecsfake import validation
from pytest_ecsfake.errors import EcsFakeUsageError


@cache
def _spellings() -> dict[str, str]:
    names = validation.operations()
    return {name: name for name in names} | {_snake_case(name): name for name in names}


def operation_name(spelt: str, where: str) -> str:
    """The operation that is meant.

    Args:
        spelt: the name, as the API or as boto3 writes it.
        where: the call that the test author made, for the sentence.

    Raises:
        EcsFakeUsageError: ECS has no such operation; the nearest one is named.
    """
    name = _spellings().get(spelt)
    if name is None:
        near = get_close_matches(spelt, _spellings(), n=1)
        hint = f' Did you mean "{near[0]}"?' if near else ""
        raise EcsFakeUsageError(f'unknown operation "{spelt}" in {where}.{hint}')
    return name


def _snake_case(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")

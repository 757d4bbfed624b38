"""Names that a test author will find one day: until then they raise an error that says so, and not an AttributeError.

The type checker isn't told of them: to it they are mistakes.
"""

from __future__ import annotations

from typing import NoReturn

from pytest_ecsfake.errors import EcsFakeNotBuiltError


def refuse(owner: object, shown_as: str, name: str, names: frozenset[str]) -> NoReturn:
    """Tell of a missing attribute.

    Args:
        owner: what was asked for the attribute.
        shown_as: how a test author writes the owner, such as `ecs_fake.faults`.
        name: the attribute.
        names: those that aren't built yet.

    Raises:
        EcsFakeNotBuiltError: it is one of these.
        AttributeError: it is not.
    """
    __tracebackhide__ = True
    if name in names:
        from pytest_ecsfake import __version__

        raise EcsFakeNotBuiltError(f"{shown_as}.{name} is not built in pytest-ecsfake {__version__}.")
    raise AttributeError(f"{type(owner).__name__!r} object has no attribute {name!r}")

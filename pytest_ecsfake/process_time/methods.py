"""Replacing a method of a class, so that another's replacement on top of it is never taken off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def replace_method(
    class_: Any, name: str, wrap: Callable[[Callable[..., Any]], Callable[..., Any]]
) -> Callable[[], bool]:
    """Wrap a method of a class. What comes back undoes it, and says whether nothing is left to undo.

    Where another has put something on top meanwhile, nothing is undone; that other may put our wrapper back later, so it has to be tried again.
    """
    original = class_.__dict__[name]
    wrapper = wrap(original)
    setattr(class_, name, wrapper)

    def undo() -> bool:
        if class_.__dict__.get(name) is wrapper:
            setattr(class_, name, original)
        return class_.__dict__.get(name) is original

    return undo

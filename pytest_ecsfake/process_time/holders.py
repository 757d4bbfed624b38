"""Which modules hold a function: `from time import sleep` makes one more holder of it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from types import ModuleType


class Holders:
    """The attributes of modules that hold certain functions, or their replacements. Each module is searched once, after its import.

    Args:
        replacements: pairs of a function and its replacement. This list itself isn't searched.
        where: tells by a module's name whether it is searched; by default all are.
    """

    def __init__(
        self,
        replacements: list[tuple[object, object]],
        where: Callable[[str], bool] = lambda _: True,
    ) -> None:
        self._replacements = replacements
        self._where = where
        self._scanned: dict[str, int] = {}
        self._newest: tuple[int, str] = (0, "")
        self._held: list[tuple[ModuleType, str]] = []

    def replace(self) -> Callable[[], None]:
        """Put the replacements in place of the functions; the function that is returned restores them, also in modules imported since."""
        self._swap(self._replacements)
        return lambda: self._swap([(replacement, original) for original, replacement in self._replacements])

    def _swap(self, pairs: list[tuple[object, object]]) -> None:
        for module, attribute in self._found():
            held = vars(module).get(attribute)
            for here, instead in pairs:
                if held is here:
                    setattr(module, attribute, instead)

    def _found(self) -> Iterator[tuple[ModuleType, str]]:
        newest = (len(sys.modules), next(reversed(sys.modules)))
        if newest != self._newest:
            self._newest = newest
            self._scan()
        return iter(self._held)

    def _scan(self) -> None:
        wanted = {id(function) for pair in self._replacements for function in pair}
        for name, module in list(sys.modules.items()):
            if self._scanned.get(name) == id(module) or name.startswith(__package__) or not self._where(name):
                continue
            self._scanned[name] = id(module)
            for attribute, value in list(getattr(module, "__dict__", {}).items()):
                if id(value) in wanted:
                    self._held.append((module, attribute))

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
        for original, replacement in replacements:
            _take_name(replacement, original)
        self._replacements = replacements
        self._where = where
        self._scanned: dict[str, int] = {}
        self._newest: tuple[int, str] = (0, "")
        self._held: list[tuple[ModuleType, str]] = []

    def replace(self) -> None:
        """Put the replacements in place of the functions."""
        for module, attribute in self._found():
            held = vars(module).get(attribute)
            for original, replacement in self._replacements:
                if held is original:
                    setattr(module, attribute, replacement)

    def restore(self) -> bool:
        """Put the functions in place of the replacements, also in modules that were imported since. False if a module holds something else by now."""
        restored = True
        for module, attribute in self._found():
            held = vars(module).get(attribute)
            for original, replacement in self._replacements:
                if held is replacement:
                    held = original
                    setattr(module, attribute, original)
            restored = restored and any(held is original for original, _ in self._replacements)
        return restored

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


def _take_name(replacement: object, original: object) -> None:
    """Name a replacement as its original: pickle finds a function by its name, as a pool of processes needs for `submit(time.sleep, 1)`."""
    for name in ("__module__", "__name__", "__qualname__"):
        setattr(replacement, name, getattr(original, name))

"""Doing something with a module as soon as it is imported."""

from __future__ import annotations

import importlib.abc
import importlib.util
import sys
from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec


class _WhenImported(importlib.abc.MetaPathFinder):
    """Stands in `sys.meta_path` until a module is imported, and has something done with it then, once."""

    def __init__(self, name: str, action: Callable[[ModuleType], None]) -> None:
        self.name = name
        self.action = action

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """The module's own spec, with the action behind its execution."""
        if fullname != self.name:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(fullname)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def exec_module(module: ModuleType) -> None:
                execute(module)
                self.action(module)

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]  # of this one loader, for this one module
        return spec


def when_imported(name: str, action: Callable[[ModuleType], None]) -> Callable[[], None]:
    """Have something done with a module: at once where it is imported already, else as soon as it is.

    Returns:
        What calls that off.
    """
    module = sys.modules.get(name)
    if module is not None:
        action(module)
        return _nothing
    finder = _WhenImported(name, action)
    sys.meta_path.insert(0, finder)
    return lambda: sys.meta_path.remove(finder) if finder in sys.meta_path else None


def _nothing() -> None:
    """Nothing to call off."""

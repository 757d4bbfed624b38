"""Runs an action on a module as soon as the module is imported."""

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
    """A finder in `sys.meta_path` that waits for the import of one module, then runs an action on it, once."""

    def __init__(self, name: str, action: Callable[[ModuleType], None]) -> None:
        self.name = name
        self.action = action

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """The module's own spec, changed so that the action runs after the module's code."""
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
    """Run an action on a module: at once if it is imported already, else as soon as it is.

    Returns:
        a function that cancels the action.
    """
    module = sys.modules.get(name)
    if module is not None:
        action(module)
        return _nothing
    finder = _WhenImported(name, action)
    sys.meta_path.insert(0, finder)
    return lambda: sys.meta_path.remove(finder) if finder in sys.meta_path else None


def _nothing() -> None:
    """Cancel nothing: the action has run."""

"""A session's own copy of a JSON document that sessions share, made piece by piece as it is read.

To read the description of ECS takes 26 ms, to copy it 57 ms, and a client looks at a small part of it. So a copy begins as one dictionary; a
dictionary or list in it is copied when it is first asked for. Whoever changes a copy changes nothing else.

Copies are ordered dictionaries, as botocore's are. What is shared is in plain ones: Python's garbage collector goes through ordered ones each time,
which took a tenth of a test's CPU time, and passes over plain ones that hold nothing but text.
"""

from __future__ import annotations

import functools
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

Document = OrderedDict[str, Any]
"""A JSON object as botocore reads it."""


class SharedDocument(dict[str, Any]):
    """A JSON document that is shared. It can be referred to weakly."""

    __slots__ = ("__weakref__",)


_SHARED = frozenset([dict, list])


def own_copy(shared: Any) -> Any:
    """A copy of a shared value."""
    if type(shared) is list:
        return [item if type(item) is str else own_copy(item) for item in shared]
    if not isinstance(shared, dict):
        return shared
    if type(shared) is dict and _SHARED.isdisjoint(map(type, shared.values())):
        return OrderedDict(shared)
    copy = _Unread(shared)
    copy.shared = shared
    return copy


def origin(document: dict[str, Any]) -> dict[str, Any]:
    """The shared document that a copy was made from, as long as the copy says the same; else the document itself."""
    shared: dict[str, Any] | None = getattr(document, "shared", None)
    return document if shared is None or document != shared else shared


class OwnCopy(Document):
    """A dictionary of a copy.

    Attributes:
        shared: what it was copied from, which lives as long as the copy.
    """

    __slots__ = ("shared",)

    shared: dict[str, Any]

    def __reduce__(self) -> Any:
        return OrderedDict, (), None, None, iter(self.items())


class _Unread(OwnCopy):
    """One in which the dictionaries and lists that nobody has asked for are the shared ones.

    Code in C that reads past all methods, as that of `json.dumps` does with a list, gets those. They have the same values.
    """

    __slots__ = ()

    def __getitem__(self, name: str) -> Any:
        value = OrderedDict.__getitem__(self, name)
        # What has been put in the place of the shared one stays.
        if type(value) in _SHARED and self.shared.get(name) is value:
            self[name] = value = own_copy(value)
        return value

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a name."""
        return self[name] if name in self else default  # noqa: SIM401  # that would call itself

    def read(self) -> None:
        """Copy what is left, and become an ordinary dictionary."""
        for name in list(self):
            self[name]
        self.__class__ = OwnCopy  # type: ignore[assignment]  # of the same slots


def _read_first(name: str) -> Callable[..., Any]:
    original = getattr(OrderedDict, name)

    @functools.wraps(original)
    def method(self: _Unread, *args: Any, **kwargs: Any) -> Any:
        self.read()
        return original(self, *args, **kwargs)

    return method


for _name in ("__or__", "__ror__", "copy", "items", "pop", "popitem", "setdefault", "values"):
    setattr(_Unread, _name, _read_first(_name))

"""Whether a graph of containers runs in a circle, for what may not: links and dependencies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def has_cycle(edges: Mapping[str, Sequence[str]]) -> bool:
    """Whether somebody can be reached from himself.

    Args:
        edges: name to the names that it points to, each of which is a key too.
    """
    waiting = dict(edges)
    while waiting:
        free = [name for name, targets in waiting.items() if not any(target in waiting for target in targets)]
        if not free:
            return True
        for name in free:
            del waiting[name]
    return False

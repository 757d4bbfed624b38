"""Detection of cycles among containers, for links and dependencies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def has_cycle(edges: Mapping[str, Sequence[str]]) -> bool:
    """Whether the graph has a cycle.

    Args:
        edges: each name with the names that it points to, all of which are keys too.
    """
    waiting = dict(edges)
    while waiting:
        free = [name for name, targets in waiting.items() if not any(target in waiting for target in targets)]
        if not free:
            return True
        for name in free:
            del waiting[name]
    return False

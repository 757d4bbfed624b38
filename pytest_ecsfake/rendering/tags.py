"""Tags as ECS shows them (API reference, Tag)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_ecsfake import api


def tags(by_key: Mapping[str, str]) -> list[api.Tag]:
    """A resource's tags, in the order in which they were set."""
    return [{"key": key, "value": value} for key, value in by_key.items()]

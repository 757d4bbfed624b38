"""The version of the package, as sentences about what it hasn't got name it."""

from __future__ import annotations

from functools import cache


@cache
def version() -> str:
    """The version that is installed, such as `0.1.0`."""
    from importlib import metadata

    return metadata.version("pytest-ecsfake")

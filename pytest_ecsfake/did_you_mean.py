"""The hint at the end of an error text about an unknown name: ` Did you mean "RunTask"?`."""

from __future__ import annotations

from collections.abc import Iterable


def did_you_mean(spelt: object, known: Iterable[str], *, cutoff: float = 0.6) -> str:
    """A hint that names the most similar known name, ignoring case. An empty string if no name is similar.

    Args:
        spelt: the name that the test author wrote.
        known: the names that exist.
        cutoff: how similar a name must be, from 0 to 1 (`difflib.get_close_matches`).
    """
    from difflib import (
        get_close_matches,
    )  # not at the top: options.py is loaded at every start of pytest and rarely needs a hint

    by_lower_case = {name.lower(): name for name in known}
    near = get_close_matches(str(spelt).lower(), by_lower_case, n=1, cutoff=cutoff)
    return f' Did you mean "{by_lower_case[near[0]]}"?' if near else ""

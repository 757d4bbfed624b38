"""The hint at the end of a sentence about an unknown name: ` Did you mean "RunTask"?`."""

from __future__ import annotations

from collections.abc import Iterable


def did_you_mean(spelt: object, known: Iterable[str], *, cutoff: float = 0.6) -> str:
    """The hint at the known name that is nearest, whatever its case; an empty string where none is near.

    Args:
        spelt: what the test author wrote.
        known: the names that could be meant.
        cutoff: how near a name has to be, from 0 to 1 (`difflib.get_close_matches`).
    """
    from difflib import get_close_matches  # options.py is loaded at every start of pytest, and hardly ever needs a hint

    by_lower_case = {name.lower(): name for name in known}
    near = get_close_matches(str(spelt).lower(), by_lower_case, n=1, cutoff=cutoff)
    return f' Did you mean "{by_lower_case[near[0]]}"?' if near else ""

"""Members that ECS accepts in general and refuses in some cases: the rows for the tables of this folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

#: The source of a text: the rules of badmintoncryer/cdk-preflight quote the answer of a real deployment of 2026-09 beside each rule.
CDK_PREFLIGHT = "cdk-preflight"


class Unsupported(NamedTuple):
    """A member that isn't supported, what ECS says of it, and the source of the text."""

    member: str
    message: str
    source: str


def first_given(document: Mapping[str, object], rows: Iterable[Unsupported]) -> str | None:
    """The message of the first row whose member the document has; None if it has none of them."""
    for row in rows:
        if row.member in document and is_given(document[row.member]):
            return row.message
    return None


def is_given(value: object) -> bool:
    """Whether a member counts as present: false, an empty list and an empty text count as absent, 0 and an empty structure don't."""
    return value is not None and value is not False and value not in ([], "")

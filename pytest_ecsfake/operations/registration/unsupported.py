"""Members that ECS takes in general and refuses here: rows of a member and the words of the refusal, for the tables of this folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

#: Where a text was seen: the rules of badmintoncryer/cdk-preflight keep the answer of a real deployment of 2026-09 beside each rule.
CDK_PREFLIGHT = "cdk-preflight"


class Unsupported(NamedTuple):
    """A member that may not be given, what ECS says when it is, and where that stands."""

    member: str
    message: str
    source: str


def first_given(document: Mapping[str, object], rows: Iterable[Unsupported]) -> str | None:
    """The message of the first row whose member the document gives; None when it gives none of them."""
    for row in rows:
        if row.member in document and is_given(document[row.member]):
            return row.message
    return None


def is_given(value: object) -> bool:
    """Whether a member's value says something: false, an empty list and an empty text are as good as absent; 0 and an empty structure aren't."""
    return value is not None and value is not False and value not in ([], "")

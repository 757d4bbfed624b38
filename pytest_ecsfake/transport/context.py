"""What the ways in share: the keys in botocore's context of one call, and the form of an answer."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from botocore.model import OperationModel

#: Keys that we leave in botocore's context of one call.
ACCOUNT = "ecs_fake_account"
MADE_UP_TOKEN = "ecs_fake_made_up_token"
SEEN = "ecs_fake_seen"


calling: ContextVar[OperationModel | None] = ContextVar("ecs_fake_calling", default=None)
"""The operation that botocore is sending, of whatever service: a refused request is named by it."""


class Http(NamedTuple):
    """What botocore asks of an HTTP response behind the fast way."""

    status_code: int
    headers: Mapping[str, str]


Answered = tuple[Http, dict[str, Any]]
"""A call's answer as botocore takes it from a `before-call` handler: the HTTP response, and what its parser would have made of it."""

"""What handlers, interceptor and client share: the keys in botocore's context of a call, and the form of an answer."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from botocore.model import OperationModel

#: Our keys in botocore's context of a call.
ACCOUNT = "ecs_fake_account"
MADE_UP_TOKEN = "ecs_fake_made_up_token"
SEEN = "ecs_fake_seen"


calling: ContextVar[OperationModel | None] = ContextVar("ecs_fake_calling", default=None)
"""The operation that botocore is sending, of any service. The error about a refused request names it."""


class Http(NamedTuple):
    """The part of an HTTP response that botocore reads after a handler has answered."""

    status_code: int
    headers: Mapping[str, str]


Answered = tuple[Http, dict[str, Any]]
"""A call's answer as a `before-call` handler returns it: the HTTP response, and the parsed response."""

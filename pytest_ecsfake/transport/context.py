"""What handlers, interceptor and client share: the keys in botocore's context of a call, and the form of an answer."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from botocore.client import BaseClient
    from botocore.model import OperationModel

#: Our keys in botocore's context of a call.
ACCOUNT = "ecs_fake_account"
MADE_UP_TOKEN = "ecs_fake_made_up_token"
SEEN = "ecs_fake_seen"


class Called(NamedTuple):
    """A call that botocore sends: the operation, and the endpoint of the client."""

    operation: OperationModel
    endpoint_url: str


calling: ContextVar[Called | None] = ContextVar("ecs_fake_calling", default=None)
"""The call that botocore is sending, of any service. The error about a refused request names it."""


class Sending:
    """A call of ECS that a client is making.

    Args:
        client: the client. botocore's events don't carry it.
        operation: the operation's name.
        parameters: the caller's. They are copied, since botocore adds a made-up clientToken to them.

    Attributes:
        entered: whether botocore has begun to work on the call.
        reached: whether the call has reached the fake.
    """

    __slots__ = ("client", "entered", "operation", "parameters", "reached")

    def __init__(self, client: BaseClient, operation: str, parameters: Mapping[str, Any]) -> None:
        self.client = client
        self.operation = operation
        self.parameters = dict(parameters)
        self.entered = False
        self.reached = False


sending: ContextVar[Sending | None] = ContextVar("ecs_fake_sending", default=None)
"""The call of ECS that is being made in this thread or task."""


def note_reached() -> None:
    """Note that the call that is being made has reached the fake."""
    sent = sending.get()
    if sent is not None:
        sent.reached = True


class Http(NamedTuple):
    """The part of an HTTP response that botocore reads after a handler has answered."""

    status_code: int
    headers: Mapping[str, str]


Answered = tuple[Http, dict[str, Any]]
"""A call's answer as a `before-call` handler returns it: the HTTP response, and the parsed response."""

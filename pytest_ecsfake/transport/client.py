"""The client that a fake provides: botocore's own, for one account and region. All of them share one session."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from pytest_ecsfake.errors import HIDE_USAGE_ERRORS, EcsFakeUsageError
from pytest_ecsfake.transport.context import ACCOUNT

if TYPE_CHECKING:
    from botocore.client import BaseClient
    from botocore.session import Session


#: Credentials that no real call could be signed with.
STAND_IN_CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "ecs-fake",
    "AWS_SECRET_ACCESS_KEY": "ecs-fake",
    "AWS_SESSION_TOKEN": "ecs-fake",
}


def make_client(account: str, region: str) -> BaseClient:
    """A client whose calls are made in an account and a region.

    Calling it, as in `client("ecs")`, makes another client for the same account and region. So it can stand in for `boto3.client`.
    """
    client: Any = _session().create_client(
        "ecs",
        region_name=region,
        aws_access_key_id=STAND_IN_CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=STAND_IN_CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
    )

    def name_account(context: dict[str, Any], **_: object) -> None:
        context[ACCOUNT] = account

    client.meta.events.register_first("before-call.ecs", name_account)
    class_ = type(client)

    def further(self: BaseClient, service_name: str = "ecs") -> BaseClient:
        __tracebackhide__ = HIDE_USAGE_ERRORS
        if service_name != "ecs":
            raise EcsFakeUsageError(
                f'the fake makes clients for "ecs", not for {service_name!r}. Write boto3.client({service_name!r}).'
            )
        return make_client(account, region)

    client.__class__ = type(
        class_.__name__, (class_,), {"__call__": further, "__module__": class_.__module__, ACCOUNT: account}
    )
    made: BaseClient = client
    return made


@cache
def _session() -> Session:
    """The session of all these clients. There is only one because the model of ECS takes 100 ms to load, and no other code sees it."""
    from botocore.session import Session

    return Session()

"""botocore's side: the handlers through which a client's call reaches a fake, and the net below them.

There are two ways in, `before-call` and `before-send`; `interceptor.py` tells which call goes where. The net catches what the handlers missed:
it is patched into botocore's classes while a fake is on (`patches.py`), gives a client whose session is older than the handlers these at its
first call, and has whatever else would leave the machine looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest, AWSResponse
    from botocore.client import BaseClient
    from botocore.model import OperationModel

    from pytest_ecsfake.transport.context import Answered
    from pytest_ecsfake.transport.interceptor import Interceptor

from pytest_ecsfake.transport.context import ACCOUNT, MADE_UP_TOKEN, SEEN, calling

SERVICE_ID = "ECS"


_caller: ContextVar[BaseClient | None] = ContextVar("ecs_fake_caller", default=None)
"""The client that is making a call, of whatever service: botocore's events don't tell it."""


class Intercepted(Protocol):
    """What the handlers need of an active fake."""

    @property
    def interceptor(self) -> Interceptor:
        """The fake's end of botocore."""


class Handlers:
    """The handlers that stand in botocore, and the net below them. With no fake on they let everything pass.

    Args:
        current: gives the active fake, or None.
    """

    def __init__(self, current: Callable[[], Intercepted | None]) -> None:
        self._current = current

    def specifications(self) -> Iterator[tuple[str, Callable[..., Any]]]:
        """What is registered, by event."""
        yield "before-parameter-build.ecs", self.before_parameter_build
        yield "before-call.ecs", self.before_call
        yield "before-send.ecs", self.before_send

    def register(self, botocore_handlers: ModuleType) -> None:
        """Have every session that is made from now on know the handlers."""
        botocore_handlers.BUILTIN_HANDLERS.extend(self.specifications())

    def adopt(self, client: BaseClient) -> None:
        """Give the handlers to a client whose session is older than they are."""
        for event, handler in self.specifications():
            client.meta.events.register(event, handler, unique_id=f"ecs_fake-{event}")

    def before_parameter_build(
        self, params: Mapping[str, Any], model: OperationModel, context: dict[str, Any], **_: object
    ) -> None:
        """Note whether botocore is about to make up an idempotency token, which the record of the call then leaves out."""
        if model.idempotent_members and not any(name in params for name in model.idempotent_members):
            context[MADE_UP_TOKEN] = True

    def before_call(
        self,
        model: OperationModel,
        params: Mapping[str, Any],
        context: dict[str, Any],
        request_signer: object,
        **_: object,
    ) -> Answered | None:
        """Answer a call in process.

        Raises:
            EcsFakeUsageError: the client is a fake's own, and no fake is on.
        """
        fake = self._current()
        if fake is not None:
            return fake.interceptor.answer_call(model, params, context, request_signer, parses=_parses(_caller.get()))
        if ACCOUNT in context:
            from pytest_ecsfake.errors import EcsFakeUsageError

            raise EcsFakeUsageError(
                f"{model.name} was called through the client of a fake that is off. "
                'Call it inside the test or the `with` block, or make a client of your own: boto3.client("ecs").'
            )
        return None

    def before_send(self, request: AWSPreparedRequest, **_: object) -> AWSResponse | None:
        """Answer one attempt of a call that botocore sends."""
        fake = self._current()
        if fake is None:
            return None
        response = fake.interceptor.answer_http(request)
        if response is not None:
            # botocore asks every before-send handler, also when one has answered: moto, which comes after us, is to find nothing of ECS.
            request.url = "ecs-fake://answered/"
        return response

    def make_api_call(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """For `BaseClient._make_api_call`: the handlers know whose call it is."""

        def _make_api_call(client: BaseClient, operation_name: str, api_params: Mapping[str, Any]) -> Any:
            token = _caller.set(client)
            try:
                return original(client, operation_name, api_params)
            finally:
                _caller.reset(token)

        return _make_api_call

    def make_request(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """The net for `BaseClient._make_request`: answers ECS calls that the handlers didn't see, and knows what is being sent."""

        def _make_request(
            client: BaseClient,
            operation_model: OperationModel,
            request_dict: dict[str, Any],
            request_context: dict[str, Any],
        ) -> Any:
            answered = self._catch(client, operation_model, request_dict, request_context)
            if answered is not None:
                return answered
            token = calling.set(operation_model)
            try:
                return original(client, operation_model, request_dict, request_context)
            finally:
                calling.reset(token)

        return _make_request

    def make_request_async(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """The same for aiobotocore's `AioBaseClient._make_request`."""

        async def _make_request(
            client: BaseClient,
            operation_model: OperationModel,
            request_dict: dict[str, Any],
            request_context: dict[str, Any],
        ) -> Any:
            answered = self._catch(client, operation_model, request_dict, request_context)
            if answered is not None:
                return answered
            token = calling.set(operation_model)
            try:
                return await original(client, operation_model, request_dict, request_context)
            finally:
                calling.reset(token)

        return _make_request

    def _catch(
        self, client: BaseClient, model: OperationModel, request: dict[str, Any], context: dict[str, Any]
    ) -> Answered | None:
        if model.service_model.service_id != SERVICE_ID or SEEN in context or self._current() is None:
            return None
        self.adopt(client)
        return self.before_call(
            model=model, params=request, context=context, request_signer=vars(client)["_request_signer"]
        )

    def send(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """For `URLLib3Session.send`: refuse what may not leave the machine."""

        def send(session: object, request: AWSPreparedRequest) -> Any:
            fake = self._current()
            if fake is not None:
                response = fake.interceptor.answer_http(request)
                if response is not None:
                    return response
                fake.interceptor.refuse(request)
            return original(session, request)

        return send

    def send_async(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """The same for aiobotocore's HTTP sessions."""

        async def send(session: object, request: AWSPreparedRequest) -> Any:
            fake = self._current()
            if fake is not None:
                response = fake.interceptor.answer_http(request, asynchronous=True)
                if response is not None:
                    return response
                fake.interceptor.refuse(request)
            return await original(session, request)

        return send


def _parses(client: BaseClient | None) -> bool:
    """Whether a client's session reads responses in a way of its own, as awscli does, which prints timestamps as they come over the wire."""
    if client is None:
        return False
    factory = vars(client)["_endpoint"]._response_parser_factory
    return bool(factory._defaults)  # botocore.parsers.ResponseParserFactory.set_parser_defaults

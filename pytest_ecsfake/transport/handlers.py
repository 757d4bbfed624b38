"""The handlers in botocore through which a client's call reaches a fake, and a safety net for calls that they miss.

A call arrives through `before-call` or `before-send`; see `interceptor.py` for which one. The net is patched into botocore's classes while a fake
is on (`patches.py`). It registers the handlers with a client whose session is older than they are, at that client's first call, and checks every
other request that would leave the machine.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest, AWSResponse
    from botocore.client import BaseClient
    from botocore.model import OperationModel

    from pytest_ecsfake.transport.context import Answered

from pytest_ecsfake.transport import cassettes
from pytest_ecsfake.transport.context import ACCOUNT, MADE_UP_TOKEN, SEEN, Called, calling, sending
from pytest_ecsfake.transport.elsewhere import NAME, ApiCall, Intercepted, is_aiobotocores, put_in_class_of
from pytest_ecsfake.transport.waiters import Explaining, Waiters

SERVICE_ID = "ECS"


class Fake(Intercepted, Explaining, Protocol):
    """The part of an active fake that botocore's side needs."""


#: What is added to botocore's words about a profile that isn't found.
HIDDEN = (
    "ecs_fake hides the AWS configuration of this machine, with all its profiles. Have AWS_CONFIG_FILE name a file of the test's own that has the "
    'profile, or leave the machine\'s in place with other_services="allow", or with a list of the services that may be called.'
)


class Handlers:
    """The handlers that are registered with botocore, and the safety net. They do nothing while no fake is on.

    Args:
        current: returns the active fake, or None.
    """

    def __init__(self, current: Callable[[], Fake | None]) -> None:
        self._current = current
        self.waiters = Waiters(current)

    def specifications(self) -> Iterator[tuple[str, Callable[..., Any]]]:
        """Each handler with the name of its event."""
        yield "creating-client-class.ecs", self.creating_client_class
        yield "before-parameter-build.ecs", self.before_parameter_build
        yield "before-call.ecs", self.before_call
        yield "before-send.ecs", self.before_send

    def register(self, botocore_handlers: ModuleType) -> None:
        """Register the handlers with every session that is created from now on."""
        botocore_handlers.BUILTIN_HANDLERS.extend(self.specifications())

    def adopt(self, client: BaseClient) -> None:
        """Register the handlers with a client whose session is older than they are."""
        for event, handler in self.specifications():
            client.meta.events.register(event, handler, unique_id=f"ecs_fake-{event}")
        put_in_class_of(client, self._api_call(asynchronous=is_aiobotocores(type(client))))

    def creating_client_class(self, class_attributes: dict[str, Any], base_classes: list[type], **_: object) -> None:
        """Have the client see the calls that something else answers."""
        class_attributes.setdefault(NAME, self._api_call(asynchronous=any(map(is_aiobotocores, base_classes))))

    def _api_call(self, *, asynchronous: bool) -> ApiCall:
        return ApiCall(self._current, self.before_call, asynchronous=asynchronous)

    def before_parameter_build(
        self, params: Mapping[str, Any], model: OperationModel, context: dict[str, Any], **_: object
    ) -> None:
        """Note that botocore works on the call, and whether it is about to make up an idempotency token, which `Call.params` then leaves out."""
        sent = sending.get()
        if sent is not None:
            sent.entered = True
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
        sent = sending.get()
        return self._answer(model, params, context, request_signer, None if sent is None else sent.client)

    def _answer(
        self,
        model: OperationModel,
        params: Mapping[str, Any],
        context: dict[str, Any],
        signer: object,
        client: BaseClient | None,
    ) -> Answered | None:
        fake = self._current()
        if fake is not None:
            return fake.interceptor.answer_call(model, params, context, signer, parses=_parses(client))
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
            # botocore calls every before-send handler, even after one has answered. moto, which comes after us, mustn't recognise the request.
            request.url = "ecs-fake://answered/"
        return response

    def make_request(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """Wrap `BaseClient._make_request`: answer ECS calls that the handlers missed, and note which operation is being sent."""

        def _make_request(
            client: BaseClient,
            operation_model: OperationModel,
            request_dict: dict[str, Any],
            request_context: dict[str, Any],
        ) -> Any:
            answered = self._catch(client, operation_model, request_dict, request_context)
            if answered is not None:
                return answered
            token = calling.set(Called(operation_model, client.meta.endpoint_url))
            try:
                return original(client, operation_model, request_dict, request_context)
            finally:
                calling.reset(token)

        return _make_request

    def make_request_async(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """Wrap aiobotocore's `AioBaseClient._make_request` in the same way."""

        async def _make_request(
            client: BaseClient,
            operation_model: OperationModel,
            request_dict: dict[str, Any],
            request_context: dict[str, Any],
        ) -> Any:
            answered = self._catch(client, operation_model, request_dict, request_context)
            if answered is not None:
                return answered
            token = calling.set(Called(operation_model, client.meta.endpoint_url))
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
        return self._answer(model, request, context, vars(client)["_request_signer"], client)

    def get_scoped_config(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """Wrap `Session.get_scoped_config`: say of a profile that isn't found that the fake hides those of the machine."""

        def get_scoped_config(session: object) -> Any:
            from botocore.exceptions import ProfileNotFound

            try:
                return original(session)
            except ProfileNotFound as error:
                # A file that the test names itself isn't hidden.
                if self._current() is not None and os.environ.get("AWS_CONFIG_FILE") == os.devnull:
                    error.args = (f"{error}\n  {HIDDEN}",)
                raise

        return get_scoped_config

    def send(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """Wrap `URLLib3Session.send`: refuse requests that mustn't leave the machine, unless a cassette answers them."""

        def send(session: object, request: AWSPreparedRequest) -> Any:
            fake = self._current()
            if fake is not None:
                response = fake.interceptor.answer_http(request)
                if response is not None:
                    return response
                refusal = fake.interceptor.refusal(request)
                if refusal is not None:
                    return cassettes.send(original, session, request, refusal)
            return original(session, request)

        return send

    def send_async(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """Wrap `send` of aiobotocore's HTTP sessions in the same way."""

        async def send(session: object, request: AWSPreparedRequest) -> Any:
            fake = self._current()
            if fake is not None:
                response = fake.interceptor.answer_http(request, asynchronous=True)
                if response is not None:
                    return response
                refusal = fake.interceptor.refusal(request)
                if refusal is not None:
                    return await cassettes.send_async(original, session, request, refusal)
            return await original(session, request)

        return send


def _parses(client: BaseClient | None) -> bool:
    """Whether a client's session has its own settings for parsing responses, as the AWS CLI's has: it prints timestamps as they were sent."""
    if client is None:
        return False
    factory = vars(client)["_endpoint"]._response_parser_factory
    return bool(factory._defaults)  # botocore.parsers.ResponseParserFactory.set_parser_defaults

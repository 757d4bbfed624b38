"""botocore's side: how a client's call reaches the endpoint, and how the answer gets back into the client.

There are two ways in. `before-call` is the fast one: the serialised body goes to the endpoint, and the answer comes back as botocore's parsed
response, without signing and HTTP. Where botocore would retry what was answered (a throttle, a fault of ECS) the call goes on the wire way:
`before-call` lets it pass, and `before-send` gives that answer, and those of all further attempts, as HTTP responses.

Below both is a net for what the handlers missed, patched into botocore's classes while a fake is on (`patches.py`): a client whose session is
older than the handlers gets them at its first call, and whatever else would leave the machine is refused.
"""

from __future__ import annotations

import importlib.abc
import importlib.util
import io
import sys
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol
from urllib.parse import urlsplit

from pytest_ecsfake.arns import Place
from pytest_ecsfake.errors import EcsFakeUsageError, UnfakedServiceError

if TYPE_CHECKING:
    from collections.abc import Collection
    from importlib.machinery import ModuleSpec

    from botocore.awsrequest import AWSPreparedRequest, AWSResponse
    from botocore.client import BaseClient
    from botocore.model import OperationModel

    from pytest_ecsfake.calls import Call
    from pytest_ecsfake.endpoint import Answer, Endpoint

SERVICE_ID = "ECS"

#: The codes that botocore retries and ECS can give; statuses from 500 on are retried too (AWS SDKs Reference Guide, "Retry behavior").
RETRIED = frozenset({"LimitExceededException", "ThrottlingException"})

#: Hosts of the machine itself: what answers there (LocalStack, a local database) leaves nothing.
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

#: Keys that we leave in botocore's context of one call.
ACCOUNT = "ecs_fake_account"
MADE_UP_TOKEN = "ecs_fake_made_up_token"
SEEN = "ecs_fake_seen"

_calling: ContextVar[OperationModel | None] = ContextVar("ecs_fake_calling", default=None)
"""The operation that botocore is sending, of whatever service: what is refused at the door is named by it."""


class Http(NamedTuple):
    """What botocore asks of an HTTP response behind the fast way."""

    status_code: int
    headers: Mapping[str, str]


@dataclass(slots=True)
class _OnTheWire:
    """A call on the wire way: where it was made, the call that its attempts belong to, and an answer that is there already."""

    place: Place
    asynchronous: bool = False
    call: Call | None = None
    waiting: Answer | None = None


class Interceptor:
    """One fake's end of botocore.

    Args:
        endpoint: what answers.
        account: the account that calls are made in, unless their client was made for another one.
        let_out: the ids of services whose calls may leave the machine, lower case; None lets every service out.
    """

    def __init__(self, endpoint: Endpoint, account: str, let_out: Collection[str] | None) -> None:
        self._endpoint = endpoint
        self._account = account
        self._let_out = let_out
        self._on_the_wire: dict[str, _OnTheWire] = {}

    def answer_call(
        self, operation: OperationModel, request: Mapping[str, Any], context: dict[str, Any], signer: object
    ) -> tuple[Http, dict[str, Any]] | None:
        """The fast way: botocore's parsed response, or None when the call has to go on over the wire.

        Args:
            operation: the operation in the client's model.
            request: botocore's serialised request.
            context: botocore's context of the call.
            signer: the client's signer, which shows whether the client is aiobotocore's.
        """
        from pytest_ecsfake import wire

        place = Place(context.get(ACCOUNT, self._account), context["client_region"])
        answer = self._endpoint.answer(
            operation.name, request["body"], place, client_token_made_up=MADE_UP_TOKEN in context
        )
        error = answer.error
        if error is None or (error.code not in RETRIED and error.http_status < 500):
            document = wire.parsed(answer, operation)
            metadata = document["ResponseMetadata"]
            return Http(metadata["HTTPStatusCode"], metadata["HTTPHeaders"]), document
        context[SEEN] = True
        context["auth_type"] = "none"  # nothing is signed, so a client without credentials gets its retries too
        invocation = context.setdefault("retries", {}).setdefault("invocation-id", answer.request_id)
        asynchronous = type(signer).__module__.startswith("aiobotocore")
        self._on_the_wire[invocation] = _OnTheWire(place, asynchronous, answer.call, waiting=answer)
        return None

    def answer_http(self, request: AWSPreparedRequest, *, asynchronous: bool = False) -> AWSResponse | None:
        """The wire way: the HTTP response to an ECS request; None for a request of another service."""
        from pytest_ecsfake import wire

        target = _text(request.headers.get(wire.TARGET_HEADER, ""))
        if not target.startswith(wire.TARGET_PREFIX):
            return None
        invocation = _text(request.headers.get("amz-sdk-invocation-id", ""))
        state = self._on_the_wire.get(invocation) or _OnTheWire(_place_of(request, self._account), asynchronous)
        answer, state.waiting = state.waiting, None
        if answer is None:
            operation = target.removeprefix(wire.TARGET_PREFIX)
            body = request.body if isinstance(request.body, bytes) else b"{}"
            answer = self._endpoint.answer(operation, body, state.place, retried=state.call)
        state.call = answer.call
        if invocation:
            self._on_the_wire[invocation] = state
        return _http_response(request.url, answer, asynchronous=state.asynchronous)

    def refuse(self, request: AWSPreparedRequest) -> None:
        """Stand at the door: let a request pass that may leave, or stays on the machine.

        Raises:
            UnfakedServiceError: it may not.
        """
        operation = _calling.get()
        host = urlsplit(request.url).hostname or ""
        if host in LOOPBACK or self._let_out is None:
            return
        if operation is not None and _ids(operation) & set(self._let_out):
            return
        trouble = UnfakedServiceError(_refusal(operation, request, host))
        self._endpoint.tell(trouble)
        raise trouble


def _ids(operation: OperationModel) -> set[str]:
    """The names under which a test author may let a service out: the client's (`s3`) and the model's id."""
    model = operation.service_model
    return {model.service_name.lower(), model.service_id.lower(), model.service_id.hyphenize().lower()}


def _refusal(operation: OperationModel | None, request: AWSPreparedRequest, host: str) -> str:
    if operation is None:
        return (
            f"the code under test sent {request.method} to {host} through botocore while ecs_fake is on, and nothing answers there.\n"
            '  Fake it beside ecs_fake, or let every call out: @pytest.mark.ecs_fake(other_services="allow").'
        )
    model = operation.service_model
    path = urlsplit(request.url).path
    where = f"{host}{path}" if path != "/" else host
    return (
        f"the code under test called {model.service_id} {operation.name} ({where}) while ecs_fake is on, "
        f"and nothing answers for {model.service_id}.\n"
        f"  Fake {model.service_id} beside it (moto's mock_aws), or let the call out: "
        f'@pytest.mark.ecs_fake(other_services=["{model.service_name}"]), or "allow" for every service.'
    )


def _place_of(request: AWSPreparedRequest, account: str) -> Place:
    """Where a request is made that no handler saw before it was signed: by its signature's scope, else by its host."""
    _, _, scope = _text(request.headers.get("Authorization", "")).partition("Credential=")
    fields = scope.partition(",")[0].split("/")
    if len(fields) == 5:
        return Place(account, fields[2])
    labels = (urlsplit(request.url).hostname or "").split(".")
    return Place(account, labels[1] if len(labels) > 2 else "us-east-1")


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


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
    ) -> tuple[Http, dict[str, Any]] | None:
        """Answer a call in process."""
        fake = self._current()
        return None if fake is None else fake.interceptor.answer_call(model, params, context, request_signer)

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
            token = _calling.set(operation_model)
            try:
                return original(client, operation_model, request_dict, request_context)
            finally:
                _calling.reset(token)

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
            token = _calling.set(operation_model)
            try:
                return await original(client, operation_model, request_dict, request_context)
            finally:
                _calling.reset(token)

        return _make_request

    def _catch(
        self, client: BaseClient, model: OperationModel, request: dict[str, Any], context: dict[str, Any]
    ) -> tuple[Http, dict[str, Any]] | None:
        if model.service_model.service_id != SERVICE_ID or SEEN in context or self._current() is None:
            return None
        self.adopt(client)
        return self.before_call(
            model=model, params=request, context=context, request_signer=vars(client)["_request_signer"]
        )

    def send(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """The door, for `URLLib3Session.send`: nothing leaves the machine that may not."""

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


class _Body(io.BytesIO):
    """A response's body as botocore reads it."""

    def stream(self, *_: object, **__: object) -> Iterator[bytes]:
        """Everything, in one piece."""
        yield self.read()


class _AsyncBody:
    """A response's body as aiobotocore reads it."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    async def read(self) -> bytes:
        """Everything, in one piece."""
        return self._content


def _http_response(url: str, answer: Answer, *, asynchronous: bool) -> AWSResponse:
    from pytest_ecsfake import wire

    headers: Any = wire.headers(answer)  # botocore takes any mapping, its stubs one class of it
    if asynchronous:
        from aiobotocore.awsrequest import AioAWSResponse

        response: AWSResponse = AioAWSResponse(url, wire.status(answer), headers, _AsyncBody(wire.body(answer)))
        return response
    from botocore.awsrequest import AWSResponse

    return AWSResponse(url, wire.status(answer), headers, _Body(wire.body(answer)))


class _WhenImported(importlib.abc.MetaPathFinder):
    """Stands in `sys.meta_path` until a module is imported, and has something done with it then, once."""

    def __init__(self, name: str, action: Callable[[ModuleType], None]) -> None:
        self.name = name
        self.action = action

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """The module's own spec, with the action behind its execution."""
        if fullname != self.name:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(fullname)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def exec_module(module: ModuleType) -> None:
                execute(module)
                self.action(module)

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]  # of this one loader, for this one module
        return spec


def when_imported(name: str, action: Callable[[ModuleType], None]) -> Callable[[], None]:
    """Have something done with a module: at once where it is imported already, else as soon as it is.

    Returns:
        What calls that off.
    """
    module = sys.modules.get(name)
    if module is not None:
        action(module)
        return _nothing
    finder = _WhenImported(name, action)
    sys.meta_path.insert(0, finder)
    return lambda: sys.meta_path.remove(finder) if finder in sys.meta_path else None


def _nothing() -> None:
    """Nothing to call off."""


def let_out(other_services: str | Collection[str]) -> frozenset[str] | None:
    """The services whose calls may leave, from the option `other_services`: None means every service.

    Raises:
        EcsFakeUsageError: it is neither "block" nor "allow" nor a list of service ids.
    """
    if other_services == "block":
        return frozenset()
    if other_services == "allow":
        return None
    if isinstance(other_services, str):
        raise EcsFakeUsageError(
            f'other_services takes "block", "allow" or a list of service ids, not {other_services!r}. '
            f"Write other_services=[{other_services!r}]."
        )
    return frozenset(service.lower() for service in other_services)

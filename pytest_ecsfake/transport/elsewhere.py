"""Notes the calls of ECS that something else answers while a fake is on.

A Stubber, placebo and other `before-call` handlers answer before the fake's own handler; a mock of `BaseClient._make_api_call` answers before
botocore does anything. Each client of ECS has `ApiCall` in its own class, above both, and so sees the calls that never reach the fake.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Protocol

from pytest_ecsfake.transport.context import Sending, sending

if TYPE_CHECKING:
    from botocore.client import BaseClient

    from pytest_ecsfake.errors import EcsError
    from pytest_ecsfake.transport.interceptor import Interceptor

NAME = "_make_api_call"


class Intercepted(Protocol):
    """The part of an active fake that is needed here."""

    @property
    def interceptor(self) -> Interceptor:
        """The fake's interceptor."""


class ApiCall:
    """`_make_api_call` in the class of one client, in front of the one that the class inherits. With no fake on it is the inherited one.

    Args:
        current: returns the active fake, or None.
        before_call: our own handler. What answers before it, answers elsewhere.
        asynchronous: whether the client is aiobotocore's.
    """

    def __init__(
        self, current: Callable[[], Intercepted | None], before_call: Callable[..., Any], *, asynchronous: bool
    ) -> None:
        self._current = current
        self._before_call = before_call
        self._watch = self._call_async if asynchronous else self._call
        self._owner: type = object

    def __set_name__(self, owner: type, name: str) -> None:
        self._owner = owner

    def __get__(self, client: Any, owner: type) -> Any:
        if client is None or self._current() is None:
            return self._inherited(owner if client is None else client)
        return partial(self._watch, client)

    def _inherited(self, owner: Any) -> Any:
        """The base class's method. Looked up for each call, since a test may replace it at any time."""
        return getattr(super(self._owner, owner), NAME)

    def _call(self, client: BaseClient, operation_name: str, api_params: Mapping[str, Any]) -> Any:
        inherited, fake = self._inherited(client), self._current()
        if fake is None:  # it was on when the method was taken from the client
            return inherited(operation_name, api_params)
        sent = Sending(client, operation_name, api_params)
        token = sending.set(sent)
        try:
            answer = inherited(operation_name, api_params)
        except Exception as error:
            self._note_error(fake.interceptor, sent, inherited, error)
            raise
        finally:
            sending.reset(token)
        self._note_response(fake.interceptor, sent, inherited, answer)
        return answer

    async def _call_async(self, client: BaseClient, operation_name: str, api_params: Mapping[str, Any]) -> Any:
        inherited, fake = self._inherited(client), self._current()
        if fake is None:
            return await inherited(operation_name, api_params)
        sent = Sending(client, operation_name, api_params)
        token = sending.set(sent)
        try:
            answer = await inherited(operation_name, api_params)
        except Exception as error:
            self._note_error(fake.interceptor, sent, inherited, error)
            raise
        finally:
            sending.reset(token)
        self._note_response(fake.interceptor, sent, inherited, answer)
        return answer

    def _note_response(
        self, interceptor: Interceptor, sent: Sending, inherited: Callable[..., Any], answer: object
    ) -> None:
        if not sent.reached:
            from pytest_ecsfake.recording.call import OtherAnswer  # not at pytest's start

            response = plain(answer) if isinstance(answer, Mapping) else {}
            response.pop("ResponseMetadata", None)
            other = OtherAnswer(self._answerer(sent, inherited), response, None)
            interceptor.note_answered_elsewhere(sent.client, sent.operation, plain(sent.parameters), other)

    def _note_error(
        self, interceptor: Interceptor, sent: Sending, inherited: Callable[..., Any], error: Exception
    ) -> None:
        from botocore.exceptions import ClientError, StubResponseError

        # Any other error is botocore's refusal to make the call, as of wrong parameters, unless a replacement has raised it.
        answered = isinstance(error, (ClientError, StubResponseError)) or (not sent.entered and _replaces(inherited))
        if not sent.reached and answered:
            from pytest_ecsfake.recording.call import OtherAnswer  # not at pytest's start

            other = OtherAnswer(self._answerer(sent, inherited), {}, _as_ecs_error(error))
            interceptor.note_answered_elsewhere(sent.client, sent.operation, plain(sent.parameters), other)

    def _answerer(self, sent: Sending, inherited: Callable[..., Any]) -> str:
        """A readable name of who answered a call."""
        if not sent.entered and _replaces(inherited):
            return f"{_name_of(_function(inherited))} (in place of {NAME})"
        handlers = self._handlers_before_ours(sent.client, sent.operation)
        return " or ".join(dict.fromkeys(map(_name_of, handlers))) or "a handler of before-call"

    def _handlers_before_ours(self, client: BaseClient, operation: str) -> Iterator[object]:
        """The handlers that botocore asks before ours, in its order, without botocore's own. Mostly there is only one."""
        from botocore.handlers import BUILTIN_HANDLERS

        own = [specification[1] for specification in BUILTIN_HANDLERS]
        emitter = vars(client.meta.events).get("_emitter")  # botocore.hooks.EventAliaser, HierarchicalEmitter
        tree = getattr(emitter, "_handlers", None)
        asked = () if tree is None else tree.prefix_search(f"before-call.ecs.{operation}")
        for handler in takewhile(lambda handler: handler != self._before_call, asked):
            if handler not in own:
                yield handler


def put_in_class_of(client: BaseClient, api_call: ApiCall) -> None:
    """Put `ApiCall` in the class of a client that was made without it. botocore makes a class for each client."""
    class_ = type(client)
    if not any(isinstance(vars(base).get(NAME), ApiCall) for base in class_.__mro__):
        api_call.__set_name__(class_, NAME)
        setattr(class_, NAME, api_call)


def is_aiobotocores(class_: type) -> bool:
    """Whether a class is made from aiobotocore's."""
    return any(base.__module__.startswith("aiobotocore.") for base in class_.__mro__)


def _function(method: Any) -> Any:
    return getattr(method, "__func__", method)


def _replaces(inherited: Callable[..., Any]) -> bool:
    """Whether `_make_api_call` of the base class isn't that of botocore or aiobotocore."""
    module = getattr(_function(inherited), "__module__", None)
    return not isinstance(module, str) or not module.startswith(("botocore.", "aiobotocore."))


def _name_of(answerer: Any) -> str:
    """The name of a function, or of the class of an object or of a method's object, with its module: `botocore.stub.Stubber`."""
    if isinstance(answerer, partial):
        return _name_of(answerer.func)
    owner = getattr(answerer, "__self__", None)
    named = answerer if owner is None else owner
    if not isinstance(getattr(named, "__qualname__", None), str):
        named = type(named)
    return f"{named.__module__}.{named.__qualname__}"


def _as_ecs_error(error: Exception) -> EcsError:
    """A client's error as a recorded call holds it. What isn't ECS's has the name of its class for a code."""
    from pytest_ecsfake.validation.names import class_of_code  # not at pytest's start

    document = getattr(error, "response", None)
    said = document.get("Error") if isinstance(document, Mapping) else None
    if isinstance(said, Mapping) and said.get("Code"):
        return class_of_code(str(said["Code"]))(str(said.get("Message", "")))
    return class_of_code(type(error).__name__)(str(error))


def plain(value: Any) -> Any:
    """A value as JSON would carry it: timestamps as epoch seconds, and what JSON doesn't know as text. Always a copy."""
    if isinstance(value, Mapping):
        return {str(name): plain(member) for name, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, datetime):
        return value.timestamp()
    if value is None or type(value) in (bool, int, float, str):
        return value
    return str.__str__(value) if isinstance(value, str) else str(value)

"""Lets a cassette answer a request that mustn't leave the machine.

vcrpy's cassettes answer below the HTTP session of botocore, in place of its connections, and only they know whether they hold an answer. So such a
request is sent on where the connections have been replaced, with the real connections closed to it.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from pytest_ecsfake.errors import EcsFakeError


class Refusal:
    """Why a request mustn't leave the machine.

    Args:
        problem: what its sender is told.
        note: notes the problem, in case the sender swallows it.

    Attributes:
        met: whether the request was about to leave the machine.
    """

    __slots__ = ("_note", "met", "problem")

    def __init__(self, problem: EcsFakeError, note: Callable[[EcsFakeError], None]) -> None:
        self.problem = problem
        self._note = note
        self.met = False

    def meet(self) -> NoReturn:
        """Refuse the request."""
        self.met = True
        self._note(self.problem)
        raise self.problem


_refusal: ContextVar[Refusal | None] = ContextVar("ecs_fake_refusal", default=None)
"""The refusal of the request that is being sent, for a real connection."""


def send(original: Callable[..., Any], session: object, request: object, refusal: Refusal) -> Any:
    """The answer of a cassette, through botocore's session.

    Raises:
        EcsFakeError: no cassette has answered, and the request was about to leave the machine.
    """
    if not _answers_below("botocore.awsrequest", _connections_are_replaced):
        refusal.meet()
    with _closed(refusal, _CONNECTIONS):
        return original(session, request)


async def send_async(original: Callable[..., Any], session: object, request: object, refusal: Refusal) -> Any:
    """The answer of a cassette, through aiobotocore's session on aiohttp.

    Raises:
        EcsFakeError: no cassette has answered, and the request was about to leave the machine.
    """
    # aiobotocore's session on httpx has connections of another kind, which nobody would watch.
    on_aiohttp = type(session).__module__ == "aiobotocore.httpsession"
    if not on_aiohttp or not _answers_below("aiohttp.client", _request_is_replaced):
        refusal.meet()
    with _closed(refusal, _CONNECTORS):
        return await original(session, request)


def _answers_below(module_name: str, is_replaced: Callable[[Any], bool]) -> bool:
    module = sys.modules.get(module_name)
    return module is not None and is_replaced(module)


def _connections_are_replaced(awsrequest: Any) -> bool:
    pools = (
        (awsrequest.AWSHTTPConnectionPool, awsrequest.AWSHTTPConnection),
        (awsrequest.AWSHTTPSConnectionPool, awsrequest.AWSHTTPSConnection),
    )
    connections = [pool.ConnectionCls for pool, _ in pools]
    # What isn't botocore's own kind of connection has doors of its own, which nobody would watch.
    own_kind = all(issubclass(connection, awsrequest.AWSConnection) for connection in connections)
    return own_kind and connections != [connection for _, connection in pools]


def _request_is_replaced(client: Any) -> bool:
    # vcrpy's function has the name and the module of the one that it replaces, but not its globals.
    request = client.ClientSession._request
    return getattr(request, "__globals__", {}).get("__name__") != "aiohttp.client"


class _Doors:
    """Methods by which requests leave the machine. They are replaced only while a request is sent that mustn't.

    Args:
        module_name: the module of their class.
        class_name: the class.
        names: the methods.
    """

    def __init__(self, module_name: str, class_name: str, *names: str) -> None:
        self._module_name = module_name
        self._class_name = class_name
        self._names = names
        self._lock = threading.Lock()
        self._users = 0
        self._undo: list[Callable[[], None]] = []

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Have the methods refuse the request of this thread or task."""
        with self._lock:
            self._users += 1
            if self._users == 1:
                class_ = getattr(sys.modules[self._module_name], self._class_name)
                self._undo = [_watch(class_, name) for name in self._names]
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                if not self._users:
                    for undo in self._undo:
                        undo()


_CONNECTIONS = _Doors("botocore.awsrequest", "AWSConnection", "connect", "request")
_CONNECTORS = _Doors("aiohttp.connector", "BaseConnector", "connect")


def _watch(class_: Any, name: str) -> Callable[[], None]:
    own = class_.__dict__.get(name)

    def watched(connection: Any, *args: Any, **kwargs: Any) -> Any:
        refusal = _refusal.get()
        if refusal is not None:
            refusal.meet()
        if own is None:
            return getattr(super(class_, connection), name)(*args, **kwargs)
        return own(connection, *args, **kwargs)

    def undo() -> None:
        if class_.__dict__.get(name) is not watched:
            return
        if own is None:
            delattr(class_, name)
        else:
            setattr(class_, name, own)

    setattr(class_, name, watched)
    return undo


@contextmanager
def _closed(refusal: Refusal, doors: _Doors) -> Iterator[None]:
    """Close the real connections to the request that is sent now."""
    token = _refusal.set(refusal)
    try:
        with doors.watched():
            yield
    except Exception:
        if refusal.met:  # the session makes an HTTPClientError of what a connection raises
            raise refusal.problem from None
        raise
    finally:
        _refusal.reset(token)

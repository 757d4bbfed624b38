"""All that is patched in the process while a fake is on: one ordered list, undone in reverse, also after an exception.

The handlers that stay in botocore permanently aren't here (`transport/handlers.py`): with no fake on they do nothing.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from pytest_ecsfake.transport.client import STAND_IN_CREDENTIALS
from pytest_ecsfake.transport.handlers import Handlers
from pytest_ecsfake.transport.when_imported import when_imported

if TYPE_CHECKING:
    from types import ModuleType

    from pytest_ecsfake.process_time.event_loops import VirtualLoops
    from pytest_ecsfake.process_time.process_clock import ProcessClock
    from pytest_ecsfake.process_time.sleeping import VirtualSleep
    from pytest_ecsfake.process_time.work import Work

Undo = Callable[[], None]

#: Where botocore would find the machine's real configuration (botocore.configprovider, botocore.credentials); None hides the variable.
NO_REAL_CONFIGURATION: dict[str, str | None] = {
    **STAND_IN_CREDENTIALS,
    "AWS_PROFILE": None,
    "AWS_DEFAULT_PROFILE": None,
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": None,
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": None,
    "AWS_WEB_IDENTITY_TOKEN_FILE": None,
    "AWS_ROLE_ARN": None,
}


class Patches:
    """The patches of one process, put on by `apply` for each fake.

    Args:
        handlers: botocore's handlers and the net below them.
        sleep: virtual sleep.
        loops: event loops that jump.
        process_clock: what the process reads.
        work: what a sleep may wait for.
    """

    def __init__(
        self, handlers: Handlers, sleep: VirtualSleep, loops: VirtualLoops, process_clock: ProcessClock, work: Work
    ) -> None:
        self._handlers = handlers
        self._sleep = sleep
        self._loops = loops
        self._process_clock = process_clock
        self._work = work
        self._depth = 0
        #: boto3's default session as the last fake left it. It is kept for the next one, since making a session and loading the model of ECS
        #: takes 100 ms, and never shows outside a fake: it holds the stand-in credentials.
        self._boto3_session: Any = None
        #: The handlers of botocore that it was made with; moto, imported later, adds its own.
        self._boto3_session_handlers = 0

    def apply(self, *, region: str, hide_configuration: bool, frozen_at: object | None) -> Undo:
        """Put the patches on, in this order; what comes back takes them off, in reverse.

        Args:
            region: the default region for clients.
            hide_configuration: whether the machine's real AWS configuration is out of reach.
            frozen_at: a moment to freeze the process's time at, or None.
        """
        undo: list[Undo] = []
        try:
            variables: dict[str, str | None] = {"AWS_DEFAULT_REGION": region}
            undo.append(_set_environment(NO_REAL_CONFIGURATION | variables if hide_configuration else variables))
            if self._depth == 0:
                undo.append(self._lend_boto3_session())
                undo.extend(self._net())
                undo.append(self._sleep.install())
                undo.append(self._loops.install())
                undo.append(self._work.install())
                self._process_clock.put_on()
                undo.append(self._process_clock.take_off)
            if frozen_at is not None:
                undo.append(_freeze(frozen_at))
        except BaseException:
            _undo_all(undo)
            raise
        self._depth += 1
        undo.append(self._leave)
        return functools.partial(_undo_all, undo)

    def _leave(self) -> None:
        self._depth -= 1

    def _lend_boto3_session(self) -> Undo:
        """Where boto3 has no default session yet, one made under a fake goes when the fake goes."""
        from botocore.handlers import BUILTIN_HANDLERS

        handlers = len(BUILTIN_HANDLERS)
        boto3: Any = sys.modules.get("boto3")
        if boto3 is not None:
            if boto3.DEFAULT_SESSION is not None:
                return _nothing
            if self._boto3_session_handlers == handlers:
                boto3.DEFAULT_SESSION = self._boto3_session

        def give_back() -> None:
            boto3: Any = sys.modules.get("boto3")
            if boto3 is not None:
                if _is_plain(boto3.DEFAULT_SESSION):
                    self._boto3_session, self._boto3_session_handlers = boto3.DEFAULT_SESSION, handlers
                boto3.DEFAULT_SESSION = None

        return give_back

    def _net(self) -> Iterator[Undo]:
        """The net below the handlers, in botocore's classes, and in aiobotocore's as soon as it is imported."""
        import botocore.client
        import botocore.httpsession
        import botocore.retries.standard
        import botocore.session

        handlers = self._handlers
        yield _replace(botocore.client.BaseClient, "_make_request", handlers.make_request)
        yield _replace(botocore.httpsession.URLLib3Session, "send", handlers.send)
        yield _replace(botocore.session.Session, "get_scoped_config", handlers.get_scoped_config)
        yield self._virtual_retries(botocore.retries.standard.RetryHandler)
        for name, class_name, attribute, replacement in (
            ("aiobotocore.client", "AioBaseClient", "_make_request", handlers.make_request_async),
            ("aiobotocore.httpsession", "AIOHTTPSession", "send", handlers.send_async),
            ("aiobotocore.httpxsession", "HttpxSession", "send", handlers.send_async),
        ):
            yield _replace_when_imported(name, class_name, attribute, replacement)

    def _virtual_retries(self, retry_handler: type) -> Undo:
        """botocore's standard retry handler keeps `time.sleep` for itself, as the default of a parameter: read it as the virtual one."""
        sleep = self._sleep

        def read(handler: Any) -> object:
            return sleep.virtual(handler.__dict__["_sleep"])

        def write(handler: Any, value: object) -> None:
            handler.__dict__["_sleep"] = value

        retry_handler._sleep = property(read, write)  # type: ignore[attr-defined]  # an attribute of instances alone, until now
        return lambda: delattr(retry_handler, "_sleep")


def _nothing() -> None:
    """Nothing to undo."""


def _undo_all(undo: list[Undo]) -> None:
    """Undo in reverse; where one fails the others are undone all the same."""
    while undo:
        try:
            undo.pop()()
        except BaseException:
            _undo_all(undo)
            raise


def _set_environment(variables: dict[str, str | None]) -> Undo:
    environment = os.environ
    changed = []
    for name, value in variables.items():
        before = environment.get(name)
        if before != value:
            changed.append((name, before))
            _assign(name, value)

    def restore() -> None:
        for name, before in changed:
            _assign(name, before)

    return restore


def _assign(name: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value


def _replace(class_: type, name: str, wrap: Callable[[Callable[..., Any]], Callable[..., Any]]) -> Undo:
    original = class_.__dict__[name]
    setattr(class_, name, wrap(original))
    return lambda: setattr(class_, name, original)


def _replace_when_imported(
    module_name: str, class_name: str, name: str, wrap: Callable[[Callable[..., Any]], Callable[..., Any]]
) -> Undo:
    undo = ExitStack()

    def replace(module: ModuleType) -> None:
        class_ = getattr(module, class_name, None)
        if class_ is not None:
            undo.callback(_replace(class_, name, wrap))

    undo.callback(when_imported(module_name, replace))
    return undo.close


def _is_plain(session: Any) -> bool:
    """Whether nobody set anything in a session: what a test chose for its default session ends with the test."""
    if session is None:
        return False
    inner = session._session
    credentials = inner._credentials
    return not inner._session_instance_vars and (credentials is None or credentials.method == "env")


def _freeze(moment: object) -> Undo:
    from freezegun import freeze_time

    # pytest measures how long a fixture takes with the fake on: without this the durations it prints are those of the frozen clock.
    freezer = freeze_time(moment, ignore=["_pytest.timing"])  # type: ignore[arg-type]  # checked by options.py
    freezer.start()
    return freezer.stop

"""What is patched in the process's classes and modules while a fake is on: one ordered list, undone in reverse, also after an exception.

Undoing takes off only what is ours. Where another patcher stands on top, its patch stays; `sweep` takes ours off when that one has ended.
The environment (`environment.py`) and boto3's default session (`default_session.py`) have rules of their own. The handlers that stay in botocore
permanently aren't here (`transport/handlers.py`): with no fake on they do nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from pytest_ecsfake.process_time.methods import replace_method
from pytest_ecsfake.transport.when_imported import when_imported

if TYPE_CHECKING:
    from types import ModuleType

    from pytest_ecsfake.process_time.event_loops import VirtualLoops
    from pytest_ecsfake.process_time.process_clock import ProcessClock
    from pytest_ecsfake.process_time.sleeping import VirtualSleep
    from pytest_ecsfake.process_time.work import Work
    from pytest_ecsfake.transport.fast_clients.sharing import Sharing
    from pytest_ecsfake.transport.handlers import Handlers

Undo = Callable[[], bool]
"""Undoes a patch. False if it can't yet, since something of another's stands on top."""


class Patches:
    """The patches of the process. They are put on with the first fake and taken off with the last.

    Args:
        handlers: botocore's handlers and the net below them.
        sleep: virtual sleep.
        loops: event loops that jump.
        process_clock: what the process reads.
        work: what a sleep may wait for.
        sharing: what sessions share.
    """

    def __init__(
        self,
        handlers: Handlers,
        sleep: VirtualSleep,
        loops: VirtualLoops,
        process_clock: ProcessClock,
        work: Work,
        *,
        sharing: Sharing,
    ) -> None:
        self._handlers = handlers
        self._sharing = sharing
        self._sleep = sleep
        self._loops = loops
        self._process_clock = process_clock
        self._work = work
        self._on: list[Undo] = []
        #: What couldn't be undone yet. By name, so that nothing piles up where another's patch stays for good.
        self._left: dict[str, Undo] = {}

    def put_on(self) -> None:
        """Put all patches on; none if one fails."""
        try:
            for undo in self._all():
                self._on.append(undo)
        except BaseException:
            self.take_off()
            raise

    def take_off(self) -> None:
        """Take off what is ours, in reverse; where one fails the others are taken off all the same."""
        while self._on:
            undo = self._on.pop()
            try:
                self.undo(f"patch {len(self._on)}", undo)
            except BaseException:
                self.take_off()
                raise

    def undo(self, name: str, undo: Undo) -> None:
        """Undo something of ours now, or else in one of the next sweeps."""
        if undo():
            self._left.pop(name, None)
        else:
            self._left[name] = undo

    def sweep(self) -> None:
        """Undo what another's patch covered when it was to be undone."""
        for name, undo in list(self._left.items()):
            self.undo(name, undo)

    def _all(self) -> Iterator[Undo]:
        import botocore.client
        import botocore.httpsession
        import botocore.retries.standard
        import botocore.session

        handlers = self._handlers
        yield replace_method(botocore.client.BaseClient, "_make_request", handlers.make_request)
        yield replace_method(botocore.httpsession.URLLib3Session, "send", handlers.send)
        yield replace_method(botocore.session.Session, "get_scoped_config", handlers.get_scoped_config)
        yield self._sharing.let_go
        for owner, name, wrap in self._sharing.replacements():
            yield replace_method(owner, name, wrap)
        yield self._virtual_retries(botocore.retries.standard.RetryHandler)
        for name, class_name, attribute, replacement in (
            ("aiobotocore.client", "AioBaseClient", "_make_request", handlers.make_request_async),
            ("aiobotocore.httpsession", "AIOHTTPSession", "send", handlers.send_async),
            ("aiobotocore.httpxsession", "HttpxSession", "send", handlers.send_async),
            ("botocore.waiter", "Waiter", "wait", handlers.waiters.wait),
            ("aiobotocore.waiter", "AIOWaiter", "wait", handlers.waiters.wait_async),
        ):
            yield _replace_when_imported(name, class_name, attribute, replacement)
        yield self._sleep.install()
        yield from self._loops.install()
        yield from self._work.install()
        self._process_clock.put_on()
        yield self._process_clock.take_off

    def _virtual_retries(self, retry_handler: type) -> Undo:
        """botocore's standard retry handler keeps `time.sleep` for itself, as the default of a parameter: read it as the virtual one."""
        sleep = self._sleep

        def read(handler: Any) -> object:
            return sleep.virtual(handler.__dict__["_sleep"])

        def write(handler: Any, value: object) -> None:
            handler.__dict__["_sleep"] = value

        ours = property(read, write)
        retry_handler._sleep = ours  # type: ignore[attr-defined]  # an attribute of instances alone, until now

        def undo() -> bool:
            if vars(retry_handler).get("_sleep") is ours:
                delattr(retry_handler, "_sleep")
            return True

        return undo


def _replace_when_imported(
    module_name: str, class_name: str, name: str, wrap: Callable[[Callable[..., Any]], Callable[..., Any]]
) -> Undo:
    replaced: list[Undo] = []

    def replace(module: ModuleType) -> None:
        class_ = getattr(module, class_name, None)
        if class_ is not None:
            replaced.append(replace_method(class_, name, wrap))

    forget = when_imported(module_name, replace)

    def undo() -> bool:
        forget()
        results = [undo() for undo in replaced]
        return all(results)

    return undo

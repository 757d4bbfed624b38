"""boto3's default session while fakes are on.

Where boto3 has none yet, the fakes lend it one. Making a session and loading the model of ECS takes 100 ms, so it is kept for the next fake; it never
shows outside a fake, since it holds the stand-in credentials. A session that the test set up by itself stays, but it forgets what it has learned of
credentials and configuration while a fake was on.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from pytest_ecsfake.transport.client import STAND_IN_CREDENTIALS

#: What botocore's session remembers of the machine's configuration (botocore.session.Session).
_REMEMBERED = ("_credentials", "_config", "_profile_map")


class DefaultSession:
    """What the fakes lend to boto3, and what they take back."""

    def __init__(self) -> None:
        self._kept: Any = None
        #: The handlers that botocore had before it was made; moto, imported later, adds its own.
        self._handlers: list[object] = []
        self._handlers_before: list[object] = []
        self._before: Any = None
        self._known_before: dict[str, Any] = {}

    def lend(self) -> None:
        """Lend boto3 a default session if it has none."""
        self._before = _standing()
        self._known_before = _remembered(self._before)
        self._handlers_before = _handlers()
        boto3 = _boto3()
        if boto3 is not None and self._before is None and self._handlers == self._handlers_before:
            _forget(self._kept, dict.fromkeys(_REMEMBERED))
            boto3.DEFAULT_SESSION = self._kept

    def take_back(self) -> None:
        """Take back what was lent or has been made since, and have a session of the test forget the fakes' credentials."""
        session = _standing()
        if session is not None and session is self._before:
            _forget(session, self._known_before)
        elif session is not None and _is_plain(session):
            self._kept, self._handlers = session, self._handlers_before
            _boto3().DEFAULT_SESSION = None
        elif session is not None:
            _forget(session, dict.fromkeys(_REMEMBERED))
        self._before, self._known_before = None, {}

    def hide(self) -> Callable[[], None]:
        """Show none where there are to be no keys: a session remembers those that it has found once. What comes back shows it again."""
        session = _standing()
        if session is None or not _is_plain(session):
            return _nothing
        _boto3().DEFAULT_SESSION = None

        def show() -> None:
            standing = _standing()
            if standing is None or _is_plain(standing):
                _boto3().DEFAULT_SESSION = session

        return show

    def put_aside(self) -> Callable[[], None]:
        """Show none, if it is one of the fakes' that stands there; what comes back puts it there again."""
        session = _standing()
        if session is None or session is self._before or not _is_plain(session):
            return _nothing
        _boto3().DEFAULT_SESSION = None

        def put_back() -> None:
            _boto3().DEFAULT_SESSION = session

        return put_back


def _nothing() -> None:
    """Nothing was put aside."""


def _boto3() -> Any:
    return sys.modules.get("boto3")


def _standing() -> Any:
    return getattr(_boto3(), "DEFAULT_SESSION", None)


def _handlers() -> list[object]:
    from botocore.handlers import BUILTIN_HANDLERS

    return list(BUILTIN_HANDLERS)


def _remembered(session: Any) -> dict[str, Any]:
    inner = getattr(session, "_session", None)
    return {name: getattr(inner, name, None) for name in _REMEMBERED}


def _forget(session: Any, known_before: dict[str, Any]) -> None:
    """Let a session look its configuration up again, where it did so under the fake, and its keys, where they are the stand-ins."""
    inner = getattr(session, "_session", None)
    if inner is None or not _has_stand_in_keys(inner):
        known_before = {name: value for name, value in known_before.items() if name != "_credentials"}
    for name, value in known_before.items():
        if hasattr(inner, name):
            setattr(inner, name, value)


def _has_stand_in_keys(inner: Any) -> bool:
    credentials = getattr(inner, "_credentials", None)
    return getattr(credentials, "access_key", None) == STAND_IN_CREDENTIALS["AWS_ACCESS_KEY_ID"]


def _is_plain(session: Any) -> bool:
    """Whether nobody set anything in a session, so that it is one that boto3 made by itself, or one that was lent."""
    inner = getattr(session, "_session", None)
    if inner is None:
        return False  # a test's double
    credentials = inner._credentials
    return not inner._session_instance_vars and (credentials is None or credentials.method == "env")

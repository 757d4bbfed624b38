"""An in-process fake of Amazon ECS for pytest: boto3, botocore and aiobotocore clients are answered from memory, on a virtual clock.

The public names are loaded at their first use, because pytest imports this package at every start, also for suites that never call ECS.
There is no `__dir__` that lists them: freezegun reads every name in `dir()` and would load them all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_ecsfake.activation.switch import ecs_fake as ecs_fake
    from pytest_ecsfake.errors import AnsweredElsewhereWarning as AnsweredElsewhereWarning
    from pytest_ecsfake.errors import CallbackError as CallbackError
    from pytest_ecsfake.errors import EcsFakeError as EcsFakeError
    from pytest_ecsfake.errors import EcsFakeInternalError as EcsFakeInternalError
    from pytest_ecsfake.errors import EcsFakeNotBuiltError as EcsFakeNotBuiltError
    from pytest_ecsfake.errors import EcsFakeUsageError as EcsFakeUsageError
    from pytest_ecsfake.errors import EndlessPollError as EndlessPollError
    from pytest_ecsfake.errors import HandedInError as HandedInError
    from pytest_ecsfake.errors import UnfakedServiceError as UnfakedServiceError
    from pytest_ecsfake.fake import EcsFake as EcsFake
    from pytest_ecsfake.recording.call import Call as Call

_PUBLIC = {
    "AnsweredElsewhereWarning": "errors",
    "Call": "recording.call",
    "CallbackError": "errors",
    "EcsFake": "fake",
    "EcsFakeError": "errors",
    "EcsFakeInternalError": "errors",
    "EcsFakeNotBuiltError": "errors",
    "EcsFakeUsageError": "errors",
    "EndlessPollError": "errors",
    "HandedInError": "errors",
    "UnfakedServiceError": "errors",
    "ecs_fake": "activation.switch",
}


def __getattr__(name: str) -> object:
    if name == "__version__":
        from pytest_ecsfake.version import version

        return version()
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_PUBLIC[name]}"), name)

"""The environment variables that fakes set or hide, in layers: one for each fake that is on.

A variable is put back only where it still has the value that the fake gave it. What the test or another patcher has set since then stays. If that
patcher later puts back what it found, the fake's value, `sweep` puts the right one in its place.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import NamedTuple

from pytest_ecsfake.transport.client import STAND_IN_CREDENTIALS

Variables = Mapping[str, "str | None"]
"""Values by the names of variables; None stands for a variable that isn't set."""

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

#: The same without keys: what botocore finds on a machine where nobody has configured any.
NO_CREDENTIALS: dict[str, str | None] = NO_REAL_CONFIGURATION | dict.fromkeys(STAND_IN_CREDENTIALS)


class Change(NamedTuple):
    """What a variable was before a fake, and what the fake made of it."""

    before: str | None
    ours: str | None


Layer = dict[str, Change]


class Environment:
    """The variables of this process, as far as fakes change them."""

    def __init__(self) -> None:
        self._layers: list[Layer] = []
        #: Variables that had another's value when their fake ended. The other may yet put the fake's value back.
        self._left: Layer = {}

    def put_on(self, variables: Variables) -> Callable[[], None]:
        """Set and hide variables for a fake; what comes back undoes it, in whatever order the fakes end."""
        environment = os.environ
        layer: Layer = {}
        for name, ours in variables.items():
            before = environment.get(name)
            if before != ours:
                _assign(name, ours)
            elif not self._layers:
                continue  # it is as this fake wants it, and no fake below may put it back earlier
            layer[name] = Change(before, ours)
        self._layers.append(layer)
        return lambda: self._take_off(layer)

    def _take_off(self, layer: Layer) -> None:
        # By identity: two fakes with the same options have equal layers.
        place = next(place for place, each in enumerate(self._layers) if each is layer)
        above = self._layers[place + 1 :]
        del self._layers[place]
        for name, change in layer.items():
            over = next((each for each in above if name in each), None)
            if over is not None:
                if over[name].before == change.ours:
                    over[name] = Change(change.before, over[name].ours)
            elif not _put_back(name, change):
                self._left[name] = change

    def sweep(self) -> None:
        """Put back what another patcher has left with a fake's value."""
        for name, change in list(self._left.items()):
            if _put_back(name, change):
                del self._left[name]

    def forget_ambiguous(self) -> None:
        """Stop watching variables with a value that the test's own code may choose as well, such as a region; the stand-in keys are the fake's."""
        self._left = {name: change for name, change in self._left.items() if name in STAND_IN_CREDENTIALS}

    def put_aside(self) -> Callable[[], None]:
        """Show the values from before the fakes where a fake's still stands; what comes back sets those again that have been put aside."""
        put_aside = []
        for layer in reversed(self._layers):
            for name, change in layer.items():
                if _put_back(name, change):
                    put_aside.append((name, change.ours))

        def put_on_again() -> None:
            for name, ours in reversed(put_aside):
                _assign(name, ours)

        return put_on_again


def _put_back(name: str, change: Change) -> bool:
    if os.environ.get(name) != change.ours:
        return False
    _assign(name, change.before)
    return True


def _assign(name: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value

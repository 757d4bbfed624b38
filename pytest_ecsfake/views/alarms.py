"""CloudWatch alarms. A test sets them, and deployments watch them (`deploymentConfiguration.alarms`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from pytest_ecsfake.did_you_mean import did_you_mean
from pytest_ecsfake.engine.rollouts.alarms import set_alarm
from pytest_ecsfake.errors import HIDE_USAGE_ERRORS, EcsFakeUsageError
from pytest_ecsfake.state.region import AlarmState
from pytest_ecsfake.views.reading import Reader

STATES: tuple[AlarmState, ...] = get_args(AlarmState)


class Alarm:
    """An alarm of one account in one region. It needn't be created, and is OK until it is set."""

    __slots__ = ("_reader", "name")

    def __init__(self, reader: Reader, name: str) -> None:
        self._reader = reader
        self.name = name

    @property
    def state(self) -> AlarmState:
        """`OK`, `ALARM` or `INSUFFICIENT_DATA`."""
        with self._reader.endpoint.lock:
            return self._reader.region().alarm_state(self.name)

    def set(self, state: AlarmState) -> None:
        """Set the alarm's state. When it goes to ALARM, a deployment that watches it fails; a rollback then takes virtual time.

        Raises:
            EcsFakeUsageError: alarms have no such state.
        """
        __tracebackhide__ = HIDE_USAGE_ERRORS
        if state not in STATES:
            hint = did_you_mean(state, STATES)
            raise EcsFakeUsageError(f"an alarm has no state {state!r}.{hint} The states are {', '.join(STATES)}.")
        with self._reader.endpoint.lock:
            set_alarm(self._reader.region(), self.name, state)
            self._reader.endpoint.time.settle()

    def __repr__(self) -> str:
        return f"<Alarm {self.name} {self.state}>"


class Alarms:
    """The alarms of one account in one region, by name. Iterating over them returns only the alarms that were set.

    Args:
        reader: the account and the region.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def __getitem__(self, name: str) -> Alarm:
        """The alarm with this name. Every name has an alarm.

        Raises:
            EcsFakeUsageError: the name isn't a string.
        """
        __tracebackhide__ = HIDE_USAGE_ERRORS
        if not isinstance(name, str):
            raise EcsFakeUsageError(f"an alarm is looked up by name, not by {name!r}.")
        return Alarm(self._reader, name)

    def __iter__(self) -> Iterator[Alarm]:
        with self._reader.endpoint.lock:
            names = list(self._reader.region().alarms)
        return iter([Alarm(self._reader, name) for name in names])

    def __repr__(self) -> str:
        return f"<Alarms {list(self)!r}>"

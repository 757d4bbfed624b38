"""The state of one account in one region, and of everything together."""

from __future__ import annotations

import pickle
from dataclasses import dataclass, field, fields
from typing import Literal

from pytest_ecsfake.arns import Place
from pytest_ecsfake.clock import Clock, Instant
from pytest_ecsfake.state.account_settings import AccountSettings
from pytest_ecsfake.state.capacity_provider import CapacityProviders
from pytest_ecsfake.state.cluster import Clusters
from pytest_ecsfake.state.conditions import Conditions
from pytest_ecsfake.state.event_log import EventLog
from pytest_ecsfake.state.hooks import HookOrder
from pytest_ecsfake.state.ids import Ids
from pytest_ecsfake.state.journal import Journal
from pytest_ecsfake.state.namespaces import Namespaces
from pytest_ecsfake.state.scripts import Scripts
from pytest_ecsfake.state.task_definition import TaskDefinitions
from pytest_ecsfake.state.timings import Timings

AlarmState = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]
"""What a CloudWatch alarm can be in (CloudWatch API reference, MetricAlarm, StateValue)."""


class Region:
    """One account in one region: its stores, its ids, its journal, its events. The clock, the scripts and the conditions are the whole world's."""

    def __init__(
        self,
        place: Place,
        clock: Clock,
        seed: str,
        timings: Timings,
        *,
        scripts: Scripts,
        conditions: Conditions,
        hooks: list[HookOrder],
    ) -> None:
        self.place = place
        self.clock = clock
        self.timings = timings
        self.scripts = scripts
        self.conditions = conditions
        self.hooks = hooks
        self.ids = Ids(f"{seed}/{place.account}/{place.region}")
        self.journal = Journal()
        self.events = EventLog(f"{seed}/{place.account}/{place.region}/events", clock)
        self.account_settings = AccountSettings(place)
        self.namespaces = Namespaces(place, self.ids)
        self.clusters = Clusters(place)
        self.capacity_providers = CapacityProviders(place)
        self.task_definitions = TaskDefinitions(place)
        self.alarms: dict[str, AlarmState] = {}
        self.is_attended = False  # whether the service scheduler follows the journal

    def alarm_state(self, name: str) -> AlarmState:
        """What a CloudWatch alarm shows; one that nobody has set shows OK."""
        return self.alarms.get(name, "OK")


@dataclass(slots=True)
class World:
    """All that a fake knows of ECS: a copy of it is a copy of everything, the clock and what is due included."""

    clock: Clock
    seed: str
    timings: Timings
    scripts: Scripts = field(default_factory=Scripts)
    conditions: Conditions = field(default_factory=Conditions)
    hooks: list[HookOrder] = field(default_factory=list)
    regions: dict[Place, Region] = field(default_factory=dict)
    start: Instant = field(init=False)

    def __post_init__(self) -> None:
        self.start = self.clock.now

    @property
    def has_no_past(self) -> bool:
        """Whether all there is are clusters and alarms, which have no time in them, and nothing is due."""
        kinds = {entry.kind for region in self.regions.values() for entry in region.journal}
        return kinds <= {"cluster", "alarm"} and self.clock.next_due() is None

    def begin_at(self, instant: Instant) -> None:
        """Have time begin elsewhere, in a world that has no past."""
        for region in self.regions.values():
            region.journal.shift(instant - self.start)
        self.clock.now = self.start = instant

    def snapshot(self) -> bytes:
        """Everything as it stands, for `restore`."""
        return pickle.dumps(self)

    def restore(self, saved: bytes) -> None:
        """Be again as it was. Whoever holds this world keeps it; regions, and what is in them, are made anew."""
        before = pickle.loads(saved)
        for each in fields(self):
            setattr(self, each.name, getattr(before, each.name))

    def region(self, place: Place) -> Region:
        """The region of an account, made when it is first asked for."""
        region = self.regions.get(place)
        if region is None:
            region = self.regions[place] = Region(
                place,
                self.clock,
                self.seed,
                self.timings,
                scripts=self.scripts,
                conditions=self.conditions,
                hooks=self.hooks,
            )
        return region

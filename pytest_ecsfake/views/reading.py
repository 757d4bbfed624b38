"""The base classes of views and of the stores that hold them.

A view reads under the fake's lock: it brings the clock up to date, then passes a question to the state. It returns a plain value, a copy or another
view, never a part of the state itself. So a test may read in one thread while another thread moves the clock, and may change what it got.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import ClassVar, Generic, Protocol, TypeVar

from pytest_ecsfake.arns import Partition
from pytest_ecsfake.clock import Instant, offset
from pytest_ecsfake.did_you_mean import did_you_mean
from pytest_ecsfake.endpoint import Endpoint
from pytest_ecsfake.errors import EcsFakeUsageError
from pytest_ecsfake.recording.matching import Whole, is_predicate, matches
from pytest_ecsfake.state.cluster import Cluster
from pytest_ecsfake.state.region import Region

T = TypeVar("T")
V = TypeVar("V")


class HasArn(Protocol):
    """The state of a resource."""

    @property
    def arn(self) -> str:
        """Its ARN."""


class InCluster(HasArn, Protocol):
    """The state of a resource that belongs to a cluster."""

    @property
    def cluster(self) -> Cluster:
        """Its cluster."""


S = TypeVar("S", bound=HasArn)
C = TypeVar("C", bound=InCluster)


@dataclass(slots=True)
class Reader:
    """Reads the state of one account in one region. All the views of a handle share it, so that they move to another region together."""

    endpoint: Endpoint
    partition: Partition

    @property
    def start(self) -> Instant:
        """When the fake's time begins."""
        return self.endpoint.world.start

    def region(self) -> Region:
        """The state of the account in the region, up to date with the clock."""
        return self.region_of(self.partition)

    def region_of(self, partition: Partition) -> Region:
        """The state of any account and region of the same fake, up to date with the clock."""
        self.endpoint.time.settle()
        return self.endpoint.world.region(partition)

    def since(self, instant: Instant | None) -> str:
        """An instant as an offset from the fake's start, for a repr: ` since +42s`. An empty string for None."""
        return "" if instant is None else f" since {offset(instant - self.start)}"


class View(Generic[S]):
    """A resource. Each attribute is up to date when it is read. A resource that ECS has forgotten keeps its last state.

    A subclass defines how the resource is found. Its properties read values that never change from `_state`, and everything else through `_ask`.
    """

    __slots__ = ("_reader", "_state")

    def __init__(self, reader: Reader, state: S) -> None:
        self._reader = reader
        self._state = state

    def _found(self, region: Region) -> S | None:
        raise NotImplementedError

    def _now(self) -> S:
        """The state, up to date with the clock. To be called with the lock held, because the state may change once the lock is released."""
        found = self._found(self._reader.region())
        if found is not None:
            self._state = found
        return self._state

    def _ask(self, question: Callable[[S], T]) -> T:
        """The answer to a question about the current state, found under the fake's lock. The question mustn't return a part of the state itself."""
        with self._reader.endpoint.lock:
            return question(self._now())

    def _ask_region(self, question: Callable[[Region, S], T]) -> T:
        """The answer to a question about the region and the current state, as with `_ask`."""
        with self._reader.endpoint.lock:
            state = self._now()
            return question(self._reader.endpoint.world.region(self._reader.partition), state)

    @property
    def arn(self) -> str:
        """Its ARN."""
        return self._state.arn

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and other.arn == self.arn

    def __hash__(self) -> int:
        return hash(self.arn)


class EntryView(View[C]):
    """A resource that belongs to a cluster."""

    __slots__ = ()

    def _found(self, region: Region) -> C | None:
        cluster = region.clusters.get(self._state.cluster.name)
        return None if cluster is None else self._found_in(region, cluster)

    def _found_in(self, region: Region, cluster: Cluster) -> C | None:
        raise NotImplementedError

    @property
    def cluster_arn(self) -> str:
        """The ARN of its cluster."""
        return self._state.cluster.arn

    @property
    def cluster_name(self) -> str:
        """The name of its cluster."""
        return self._state.cluster.name


class StoreView(Generic[V]):
    """A store of entries by key, in the order of their creation.

    A subclass defines how an entry is found, which entries there are, and by which keys they can be looked up.
    """

    #: What an entry is called in error texts.
    kind = "entry"
    #: What an entry is looked up by, for error texts.
    looked_up_by = "name"
    #: The class of the entries, whose public attributes `where` filters on.
    entry: type
    #: The attributes with a fixed set of values, and these values: `where` refuses any other value, because it would find nothing.
    words: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def _find(self, region: Region, key: str) -> V | None:
        raise NotImplementedError

    def _entries(self, region: Region) -> Iterable[V]:
        raise NotImplementedError

    def _keys(self, region: Region) -> Iterable[str]:
        raise NotImplementedError

    def __getitem__(self, key: str) -> V:
        """The entry with this key.

        Raises:
            KeyError: there is none. The text names the most similar keys, and any other region or account that has the entry.
            EcsFakeUsageError: the key isn't a string.
        """
        __tracebackhide__ = True
        if not isinstance(key, str):
            raise EcsFakeUsageError(
                f"a {self.kind} is looked up by {self.looked_up_by}, not by {key!r}. To take them in order, write list(…)."
            )
        with self._reader.endpoint.lock:
            region = self._reader.region()
            found = self._find(region, key)
            if found is None:
                raise MissingKey(self._missing(region, key))
            return found

    def __contains__(self, key: object) -> bool:
        with self._reader.endpoint.lock:
            return isinstance(key, str) and self._find(self._reader.region(), key) is not None

    def __len__(self) -> int:
        return len(self._list())

    def __iter__(self) -> Iterator[V]:
        return iter(self._list())

    def where(self, **attributes: object) -> list[V]:
        """The entries whose attributes have these values, in the order of their creation.

        Wherever a value stands, a compiled pattern or a predicate may stand too, as may `unittest.mock.ANY` and `pytest.approx`.

        Raises:
            EcsFakeUsageError: entries have no attribute with this name, or the attribute never has this value.
        """
        __tracebackhide__ = True
        for name, value in attributes.items():
            if name.startswith("_") or not hasattr(self.entry, name):
                known = sorted(known for known in dir(self.entry) if not known.startswith("_"))
                hint = did_you_mean(name, known)
                raise EcsFakeUsageError(
                    f'a {self.kind} has no attribute "{name}" to filter on.{hint} Known: {", ".join(known)}.'
                )
            words = self.words.get(name, ())
            if words and not (is_predicate(value) or any(matches(value, word) for word in words)):
                raise EcsFakeUsageError(f"the {name} of a {self.kind} is never {value!r}. Known: {', '.join(words)}.")
        with self._reader.endpoint.lock:
            return [
                entry
                for entry in self._list()
                if all(matches(Whole(value), getattr(entry, name)) for name, value in attributes.items())
            ]

    def __eq__(self, other: object) -> bool:
        """Whether a list holds the same entries in the same order, so `ecs_fake.tasks == []` asks whether there is none."""
        if not isinstance(other, (StoreView, list, tuple)):
            return NotImplemented
        return list(self) == list(other)

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._list()!r}>"

    def _list(self) -> list[V]:
        with self._reader.endpoint.lock:
            return list(self._entries(self._reader.region()))

    def _missing(self, region: Region, key: str) -> str:
        partition = self._reader.partition
        known = list(self._keys(region))
        near = get_close_matches(key, known, n=2, cutoff=0.5)
        words = f'no {self.kind} "{key}" in account {partition.account}, region {partition.region}.'
        if near:
            words += " Nearest: " + ", ".join(f'"{name}"' for name in near) + "."
        elif known:
            words += " There: " + ", ".join(f'"{name}"' for name in known[:5]) + (", …" if len(known) > 5 else "") + "."
        else:
            words += f" There is no {self.kind} there at all."
        elsewhere = [
            other
            for other, held in self._reader.endpoint.world.regions.items()
            if other != partition and self._find_elsewhere(held, key)
        ]
        for other in elsewhere:
            words += f" There is one in account {other.account}, region {other.region}: {_way_to(partition, other)}."
        return words

    def _find_elsewhere(self, region: Region, key: str) -> bool:
        return not key.startswith("arn:") and self._find(region, key) is not None


class MissingKey(KeyError):
    """A KeyError that shows its text, not the repr of the text."""

    def __str__(self) -> str:
        return str(self.args[0])


MissingKey.__name__ = MissingKey.__qualname__ = "KeyError"
MissingKey.__module__ = "builtins"


def _way_to(here: Partition, there: Partition) -> str:
    if there.account == here.account:
        return f'ecs_fake.in_region("{there.region}")'
    if there.region == here.region:
        return f'ecs_fake.in_account("{there.account}")'
    return f'ecs_fake.in_account("{there.account}").in_region("{there.region}")'

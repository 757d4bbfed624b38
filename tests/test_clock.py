"""Virtual time and its queue."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_ecsfake import EcsFakeInternalError, EcsFakeUsageError
from pytest_ecsfake.clock import CONSEQUENCES, MAX_ROUNDS_AT_ONE_INSTANT, SECOND, Clock

seen: list[tuple[int, str]] = []


def note(clock: Clock, name: str) -> None:
    seen.append((clock.now, name))


def order(clock: Clock, delay: int, name: str) -> None:
    note(clock, f"{name} orders")
    clock.after(delay, note, clock, name)


@pytest.fixture(autouse=True)
def nothing_seen() -> None:
    seen.clear()


def test_what_is_due_happens_at_its_own_instant_in_order():
    clock = Clock(0)
    clock.at(30, note, clock, "third")
    clock.at(10, note, clock, "first")
    clock.at(10, note, clock, "second")

    clock.settle(20)
    assert seen == [(10, "first"), (10, "second")]
    assert clock.now == 20

    clock.settle(30)
    assert seen[2:] == [(30, "third")]


def test_consequences_come_after_all_effects_of_an_instant():
    clock = Clock(0)
    clock.at(10, note, clock, "consequence", lane=CONSEQUENCES)
    clock.at(10, order, clock, 0, "effect of an effect")
    clock.at(10, note, clock, "effect")

    clock.settle(10)

    assert [name for _, name in seen] == ["effect of an effect orders", "effect", "effect of an effect", "consequence"]


def test_what_is_ordered_for_the_past_happens_now():
    clock = Clock(100)
    clock.at(50, note, clock, "late")

    clock.settle()

    assert seen == [(100, "late")]


def test_time_never_goes_back():
    clock = Clock(100)

    with pytest.raises(EcsFakeUsageError, match="time never goes back"):
        clock.settle(99)


def interrupted(clock: Clock) -> None:
    clock.after(0, note, clock, "what it left")
    raise KeyboardInterrupt


def test_an_event_that_is_interrupted_leaves_the_rest_due_in_its_order():
    clock = Clock(0)
    clock.at(10, note, clock, "before")
    clock.at(10, interrupted, clock)
    clock.at(10, note, clock, "behind")
    clock.at(10, note, clock, "last")
    clock.at(10, note, clock, "consequence", lane=CONSEQUENCES)

    with pytest.raises(KeyboardInterrupt):
        clock.settle(20)
    assert seen == [(10, "before")]
    assert clock.now == 10

    clock.settle(20)
    assert [name for _, name in seen] == ["before", "behind", "last", "what it left", "consequence"]


def again(clock: Clock) -> None:
    clock.after(0, again, clock)


def test_an_event_that_orders_itself_for_ever_is_an_error_that_names_it():
    clock = Clock(0)
    clock.at(10, again, clock)

    with pytest.raises(
        EcsFakeInternalError, match=f"more than {MAX_ROUNDS_AT_ONE_INSTANT} rounds of events at .*: again, again"
    ):
        clock.settle(10)


@given(
    delays=st.lists(st.tuples(st.integers(0, 50), st.integers(0, 20)), max_size=20),
    steps=st.lists(st.integers(0, 40), min_size=1, max_size=10),
)
def test_advancing_in_steps_equals_advancing_at_once(delays, steps):
    histories = []
    for distances in (steps, [sum(steps)]):
        seen.clear()
        clock = Clock(0)
        for number, (delay, further) in enumerate(delays):
            clock.after(delay, order, clock, further, str(number))
        for distance in distances:
            clock.settle(clock.now + distance)
        histories.append((clock.now, list(seen)))

    assert histories[0] == histories[1]


def test_a_second_is_a_million_microseconds():
    assert SECOND == 1_000_000

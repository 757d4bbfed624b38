"""The store against a plain list: random changes, then every question that an operation asks."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from pytest_ecsfake.state.store import SortedKeys, Store


@dataclass(eq=False)
class Item:
    name: str
    group: str
    status: str


class ByName(Store[Item]):
    def sort_key(self, item: Item) -> str:
        return item.name


GROUPS, STATUSES = st.sampled_from("xyz"), st.sampled_from(["RUNNING", "STOPPED"])
COMMANDS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(0, 20), GROUPS, STATUSES),
        st.tuples(st.just("drop"), st.integers(0, 20)),
        st.tuples(st.just("change"), st.integers(0, 20), GROUPS, STATUSES),
        st.tuples(st.just("ask")),
    ),
    max_size=60,
)


def ask(store: Store[Item], model: list[Item], key: object) -> None:
    for fields in ({}, {"group": "x"}, {"status": "RUNNING"}, {"status": "RUNNING", "group": "y"}):
        expected = [item for item in model if all(getattr(item, name) == value for name, value in fields.items())]
        ordered = sorted(expected, key=key) if key else expected
        assert store.count(**fields) == len(expected)
        for descending in (False, True):
            found, position = [], None
            while True:
                page, position = store.page(3, after=position, descending=descending, **fields)
                found += page
                if position is None:
                    break
            assert found == (ordered[::-1] if descending else ordered)


@given(commands=COMMANDS, by_name=st.booleans())
def test_a_store_answers_as_a_list_would(commands, by_name):
    store: Store[Item] = ByName() if by_name else Store()
    model: list[Item] = []
    for command, *arguments in commands:
        known = next((item for item in model if arguments and item.name == f"{arguments[0]:02}"), None)
        if command == "add":
            item = Item(f"{arguments[0]:02}", arguments[1], arguments[2])
            if known is not None:
                model.remove(known)
            model.append(item)
            store.add(item.name, item)
        elif command == "drop" and known is not None:
            model.remove(known)
            store.drop(known.name)
        elif command == "change" and known is not None:
            store.change(known.name, group=arguments[1], status=arguments[2])
        elif command == "ask":
            ask(store, model, (lambda item: item.name) if by_name else None)

    ask(store, model, (lambda item: item.name) if by_name else None)
    assert list(store) == model
    assert len(store) == len(model)


@given(keys=st.lists(st.integers(0, 10_000), unique=True, max_size=3000), start=st.integers(0, 10_000))
def test_an_order_goes_on_behind_any_key(keys, start):
    sorted_keys = SortedKeys()
    for key in keys:
        sorted_keys.add(key)
    for key in keys[::3]:
        sorted_keys.drop(key)
    left = sorted(set(keys) - set(keys[::3]))

    assert list(sorted_keys.after(None)) == left
    assert list(sorted_keys.after(None, descending=True)) == left[::-1]
    assert list(sorted_keys.after(start)) == [key for key in left if key > start]
    assert list(sorted_keys.after(start, descending=True)) == [key for key in left[::-1] if key < start]
    assert len(sorted_keys) == len(left)

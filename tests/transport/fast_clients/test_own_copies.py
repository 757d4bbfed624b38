"""A copy that is made as it is read: it says what the shared document says, is an OrderedDict like it, and may be changed."""

from __future__ import annotations

import copy
import json
import pickle
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import pytest

from pytest_ecsfake.transport.fast_clients.own_copies import SharedDocument, origin, own_copy

TEXT = json.dumps(
    {
        "version": "2.0",
        "metadata": {"protocols": ["json", "rpc"], "serviceId": "ECS"},
        "operations": {"RunTask": {"http": {"method": "POST"}, "errors": [{"shape": "A"}, {"shape": "B"}]}},
        "shapes": {"Task": {"type": "structure", "required": ["arn"], "members": {"arn": {"shape": "String"}}}},
        "nested": [[{"a": {"b": [1, 2]}}], []],
        "nothing": {},
    }
)


def parsed() -> OrderedDict[str, Any]:
    document: OrderedDict[str, Any] = json.loads(TEXT, object_pairs_hook=OrderedDict)
    return document


def to_share() -> SharedDocument:
    return SharedDocument(json.loads(TEXT))


def missing(document: Any) -> object:
    with pytest.raises(KeyError, match="'no'") as caught:
        document["no"]
    return caught.value.args


def named(**names: Any) -> object:
    return names


def matched(document: Any) -> object:
    match document:
        case {"shapes": {"Task": {"members": members}}, **others}:
            return members, others
    return None


READINGS: dict[str, Callable[[Any], object]] = {
    "by name": lambda d: [d["shapes"]["Task"]["members"]["arn"], d["nested"][0][0]["a"]["b"]],
    "get": lambda d: [d.get("shapes").get("Task").get("members"), d.get("no"), d.get("no", 3)],
    "a missing name": missing,
    "items": lambda d: list(d["shapes"].items()),
    "values": lambda d: list(d["shapes"].values()),
    "names": lambda d: [*d, *reversed(d), len(d), "shapes" in d, "no" in d],
    "comparing": lambda d: [d == parsed(), d != parsed(), parsed() == d, d == own_copy(to_share())],
    "repr": lambda d: repr(d).replace("_Unread", "OrderedDict").replace("OwnCopy", "OrderedDict"),
    "json": json.dumps,
    "json in Python": lambda d: json.dumps(d, indent=1, sort_keys=True),
    "pickle": lambda d: pickle.loads(pickle.dumps(d)),
    "copy": copy.copy,
    "deep copy": copy.deepcopy,
    "its own copy": lambda d: d.copy(),
    "a dictionary of it": dict,
    "an ordered dictionary of it": OrderedDict,
    "unpacked": lambda d: {**d},
    "as arguments": lambda d: named(**d),
    "merged": lambda d: [d | {"more": 1}, {"more": 1} | d],
    "pop": lambda d: [d.pop("shapes"), d.pop("no", 3), d],
    "popitem": lambda d: [d.popitem(), d.popitem(last=False), d],
    "setdefault": lambda d: [d.setdefault("shapes", {}), d.setdefault("new", {}), d],
    "setting": lambda d: [d.__setitem__("shapes", {"mine": {}}), d, d["shapes"]],
    "deleting": lambda d: [d["shapes"].__delitem__("Task"), d],
    "updating": lambda d: [d.update(shapes={"mine": {}}, metadata=1), d],
    "in place": lambda d: [d.__ior__({"shapes": 1}), d],
    "moving": lambda d: [d.move_to_end("version"), list(d)],
    "clearing": lambda d: [d.clear(), d],
    "a list": lambda d: [d["nested"].append(1), d["nested"][0].pop(), d],
    "deep below": lambda d: [d["operations"]["RunTask"]["errors"][0].update(shape="C"), d],
    "matching": matched,
}


@pytest.mark.parametrize("reading", READINGS)
def test_a_copy_is_read_and_changed_like_what_it_was_made_from_which_stays(reading):
    shared, own = to_share(), parsed()

    assert READINGS[reading](own_copy(shared)) == READINGS[reading](own)
    assert shared == parsed()


@pytest.mark.parametrize("reading", READINGS)
def test_no_reading_hands_out_what_is_shared(reading):
    """But for what code in C reads past all methods, which makes strings of it."""
    shared = to_share()
    document = own_copy(shared)

    def containers(value: Any) -> set[int]:
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ()
        here = {id(value)} if isinstance(value, (dict, list)) else set()
        return here.union(*map(containers, inner))

    read = READINGS[reading](document)

    assert not containers([read]) & containers(shared)
    assert not containers(document) & containers(shared)


def test_what_is_read_twice_is_the_same():
    document = own_copy(to_share())

    task = document["shapes"]["Task"]
    assert document["shapes"]["Task"] is task is dict(document["shapes"].items())["Task"]
    assert document.get("metadata") is document["metadata"]


def test_what_a_session_puts_in_stays_the_very_thing():
    document = own_copy(to_share())
    mine: OrderedDict[str, Any] = OrderedDict(inner=OrderedDict())
    document["shapes"]["Task"] = document["new"] = mine

    assert document["shapes"]["Task"] is document["new"] is mine
    assert dict(document.items())["new"]["inner"] is mine["inner"]


def test_two_copies_have_nothing_in_common():
    shared = to_share()
    one, two = own_copy(shared), own_copy(shared)
    one["shapes"]["Task"]["members"].clear()
    one["metadata"]["protocols"].append("other")

    assert two == shared == parsed()


def test_the_origin_of_a_copy_is_what_it_was_made_from_until_it_says_something_else():
    shared = to_share()
    document = own_copy(shared)
    assert origin(document) is shared
    list(document["shapes"].items())
    assert origin(document) is shared

    document["shapes"]["Task"]["members"]["new"] = {}

    assert origin(document) is document
    assert origin(shared) is shared

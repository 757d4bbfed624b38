import re
from itertools import combinations
from unittest.mock import ANY

import pytest
from hypothesis import given as hypothesis_given
from hypothesis import strategies as st

from pytest_ecsfake.errors import EcsFakeUsageError
from pytest_ecsfake.recording.matching import Whole, compare, distance, matches

OVERRIDES = {
    "containerOverrides": [
        {"name": "log-router"},
        {"name": "app", "command": ["migrate", "up"], "environment": [{"name": "STAGE", "value": "prod"}]},
    ]
}


@pytest.mark.parametrize(
    ("wanted", "recorded"),
    [
        pytest.param({}, {"cluster": "prod"}, id="nothing given"),
        pytest.param({"cluster": "prod"}, {"cluster": "prod", "count": 2}, id="one parameter of two"),
        pytest.param(
            {"overrides": {"containerOverrides": [{"name": "app"}]}},
            {"overrides": OVERRIDES},
            id="one container of two",
        ),
        pytest.param(
            {"overrides": {"containerOverrides": [{"environment": [{"name": "STAGE", "value": "prod"}]}]}},
            {"overrides": OVERRIDES},
            id="an environment variable, whatever its container",
        ),
        pytest.param({"tags": ["a", "c"]}, {"tags": ["a", "b", "c"]}, id="elements with others between them"),
        pytest.param({"tags": ("a",)}, {"tags": ["a"]}, id="a tuple for a list, as boto3 takes it"),
        pytest.param({"tags": []}, {"tags": ["a"]}, id="an empty list in any list"),
        pytest.param({"count": ANY}, {"count": 2}, id="anything, where something was sent"),
        pytest.param({"count": pytest.approx(2.0)}, {"count": 2}, id="a value that decides by its own =="),
        pytest.param({"cluster": None}, {"count": 2}, id="None, where nothing was sent"),
        pytest.param({"command": Whole(["up"])}, {"command": ["up"]}, id="the whole of a list"),
        pytest.param(
            {"image": re.compile(r":1\.\d+$")}, {"image": "nginx:1.29"}, id="a pattern that is found in a text"
        ),
        pytest.param({"count": lambda count: count > 1}, {"count": 2}, id="a predicate that is true"),
        pytest.param({"tags": lambda tags: len(tags) == 2}, {"tags": ["a", "b"]}, id="a predicate of a list"),
        pytest.param({"tags": [re.compile("b"), str.isupper]}, {"tags": ["a", "b", "C"]}, id="both within a list"),
        pytest.param({"command": Whole([re.compile("^u"), ANY])}, {"command": ["up", "1"]}, id="both in a whole list"),
        pytest.param({"tags": Whole({"a": re.compile("1")})}, {"tags": {"a": "1"}}, id="both in a whole dictionary"),
    ],
)
def test_what_is_given_is_found(wanted, recorded):
    assert matches(wanted, recorded)
    assert distance(wanted, recorded) == 0


@pytest.mark.parametrize(
    ("wanted", "recorded", "off"),
    [
        pytest.param({"cluster": "prod"}, {"cluster": "test"}, 1, id="another value"),
        pytest.param({"cluster": "prod"}, {}, 1, id="a parameter that wasn't sent"),
        pytest.param({"cluster": ANY}, {}, 1, id="anything, where nothing was sent"),
        pytest.param({"image": re.compile("^1")}, {"image": "nginx:1"}, 1, id="a pattern that isn't found"),
        pytest.param({"count": re.compile("2")}, {"count": 2}, 1, id="a pattern, where a number was sent"),
        pytest.param({"count": re.compile("")}, {}, 1, id="a pattern, where nothing was sent"),
        pytest.param({"count": lambda count: count > 2}, {"count": 2}, 1, id="a predicate that is false"),
        pytest.param({"count": lambda count: True}, {}, 1, id="a predicate, where nothing was sent"),
        pytest.param({"count": int}, {"count": 2}, 1, id="a class is no predicate"),
        pytest.param({"command": Whole([ANY])}, {"command": ["up", "1"]}, 1, id="a whole list that is longer"),
        pytest.param(
            {"tags": Whole({"a": ANY})}, {"tags": {"a": 1, "b": 2}}, 1, id="a whole dictionary with more keys"
        ),
        pytest.param({"cluster": None}, {"cluster": "prod"}, 1, id="None, where something was sent"),
        pytest.param({"tags": ["a", "a"]}, {"tags": ["a"]}, 1, id="one recorded element for two given ones"),
        pytest.param({"tags": ["b", "a"]}, {"tags": ["a", "b"]}, 1, id="elements in another order"),
        pytest.param({"tags": ["a", "b", "c"]}, {"tags": []}, 3, id="three elements that are all missing"),
        pytest.param({"overrides": {"cpu": "256"}}, {"overrides": ["256"]}, 1, id="a dictionary where a list was sent"),
        pytest.param({"overrides": {}}, {"overrides": "256"}, 1, id="an empty dictionary where a string was sent"),
        pytest.param({"tags": "ab"}, {"tags": ["a", "b"]}, 1, id="a string is no list of letters"),
        pytest.param(
            {"command": Whole(["up"])},
            {"command": ["migrate", "up"]},
            1,
            id="a whole list, of which only a part is given",
        ),
        pytest.param(
            {"containerOverrides": [{"name": "app", "command": ["down"]}]},
            OVERRIDES,
            1,
            id="the container of that name is the nearest",
        ),
    ],
)
def test_what_is_given_is_not_found(wanted, recorded, off):
    assert not matches(wanted, recorded)
    assert distance(wanted, recorded) == off


def test_of_partners_that_are_equally_near_the_first_is_compared():
    wanted = {"tags": [{"key": "team", "value": "web"}]}
    recorded = {
        "tags": [{"key": "stage", "value": "prod"}, {"key": "team", "value": "a"}, {"key": "team", "value": "b"}]
    }

    assert [(line.path, line.wanted, line.got) for line in compare(wanted, recorded) if not line.matching] == [
        ("tags[1].value", "web", "a")
    ]


documents = st.recursive(
    st.integers(0, 2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=2),
    max_leaves=6,
)


@hypothesis_given(documents, documents)
def test_lists_match_exactly_when_some_choice_of_elements_does(wanted, recorded):
    assert matches(wanted, recorded) == matches_by_trying_everything(wanted, recorded)


def matches_by_trying_everything(wanted, recorded):
    if isinstance(wanted, dict):
        return isinstance(recorded, dict) and all(
            key in recorded and matches_by_trying_everything(value, recorded[key]) for key, value in wanted.items()
        )
    if isinstance(wanted, list):
        return isinstance(recorded, list) and any(
            all(map(matches_by_trying_everything, wanted, chosen)) for chosen in combinations(recorded, len(wanted))
        )
    return wanted == recorded


@hypothesis_given(documents, documents)
def test_only_what_matches_is_no_distance_away(wanted, recorded):
    assert (distance(wanted, recorded) == 0) == matches(wanted, recorded)


@hypothesis_given(documents, documents)
def test_the_distance_is_that_of_the_best_choice_of_elements(wanted, recorded):
    assert distance(wanted, recorded) == distance_by_trying_everything(wanted, recorded)


def distance_by_trying_everything(wanted, recorded):
    if isinstance(wanted, dict) and isinstance(recorded, dict):
        return sum(
            distance_by_trying_everything(value, recorded[key]) if key in recorded else size(value)
            for key, value in wanted.items()
        )
    if isinstance(wanted, list) and isinstance(recorded, list):
        return min(
            sum(size(value) if index not in chosen else 0 for index, value in enumerate(wanted))
            + sum(map(distance_by_trying_everything, (wanted[index] for index in chosen), partners))
            for count in range(min(len(wanted), len(recorded)) + 1)
            for chosen in combinations(range(len(wanted)), count)
            for partners in combinations(recorded, count)
        )
    return 0 if wanted == recorded and type(wanted) is type(recorded) else size(wanted)


def size(value):
    if isinstance(value, (dict, list)):
        return sum(map(size, value.values() if isinstance(value, dict) else value)) or 1
    return 1


@hypothesis_given(
    st.dictionaries(st.sampled_from("abc"), documents), st.dictionaries(st.sampled_from("abc"), documents)
)
def test_a_comparison_shows_a_difference_exactly_where_nothing_matches(wanted, recorded):
    assert all(line.matching for line in compare(wanted, recorded)) == matches(wanted, recorded)


def test_a_predicate_that_raises_is_told_with_the_value():
    def is_large(count):
        return count["cpu"] > 1

    with pytest.raises(EcsFakeUsageError) as caught:
        matches({"count": is_large}, {"count": 2})

    assert str(caught.value) == (
        "the predicate test_a_predicate_that_raises_is_told_with_the_value.<locals>.is_large raised "
        "TypeError(\"'int' object is not subscriptable\") for 2. Let it return False for what it isn't about."
    )

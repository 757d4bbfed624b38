"""The options: what each takes, as written in Python and in an ini file."""

from __future__ import annotations

from dataclasses import fields

import pytest

from pytest_ecsfake import EcsFakeUsageError
from pytest_ecsfake.options import OPTIONS, Options, from_ini, merged
from pytest_ecsfake.transport.interceptor import let_out


def test_the_table_has_each_option_once():
    assert [option.name for option in OPTIONS] == [field.name for field in fields(Options)]


TAKEN = [
    ("region", "eu-west-1", "eu-west-1"),
    ("account", "111122223333", "111122223333"),
    ("clusters", ["a", "b"], ("a", "b")),
    ("seed", 7, 7),
    ("timings", "instant", "instant"),
    ("timings", {"PENDING": 2}, {"PENDING": 2}),
    ("other_services", "allow", "allow"),
    ("other_services", ["s3"], ("s3",)),
    ("scope", "class", "class"),
    ("virtual_sleep", "all", "all"),
    ("poll_step", 0, 0),
    ("strict", False, False),
    ("credentials", False, False),
    ("fast_clients", False, False),
]


@pytest.mark.parametrize(("name", "value", "kept"), TAKEN)
def test_a_value_that_fits_is_kept(name, value, kept):
    assert getattr(merged(Options(), {name: value}, "here"), name) == kept


REFUSED = [
    ("region", ""),
    ("account", "1234"),
    ("account", 123456789012),
    ("clusters", "prod"),
    ("clusters", [1]),
    ("seed", 1.5),
    ("frozen_at", "soon"),
    ("frozen_at", 3),
    ("timings", "slow"),
    ("timings", {"PENDING": -1}),
    ("timings", 3),
    ("other_services", "s3"),
    ("other_services", [3]),
    ("scope", "package"),
    ("virtual_sleep", "some"),
    ("virtual_sleep", 1),
    ("poll_step", -1),
    ("poll_step", True),
    ("strict", "yes"),
    ("credentials", 1),
    ("fast_clients", None),
]


@pytest.mark.parametrize(("name", "value"), REFUSED)
def test_a_value_that_does_not_fit_is_refused_with_what_would(name, value):
    with pytest.raises(EcsFakeUsageError) as caught:
        merged(Options(), {name: value}, "here")

    takes = next(option.takes for option in OPTIONS if option.name == name)
    assert str(caught.value) == f"option {name} of here takes {takes}, not {value!r}."


INI = [
    ("clusters", "prod staging", ("prod", "staging")),
    ("other_services", "s3 sqs", ("s3", "sqs")),
    ("other_services", "allow", "allow"),
    ("virtual_sleep", "False", False),
    ("virtual_sleep", "all", "all"),
    ("poll_step", " 0.5 ", 0.5),
    ("strict", "off", False),
    ("credentials", "no", False),
    ("fast_clients", "off", False),
    ("timings", "instant", "instant"),
]


@pytest.mark.parametrize(("name", "text", "kept"), INI)
def test_an_ini_file_writes_them_as_text(name, text, kept):
    assert getattr(from_ini({name: text}), name) == kept


@pytest.mark.parametrize(("name", "text"), [("poll_step", "soon"), ("strict", "perhaps"), ("account", "12")])
def test_a_text_that_does_not_fit_names_the_ini_option(name, text):
    with pytest.raises(EcsFakeUsageError, match=f"option {name} of ecs_fake_{name} of the ini file takes"):
        from_ini({name: text})


def test_services_that_may_leave():
    assert let_out("block") == frozenset()
    assert let_out("allow") is None
    assert let_out(("S3", "sqs")) == {"s3", "sqs"}
    with pytest.raises(EcsFakeUsageError, match=r"Write other_services=\['s3'\]"):
        let_out("s3")

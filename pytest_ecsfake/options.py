"""The options of a fake, as the marker, the decorator, the context manager and the ini file take them, and the checks of their values."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timezone
from typing import Any, Literal

from pytest_ecsfake.did_you_mean import did_you_mean
from pytest_ecsfake.errors import HIDE_USAGE_ERRORS, EcsFakeUsageError

Scope = Literal["function", "class", "module", "session"]
SCOPES: tuple[Scope, ...] = ("function", "class", "module", "session")


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a fake. If `region` is None, it is taken from the environment, with us-east-1 as the default."""

    region: str | None = None
    account: str = "123456789012"
    clusters: tuple[str, ...] = ()
    seed: str | int | None = None
    frozen_at: datetime | None = None
    timings: Literal["realistic", "instant"] | Mapping[str, float] = "realistic"
    other_services: str | tuple[str, ...] = "block"
    scope: Scope = "function"
    virtual_sleep: bool | Literal["all"] = True
    poll_step: float = 1.0
    strict: bool = True
    credentials: bool = True
    fast_clients: bool = True


@dataclass(frozen=True, slots=True)
class Option:
    """One option, with the check of its values.

    Attributes:
        name: its name.
        takes: describes the accepted values in error texts.
        accepts: whether a value is accepted.
        normal: converts an accepted value to the form that `Options` holds.
        from_ini: converts the text of an ini file to a value, which is then checked.
    """

    name: str
    takes: str
    accepts: Callable[[Any], bool]
    normal: Callable[[Any], Any] = field(default=lambda value: value)
    from_ini: Callable[[str], Any] = field(default=lambda text: text)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0


def _is_texts(value: object) -> bool:
    return isinstance(value, Collection) and not isinstance(value, (str, Mapping)) and all(map(_is_text, value))


def _is_timings(value: object) -> bool:
    if isinstance(value, Mapping):
        return all(_is_text(state) and _is_number(seconds) for state, seconds in value.items())
    return value in ("realistic", "instant")


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def is_account(value: object) -> bool:
    """Whether a value is an account id: twelve digits in a string."""
    return isinstance(value, str) and value.isdecimal() and len(value) == 12


def _is_moment(value: object) -> bool:
    if isinstance(value, str):
        try:
            _moment(value)
        except ValueError:
            return False
        return True
    return isinstance(value, date)


def _moment(value: str | date) -> datetime:
    """The moment as an aware datetime. Without a time zone it is in UTC, as with freezegun."""
    if isinstance(value, str):
        moment = datetime.fromisoformat(value.removesuffix("Z"))  # Python 3.10 doesn't read the Z
    elif isinstance(value, datetime):
        moment = value
    else:
        moment = datetime(value.year, value.month, value.day)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=timezone.utc)


def _flag(text: str) -> object:
    return {
        "true": True,
        "1": True,
        "yes": True,
        "on": True,
        "false": False,
        "0": False,
        "no": False,
        "off": False,
    }.get(text.lower(), text)


def _number(text: str) -> object:
    try:
        return float(text)
    except ValueError:
        return text


def _services(text: str) -> object:
    return text if text in ("block", "allow") else text.split()


#: In the order of `Option`'s fields: name, takes, accepts, normal, from_ini.
OPTIONS = (
    Option("region", 'the name of a region, such as "eu-west-1"', _is_text),
    Option("account", "twelve digits in a string", is_account),
    Option("clusters", 'a list of names, such as ["prod"]', _is_texts, tuple, str.split),
    Option("seed", "a string or a whole number", lambda value: isinstance(value, (str, int))),
    Option("frozen_at", 'a moment, such as "2026-01-01T00:00:00Z" or a datetime', _is_moment, _moment),
    Option("timings", '"realistic", "instant" or a mapping of states to seconds', _is_timings),
    Option(
        "other_services",
        '"block", "allow" or a list of service ids and hosts, such as ["s3"]',
        lambda value: value in ("block", "allow") if isinstance(value, str) else _is_texts(value),
        lambda value: value if isinstance(value, str) else tuple(value),
        _services,
    ),
    Option("scope", '"function", "class", "module" or "session"', lambda value: value in SCOPES),
    Option("virtual_sleep", 'True, False or "all"', lambda value: _is_flag(value) or value == "all", from_ini=_flag),
    Option("poll_step", "a number of seconds, 0 or more", _is_number, from_ini=_number),
    Option("strict", "True or False", _is_flag, from_ini=_flag),
    Option("credentials", "True or False", _is_flag, from_ini=_flag),
    Option("fast_clients", "True or False", _is_flag, from_ini=_flag),
)

_BY_NAME = {option.name: option for option in OPTIONS}


def merged(options: Options, given: Mapping[str, object], where: str) -> Options:
    """The options with the given values in place of the old ones.

    Args:
        options: the values of the options that aren't given.
        given: the new values by name.
        where: names the place where they were written in error texts, such as `@pytest.mark.ecs_fake`.

    Raises:
        EcsFakeUsageError: an unknown name, or a value that the option doesn't take.
    """
    __tracebackhide__ = HIDE_USAGE_ERRORS
    if not given:
        return options
    checked: dict[str, Any] = {}
    for (
        name,
        value,
    ) in (
        given.items()
    ):  # not a comprehension: before Python 3.12 that has its own frame, which pytest would show for a usage error
        checked[name] = _checked(name, value, where)
    return replace(options, **checked)


def from_ini(texts: Mapping[str, str]) -> Options:
    """The options from the texts of an ini file. The line `ecs_fake_NAME` is given under NAME.

    Raises:
        EcsFakeUsageError: a value that the option doesn't take.
    """
    options = Options()
    for name, text in texts.items():
        options = merged(options, {name: _BY_NAME[name].from_ini(text.strip())}, f"ecs_fake_{name} of the ini file")
    return options


def _checked(name: str, value: object, where: str) -> object:
    __tracebackhide__ = HIDE_USAGE_ERRORS
    option = _BY_NAME.get(name)
    if option is None:
        hint = did_you_mean(name, _BY_NAME)
        raise EcsFakeUsageError(f'unknown option "{name}" in {where}.{hint} Known: {", ".join(_BY_NAME)}.')
    if not option.accepts(value):
        raise EcsFakeUsageError(f"option {name} of {where} takes {option.takes}, not {value!r}.")
    return option.normal(value)

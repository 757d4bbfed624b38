"""The cluster query language: expressions that select container instances, for placement constraints and ListContainerInstances.

A text is parsed once into an `Expression`; `matches` applies it to one instance.

Rules: Developer Guide, "Cluster query language", for subjects, their operators, arguments and formats of dates. What the guide leaves
open is decided here:

- `not` binds tighter than `and`, `and` tighter than `or`; words and subjects are spelt as in the guide, in its case. # unverified
- An argument may stand in single or double quotes, and has to if it contains a space, a parenthesis, a comma or a bracket; a quote can't be
  escaped. # unverified
- A comparison holds if any value of the subject meets it, so `attribute:stack != prod` holds only where the attribute has another value
  (containers-roadmap#486). For `task:group` that is unverified: the guide keeps tasks away from a group by `not(task:group == …)`.
- A pattern has to match the whole value. ECS takes Java's regular expressions; these are Python's, which agree with them in the usual
  patterns for instance types and zones. # unverified
"""

from __future__ import annotations

import operator
import re
import warnings
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_ecsfake.clock import SECOND, to_instant
from pytest_ecsfake.errors import EcsFakeNotBuiltError, InvalidParameterException
from pytest_ecsfake.state.container_instance import ContainerInstance
from pytest_ecsfake.state.region import Region

if TYPE_CHECKING:
    from lark import Lark, Token, Tree

#: How many tasks of each group run on an instance.
RunningTasks = Mapping[str, int]

NO_TASKS: RunningTasks = {}

_Test = Callable[[ContainerInstance, RunningTasks], bool]
_Values = Callable[[ContainerInstance, RunningTasks], Collection[Any]]

_GRAMMAR = r"""
?disjunction: conjunction (_OR conjunction)*
?conjunction: negation (_AND negation)*
?negation: primary
         | _NOT negation                                -> negation
?primary: SUBJECT EXISTENCE                            -> existence
        | SUBJECT COMPARISON (BARE | QUOTED)           -> comparison
        | SUBJECT MEMBERSHIP "[" _argument ("," _argument)* "]"   -> membership
        | SUBJECT MATCHING (PATTERN | QUOTED)          -> matching
        | "(" disjunction ")"
_argument: BARE | QUOTED

_OR: /or(?!\w)|\|\|/
_AND: /and(?!\w)|&&/
_NOT: /not(?!\w)|!/
SUBJECT: /attribute:[A-Za-z0-9\-_\/\\.]+|(agentConnected|agentVersion|ec2InstanceId|registeredAt|runningTasksCount|task:group)(?!\w)/
EXISTENCE: /(!|not_)?exists(?!\w)/
MEMBERSHIP: /(!|not_)?in(?!\w)/
MATCHING: /=~|!~|(not_)?matches(?!\w)/
COMPARISON: /[=!<>]=|<|>|((not_)?equals|(greater|less)_than(_equal)?)(?!\w)/
QUOTED: /'[^']*'|"[^"]*"/
BARE: /((?!&&|\|\|)[^\s()\[\],'"])+/
PATTERN: /((?!&&|\|\|)[^\s()'"])+/
%ignore /\s+/
"""

#: Developer Guide, "Cluster query language", Operator: the sign of each word.
_SIGNS = {
    "equals": "==",
    "not_equals": "!=",
    "greater_than": ">",
    "greater_than_equal": ">=",
    "less_than": "<",
    "less_than_equal": "<=",
    "not_exists": "!exists",
    "not_in": "!in",
    "matches": "=~",
    "not_matches": "!~",
}

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}

_EXISTENCE = frozenset({"exists", "!exists"})
_EQUALITY = frozenset({"==", "!="})
_ORDER = frozenset({">", ">=", "<", "<="})
_MEMBERSHIP = frozenset({"in", "!in"})
_MATCHING = frozenset({"=~", "!~"})


class _Subject(NamedTuple):
    """A subject of expressions: its values on an instance, its operators, and how an argument becomes one of its values."""

    values: _Values
    operators: frozenset[str]
    read: Callable[[str], Any] = str


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """A parsed expression of the cluster query language."""

    text: str
    depends_on_tasks: bool
    """Whether the answer for an instance changes with the tasks on it."""
    test: _Test


@lru_cache(maxsize=256)
def parse(text: str) -> Expression:
    """The expression that a text stands for.

    Raises:
        InvalidParameterException: the text isn't valid, or a subject doesn't have the operator.
        EcsFakeNotBuiltError: Python and Java read a pattern in different ways.
    """
    from lark import Token, UnexpectedInput

    try:
        tree = _parser().parse(text)
        test = _compiled(tree)
    except (UnexpectedInput, ValueError, re.error, RecursionError) as fault:
        raise InvalidParameterException(f"Invalid expression: {text}") from fault  # unverified
    subjects = tree.scan_values(lambda part: isinstance(part, Token) and part.type == "SUBJECT")
    return Expression(text, not _OF_TASKS.isdisjoint(subjects), test)


def matches(expression: Expression, instance: ContainerInstance, running: RunningTasks = NO_TASKS) -> bool:
    """Whether an expression selects an instance.

    Args:
        expression: what `parse` made.
        instance: the instance.
        running: the tasks that count as running on it, by group; only an expression that depends on tasks uses them.
    """
    return expression.test(instance, running)


def running_tasks(region: Region, instance: ContainerInstance) -> Counter[str]:
    """How many tasks of each group run on an instance: those whose desired status is RUNNING (ContainerInstance, runningTasksCount)."""
    tasks = region.tasks_in(instance.cluster)
    here, _ = tasks.page(max(len(tasks), 1), container_instance=instance, desired_status="RUNNING")
    return Counter(task.group for task in here)


@cache
def _parser() -> Lark:
    # Imported for the first expression: most test runs have none.
    from lark import Lark

    return Lark(_GRAMMAR, start="disjunction", parser="lalr", maybe_placeholders=False)


def _compiled(tree: Tree[Token]) -> _Test:
    """The test that a part of the parsed text stands for."""
    return _COMPILERS[tree.data](tree.children)


def _any_of(parts: list[Any]) -> _Test:
    tests = [_compiled(part) for part in parts]
    return lambda instance, running: any(test(instance, running) for test in tests)


def _all_of(parts: list[Any]) -> _Test:
    tests = [_compiled(part) for part in parts]
    return lambda instance, running: all(test(instance, running) for test in tests)


def _none_of(parts: list[Any]) -> _Test:
    test = _compiled(parts[0])
    return lambda instance, running: not test(instance, running)


def _existence(parts: list[Any]) -> _Test:
    name, (subject, sign) = str(parts[0]), _asked(parts)
    if name.startswith("attribute:"):
        # An attribute may have no value.
        attribute = name.removeprefix("attribute:")
        return lambda instance, _: (attribute in instance.attributes) is (sign == "exists")
    return lambda instance, running: bool(subject.values(instance, running)) is (sign == "exists")


def _comparison(parts: list[Any]) -> _Test:
    subject, sign = _asked(parts)
    # Strings are equal as strings (the guide: "String equality"), and are ordered as numbers where they are numbers. # unverified
    rank = _rank if sign in _ORDER and subject.read is str else _same
    compare, wanted = _COMPARE[sign], rank(subject.read(_argument(parts[2])))
    return lambda instance, running: any(compare(rank(value), wanted) for value in subject.values(instance, running))


def _membership(parts: list[Any]) -> _Test:
    subject, sign = _asked(parts)
    wanted = frozenset(_argument(part) for part in parts[2:])
    expected = sign == "in"
    return lambda instance, running: any((value in wanted) is expected for value in subject.values(instance, running))


def _matching(parts: list[Any]) -> _Test:
    subject, sign = _asked(parts)
    pattern = _pattern(_argument(parts[2]))
    expected = sign == "=~"
    return lambda instance, running: any(
        (pattern.fullmatch(value) is not None) is expected for value in subject.values(instance, running)
    )


_COMPILERS: dict[str, Callable[[list[Any]], _Test]] = {
    "disjunction": _any_of,
    "conjunction": _all_of,
    "negation": _none_of,
    "existence": _existence,
    "comparison": _comparison,
    "membership": _membership,
    "matching": _matching,
}


def _asked(parts: list[Any]) -> tuple[_Subject, str]:
    """The subject and the sign of the operator, which the subject has to have."""
    name, word = str(parts[0]), str(parts[1])
    subject = _attribute(name.removeprefix("attribute:")) if name.startswith("attribute:") else _SUBJECTS[name]
    sign = _SIGNS.get(word, word)
    if sign not in subject.operators:
        raise ValueError(f"{name} has no operator {word}")
    return subject, sign


def _argument(token: Token) -> str:
    return token[1:-1] if token.type == "QUOTED" else str(token)


def _pattern(text: str) -> re.Pattern[str]:
    with warnings.catch_warnings():
        # Python warns of intersections in a character class, which it may support one day, as Java does today.
        warnings.simplefilter("error", FutureWarning)
        try:
            return re.compile(text)
        except FutureWarning as warning:
            raise EcsFakeNotBuiltError(
                f"The pattern {text!r} of a cluster query means something else in Java, whose patterns ECS takes, than in Python."
            ) from warning


def _same(value: Any) -> Any:
    return value


def _count(text: str) -> int:
    if not re.fullmatch(r"\d+", text, re.ASCII):
        raise ValueError(f"{text} isn't a number of tasks")
    return int(text)


def _rank(text: str) -> tuple[bool, float, str]:
    """The sort key of a text: numbers by their size, and before all other texts, which are sorted by their letters."""
    return (False, float(text), "") if re.fullmatch(r"-?\d+(\.\d+)?", text, re.ASCII) else (True, 0.0, text)


def _version(text: str) -> tuple[int, ...]:
    """The numbers of a version such as 1.14.5, without trailing zeros: 1.14 equals 1.14.0."""
    if not re.fullmatch(r"\d+(\.\d+)*", text, re.ASCII):
        raise ValueError(f"{text} isn't a version")
    numbers = [int(number) for number in text.split(".")]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def _seconds(text: str) -> int:
    """The second that a date stands for, in one of the guide's four formats."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)?)?", text, re.ASCII):
        raise ValueError(f"{text} isn't a date")
    # A date without a zone is in UTC. # unverified
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return to_instant(moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)) // SECOND


def _attribute(name: str) -> _Subject:
    def values(instance: ContainerInstance, _: RunningTasks) -> tuple[str, ...]:
        value = instance.attributes.get(name)
        return () if value is None else (value,)

    return _Subject(values, _EXISTENCE | _EQUALITY | _ORDER | _MEMBERSHIP | _MATCHING)


def _agent_connected(instance: ContainerInstance, _: RunningTasks) -> tuple[str, ...]:
    return ("true" if instance.agent_connected else "false",)


def _agent_version(instance: ContainerInstance, _: RunningTasks) -> tuple[tuple[int, ...], ...]:
    version = (instance.version_info or {}).get("agentVersion", "")
    # An agent built by hand may call itself anything.
    return (_version(version),) if re.fullmatch(r"\d+(\.\d+)*", version, re.ASCII) else ()


def _ec2_instance_id(instance: ContainerInstance, _: RunningTasks) -> tuple[str, ...]:
    return () if instance.ec2_instance_id is None else (instance.ec2_instance_id,)


def _registered_at(instance: ContainerInstance, _: RunningTasks) -> tuple[int, ...]:
    # No format has fractions of a second, so that instances are compared by the second of their registration. # unverified
    return (instance.registered_at // SECOND,)


def _running_tasks_count(_: ContainerInstance, running: RunningTasks) -> tuple[int, ...]:
    return (sum(running.values()),)


def _task_group(_: ContainerInstance, running: RunningTasks) -> Collection[str]:
    return running.keys()


#: Developer Guide, "Cluster query language", Subject, with each subject's valid operators; it names none for attributes and groups, which
#: have all that make sense for them.
_SUBJECTS = {
    "agentConnected":    _Subject(_agent_connected,     _EQUALITY | _MEMBERSHIP | _MATCHING),
    "agentVersion":      _Subject(_agent_version,       _EQUALITY | _ORDER, _version),
    "ec2InstanceId":     _Subject(_ec2_instance_id,     _EQUALITY | _MEMBERSHIP | _MATCHING),
    "registeredAt":      _Subject(_registered_at,       _EQUALITY | _ORDER, _seconds),
    "runningTasksCount": _Subject(_running_tasks_count, _EQUALITY | _ORDER, _count),
    "task:group":        _Subject(_task_group,          _EXISTENCE | _EQUALITY | _ORDER | _MEMBERSHIP | _MATCHING),
}  # fmt: skip

_OF_TASKS = frozenset({"runningTasksCount", "task:group"})

"""Calls that were answered otherwise than they asked for: by a fault of the test, with an error, or with an entry in `failures[]`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_ecsfake.arns import is_arn
from pytest_ecsfake.clock import to_instant
from pytest_ecsfake.engine.capacity.strategy import UNAVAILABLE
from pytest_ecsfake.errors import EcsError
from pytest_ecsfake.explanation import capacity
from pytest_ecsfake.explanation.situation import Finding, Situation
from pytest_ecsfake.explanation.wording import capitalised, counted, listed, parenthesis, short
from pytest_ecsfake.orders.failures import FAILING
from pytest_ecsfake.orders.faults import Fault
from pytest_ecsfake.state.orders import CapacityLimit, Order

if TYPE_CHECKING:
    from pytest_ecsfake.recording.call import Call

#: The operations whose failures name what a container instance lacks.
_STARTING = ("RunTask", "StartTask")


class Answer(NamedTuple):
    """What a call got instead of what it asked for. Calls of one operation that got the same share a sentence."""

    words: str
    order: Order | None = None


def find(situation: Situation) -> Iterator[Finding]:
    """What there is to say of the calls of a region, the operations in the order of their first such call."""
    calls = situation.calls
    faults = {id(fault.answer): fault for fault in situation.orders.of(Fault)}
    answered_well = {call.question: call.number for call in calls if call.error is None}
    found: dict[tuple[str, str], dict[Answer, list[Call]]] = defaultdict(lambda: defaultdict(list))
    for call in calls:
        error = call.error
        if error is not None:
            if answered_well.get(call.question, 0) < call.number:
                fault = faults.get(id(error))
                answer = Answer(_words(error), fault)
                found[call.operation, "was answered by a fault" if fault else "was refused"][answer].append(call)
        else:
            for answer in _failures(situation, call):
                found[call.operation, "answered with failures[]"][answer].append(call)
    for (operation, why), answers in found.items():
        sentences = tuple(_sentence(situation, answer, those) for answer, those in answers.items())
        yield Finding(operation, why, why.replace("was ", "were "), sentences)


def last_was_refused(situation: Situation) -> bool:
    """Whether the newest call got an error, or an entry in `failures[]`: then that comes first."""
    calls = situation.calls
    return bool(calls) and (calls[-1].error is not None or any(True for _ in _failures(situation, calls[-1])))


def _words(error: EcsError) -> str:
    message = (error.message or "").removesuffix(".")
    return f"{error.code}: {message}" if message else error.code


def _sentence(situation: Situation, answer: Answer, calls: Sequence[Call]) -> str:
    first, last = to_instant(calls[0].at), max(call.repeated_until for call in calls)
    number = sum(call.left_out + 1 for call in calls)
    order = parenthesis(answer.order)
    if number == 1:
        return f"At {situation.at(first)} it got {answer.words}{order}."
    span = f"at {situation.at(first)}" if first == last else f"from {situation.at(first)} to {situation.at(last)}"
    return f"{capitalised(span)} {counted(number, 'call')} got {answer.words}{order}."


# --- failures[] -------------------------------------------------------------------------------------------------------------------------


def _failures(situation: Situation, call: Call) -> Iterator[Answer]:
    entries = call.failures if call.operation in FAILING else []
    if not entries:
        return
    params = call.params
    by_reason: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for entry in entries:
        by_reason[entry.get("reason", "")].append(entry)
    for reason, those in by_reason.items():
        order = _order(situation, call, reason, params)
        arns = [entry["arn"] for entry in those if "arn" in entry]
        names = f" for {listed(_named(arn) for arn in arns)}" if arns else ""
        times = f" {len(those)} times" if len(those) > 1 and not arns else ""
        lack = None
        if order is None and call.operation in _STARTING and arns:
            lack = capacity.lack_now(situation, params, arns, reason)
        yield Answer(f"{reason.removesuffix('.')}{times}{names}{f' (by now {lack})' if lack else ''}", order)


def _named(identifier: str) -> str:
    """What an entry names: the kind of an ARN's resource and the beginning of its id, or else the identifier."""
    fields = identifier.split(":", 5)
    if not is_arn(identifier) or len(fields) < 6:  # the identifier is the caller's
        return identifier
    kind, _, rest = fields[5].partition("/")
    name = rest.rpartition("/")[2]
    return f"{kind.replace('-', ' ')} {short(name) if len(name) == 32 else name}"


def _order(situation: Situation, call: Call, reason: str, params: Mapping[str, Any]) -> Order | None:
    """The order of the test behind a failure: a fault for this operation with this reason, or a limit of capacity."""
    for fault in situation.orders.of(Fault):
        answer = fault.answer
        if isinstance(answer, EcsError) or fault.operation != call.operation:
            continue
        if fault.met and answer.get("reason") == reason:
            return fault
    if reason != UNAVAILABLE:
        return None
    limits = [
        limit for limit in reversed(situation.orders.of(CapacityLimit)) if limit.met and limit.available is not None
    ]
    named = {
        params.get("launchType"),
        *(item["capacityProvider"] for item in params.get("capacityProviderStrategy", ())),
    }
    return next((limit for limit in limits if limit.provider in named), limits[0] if limits else None)

"""Holds an answer of the fake against a recorded one of ECS: what differs, member by member.

What both must share: the members, each way; the types of JSON; the length and the order of lists; every word and number that the situation determines,
enum values and messages among them. What differs by its nature is compared by its form: an id is one of the same length and alphabet, and stays
one and the same wherever it stands; a moment stands in the same order to the moments beside it.

Knows botocore's model, by whose shapes it calls a member (`Task.startedAt`), and neither the fake nor the tables that explain a difference.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Any, NamedTuple

from botocore.model import ServiceModel, Shape

#: A difference by milliseconds may be none in the fake, whose clock stands still within a call.
SAME_MOMENT = 1.0


class _Absent:
    def __repr__(self) -> str:
        return "absent"


ABSENT = _Absent()


class Difference(NamedTuple):
    """One place where an answer of the fake isn't as the recorded one."""

    path: str
    """Where it is in the answer: `services[0].events[1].message`."""
    member: str
    """Which member of which shape it is: `ServiceEvent.message`."""
    real: Any
    fake: Any

    @property
    def pattern(self) -> str:
        """The path for every item of its lists: `services[].events[].message`."""
        return re.sub(r"\[\d+\]", "[]", self.path)

    def __str__(self) -> str:
        return f"{self.path} ({self.member})\n    ECS:  {self.real!r}\n    fake: {self.fake!r}"


#: What ECS, EC2 or the caller's identity makes up, by its form. The first that matches counts.
FORMS: Mapping[str, str] = {
    "runtime id": r"\b[0-9a-f]{32}-\d{9,10}\b",
    "uuid": r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b",
    "64 hex": r"\b[0-9a-f]{64}\b",
    "32 hex": r"\b[0-9a-f]{32}\b",
    "17 hex": r"(?<=\beni-|\bvol-)[0-9a-f]{17}\b|(?<=\bi-)[0-9a-f]{17}\b",
    "8 hex": r"(?<=\beni-|\bvol-)[0-9a-f]{8}\b|(?<=\bi-)[0-9a-f]{8}\b",
    "19 digits": r"\b\d{19}\b",
    "hardware address": r"\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b",
    "private name": r"\bip-\d+-\d+-\d+-\d+\b",
    "address": r"\b\d{1,3}(?:\.\d{1,3}){3}\b",
    "proxy's tail": r"(?<=\becs-service-connect-)[A-Za-z0-9]{5}\b",
    "zone": r"(?<=-\d)[a-f]\b",
    "principal": r"(?<=:)(?:root|user/[\w+=,.@-]+|assumed-role/[\w+=,.@/-]+)$",
}
_FORM = re.compile("|".join(f"(?P<f{number}>{pattern})" for number, pattern in enumerate(FORMS.values())))
_NAMES = tuple(FORMS)

#: What stays one and the same wherever it stands. Any other form may stand for a few values only, as zones do.
IDS = ("uuid", "runtime id", "64 hex", "32 hex", "17 hex", "8 hex", "19 digits", "proxy's tail")

#: Lists that are sets, or maps in the form of a list, by the member that tells their items apart; None where they are words.
KEYED: Mapping[str, str | None] = {
    "Attachment.details": "name",
    "Cluster.attachments": "type",
    "ContainerInstance.attributes": "name",
    "ListAccountSettingsResponse.settings": "name",
    "TaskDefinition.compatibilities": None,
    "TaskDefinition.requiresAttributes": "name",
}
#: Those of them whose order has been the same in all answers.
ORDERED = ("Attachment.details", "ListAccountSettingsResponse.settings", "TaskDefinition.requiresAttributes")

#: Lists whose items are laid side by side by a text before they are compared: one item more or less is one difference.
ALIGNED: Mapping[str, str] = {"Service.events": "message"}

#: Numbers and words that no situation determines, by why.
BY_NATURE: Mapping[str, str] = {
    "ContainerInstance.attributes[ecs.ami-id]": "is the host's",
    "ContainerInstance.attributes[ecs.capability.branch-cni-plugin-version]": "differs by the build of the plugins",
    "ContainerInstance.attributes[ecs.capability.cni-plugin-version]": "differs by the build of the plugins",
    "ContainerInstance.attributes[ecs.subnet-id]": "is the host's",
    "ContainerInstance.attributes[ecs.vpc-id]": "is the host's",
    "ContainerInstance.version": "counts every change that an agent reports",
    "VersionInfo.agentHash": "differs by the build of the agent",
    "VersionInfo.dockerVersion": "differs by the image of the host",
}

#: Moments that aren't called so: every other one's name ends with `At`.
MOMENTS = ("time", "expirationDate")

#: The shapes of what events carry, by detail type, which show members that the API doesn't. Their envelopes are EventBridge's.
DETAILS = {
    "ECS Task State Change": "Task",
    "ECS Container Instance State Change": "ContainerInstance",
}


def differences(
    model: ServiceModel, operation: str, real: Mapping[str, Any], fake: Mapping[str, Any]
) -> list[Difference]:
    """What differs between a recorded answer, or an event of EventBridge, and one of the fake.

    Members of an answer that the model doesn't know are left out: answers are cut to what the client's own model knows.

    Args:
        model: that of the client's botocore.
        operation: the operation, such as `RunTask`; or what begins with `EventBridge`.
        real: the recorded answer.
        fake: the fake's, as boto3 hands it out, without ResponseMetadata.
    """
    return _Comparison(model, operation).whole(real, fake)


def members(model: ServiceModel, operation: str, answer: Mapping[str, Any]) -> set[str]:
    """The members that an answer or an event has, called as in `Difference.member`."""
    comparison = _Comparison(model, operation)
    comparison.whole(answer, answer)
    return comparison.members


def form_of(text: str, *, ids: str | None = None) -> str:
    """A text with what is made up in it called by its form: `arn:…:task/prod/<32 hex>`.

    Args:
        text: the text.
        ids: what ids are called instead, whatever their form.
    """
    return _FORM.sub(lambda match: f"<{ids if ids and _form(match) in IDS else _form(match)}>", text)


def _form(match: re.Match[str]) -> str:
    return _NAMES[int(str(match.lastgroup)[1:])]


def undisguised(text: str) -> str:
    """An id in which an author has written EXAMPLE, with digits there instead: its length is left, and its alphabet."""
    return re.sub(r"(?<=[0-9a-f])EXAMPLE|EXAMPLE(?=\d)", "0000000", text)


class _Comparison:
    """One comparison of two documents, which remembers which id of one stands for which id of the other."""

    def __init__(self, model: ServiceModel, operation: str) -> None:
        self._model = model
        self._operation = operation
        self._is_event = operation.startswith("EventBridge")
        self._fake_ids: dict[str, str] = {}
        self._real_ids: dict[str, str] = {}
        self.members: set[str] = set()

    def whole(self, real: Mapping[str, Any], fake: Mapping[str, Any]) -> list[Difference]:
        """What differs between two documents."""
        if not self._is_event:
            shape = self._model.operation_model(self._operation).output_shape
            return list(self.of(real, fake, shape, "", self._operation))
        envelopes = ({name: value for name, value in event.items() if name != "detail"} for event in (real, fake))
        name = DETAILS.get(real["detail-type"])
        shape = None if name is None else self._model.shape_for(name)
        return [
            *self.of(*envelopes, None, "", "Event"),
            *self.of(real["detail"], fake["detail"], shape, "detail", "Detail"),
        ]

    def of(self, real: Any, fake: Any, shape: Shape | None, path: str, member: str) -> Iterator[Difference]:
        """What differs between two values of a member."""
        self.members.add(member)
        if is_moment(member):
            if any(moment_of(value) is None for value in (real, fake)):
                yield Difference(path, member, real, fake)
        elif _json_type(real) != _json_type(fake):
            yield Difference(path, member, real, fake)
        elif isinstance(real, Mapping):
            yield from self._of_structures(real, fake, shape, path, member)
        elif isinstance(real, list):
            yield from self._of_lists(real, fake, shape, path, member)
        elif isinstance(real, str):
            yield from self._of_texts(real, fake, path, member)
        elif real != fake and member not in BY_NATURE:
            yield Difference(path, member, real, fake)

    def _of_structures(
        self, real: Mapping[str, Any], fake: Mapping[str, Any], shape: Shape | None, path: str, member: str
    ) -> Iterator[Difference]:
        members = getattr(shape, "members", {})
        owner = member if shape is None or not members else shape.name
        for name in (*real, *(name for name in fake if name not in real)):
            if members and name not in members and not self._is_event:
                continue
            inner = f"{path}.{name}" if path else name
            own = real.get(name, ABSENT), fake.get(name, ABSENT)
            if ABSENT in own:
                yield Difference(inner, f"{owner}.{name}", *own)
            else:
                yield from self.of(*own, members.get(name), inner, f"{owner}.{name}")
        yield from _out_of_order(real, fake, path, owner)

    def _of_lists(
        self, real: Sequence[Any], fake: Sequence[Any], shape: Shape | None, path: str, member: str
    ) -> Iterator[Difference]:
        inner = getattr(shape, "member", None)
        if member in KEYED:
            yield from self._of_keyed(real, fake, inner, path, member)
        elif member in ALIGNED:
            yield from self._of_aligned(real, fake, inner, path, member)
        elif len(real) != len(fake):
            yield Difference(path, member, real, fake)
        else:
            yield from self._of_items(real, fake, inner, path, member)

    def _of_items(
        self, real: Sequence[Any], fake: Sequence[Any], shape: Shape | None, path: str, member: str
    ) -> Iterator[Difference]:
        for number, (real_item, fake_item) in enumerate(zip(real, fake, strict=True)):
            yield from self.of(real_item, fake_item, shape, f"{path}[{number}]", f"{member}[]")
        yield from _items_out_of_order(real, fake, path, member)

    def _of_aligned(
        self, real: Sequence[Any], fake: Sequence[Any], shape: Shape | None, path: str, member: str
    ) -> Iterator[Difference]:
        real_texts, fake_texts = ([form_of(item[ALIGNED[member]], ids="id") for item in side] for side in (real, fake))
        pairs: list[tuple[Any, Any]] = []
        for tag, start, end, fake_start, fake_end in SequenceMatcher(None, real_texts, fake_texts, False).get_opcodes():
            if tag == "equal":
                pairs += zip(real[start:end], fake[fake_start:fake_end], strict=True)
                continue
            for text, item in zip(real_texts[start:end], real[start:end], strict=True):
                yield Difference(f"{path}[{text}]", f"{member}[{text}]", item, ABSENT)
            for text, item in zip(fake_texts[fake_start:fake_end], fake[fake_start:fake_end], strict=True):
                yield Difference(f"{path}[{text}]", f"{member}[{text}]", ABSENT, item)
        yield from self._of_items(*([pair[side] for pair in pairs] for side in (0, 1)), shape, path, member)

    def _of_keyed(
        self, real: Sequence[Any], fake: Sequence[Any], shape: Shape | None, path: str, member: str
    ) -> Iterator[Difference]:
        key = KEYED[member]
        real_items, fake_items = ({item if key is None else item[key]: item for item in side} for side in (real, fake))
        for name in (*real_items, *(name for name in fake_items if name not in real_items)):
            own = real_items.get(name, ABSENT), fake_items.get(name, ABSENT)
            if ABSENT in own:
                yield Difference(f"{path}[{name}]", f"{member}[{name}]", *own)
            elif f"{member}[{name}]" not in BY_NATURE:
                yield from self.of(*own, shape, f"{path}[{name}]", f"{member}[{name}]")
        orders = [
            [name for name in side if name in real_items.keys() & fake_items.keys()]
            for side in (real_items, fake_items)
        ]
        if member in ORDERED and orders[0] != orders[1]:
            yield Difference(f"{path} in order", member, *orders)

    def _of_texts(self, real: str, fake: str, path: str, member: str) -> Iterator[Difference]:
        if member in BY_NATURE:
            return
        told = real if real == fake else undisguised(real)
        if form_of(told) != form_of(fake):
            yield Difference(path, member, real, fake)
            return
        for real_match, fake_match in zip(_FORM.finditer(told), _FORM.finditer(fake), strict=True):
            if _form(real_match) in IDS:
                pair = real_match.group(), fake_match.group()
                known = self._fake_ids.setdefault(*pair), self._real_ids.setdefault(*reversed(pair))
                if known != tuple(reversed(pair)):
                    yield Difference(f"{path} as one id", member, *pair)


# --- moments -----------------------------------------------------------------------------------------------------------------------------


def is_moment(member: str) -> bool:
    """Whether a member holds a moment."""
    name = member.rpartition(".")[2]
    return name.endswith("At") or name in MOMENTS


def moment_of(value: object) -> float | None:
    """A moment in seconds, however it is written, or None if it has none."""
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, str) and re.match(r"\d{4}-\d{2}-\d{2}T", value):
        whole, _, rest = value.removesuffix("Z").partition(
            "."
        )  # Python 3.10 reads neither the Z nor two digits of a fraction
        fraction, zone = re.fullmatch(r"(\d*)([+-]\d{2}:\d{2})?", rest).groups() if rest else ("", None)  # type: ignore[union-attr]
        return datetime.fromisoformat(whole + (zone or "+00:00")).timestamp() + float(f"0.{fraction or 0}")
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _out_of_order(real: Mapping[str, Any], fake: Mapping[str, Any], path: str, owner: str) -> Iterator[Difference]:
    """The moments of one structure that stand in another order to each other, each with the next one of the recorded answer."""
    both = {name: (moment_of(real[name]), moment_of(fake[name])) for name in real if name in fake and is_moment(name)}
    moments = [(name, *pair) for name, pair in both.items() if None not in pair]
    moments.sort(key=lambda moment: moment[1:])
    for (first, *earlier), (second, *later) in pairwise(moments):
        if _is_other_order(*earlier, *later):
            yield Difference(f"{path}.{first}, {second}", owner, *_in_words(first, second, earlier, later))


def _items_out_of_order(real: Sequence[Any], fake: Sequence[Any], path: str, member: str) -> Iterator[Difference]:
    """The items of a list whose moments stand in another order than in the recorded answer, each with the next one."""
    for number, pairs in enumerate(pairwise(zip(real, fake, strict=True))):
        if not all(isinstance(item, Mapping) for pair in pairs for item in pair):
            return
        for name in pairs[0][0]:
            moments = [moment_of(item.get(name)) if is_moment(name) else None for pair in pairs for item in pair]
            if None not in moments and _is_other_order(*moments):  # type: ignore[arg-type]
                where = f"{path}[{number}].{name}, [{number + 1}].{name}"
                yield Difference(where, member, *_in_words("the first", "the second", moments[:2], moments[2:]))


def _is_other_order(real_first: float, fake_first: float, real_second: float, fake_second: float) -> bool:
    real, fake = round(real_second - real_first, 3), round(fake_second - fake_first, 3)
    if abs(real) < SAME_MOMENT and real != 0:
        return fake * real < 0
    return (real > 0) != (fake > 0) or (real < 0) != (fake < 0)


def _in_words(first: str, second: str, earlier: Sequence[Any], later: Sequence[Any]) -> list[str]:
    words = {-1: "after", 0: "at the same moment as", 1: "before"}
    gaps = [round(two - one, 3) for one, two in zip(earlier, later, strict=True)]
    return [f"{first} {words[(gap > 0) - (gap < 0)]} {second}" for gap in gaps]


def _json_type(value: object) -> str:
    types = (
        (bool, "boolean"),
        ((int, float), "number"),
        ((str, datetime), "string"),
        (list, "array"),
        (Mapping, "object"),
    )
    return next((name for python_type, name in types if isinstance(value, python_type)), "null")

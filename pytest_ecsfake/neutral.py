"""Neutral values in the place of real ones, for answers of ECS that are given away.

One real value always becomes the same neutral one, of its length and alphabet, so that what belongs together still does. What may say something of
somebody is replaced, and that is everything but what is named here: the members that are kept, words of AWS, ids that ECS draws by chance, and
ECS's own sentences.
"""

from __future__ import annotations

import ipaddress
import random
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from botocore.model import ServiceModel, Shape

#: What becomes of a text: every word of it is a name; the same, and nothing is an id of ECS's; every word is a name but for those of the
#: cluster query language; it is a sentence, in which few are; nothing.
Treatment = Literal["name", "secret", "query", "sentence", "kept"]

#: Members by their name, by their shape's and theirs, or by the member they stand in and theirs. All others hold names.
TREATMENTS: Mapping[Treatment, frozenset[str]] = {
    "name": frozenset({"Attachment.details.value"}),
    "secret": frozenset(
        {
            "KeyValuePair.value", "Tag.value", "clientToken", "command", "dockerLabels", "driverOpts", "entryPoint", "externalId",
            "instanceIdentityDocument", "instanceIdentityDocumentSignature", "labels", "nextToken", "options", "startedBy", "streamUrl",
            "StopTaskRequest.reason", "tokenValue",
        }
    ),
    "query": frozenset({"expression", "field", "filter"}),
    "sentence": frozenset(
        {
            "Error.Message", "detail", "message", "reason", "rolloutStateReason", "statusReason", "stoppedReason", "updateStatusReason",
        }
    ),
    "kept": frozenset(
        {
            "Attachment.details.name", "Attachment.type", "ClusterSetting.value", "Error.Code", "KernelCapabilities.add",
            "KernelCapabilities.drop", "PutAccountSettingDefaultRequest.value", "PutAccountSettingRequest.value", "Resource.name",
            "Resource.stringSetValue", "Resource.type", "Setting.value", "SystemControl.namespace", "SystemControl.value", "agentHash",
            "agentVersion", "allowedInstanceTypes", "attachmentsStatus", "containerPortRange", "cpu", "cpuArchitecture", "desiredStatus",
            "deviceType", "dockerVersion", "excludedInstanceTypes", "grpcCode", "hostPortRange", "httpCode", "lastStatus", "memory",
            "memoryReservation", "metric", "platformFamily", "platformVersion", "policyType", "scheme", "status", "volumeType",
        }
    ),
}  # fmt: skip

#: Maps whose keys are names of a driver's options, not the author's.
MAPS_WITH_KNOWN_KEYS = ("options", "driverOpts")

#: Words in ARNs, in `group` and elsewhere that are AWS's; beside them stands every word of an enumeration of the model.
WORDS = (
    # ARNs: partitions, services, resource types
    "arn", "aws", "aws-cn", "aws-us-gov", "acm", "acm-pca", "autoscaling", "cloudwatch", "ec2", "ecr", "ecs", "elasticfilesystem",
    "elasticloadbalancing", "events", "fsx", "iam", "kms", "lambda", "logs", "s3", "secretsmanager", "servicediscovery", "sns", "ssm", "sts",
    "vpc-lattice", "alarm", "alias", "app", "assumed-role", "attribute", "autoScalingGroup", "autoScalingGroupName", "aws-service-role",
    "capacity-provider", "certificate", "cluster", "container", "container-instance", "daemon", "daemon-deployment", "daemon-revision",
    "daemon-task-definition", "federated-user", "function", "gateway", "gateway-route", "gwy", "instance-profile", "key", "listener",
    "listener-rule", "loadbalancer", "log-group", "log-stream", "namespace", "net", "parameter", "policy", "role", "root", "secret",
    "security-group", "security-group-rule", "service", "service-deployment", "service-revision", "targetgroup", "task",
    "task-definition", "task-set", "user",
    # names that ECS gives, and values that many members take
    "AWSServiceRoleForECS", "CMD", "CMD-SHELL", "FARGATE", "FARGATE_SPOT", "NONE", "clusterName", "default", "ecs-svc", "ecs.amazonaws.com",
    "false", "family", "http", "https", "latest", "localhost", "public.ecr.aws", "serviceName", "sha256", "true",
    # the cluster query language
    "agentConnected", "agentVersion", "and", "ec2InstanceId", "equals", "exists", "greater_than", "greater_than_equal", "group", "host", "in",
    "instanceId", "less_than", "less_than_equal", "matches", "not", "not_equals", "not_exists", "not_in", "or", "registeredAt",
    "runningTasksCount",
    # pairs of words in sentences that look like paths
    "and/or", "i/o",
)  # fmt: skip

#: Names that begin so are ECS's own.
NAMES_OF_ECS = ("ECSManagedAutoScalingPolicy-", "ecs-execute-command-", "ecs-managed-draining-", "ecs-service-connect-")

#: What begins so is an attribute of ECS's or of the agent's.
ATTRIBUTES_OF_ECS = ("ecs.", "com.amazonaws.ecs.")

#: What can be told by its form, wherever it stands. The first that matches counts.
FORMS: Mapping[str, str] = {
    "uuid": r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
    "mac": r"(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}",
    "private_name": r"ip(?:-\d{1,3}){4}(?:(?:\.[a-z0-9-]+)*\.internal)?",
    "ipv4": r"\d{1,3}(?:\.\d{1,3}){3}",
    "ipv6": r"[0-9a-fA-F]{1,4}(?:::?[0-9a-fA-F]{1,4}){1,7}",
    "resource": r"(?:acl|ami|eipalloc|eni|fs|fsap|i|igw|inst|lt|mi|nat|ns|rtb|sg|sgr|snap|srv|subnet|svc|vol|vpc|vpce)-[0-9a-z]{8,17}",
    "region": r"(?:af|ap|ca|cn|eu|il|me|mx|sa|us|us-gov)-(?:central|north|south|east|west|(?:north|south)(?:east|west))-\d[a-f]?",
    "repository_host": r"\d{12}\.dkr\.ecr(?:-fips)?\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?",
    "account": r"\d{12}",
}

#: What separates words: in paths, ARNs, commands, sentences.
SEPARATORS = r"\s/:,;'\"()=@|&#{}\[\]<>!?%$\\`*~^"

_PIECE = re.compile(
    rf"(?<![\w.-])(?:{'|'.join(f'(?P<{name}>{form})' for name, form in FORMS.items())})(?![\w-]|\.\w)"
    rf"|(?P<word>[^{SEPARATORS}]+)"
)

#: Ids and numbers that ECS draws by chance: they say nothing of anybody, and answers hang together by them.
_DRAWN = re.compile(r"[0-9a-f]{32}(?:-\d+)?|[0-9a-f]{64}|\d{19}|\d{1,6}")
_HEXADECIMAL = re.compile(r"(?=[a-f]*\d)[0-9a-f]{8,}")

_VOWELS, _CONSONANTS = "aeiou", "bcdfgklmnprstvz"

#: How many names are tried before two short ones may become one: there are few of one letter.
_TRIES = 100


class Neutral:
    """Gives the neutral value of every real one, the same for the same.

    Args:
        model: botocore's model of ECS.
    """

    def __init__(self, model: ServiceModel) -> None:
        self.words = frozenset(WORDS).union(*(getattr(model.shape_for(name), "enum", ()) for name in model.shape_names))
        """The words that stay, whatever they stand for."""
        self._neutral: dict[str, str] = {}
        self._given: set[str] = set()
        self._count: dict[str, int] = {}
        self._names: set[str] = set()
        self._phrases: dict[str, str] = {}
        self.sentences: set[str] = set()
        """The sentences that were left in place, with neutral names in them."""

    def document(self, value: Any, shape: Shape | None, member: str = "", treatment: Treatment = "name") -> Any:
        """A request or an answer with neutral values. Sentences have neutral names as far as these were met before.

        Args:
            value: the whole, or a part of it.
            shape: its shape; None for the answer of an error.
            member: which member of which shape it is.
            treatment: what becomes of a text.
        """
        if isinstance(value, Mapping):
            return self._mapping(value, shape, member, treatment)
        if isinstance(value, (list, tuple, set)):
            return [self.document(item, getattr(shape, "member", None), member, treatment) for item in value]
        if isinstance(value, datetime):
            return f"{value.astimezone(timezone.utc):%Y-%m-%dT%H:%M:%S}.{value.microsecond // 1000:03}Z"
        if not isinstance(value, str) or getattr(shape, "enum", None) or getattr(shape, "type_name", "") == "timestamp":
            return value
        return self._treated(value, treatment)

    def _mapping(
        self, value: Mapping[str, Any], shape: Shape | None, member: str, treatment: Treatment
    ) -> dict[str, Any]:
        of_map: Shape | None = getattr(shape, "value", None)
        if of_map is not None:
            are_known = member.rpartition(".")[2] in MAPS_WITH_KNOWN_KEYS
            return {
                key if are_known else self._name(key): self.document(item, of_map, member, treatment)
                for key, item in value.items()
            }
        members: Mapping[str, Shape] = getattr(shape, "members", {})
        owner = f"{member}." if shape is None and member else "" if shape is None else f"{shape.name}."
        return {
            name: self.document(
                item, members.get(name), f"{owner}{name}", _treatment(value, name, f"{owner}{name}", f"{member}.{name}")
            )
            for name, item in value.items()
        }

    def _treated(self, text: str, treatment: Treatment) -> str:
        if treatment == "kept":
            return text
        if treatment == "sentence":
            return self._sentence(text)
        if treatment == "query":
            return re.sub(r"attribute:ecs\.[\w.-]+|\S+", lambda match: self._of_query(match.group()), text)
        neutral = self._name(text, drawn=treatment == "name")
        if treatment == "secret":
            self._phrases[text] = neutral
        return neutral

    def _name(self, text: str, *, drawn: bool = True) -> str:
        """A text in which every word is a name, but for AWS's words and, unless it is a secret, the ids that ECS draws."""
        return _PIECE.sub(lambda match: self._piece(match, drawn=drawn), text)

    def _of_query(self, word: str) -> str:
        return word if word.startswith("attribute:ecs.") else self._name(word)

    def _sentence(self, text: str) -> str:
        """A text in which words are names only where they stand elsewhere as such, or look like a path, a host or an address."""
        neutral = self._phrases.get(text)
        if neutral is None:
            for phrase in filter(_is_phrase, self._phrases):
                text = text.replace(phrase, self._phrases[phrase])
            neutral = re.sub(r"\S+", lambda match: self._of_sentence(match.group()), text)
        if _is_phrase(neutral):
            self.sentences.add(neutral)
        return neutral

    def _of_sentence(self, chunk: str) -> str:
        if chunk.strip(".,;:()'\"") in self.words or any(prefix in chunk for prefix in ATTRIBUTES_OF_ECS):
            return chunk
        if re.search(r"[/@]|\barn:|[A-Za-z]\.[A-Za-z]", chunk):
            return self._name(chunk)

        def known(match: re.Match[str]) -> str:
            is_name = match.lastgroup != "word" or match.group().rstrip(".") in self._names
            return self._piece(match, drawn=True) if is_name else match.group()

        return _PIECE.sub(known, chunk)

    def _piece(self, match: re.Match[str], *, drawn: bool) -> str:
        piece, form = match.group(), str(match.lastgroup)
        if form == "word":
            return self._word(piece, drawn=drawn)
        if form == "region" or (form == "uuid" and drawn):
            return piece
        if form == "ipv6" and not _is_ipv6(piece):  # words of the letters a to f, and numbers
            return ":".join(self._word(word, drawn=drawn) for word in piece.split(":"))
        return self._of_form[form](self, piece)

    def _word(self, word: str, *, drawn: bool) -> str:
        stem = word.rstrip(".")
        end = word[len(stem) :]
        if stem in self.words or not re.search(r"\w", stem):
            return word
        if drawn and (_DRAWN.fullmatch(stem) or stem.startswith(NAMES_OF_ECS)):
            return word
        if _HEXADECIMAL.fullmatch(stem):
            return self._once(stem, f"hexadecimal {len(stem)}", lambda number: f"{number:0{len(stem)}x}") + end
        if drawn:
            self._names.add(stem)
        return self._once(stem, "name", lambda number: _alike(stem, number)) + end

    def _once(self, real: str, kind: str, make: Callable[[int], str]) -> str:
        """The neutral value of a real one: made when it is first met, and no other's."""
        if real not in self._neutral:
            made = real
            for _ in range(_TRIES):
                self._count[kind] = self._count.get(kind, 0) + 1
                made = make(self._count[kind])
                if made != real and made not in self._given and made not in self.words:
                    break
            self._given.add(made)
            self._neutral[real] = made
        return self._neutral[real]

    # --- what can be told by its form

    def _uuid(self, real: str) -> str:
        return self._once(real, "uuid", lambda number: f"00000000-0000-4000-8000-{number:012x}")

    def _account(self, real: str) -> str:
        return self._once(real, "account", lambda number: f"{123456789011 + number}")

    def _repository_host(self, real: str) -> str:
        return self._account(real[:12]) + real[12:]

    def _ipv4(self, real: str) -> str:
        try:
            address = ipaddress.IPv4Address(real)
        except ValueError:  # a version of four numbers
            return self._once(real, "name", lambda number: _alike(real, number))
        if address.is_loopback or address.is_unspecified or address.is_link_local:
            return real
        kind, first = ("private", "10.0.0.4") if address.is_private else ("public", "203.0.113.4")
        return self._once(real, kind, lambda number: str(ipaddress.IPv4Address(first) + number - 1))

    def _ipv6(self, real: str) -> str:
        return self._once(real, "ipv6", lambda number: f"2001:db8::{number:x}")

    def _private_name(self, real: str) -> str:
        name, dot, domain = real.partition(".")
        return f"ip-{self._ipv4(name[3:].replace('-', '.')).replace('.', '-')}{dot}{domain}"

    def _mac(self, real: str) -> str:
        return self._once(real, "mac", lambda number: f"0a:1b:2c:3d:{number >> 8:02x}:{number & 255:02x}")

    def _resource(self, real: str) -> str:
        prefix, _, drawn = real.rpartition("-")
        return self._once(real, f"{prefix} {len(drawn)}", lambda number: f"{prefix}-{number:0{len(drawn)}x}")

    _of_form: Mapping[str, Callable[[Neutral, str], str]] = {
        "uuid": _uuid,
        "mac": _mac,
        "private_name": _private_name,
        "ipv4": _ipv4,
        "ipv6": _ipv6,
        "resource": _resource,
        "repository_host": _repository_host,
        "account": _account,
    }


def _treatment(of: Mapping[str, Any], name: str, *names: str) -> Treatment:
    """What becomes of a member of a structure, by its own name or the longer ones."""
    if "Attribute.name" in names and str(of[name]).startswith(ATTRIBUTES_OF_ECS):
        return "kept"
    if "Attribute.value" in names and str(of.get("name")).startswith(ATTRIBUTES_OF_ECS):
        return "sentence"  # the type of a host, and the ids of what it runs in
    if "Tag.key" in names and str(of[name]).startswith("aws:"):
        return "kept"
    if name == "startedBy" and str(of[name]).startswith("ecs-svc/"):
        return "name"  # a service's deployment or task set
    return next((treatment for treatment, known in TREATMENTS.items() if not known.isdisjoint((name, *names))), "name")


def _is_ipv6(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True


def _is_phrase(text: str) -> bool:
    return len(text.split()) > 1


def _alike(name: str, number: int) -> str:
    """A name of the same length and form, the n-th: letters for letters, digits for digits, all else as it is."""
    chance = random.Random(number)
    made = []
    for position, character in enumerate(name):
        if character.isnumeric():
            character = chance.choice("0123456789")
        elif character.isalpha():
            letter = chance.choice(_VOWELS if position % 2 else _CONSONANTS)
            character = letter.upper() if character.isupper() else letter
        made.append(character)
    return "".join(made)

"""What `load` is given, one resource at a time: documents as `aws ecs describe-…` prints them, read from files and checked.

Timestamps may be what the AWS CLI prints (ISO 8601, or epoch seconds) or what boto3 returns (datetimes). A document is checked against the schema of
the operation's response, so that what reads it further on needs no checks of types.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from pytest_ecsfake.did_you_mean import did_you_mean
from pytest_ecsfake.validation import schemas
from pytest_ecsfake.validation.timestamps import with_epoch_seconds

Given: TypeAlias = "Mapping[str, Any] | list[Mapping[str, Any]] | str | PathLike[str]"
"""A document, a list of them, or the path of a JSON file or of a folder of them."""

#: The operations whose answers are taken, by the member with the resources, in the order in which one kind needs the others.
OPERATIONS: Mapping[str, str] = {
    "capacityProviders": "DescribeCapacityProviders",
    "clusters": "DescribeClusters",
    "containerInstances": "DescribeContainerInstances",
    "taskDefinition": "DescribeTaskDefinition",
    "services": "DescribeServices",
    "taskSets": "DescribeTaskSets",
    "tasks": "DescribeTasks",
}

#: The members of an answer beside its resources.
BESIDE = ("failures", "tags", "nextToken", "ResponseMetadata")


class Part(NamedTuple):
    """One resource of a document: where it stands, such as `services.json: services[0]`, its kind by the member, and the resource itself."""

    where: str
    kind: str
    resource: dict[str, Any]
    tags: list[dict[str, str]]
    """The tags that stand beside the resource, which only an answer with a task definition has."""


def parts_of(given: Given, complaints: list[str]) -> Iterator[Part]:
    """The resources in what was given. What isn't a resource is complained of, in a sentence each."""
    for where, document in _documents(given, complaints):
        if not isinstance(document, Mapping):
            complaints.append(f"{where or 'it'} is {document!r:.60}, not an object with {_members()}.")
            continue
        kinds = [member for member in document if member not in BESIDE]
        unknown = [member for member in kinds if member not in OPERATIONS]
        for member in unknown:
            hint = did_you_mean(member, OPERATIONS)
            complaints.append(
                f"{_at(where, member)} is no answer of a Describe that load() knows.{hint} It takes {_members()}."
            )
        if not kinds:
            complaints.append(f"{where or 'a document'} has no resources: load() takes {_members()}.")
        for member in kinds:
            if member in OPERATIONS:
                yield from _resources(where, member, dict(document), complaints)


def _resources(where: str, member: str, document: dict[str, Any], complaints: list[str]) -> Iterator[Part]:
    operation = OPERATIONS[member]
    answer = _plain(
        {name: document[name] for name in (member, "tags") if name in document and name in _known(operation)}
    )
    answer = with_epoch_seconds(answer, operation)
    faults = schemas.faults_of_response(operation, answer)
    if faults:
        complaints += [f"{_at(where, _path(path))}: {message}." for path, message in faults]
        return
    if member == "taskDefinition":
        yield Part(_at(where, member), member, answer[member], answer.get("tags", []))
        return
    for number, resource in enumerate(answer[member]):
        yield Part(_at(where, f"{member}[{number}]"), member, resource, [])


def _documents(given: Given, complaints: list[str]) -> Iterator[tuple[str, Any]]:
    if isinstance(given, (str, PathLike)):
        yield from _files(Path(given), complaints)
    elif isinstance(given, list):
        for number, document in enumerate(given):
            yield f"[{number}]", document
    else:
        yield "", given


def _files(path: Path, complaints: list[str]) -> Iterator[tuple[str, Any]]:
    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    if not files:
        complaints.append(f"the folder {str(path)!r} has no file with the ending .json.")
    for file in files:
        try:
            read = json.loads(file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            complaints.append(f"there is no file {str(file)!r}.")
        except (OSError, ValueError) as problem:
            complaints.append(f"{file.name} isn't a JSON file: {problem}.")
        else:
            documents = read if isinstance(read, list) else [read]
            for number, document in enumerate(documents):
                yield f"{file.name}[{number}]" if isinstance(read, list) else file.name, document


def _plain(value: Any) -> Any:
    """A copy of a document without members that are null: the caller keeps its own."""
    if isinstance(value, Mapping):
        return {name: _plain(member) for name, member in value.items() if member is not None}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def _known(operation: str) -> Mapping[str, Any]:
    schema = schemas.response_schema(operation)
    known: Mapping[str, Any] = schema["$defs"][schema["$ref"].rpartition("/")[2]]["properties"]
    return known


def _at(where: str, member: str) -> str:
    return f"{where}: {member}" if where else member


def _path(steps: list[str | int]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).lstrip(".")


def _members() -> str:
    return ", ".join(f'"{member}"' for member in OPERATIONS)

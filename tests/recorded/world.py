"""The recordings, and a fake on its way into the situation of one: what situations are made of."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import boto3
from botocore import xform_name

from pytest_ecsfake import EcsFake

ANSWERS = Path(__file__).parent / "answers"

STABLE_WITHIN = 3600
"""Seconds of virtual time."""


class Recording(NamedTuple):
    """A recorded answer, as its file tells of it."""

    name: str
    source: str
    recorded: str
    operation: str
    region: str
    situation: str
    parameters: dict[str, Any]
    answer: dict[str, Any]

    @property
    def agent(self) -> str | None:
        """The version of the agent, where the answer shows a container instance."""
        shown = self.answer.get("containerInstance") or next(iter(self.answer.get("containerInstances", [])), {})
        version: str | None = shown.get("versionInfo", {}).get("agentVersion")
        return version


def recordings() -> dict[str, Recording]:
    """The recordings by name."""
    found = {}
    for path in sorted(ANSWERS.glob("*.json")):
        document = {"parameters": {}, **json.loads(path.read_text(encoding="utf-8"))}
        found[path.stem] = Recording(path.stem, **{name: document[name] for name in Recording._fields[1:]})
    return found


class World:
    """A fake on its way into the situation of a recording.

    Args:
        fake: the fake, whose region is the recording's.
        recording: the recorded answer.
    """

    def __init__(self, fake: EcsFake, recording: Recording) -> None:
        self.fake = fake
        self.ecs: Any = boto3.client("ecs", region_name=recording.region)
        self.recording = recording
        self.parameters = recording.parameters
        self.answer = recording.answer

    def call(self, operation: str, **parameters: Any) -> Any:
        """Make a call; its answer, without botocore's metadata."""
        answer = getattr(self.ecs, xform_name(operation))(**parameters)
        del answer["ResponseMetadata"]
        return answer

    def recorded_call(self, **parameters: Any) -> Any:
        """Make the call whose answer was recorded."""
        return self.call(self.recording.operation, **parameters)

    def takes(self, operation: str) -> Mapping[str, Any]:
        """The members of an operation's request that the installed botocore knows."""
        members: Mapping[str, Any] = self.ecs.meta.service_model.operation_model(operation).input_shape.members
        return members

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.fake.clock.advance(seconds=seconds)

    def wait_until(self, condition: Callable[[], object]) -> None:
        """Let time pass until a condition is true."""
        self.fake.clock.advance_until(lambda: bool(condition()), timeout=STABLE_WITHIN)

    def cluster(self, name: str, **parameters: Any) -> None:
        """Make a cluster, unless it is there."""
        if name not in self.fake.clusters:
            self.call("CreateCluster", clusterName=name, **parameters)

    def definition(self, shown: str, containers: Sequence[Mapping[str, Any]], **parameters: Any) -> None:
        """Register a family up to the revision that an ARN shows."""
        family, _, revision = name_in(shown).partition(":")
        request = {"family": family, "containerDefinitions": list(containers), **parameters}
        while self.call("RegisterTaskDefinition", **request)["taskDefinition"]["revision"] < int(revision):
            pass

    def on_fargate(self, shown: str, containers: Sequence[Mapping[str, Any]], **parameters: Any) -> None:
        """Register a family for Fargate up to the revision that an ARN shows."""
        on_fargate = {
            "cpu": "256",
            "memory": "512",
            "networkMode": "awsvpc",
            "requiresCompatibilities": ["FARGATE"],
            "executionRoleArn": "arn:aws:iam::123456789012:role/execution",
        }
        self.definition(shown, containers, **{**on_fargate, **parameters})

    def service(self, shown: Mapping[str, Any], *members: str, **parameters: Any) -> Any:
        """Create a service as it is shown: its cluster, name and definition, and what the author gave of the rest.

        Args:
            shown: the service.
            members: what the author gave besides, as it is shown.
            parameters: what the author gave otherwise than it is shown.
        """
        self.cluster(name_in(shown["clusterArn"]))
        request = {
            "cluster": name_in(shown["clusterArn"]),
            "serviceName": shown["serviceName"],
            "taskDefinition": name_in(shown["taskDefinition"]),
            **{name: shown[name] for name in members},
            **parameters,
        }
        return self.call("CreateService", **request)


def name_in(arn: str) -> str:
    """What an ARN names, without the cluster that it is in."""
    return arn.rpartition("/")[2]


def behind(balancers: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The containers that load balancers send traffic to."""
    return [
        {"name": each["containerName"], "image": "app:1", "portMappings": [{"containerPort": each["containerPort"]}]}
        for each in balancers
    ]

"""An update of the container agent: its stages, and the reasons why one can't begin.

Rules: API reference, UpdateContainerAgent and ContainerInstance, agentUpdateStatus; texts: public scripts that match on them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pytest_ecsfake.clock import SECOND
from pytest_ecsfake.engine.instances import transition
from pytest_ecsfake.errors import MissingVersionException, NoUpdateAvailableException, UpdateInProgressException
from pytest_ecsfake.state.container_instance import ContainerInstance
from pytest_ecsfake.state.region import Region

if TYPE_CHECKING:
    from pytest_ecsfake import api


class UpdateStage(NamedTuple):
    """A stage of an update: how long it lasts (ours: ECS states no durations), and which one follows."""

    status: api.AgentUpdateStatus
    delay: int
    to: api.AgentUpdateStatus


#: API reference, ContainerInstance, agentUpdateStatus: its valid values, in their order.
UPDATE_STAGES = (
    UpdateStage("PENDING",  5 * SECOND,  to="STAGING"),
    UpdateStage("STAGING",  10 * SECOND, to="STAGED"),
    UpdateStage("STAGED",   5 * SECOND,  to="UPDATING"),
    UpdateStage("UPDATING", 10 * SECOND, to="UPDATED"),
)  # fmt: skip

_STAGE_OF = {stage.status: stage for stage in UPDATE_STAGES}

#: The version of a simulated agent: the newest that there is, so that every older one has an update.
NEWEST: api.VersionInfo = {
    "agentVersion": "1.86.3",
    "agentHash": "2e3e6e1d",
    "dockerVersion": "DockerVersion: 25.0.6",
}


def refuse_update(instance: ContainerInstance) -> None:
    """Refuse an update that can't begin. The order of the checks is ours.

    Raises:
        MissingVersionException: the agent never reported its version (text unverified).
        UpdateInProgressException: an update is under way.
        NoUpdateAvailableException: the agent is the newest.
    """
    if instance.agent_update_status in _STAGE_OF:
        raise UpdateInProgressException("Agent update is already in progress.")
    version = (instance.version_info or {}).get("agentVersion")
    if not version:
        raise MissingVersionException("The version of the container agent is not known.")  # unverified
    if _is_newest(version):
        raise NoUpdateAvailableException("There is no update available for your container agent.")


def begin(region: Region, instance: ContainerInstance) -> None:
    """Begin to update an agent for which there is an update."""
    _arrive(region, instance, "PENDING")


def _arrive(region: Region, instance: ContainerInstance, status: api.AgentUpdateStatus) -> None:
    transition.set_agent_update_status(region, instance, status)
    stage = _STAGE_OF.get(status)
    if stage is not None:
        delay = region.timings.delay("AGENT_UPDATE", stage.delay)
        region.clock.after(delay, _go_on, region, instance, stage)


def _go_on(region: Region, instance: ContainerInstance, stage: UpdateStage) -> None:
    if instance.status == "INACTIVE" or instance.agent_update_status != stage.status:
        return
    if not instance.agent_connected:
        _arrive(region, instance, "FAILED")
        return
    if stage.to == "UPDATED":
        updated: api.VersionInfo = {**NEWEST}
        if instance.version_info is not None and "dockerVersion" in instance.version_info:
            updated["dockerVersion"] = instance.version_info["dockerVersion"]  # Docker stays as it is
        transition.set_version_info(region, instance, updated)
    _arrive(region, instance, stage.to)


def _is_newest(version: str) -> bool:
    return _numbers(version) >= _numbers(NEWEST["agentVersion"])


def _numbers(version: str) -> tuple[int, ...]:
    """The numbers of a version, so that 1.9.0 comes before 1.86.3; a part that isn't a number counts as 0."""
    return tuple(int(part) if part.isdecimal() else 0 for part in version.split("."))

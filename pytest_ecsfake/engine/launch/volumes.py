"""Amazon EBS volumes that a task gets at launch: which configurations ECS accepts, for RunTask, StartTask and services alike.

Rules: API reference, TaskVolumeConfiguration and TaskManagedEBSVolumeConfiguration (services' have the same); Volume, configuredAtLaunch;
Developer Guide, "Use Amazon EBS volumes with Amazon ECS".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_ecsfake.errors import InvalidParameterException
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.task import Volume

if TYPE_CHECKING:
    from pytest_ecsfake import api


class VolumeType(NamedTuple):
    """What a type of volume can have: its sizes in GiB, and the I/O operations per second where they can be chosen."""

    sizes: range
    iops: range | None = None
    needs_iops: bool = False


#: TaskManagedEBSVolumeConfiguration, sizeInGiB, iops and throughput.
VOLUME_TYPES: Mapping[str, VolumeType] = {
    "gp2": VolumeType(range(1, 16_385)),
    "gp3": VolumeType(range(1, 16_385), range(3_000, 16_001)),
    "io1": VolumeType(range(4, 16_385), range(100, 64_001), needs_iops=True),
    "io2": VolumeType(range(4, 16_385), range(100, 256_001), needs_iops=True),
    "st1": VolumeType(range(125, 16_385)),
    "sc1": VolumeType(range(125, 16_385)),
    "standard": VolumeType(range(1, 1_025)),
}

#: The type of a volume whose configuration names none is that of a new volume in EC2's console. # unverified
DEFAULT_TYPE = "gp3"
MAX_THROUGHPUT = 1_000  # MiB/s, of gp3 alone

# The first two as recorded from deployments (cdk-preflight, cdkd#811); the third was seen without its end, which is unverified.
NO_LAUNCH_VOLUME = "Volume configuration provided but no matching configuredAtLaunch volume found in task definition."
NO_SUCH_VOLUME = (
    "The volume name '{name}' in your request does not have a matching volume in your Task Definition "
    "that is configurable at launch."
)
INVALID = "ECS managed EBS volume configuration was invalid: {code}."

NOT_CONFIGURED = "The volume '{name}' in your Task Definition must be configured at launch."  # unverified
TWICE = "The volume name '{name}' is configured more than once."  # unverified
NOT_EXTERNAL = "Amazon EBS volumes are not supported for the EXTERNAL launch type."  # unverified
NO_MAGNETIC = "The volume type standard is not supported on Fargate."  # unverified


def configuration(
    definition: api.TaskDefinition, configurations: Sequence[Mapping[str, Any]], launch_type: api.LaunchType
) -> Mapping[str, Any] | None:
    """The configuration of the volume that each task gets; None where the definition has no volume that is configured at launch.

    Args:
        definition: the task definition, which has one such volume at most.
        configurations: `volumeConfigurations` of RunTask, StartTask or a service.
        launch_type: what the tasks run on.

    Raises:
        InvalidParameterException: they don't match the definition's volumes, or EC2 couldn't create such a volume.
    """
    wanted = [volume["name"] for volume in definition.get("volumes", []) if volume.get("configuredAtLaunch")]
    names = [each["name"] for each in configurations]
    if names and not wanted:
        raise InvalidParameterException(NO_LAUNCH_VOLUME)
    for name in names:
        if name not in wanted:
            raise InvalidParameterException(NO_SUCH_VOLUME.format(name=name))
        if names.count(name) > 1:
            raise InvalidParameterException(TWICE.format(name=name))
    for name in wanted:
        if name not in names:
            raise InvalidParameterException(NOT_CONFIGURED.format(name=name))
    if not configurations:
        return None
    if launch_type == "EXTERNAL":
        raise InvalidParameterException(NOT_EXTERNAL)
    if "managedEBSVolume" not in configurations[0]:
        raise InvalidParameterException(NOT_CONFIGURED.format(name=names[0]))
    _refuse_impossible(configurations[0]["managedEBSVolume"], launch_type)
    return configurations[0]


def new_volume(region: Region, configured: Mapping[str, Any]) -> Volume:
    """The volume of a new task, before it is created."""
    managed = configured["managedEBSVolume"]
    policy = managed.get("terminationPolicy", {})
    return Volume(region.ids.uuid(), configured["name"], managed["roleArn"], policy.get("deleteOnTermination", True))


def _refuse_impossible(managed: Mapping[str, Any], launch_type: api.LaunchType) -> None:
    """Refuse a volume that EC2 couldn't create. Which of EC2's codes each fault has is unverified."""
    name = managed.get("volumeType", DEFAULT_TYPE)
    kind = VOLUME_TYPES.get(name)
    size, iops, throughput = (managed.get(member) for member in ("sizeInGiB", "iops", "throughput"))
    if kind is None:
        raise _invalid("InvalidParameterValue")
    if launch_type == "FARGATE" and name == "standard":
        raise InvalidParameterException(NO_MAGNETIC)
    if (size is None and "snapshotId" not in managed) or (kind.needs_iops and iops is None):
        raise _invalid("MissingParameter")
    if (
        (iops is not None and kind.iops is None and name != "gp2")
        or (throughput is not None and name != "gp3")
        or ("volumeInitializationRate" in managed and "snapshotId" not in managed)
    ):
        raise _invalid("InvalidParameterCombination")
    if (
        (size is not None and size not in kind.sizes)
        or (iops is not None and kind.iops is not None and iops not in kind.iops)
        or (throughput is not None and throughput > MAX_THROUGHPUT)
    ):
        raise _invalid("InvalidParameterValue")


def _invalid(code: str) -> InvalidParameterException:
    return InvalidParameterException(INVALID.format(code=code))

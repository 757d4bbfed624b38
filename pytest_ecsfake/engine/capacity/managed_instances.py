"""Capacity providers of Managed Instances: the defaults that ECS fills in, and what it refuses.

Roles, profiles, subnets and security groups aren't looked up; only their form is checked.
Rules: API reference, CreateManagedInstancesProviderConfiguration and the structures in it. Texts: headings of the Developer Guide,
"Troubleshoot Amazon ECS Managed Instances"; in ECS's answers the name of the product may be shorter. # unverified
That their code is ClientException is by analogy with other capacity providers. # unverified
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_ecsfake.errors import ClientException
from pytest_ecsfake.state.region import Region

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: The guide: fewer than other resources may have.
TAGS_PER_PROVIDER = 45

PRODUCT = "Amazon ECS Managed Instances"
NO_CLUSTER = f"{PRODUCT} Provider is not supported without a Cluster Name"
NO_DETAILS = f"The {PRODUCT} provider details are required when creating a {PRODUCT} capacity provider"
TOO_MANY_TAGS = f"{PRODUCT} capacity provider cannot have number of tags exceeding maximum allowed value"
NOT_OF_THIS_KIND = f"Capacity provider is not {PRODUCT} capacity provider"
OTHER_CLUSTER = "Capacity provider active cluster name does not match the cluster name in the request"
NO_SUBNETS = f"{PRODUCT} capacity provider must specify a Network Configuration with non empty subnets"
NO_INSTANCE_TYPES = f"No instance types satisfy the instance requirements specified in the {PRODUCT} capacity provider"
BAD_VOLUME = "storageSizeGiB must be between 30 and 16384"  # unverified
BAD_ENCLAVES = "Nitro Enclaves can't be enabled together with local storage"  # unverified

#: Developer Guide, "Amazon ECS Managed Instances instance storage": the sizes of the data volume.
SMALLEST_VOLUME_GIB, LARGEST_VOLUME_GIB = 30, 16384

#: The ranges of instance requirements, each with a `min` and perhaps a `max` (API reference, InstanceRequirementsRequest).
RANGES = (
    "vCpuCount",
    "memoryMiB",
    "memoryGiBPerVCpu",
    "networkInterfaceCount",
    "totalLocalStorageGB",
    "baselineEbsBandwidthMbps",
    "acceleratorCount",
    "acceleratorTotalMemoryMiB",
    "networkBandwidthGbps",
)


class Form(NamedTuple):
    """The form of an identifier, and what ECS says of one without it."""

    pattern: re.Pattern[str]
    refusal: str


ROLE = Form(re.compile(r"arn:[\w-]+:iam::\d{12}:role/\S+"), "The specified infrastructure role arn is invalid")
PROFILE = Form(
    re.compile(r"arn:[\w-]+:iam::\d{12}:instance-profile/\S+"), "The specified instance profile role arn is invalid"
)
SUBNET = Form(re.compile(r"subnet-(?:[0-9a-f]{8}|[0-9a-f]{17})"), "The specified subnet id is invalid")
SECURITY_GROUP = Form(re.compile(r"sg-(?:[0-9a-f]{8}|[0-9a-f]{17})"), "The specified security group id is invalid")


def complete(region: Region, given: api.CreateManagedInstancesProviderConfiguration) -> api.ManagedInstancesProvider:
    """The provider with everything that ECS fills in.

    Raises:
        ClientException: an identifier is malformed, there is no subnet, or no instance can meet the requirements.
    """
    template = given["instanceLaunchTemplate"]
    no_local_storage: api.ManagedInstancesLocalStorageConfiguration = {"useLocalStorage": False}
    completed: api.ManagedInstancesProvider = {
        **given,
        "instanceLaunchTemplate": {
            **template,
            "localStorageConfiguration": template.get("localStorageConfiguration", no_local_storage),
            "monitoring": template.get("monitoring", "BASIC"),
            "capacityOptionType": template.get("capacityOptionType", "ON_DEMAND"),
            "instanceMetadataTagsPropagation": template.get("instanceMetadataTagsPropagation", True),
            "fipsEnabled": template.get("fipsEnabled", region.partition.region.startswith("us-gov-")),
            "nitroEnclavesEnabled": template.get("nitroEnclavesEnabled", False),
        },
        "propagateTags": given.get("propagateTags", "NONE"),  # unverified
    }
    for refusal in _refusals(completed):
        raise ClientException(refusal)
    return completed


def updated(
    region: Region,
    provider: api.ManagedInstancesProvider,
    given: api.UpdateManagedInstancesProviderConfiguration,
) -> api.ManagedInstancesProvider:
    """The provider after an update: replaced, except for what an update can't change and for what every template needs.

    Raises:
        ClientException: see `complete`.
    """
    old, new = provider["instanceLaunchTemplate"], given["instanceLaunchTemplate"]
    template: api.InstanceLaunchTemplate = {
        "capacityOptionType": old["capacityOptionType"],
        "fipsEnabled": old["fipsEnabled"],
        "nitroEnclavesEnabled": old["nitroEnclavesEnabled"],
        "ec2InstanceProfileArn": old["ec2InstanceProfileArn"],
        "networkConfiguration": old["networkConfiguration"],
        **new,
    }
    return complete(region, {**given, "instanceLaunchTemplate": template})


def _refusals(provider: api.ManagedInstancesProvider) -> Iterator[str]:
    """What ECS says of each fault. The order of the checks is ours."""
    template = provider["instanceLaunchTemplate"]
    network = template["networkConfiguration"]
    named = [
        (ROLE, provider["infrastructureRoleArn"]),
        (PROFILE, template["ec2InstanceProfileArn"]),
        *((SUBNET, subnet) for subnet in network.get("subnets", [])),
        *((SECURITY_GROUP, group) for group in network.get("securityGroups", [])),
    ]
    if not network.get("subnets"):
        yield NO_SUBNETS
    for form, identifier in named:
        if not form.pattern.fullmatch(identifier):
            yield form.refusal
    size = template.get("storageConfiguration", {}).get("storageSizeGiB", SMALLEST_VOLUME_GIB)
    if not SMALLEST_VOLUME_GIB <= size <= LARGEST_VOLUME_GIB:
        yield BAD_VOLUME
    if template["nitroEnclavesEnabled"] and template["localStorageConfiguration"].get("useLocalStorage"):
        yield BAD_ENCLAVES
    requirements: Mapping[str, Any] = template.get("instanceRequirements", {})
    for name in RANGES:
        asked = requirements.get(name, {})
        if asked.get("min", 0) > asked.get("max", asked.get("min", 0)):
            yield NO_INSTANCE_TYPES

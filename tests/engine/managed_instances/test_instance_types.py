"""Which instance types a provider's requirements leave, and in which order (API reference, InstanceRequirementsRequest)."""

from __future__ import annotations

import pytest

from pytest_ecsfake.engine.instances.ec2_types import INSTANCE_TYPES
from pytest_ecsfake.engine.managed_instances.instance_types import DEFAULTS, REQUIREMENTS, acceptable

ANY = {"vCpuCount": {"min": 0}, "memoryMiB": {"min": 0}}


def names(**requirements):
    return [each.name for each in acceptable({**ANY, **requirements})]


def test_without_requirements_the_smallest_comes_first_and_none_is_burstable_or_tiny():
    found = acceptable({})

    assert found[0].name in ("c7i.large", "c7g.large")
    assert {each.name.partition(".")[0] for each in found}.isdisjoint({"t2", "t3", "t3a", "t4g"})
    assert min(each.vcpus for each in found) == 2
    assert found == sorted(found, key=lambda each: (each.gpus, each.vcpus, -(-each.memory // 1024)))


@pytest.mark.parametrize(
    ("requirement", "kept", "dropped"),
    [
        pytest.param({"vCpuCount": {"min": 4, "max": 8}}, "m5.xlarge", "m5.large", id="vCpuCount min"),
        pytest.param({"vCpuCount": {"min": 4, "max": 8}}, "m5.2xlarge", "m5.4xlarge", id="vCpuCount max"),
        pytest.param({"memoryMiB": {"min": 16384}}, "r5.large", "m5.large", id="memoryMiB min"),
        pytest.param({"memoryMiB": {"min": 0, "max": 8192}}, "m5.large", "r5.large", id="memoryMiB max"),
        pytest.param({"memoryGiBPerVCpu": {"min": 8}}, "r5.large", "m5.large", id="memoryGiBPerVCpu"),
        pytest.param({"cpuManufacturers": ["amd"]}, "m5a.large", "m5.large", id="amd"),
        pytest.param({"cpuManufacturers": ["intel"]}, "m6i.large", "m6g.large", id="intel"),
        pytest.param({"cpuManufacturers": ["amazon-web-services"]}, "m6g.large", "m6i.large", id="graviton"),
        pytest.param({"excludedInstanceTypes": ["m5*"]}, "m6i.large", "m5a.large", id="excludedInstanceTypes"),
        pytest.param({"allowedInstanceTypes": ["m5.*"]}, "m5.large", "m5a.large", id="allowedInstanceTypes"),
        pytest.param({"instanceGenerations": ["current"]}, "m5.large", "m3.large", id="current"),
        pytest.param({"instanceGenerations": ["previous"]}, "m3.large", "m5.large", id="previous"),
        pytest.param({"burstablePerformance": "included"}, "t3.medium", "t3.micro", id="burstable included"),
        pytest.param({"burstablePerformance": "required"}, "t3.medium", "m5.large", id="burstable required"),
        pytest.param({"burstablePerformance": "excluded"}, "m5.large", "t3.medium", id="burstable excluded"),
        pytest.param({"networkInterfaceCount": {"min": 4}}, "m5.xlarge", "m5.large", id="networkInterfaceCount"),
        pytest.param({"acceleratorCount": {"min": 1}}, "g5.xlarge", "m5.large", id="acceleratorCount min"),
        pytest.param({"acceleratorCount": {"max": 0}}, "m5.large", "g5.xlarge", id="acceleratorCount max"),
        pytest.param({"acceleratorTypes": ["gpu"]}, "g5.xlarge", "m5.large", id="acceleratorTypes"),
        pytest.param({"acceleratorManufacturers": ["nvidia"]}, "g5.xlarge", "m5.large", id="acceleratorManufacturers"),
    ],
)
def test_a_requirement_leaves_some_types_and_not_others(requirement, kept, dropped):
    found = names(**requirement)

    assert kept in found
    assert dropped not in found


@pytest.mark.parametrize(
    "requirement",
    [
        pytest.param({"bareMetal": "required"}, id="bare metal"),
        pytest.param({"acceleratorManufacturers": ["amd"]}, id="other accelerators"),
        pytest.param({"vCpuCount": {"min": 4096}}, id="too many vCPUs"),
    ],
)
def test_what_no_type_of_the_table_has(requirement):
    assert names(**requirement) == []


@pytest.mark.parametrize("requirement", REQUIREMENTS)
def test_a_requirement_that_is_empty_or_at_its_default_excludes_nothing(requirement):
    """The members that are lists and ranges are optional, and an empty one asks for nothing."""
    empty = DEFAULTS.get(requirement, [] if "Types" in requirement or requirement.endswith("s") else {})

    assert names(**{requirement: empty}) == names()


def test_every_family_of_the_table_has_a_name_that_can_be_read():
    assert len(acceptable({"burstablePerformance": "included"})) <= len(INSTANCE_TYPES)

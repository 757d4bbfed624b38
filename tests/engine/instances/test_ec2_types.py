"""The table of instance types: EC2 User Guide, "Amazon EC2 instance types"."""

from __future__ import annotations

import pytest

from pytest_ecsfake.engine.instances import ec2_types
from pytest_ecsfake.engine.instances.ec2_types import INSTANCE_TYPES

every_type = pytest.mark.parametrize("instance_type", INSTANCE_TYPES, ids=lambda instance_type: instance_type.name)

#: What follows the family's number in the name of an instance type with Graviton, which is Arm (EC2 User Guide, naming conventions).
GRAVITON = "g"


def test_each_type_is_there_once():
    names = [instance_type.name for instance_type in INSTANCE_TYPES]

    assert len(set(names)) == len(names)
    assert all(ec2_types.find(name) is not None for name in names)


@every_type
def test_the_kernel_keeps_some_of_the_memory(instance_type):
    """Developer Guide, "Reserving Amazon ECS Linux container instance memory"."""
    assert 0.9 * instance_type.memory < instance_type.registered_memory < instance_type.memory


@every_type
def test_the_name_tells_the_architecture(instance_type):
    family, _, _ = instance_type.name.partition(".")

    assert (instance_type.architecture == "arm64") == (family[2:3] == GRAVITON)


@every_type
def test_gpus_are_in_families_of_accelerated_computing(instance_type):
    assert (instance_type.gpus > 0) == instance_type.name.startswith(("g4dn", "g5", "p2", "p3"))


@every_type
def test_a_task_can_have_an_interface_beside_the_primary_one(instance_type):
    assert instance_type.task_network_interfaces >= 1


def test_sizes_of_a_family_double():
    """The same page: m5.xlarge is half an m5.2xlarge."""
    small, large = ec2_types.find("m5.xlarge"), ec2_types.find("m5.2xlarge")

    assert (small.vcpus * 2, small.memory * 2) == (large.vcpus, large.memory)


def test_a_name_that_is_not_there_has_neighbours():
    assert ec2_types.find("m5.larg") is None
    assert "m5.large" in ec2_types.nearest("m5.larg")

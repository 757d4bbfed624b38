"""Tasks that wait for capacity, where it doesn't show from outside: the look for room survives a copy, and happens once an instant."""

from __future__ import annotations

import pickle

import pytest

from pytest_ecsfake import operations
from pytest_ecsfake.clock import SECOND
from pytest_ecsfake.engine.instances import transition
from pytest_ecsfake.engine.instances.host import described
from pytest_ecsfake.engine.launch import waiting


@pytest.fixture
def cluster(region):
    """The cluster `scaled`, whose default strategy is a capacity provider with managed scaling."""
    built = operations.built()
    group = {"autoScalingGroupArn": "asg", "managedScaling": {"status": "ENABLED"}}
    built["CreateCapacityProvider"](region, {"name": "asg", "autoScalingGroupProvider": group})
    strategy = [{"capacityProvider": "asg"}]
    request = {"clusterName": "scaled", "capacityProviders": ["asg"], "defaultCapacityProviderStrategy": strategy}
    built["CreateCluster"](region, request)
    containers = [{"name": "app", "image": "nginx", "memory": 128}]
    built["RegisterTaskDefinition"](region, {"family": "app", "containerDefinitions": containers})
    built["RunTask"](region, {"cluster": "scaled", "taskDefinition": "app", "count": 3})
    return region.clusters.active("scaled")


def join(region, cluster):
    host = described({"instanceIdentityDocument": '{"instanceType": "m5.large"}'})
    return transition.register(region, cluster, host, tags={}, capacity_provider_name="asg")


def test_tasks_that_wait_in_a_copy_of_the_state_are_placed_there(region, cluster):
    copied_region, copied_cluster = pickle.loads(pickle.dumps((region, cluster)))

    join(copied_region, copied_cluster)
    copied_region.clock.settle(copied_region.clock.now + 60 * SECOND)

    assert (len(region.waiting_tasks_in(cluster)), len(copied_region.waiting_tasks_in(copied_cluster))) == (3, 0)
    assert {task.last_status for task in copied_region.tasks_in(copied_cluster)} == {"RUNNING"}


def test_instances_that_join_together_are_looked_at_once(region, cluster, monkeypatch):
    looks = []
    look = waiting.place_waiting
    monkeypatch.setattr(waiting, "place_waiting", lambda *given: looks.append(given) or look(*given))

    for _ in range(5):
        join(region, cluster)
    region.clock.settle(region.clock.now)

    assert len(looks) == 1
    assert region.waiting_tasks_in(cluster) == {}

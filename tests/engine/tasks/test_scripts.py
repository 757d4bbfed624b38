"""What scripts decide on container instances, which RunTask doesn't reach yet, and which containers an order is for."""

from __future__ import annotations

import pytest

from pytest_ecsfake.engine.tasks import lifecycle
from pytest_ecsfake.state.orders import ScriptOrder
from pytest_ecsfake.state.scripts import ContainerSelector, Script
from pytest_ecsfake.state.task import Container

NO_IMAGE = "CannotPullContainerError: pull image manifest has been retried 5 time(s): not found"
#: The words of the agent on a container instance (a public report of 2025-09).
OUT_OF_MEMORY = "OutOfMemoryError: Container killed due to memory usage"


@pytest.fixture
def begin(region, add_instance, add_task):
    """Begin a task of one container on a container instance, whose agent is simulated or not."""

    def begin(order, *, agent="simulated"):
        region.orders.add(order)
        task = add_task(None)
        region.tasks_in(task.cluster).drop(task.id)
        [definition] = task.definition.document["containerDefinitions"]
        task.containers = [Container(region.partition.arn("container/default/1/2"), definition, {"name": "app"})]
        task.last_status = "PENDING"
        lifecycle.begin(region, task, add_instance("i", agent=agent))
        return task

    return begin


def test_on_an_instance_the_error_is_the_containers(begin, pass_seconds):
    """Developer Guide, "Stopped tasks error messages": the task says no more than that it failed to start."""
    task = begin(ScriptOrder("a script", ContainerSelector(image="nginx:*"), Script(pull_error=NO_IMAGE)))

    pass_seconds(60)

    assert (task.last_status, task.stop_code, task.stopped_reason) == (
        "STOPPED",
        "TaskFailedToStart",
        "Task failed to start",
    )
    assert (task.containers[0].reason, task.containers[0].exit_code) == (NO_IMAGE, None)


def test_on_an_instance_a_container_out_of_memory_is_told_by_the_container_alone(begin, pass_seconds):
    task = begin(
        ScriptOrder(
            "a script", ContainerSelector(family="web"), Script(runs_for=0, exit_code=137, reason=OUT_OF_MEMORY)
        )
    )

    pass_seconds(60)

    assert (task.stop_code, task.stopped_reason) == ("EssentialContainerExited", "Essential container in task exited")
    assert (task.containers[0].exit_code, task.containers[0].reason) == (137, OUT_OF_MEMORY)


def test_a_manual_agent_follows_no_script(begin, pass_seconds):
    """What containers do there is said by whoever speaks for the agent; so the order counts as one that nothing met."""
    order = ScriptOrder("a script", ContainerSelector(family="web"), Script(pull_error=NO_IMAGE))

    task = begin(order, agent="manual")
    pass_seconds(3600)

    assert (task.last_status, task.desired_status) == ("PENDING", "RUNNING")
    assert not order.used


@pytest.mark.parametrize(
    ("selector", "taken"),
    [
        pytest.param({"family": "web"}, ["app"], id="a family: its first essential container"),
        pytest.param({"family": "web:1"}, ["app"], id="a revision"),
        pytest.param({"family": "web:2"}, [], id="another revision"),
        pytest.param({"family": "we"}, [], id="another family"),
        pytest.param({"container": "logs"}, ["logs"], id="a container, essential or not"),
        pytest.param({"family": "web", "container": "logs"}, ["logs"], id="a container of a family"),
        pytest.param({"image": "*"}, ["logs", "app", "proxy"], id="every image"),
        pytest.param({"image": "envoy:latest"}, ["proxy"], id="an image without a tag is its latest"),
        pytest.param({"image": "localhost:5000/nginx:latest"}, ["app"], id="a port is no tag"),
        pytest.param({"image": "Envoy*"}, [], id="case counts"),
    ],
)
def test_the_containers_that_an_order_is_for(region, run, selector, taken):
    order = region.orders.add(ScriptOrder("a script", ContainerSelector(**selector), Script(runs_for=1)))

    task = run(
        {"name": "logs", "image": "fluent-bit:3", "essential": False},
        {"name": "app", "image": "localhost:5000/nginx"},
        {"name": "proxy", "image": "envoy"},
    )

    assert [container.name for container in task.containers if container.script is order.script] == taken
    assert order.used is bool(taken)


def test_an_order_is_for_as_many_tasks_as_it_says(region, run):
    order = region.orders.add(ScriptOrder("a script", ContainerSelector(family="web"), Script(runs_for=1), times=1))

    assert run().containers[0].script is order.script
    assert run().containers[0].script is None
    assert order.is_spent

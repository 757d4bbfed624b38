"""`faults.failure`: an entry in failures[] in place of one of the things that a call is about."""

from __future__ import annotations

import pytest

from pytest_ecsfake import EcsFakeUsageError
from pytest_ecsfake.orders.failures import FAILING
from pytest_ecsfake.validation import schemas

ARN = "arn:aws:ecs:us-east-1:123456789012"

MISSING_TASK = "0f3c0f3c0f3c0f3c0f3c0f3c0f3c0f3c"


@pytest.fixture
def two_instances(ecs_fake):
    """Two container instances of the cluster prod, by id."""
    return [instance.id for instance in ecs_fake.container_instances.add("prod", count=2)]


def test_every_operation_that_answers_with_failures_can_fail_in_part():
    """botocore: the operations whose output has `failures`, and the members that the table names."""

    def members(schema):
        return schema["$defs"][schema["$ref"].rpartition("/")[2]]["properties"]

    answers = {name: members(schemas.response_schema(name)) for name in schemas.operations()}
    with_failures = {name for name, properties in answers.items() if "failures" in properties}

    assert set(FAILING) == with_failures
    for name, row in FAILING.items():
        assert row.parameter in members(schemas.request_schema(name))
        assert row.answer in answers[name]


@pytest.mark.ecs_fake(clusters=["default"])
def test_a_task_of_run_task_fails_as_often_as_it_is_ordered(ecs_fake, register_on_fargate, run_on_fargate):
    register_on_fargate()
    ecs_fake.faults.failure("RunTask", reason="RESOURCE:MEMORY", arn=f"{ARN}:container-instance/prod/1", times=2)

    answers = [run_on_fargate(count=count) for count in (1, 3, 1)]

    entry = {"arn": f"{ARN}:container-instance/prod/1", "reason": "RESOURCE:MEMORY"}
    assert [(len(answer["tasks"]), answer["failures"]) for answer in answers] == [(0, [entry]), (2, [entry]), (1, [])]
    assert len(ecs_fake.tasks) == 3


@pytest.mark.ecs_fake(clusters=["default"])
def test_two_orders_let_two_tasks_of_one_call_fail(ecs_fake, register_on_fargate, run_on_fargate):
    register_on_fargate()
    ecs_fake.faults.failure("run_task", reason="AGENT")
    ecs_fake.faults.failure("run_task", reason="RESOURCE:CPU", detail="ordered")

    answer = run_on_fargate(count=3)

    assert len(answer["tasks"]) == 1
    assert answer["failures"] == [{"reason": "AGENT"}, {"reason": "RESOURCE:CPU", "detail": "ordered"}]


@pytest.mark.ecs_fake(clusters=["default"])
@pytest.mark.parametrize("count", [1, 2])
def test_a_task_can_fail_on_several_instances(ecs_fake, register_on_fargate, run_on_fargate, count):
    """ECS has an entry for each container instance that can't take the task (Developer Guide, "API failure reasons")."""
    register_on_fargate()
    entries = [{"arn": f"{ARN}:container-instance/prod/{number}", "reason": "RESOURCE:CPU"} for number in (1, 2, 3)]
    for entry in entries:
        ecs_fake.faults.failure("RunTask", **entry)

    answer = run_on_fargate(count=count)

    assert (answer["tasks"], answer["failures"]) == ([], entries)


@pytest.mark.ecs_fake(clusters=["default"])
@pytest.mark.parametrize("arn", [None, f"{ARN}:container-instance/prod/1"], ids=["of nothing", "of the same instance"])
def test_a_second_failure_of_one_task_waits_for_the_next_call(ecs_fake, register_on_fargate, run_on_fargate, arn):
    register_on_fargate()
    for reason in ("RESOURCE:CPU", "RESOURCE:MEMORY"):
        ecs_fake.faults.failure("RunTask", reason=reason, arn=arn)

    answers = [run_on_fargate(), run_on_fargate()]

    assert [[failure["reason"] for failure in answer["failures"]] for answer in answers] == [
        ["RESOURCE:CPU"],
        ["RESOURCE:MEMORY"],
    ]


@pytest.mark.ecs_fake(clusters=["default"])
def test_a_call_without_enough_tasks_leaves_an_order_to_the_next_one(ecs_fake, register_on_fargate, run_on_fargate):
    register_on_fargate()
    ecs_fake.faults.failure("RunTask", reason="AGENT", times=1)
    second = ecs_fake.faults.failure("RunTask", reason="AGENT", times=1)

    run_on_fargate()

    assert ecs_fake.unused_orders == [second]
    run_on_fargate()


@pytest.mark.ecs_fake(clusters=["prod"])
def test_start_task_leaves_the_failing_container_instance_out(ecs_fake, ecs_client, two_instances):
    ecs_client.register_task_definition(
        family="web", containerDefinitions=[{"name": "app", "image": "nginx", "memory": 128}]
    )
    ecs_fake.faults.failure("StartTask", reason="RESOURCE:MEMORY", arn=two_instances[1])

    answer = ecs_client.start_task(cluster="prod", taskDefinition="web", containerInstances=two_instances)

    failing = f"{ARN}:container-instance/prod/{two_instances[1]}"
    assert answer["failures"] == [{"arn": failing, "reason": "RESOURCE:MEMORY"}]
    assert [task["containerInstanceArn"].rpartition("/")[2] for task in answer["tasks"]] == two_instances[:1]


#: Operation, parameters with one item more that fails, which of the answer's members names what isn't left out, and the failing ARN.
READING = [
    pytest.param("describe_clusters", {"clusters": ["prod", "test"]}, "clusters", "clusterName", "cluster/prod", id="cluster"),
    pytest.param("describe_clusters", {}, "clusters", "clusterName", "cluster/default", id="the default cluster"),
    pytest.param(
        "describe_capacity_providers", {"capacityProviders": ["FARGATE", "FARGATE_SPOT"]}, "capacityProviders", "name",
        "capacity-provider/FARGATE", id="capacity provider",
    ),
    pytest.param(
        "describe_tasks", {"cluster": "prod", "tasks": [MISSING_TASK]}, "tasks", "taskArn", f"task/prod/{MISSING_TASK}", id="task",
    ),
    pytest.param(
        "describe_tasks", {"cluster": f"{ARN}:cluster/prod", "tasks": [f"{ARN}:task/prod/{MISSING_TASK}"]}, "tasks", "taskArn",
        f"task/prod/{MISSING_TASK}", id="task by its ARN",
    ),
]  # fmt: skip


@pytest.mark.ecs_fake(clusters=["prod", "test"])
@pytest.mark.parametrize(("operation", "parameters", "member", "name", "failing"), READING)
def test_the_first_item_fails_unless_one_is_named(ecs_fake, ecs_client, operation, parameters, member, name, failing):
    ecs_fake.faults.failure(operation, reason="ORDERED")

    answer = getattr(ecs_client, operation)(**parameters)

    left_over = [item[name] for item in answer[member]]
    assert answer["failures"] == [{"arn": f"{ARN}:{failing}", "reason": "ORDERED"}]
    assert left_over == list(parameters.get(member, []))[1:]


@pytest.mark.ecs_fake(clusters=["prod"])
def test_what_the_operation_itself_finds_missing_stands_before_what_was_ordered(ecs_fake, ecs_client):
    ecs_fake.faults.failure("DescribeClusters", reason="ORDERED", arn="prod")

    answer = ecs_client.describe_clusters(clusters=["prod", "none"])

    assert [failure["reason"] for failure in answer["failures"]] == ["MISSING", "ORDERED"]


@pytest.mark.ecs_fake(clusters=["prod"])
def test_an_instance_whose_state_cannot_be_updated_stays_active(ecs_fake, ecs_client, two_instances):
    ecs_fake.faults.failure("UpdateContainerInstancesState", reason="MISSING")

    answer = ecs_client.update_container_instances_state(
        cluster="prod", containerInstances=two_instances, status="DRAINING"
    )

    assert [failure["arn"].rpartition("/")[2] for failure in answer["failures"]] == two_instances[:1]
    assert [ecs_fake.container_instances[id_].status for id_ in two_instances] == ["ACTIVE", "DRAINING"]


@pytest.mark.ecs_fake(clusters=["prod", "test"])
def test_an_item_that_no_call_names_is_never_met(ecs_fake, ecs_client):
    order = ecs_fake.faults.failure("DescribeClusters", reason="MISSING", arn="test", after=1)

    for names in (["prod"], ["test"], ["prod"], ["test"]):
        answer = ecs_client.describe_clusters(clusters=names)

    assert answer["failures"] == [{"arn": f"{ARN}:cluster/test", "reason": "MISSING"}]
    assert order.met == 1


@pytest.mark.parametrize(
    ("operation", "options", "sentence"),
    [
        pytest.param(
            "StopTask", {"reason": "MISSING"},
            "the response of StopTask has no failures[], which faults.failure() is for. Operations that have: DeleteTaskDefinitions, ",
            id="no failures",
        ),
        pytest.param("RunTask", {"reason": 1}, "faults.failure() takes reason as a text, not 1.", id="reason"),
        pytest.param("RunTask", {"reason": "A", "arn": 1}, "faults.failure() takes arn as a text, not 1.", id="arn"),
        pytest.param("RunTsk", {"reason": "A"}, 'unknown operation "RunTsk" in faults.failure(). Did you mean', id="unknown"),
        pytest.param("RunTask", {"reason": "A", "times": 0}, "faults.failure() takes times=1 or more", id="times"),
    ],
)  # fmt: skip
def test_a_wrong_order_is_refused_when_it_is_ordered(ecs_fake, operation, options, sentence):
    with pytest.raises(EcsFakeUsageError) as caught:
        ecs_fake.faults.failure(operation, **options)

    assert str(caught.value).startswith(sentence)


def test_an_order_that_no_call_met_is_told_as_it_was_written(ecs_fake):
    order = ecs_fake.faults.failure("DescribeTasks", reason="MISSING", arn="0f3c")

    assert order.unmet() == 'faults.failure("DescribeTasks", reason="MISSING", arn="0f3c") matched no call'
    order.optional()

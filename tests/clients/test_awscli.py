"""awscli, version 1, run in process: the commands, their output, and the codes that a script sees.

Version 1 answers a mistake in the command's own words with 2, and whatever else fails with 255 (AWS CLI User Guide for version 1, return codes).
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

import boto3  # noqa: F401  (botocore is here before awscli, which brings one of its own into a process that has none yet)
import pytest

clidriver = pytest.importorskip("awscli.clidriver")

CONTAINERS = '[{"name": "app", "image": "migrate:7"}]'
REGISTER = (
    "register-task-definition --family migrate --requires-compatibilities FARGATE --network-mode awsvpc --cpu 256 --memory 512 "
    f"--container-definitions '{CONTAINERS}'"
)
RUN = (
    "run-task --cluster prod --task-definition migrate --launch-type FARGATE "
    "--network-configuration 'awsvpcConfiguration={subnets=[subnet-0a1b2c3d]}'"
)
CREATE_SERVICE = (
    "create-service --cluster prod --service-name web --task-definition migrate --desired-count 2 --launch-type FARGATE "
    "--network-configuration 'awsvpcConfiguration={subnets=[subnet-0a1b2c3d]}' "
    "--deployment-configuration 'deploymentCircuitBreaker={enable=true,rollback=true}'"
)
WEB = "--cluster prod --services web"


class Ended(NamedTuple):
    """A command that has ended, as a shell knows it."""

    code: int
    stdout: str
    stderr: str


Aws = Callable[[str], Ended]


@pytest.fixture
def aws(ecs_fake, capsys: pytest.CaptureFixture[str]) -> Aws:
    """Run `aws ecs ...` in process."""

    def run(command: str) -> Ended:
        try:
            code = clidriver.create_clidriver().main(["ecs", *shlex.split(command)])
        except SystemExit as ended:  # argparse's way with a command that it can't read
            code = ended.code
        out, err = capsys.readouterr()
        return Ended(code, out.strip(), err.strip())

    return run


@pytest.fixture
def prod(aws: Aws) -> None:
    """A cluster `prod`, and the task definition `migrate`."""
    assert aws("create-cluster --cluster-name prod").code == 0
    assert aws(REGISTER).code == 0


@pytest.fixture
def running(aws: Aws, prod: None) -> str:
    """The ARN of a running task of `migrate`."""
    task = aws(f"{RUN} --query tasks[0].taskArn --output text").stdout
    assert aws(f"wait tasks-running --cluster prod --tasks {task}") == Ended(0, "", "")
    return task


def test_a_script_runs_a_task_waits_for_it_and_stops_it(aws, prod, ecs_fake):
    begun = ecs_fake.clock.now

    task = aws(f"{RUN} --started-by nightly --query tasks[0].taskArn --output text").stdout
    aws(f"wait tasks-running --cluster prod --tasks {task}")
    listed = json.loads(aws("list-tasks --cluster prod --started-by nightly").stdout)
    stopping = aws(
        f"stop-task --cluster prod --task {task} --reason 'no longer needed' --query task.[lastStatus,desiredStatus] --output text"
    )
    waited = aws(f"wait tasks-stopped --cluster prod --tasks {task}")
    told = aws(
        f"describe-tasks --cluster prod --tasks {task} --output text "
        "--query 'tasks[].[lastStatus,stopCode,stoppedReason,containers[0].exitCode]'"
    )

    assert listed == {"taskArns": [task]}
    assert stopping == Ended(0, "RUNNING\tSTOPPED", "")
    assert waited == Ended(0, "", "")
    assert told == Ended(0, "STOPPED\tUserInitiated\tno longer needed\t143", "")
    assert aws("list-tasks --cluster prod --query taskArns --output text").stdout == ""
    assert timedelta(seconds=30) < ecs_fake.clock.now - begun < timedelta(minutes=5)
    assert ecs_fake.calls.operations[2:4] == ["RunTask", "DescribeTasks"]


def test_overrides_in_shorthand_reach_the_task(aws, prod, ecs_fake):
    overrides = "containerOverrides=[{name=app,command=[up,all],environment=[{name=STAGE,value=prod}]}]"

    ended = aws(f"{RUN} --overrides '{overrides}' --count 2 --query 'length(tasks)'")

    assert ended == Ended(0, "2", "")
    ecs_fake.assert_ran_task(family="migrate", container="app", command=["up", "all"], environment={"STAGE": "prod"})


def test_failures_are_part_of_an_answer_that_succeeds(aws, prod):
    unknown = "0123456789abcdef0123456789abcdef"

    ended = aws(f"describe-tasks --cluster prod --tasks {unknown} --query failures[].reason --output text")

    assert ended == Ended(0, "MISSING", "")


def test_pages_are_joined_or_cut_as_the_command_says(aws, prod):
    for _ in range(4):
        aws(REGISTER)

    first = json.loads(aws("list-task-definitions --page-size 2 --max-items 3").stdout)
    rest = json.loads(aws(f"list-task-definitions --page-size 2 --starting-token {first['NextToken']}").stdout)

    assert [arn.rpartition(":")[2] for arn in first["taskDefinitionArns"] + rest["taskDefinitionArns"]] == list("12345")


def test_timestamps_are_printed_as_they_come_over_the_wire(aws, running, ecs_fake):
    printed = aws(f"describe-tasks --cluster prod --tasks {running} --query tasks[0].createdAt --output text").stdout

    assert float(printed) == pytest.approx(ecs_fake.tasks[running].created_at.timestamp(), abs=0.001)


@pytest.mark.parametrize(
    ("command", "code", "words"),
    [
        pytest.param(
            "list-tasks --cluster nope",
            255,
            "An error occurred (ClusterNotFoundException) when calling the ListTasks operation: Cluster not found.",
            id="a cluster that isn't there",
        ),
        pytest.param(
            "run-task --cluster prod --task-definition nope",
            255,
            "An error occurred (ClientException) when calling the RunTask operation: TaskDefinition not found.",
            id="a task definition that isn't there",
        ),
        pytest.param(
            f"{RUN} --count 11",
            255,
            "An error occurred (InvalidParameterException) when calling the RunTask operation: ",
            id="a value that ECS refuses",
        ),
        pytest.param(f"{RUN} --count lots", 255, "invalid literal for int()", id="a value that the CLI refuses"),
        pytest.param(f"{RUN} --overides x", 255, "Unknown options: --overides, x", id="an option that isn't there"),
        pytest.param(
            "run-task --cluster prod",
            2,
            "error: the following arguments are required: --task-definition",
            id="an option that is missing",
        ),
        pytest.param("run-tsk", 2, "error: argument operation: Invalid choice", id="a command that isn't there"),
    ],
)
def test_a_failure_has_its_code_and_its_words(aws, prod, ecs_fake, command, code, words):
    ended = aws(command)

    assert (ended.code, ended.stdout) == (code, "")
    assert words in ended.stderr
    assert not ecs_fake.tasks


def test_a_wait_fails_at_once_where_a_task_has_stopped(aws, running):
    aws(f"stop-task --cluster prod --task {running}")
    aws(f"wait tasks-stopped --cluster prod --tasks {running}")

    ended = aws(f"wait tasks-running --cluster prod --tasks {running}")

    assert ended.code == 255
    assert "Waiter TasksRunning failed: Waiter encountered a terminal failure state" in ended.stderr


def test_a_wait_for_a_task_that_goes_on_ends_after_its_ten_minutes(aws, running, ecs_fake):
    begun = ecs_fake.clock.now

    ended = aws(f"wait tasks-stopped --cluster prod --tasks {running}")

    assert ended == Ended(255, "", "Waiter TasksStopped failed: Max attempts exceeded")
    assert timedelta(minutes=9) < ecs_fake.clock.now - begun < timedelta(minutes=13)


def test_a_throttled_command_tries_again(aws, prod, ecs_fake):
    ecs_fake.faults.throttle("RunTask", times=2)

    ended = aws(f"{RUN} --query 'length(tasks)'")

    assert ended == Ended(0, "1", "")
    assert len(ecs_fake.calls.of("RunTask")[0].attempts) == 3


@pytest.mark.ecs_fake(strict=False)
def test_a_command_of_another_service_ends_with_the_refusal(ecs_fake, capsys):
    code = clidriver.create_clidriver().main(["sqs", "list-queues"])

    assert code == 255
    assert "the code under test called SQS ListQueues" in capsys.readouterr().err


def test_the_cli_is_served_with_the_botocore_that_it_brings(pytester):
    """Where awscli is imported first, the process has awscli's own botocore."""
    pytester.makepyfile(
        """
        from awscli.clidriver import create_clidriver
        import botocore

        def test_list(ecs_fake, capsys):
            ecs_fake.clusters.add("prod")

            assert create_clidriver().main("ecs list-clusters --query length(clusterArns)".split()) == 0
            assert capsys.readouterr().out == "1\\n"
            assert "awscli" in botocore.__file__
        """
    )

    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")

    result.assert_outcomes(passed=1)


@pytest.fixture
def web(aws: Aws, prod: None) -> str:
    """The service `web` of the cluster `prod`, which has its two tasks; the rest of a command that names it."""
    assert aws(CREATE_SERVICE).code == 0
    assert aws(f"wait services-stable {WEB}") == Ended(0, "", "")
    return WEB


def test_a_script_creates_a_service_scales_it_and_deletes_it(aws, prod, ecs_fake):
    begun = ecs_fake.clock.now
    counts = "--query services[0].[status,desiredCount,runningCount] --output text"

    created = aws(f"{CREATE_SERVICE} --query service.[status,runningCount] --output text")
    stable = aws(f"wait services-stable {WEB}")
    at_first = aws(f"describe-services {WEB} {counts}")
    scaled = aws("update-service --cluster prod --service web --desired-count 3 --query service.desiredCount")
    stable_again = aws(f"wait services-stable {WEB}")
    then = aws(f"describe-services {WEB} {counts}")
    deleted = aws("delete-service --cluster prod --service web --force --query service.status --output text")
    inactive = aws(f"wait services-inactive {WEB}")
    at_last = aws(f"describe-services {WEB} {counts}")

    assert created == Ended(0, "ACTIVE\t0", "")
    assert (stable, at_first) == (Ended(0, "", ""), Ended(0, "ACTIVE\t2\t2", ""))
    assert scaled == Ended(0, "3", "")
    assert (stable_again, then) == (Ended(0, "", ""), Ended(0, "ACTIVE\t3\t3", ""))
    assert deleted == Ended(0, "DRAINING", "")
    assert (inactive, at_last) == (Ended(0, "", ""), Ended(0, "INACTIVE\t0\t0", ""))
    assert aws("list-services --cluster prod --query serviceArns --output text") == Ended(0, "", "")
    assert timedelta(minutes=1) < ecs_fake.clock.now - begun < timedelta(minutes=5)


def test_a_new_revision_is_deployed_and_the_old_deployment_goes(aws, web):
    aws(REGISTER.replace("migrate:7", "migrate:8"))

    statuses = aws(
        "update-service --cluster prod --service web --task-definition migrate "
        "--query service.deployments[].status --output text"
    )
    waited = aws(f"wait services-stable {web}")
    told = aws(f"describe-services {web} --query services[0].deployments[].taskDefinition --output text")

    assert statuses.stdout == "PRIMARY\tACTIVE"
    assert waited == Ended(0, "", "")
    assert told.stdout.endswith("task-definition/migrate:2")


def test_a_deployment_that_is_rolled_back_looks_stable_to_a_wait(aws, web, ecs_fake):
    """The waiter reads counts and the number of deployments, not how a deployment ended (botocore: ServicesStable)."""
    ecs_fake.containers.script(image="migrate:bad", pull_error="CannotPullContainerError: not found")
    aws(REGISTER.replace("migrate:7", "migrate:bad"))

    aws("update-service --cluster prod --service web --task-definition migrate")
    waited = aws(f"wait services-stable {web}")
    told = aws(f"describe-services {web} --query services[0].taskDefinition --output text")
    said = aws(f"describe-services {web} --query services[0].events[].message --output text")

    assert waited == Ended(0, "", "")
    assert told.stdout.endswith("task-definition/migrate:1")
    assert "deployment failed: tasks failed to start." in said.stdout


def test_a_service_that_is_missing_is_part_of_an_answer_that_succeeds(aws, web):
    ended = aws(f"describe-services {web} nope --query '[services[].serviceName,failures[].reason]' --output text")

    assert ended == Ended(0, "web\nMISSING", "")


@pytest.mark.parametrize(
    ("command", "code", "words"),
    [
        pytest.param(
            "update-service --cluster prod --service nope --desired-count 1",
            255,
            "An error occurred (ServiceNotFoundException) when calling the UpdateService operation:",
            id="a service that isn't there",
        ),
        pytest.param(
            "update-service --service web --desired-count 1",
            255,
            "An error occurred (ClusterNotFoundException) when calling the UpdateService operation: Cluster not found.",
            id="a cluster forgotten, where there is no default",
        ),
        pytest.param(
            "delete-service --cluster prod --service web",
            255,
            "The service cannot be stopped while it is scaled above 0.",
            id="a deletion without force while there are tasks",
        ),
        pytest.param(
            "update-service --cluster prod --service web --deployment-configuration maxPercent=200",
            255,
            'Unknown parameter in deploymentConfiguration: "maxPercent", must be one of: ',
            id="a deployment option that isn't there",
        ),
        pytest.param(
            "create-service --cluster prod --service-name api --task-definition migrate --launch-type FARGATE "
            "--network-configuration 'awsvpcConfiguration={subnets=[subnet-0a1b2c3d]}'",
            255,
            "An error occurred (InvalidParameterException) when calling the CreateService operation: ",
            id="a desired count that is missing",
        ),
        pytest.param(
            "create-service --cluster prod",
            2,
            "error: the following arguments are required: --service-name",
            id="a name that is missing",
        ),
    ],
)
def test_a_service_command_that_fails_has_its_code_and_its_words(aws, web, ecs_fake, command, code, words):
    ended = aws(command)

    assert (ended.code, ended.stdout) == (code, "")
    assert words in ended.stderr
    assert [(service.name, service.desired_count) for service in ecs_fake.services] == [("web", 2)]


@pytest.mark.parametrize(
    ("before", "command", "words"),
    [
        pytest.param(
            "list-services --cluster prod",
            "wait services-stable --cluster prod --services nope",
            'Waiter ServicesStable failed: Waiter encountered a terminal failure state: For expression "failures[].reason" '
            'we matched expected path: "MISSING" at least once',
            id="stable, a service that isn't there",
        ),
        pytest.param(
            "delete-service --cluster prod --service web --force",
            f"wait services-stable {WEB}",
            'Waiter ServicesStable failed: Waiter encountered a terminal failure state: For expression "services[].status" '
            'we matched expected path: "DRAINING" at least once',
            id="stable, a service that drains",
        ),
        pytest.param(
            "list-services --cluster prod",
            "wait services-inactive --cluster prod --services nope",
            'Waiter ServicesInactive failed: Waiter encountered a terminal failure state: For expression "failures[].reason" '
            'we matched expected path: "MISSING" at least once',
            id="inactive, a service that isn't there",
        ),
    ],
)
def test_a_wait_for_a_service_fails_at_once(aws, web, ecs_fake, before, command, words):
    aws(before)
    begun = ecs_fake.clock.now

    ended = aws(command)

    assert ended == Ended(255, "", words)
    assert ecs_fake.clock.now - begun < timedelta(seconds=15)


def test_a_wait_for_a_service_that_never_has_its_tasks_ends_after_forty_polls(aws, prod, ecs_fake):
    ecs_fake.containers.script(family="migrate", pull_error="CannotPullContainerError: not found")
    aws(CREATE_SERVICE)
    begun = ecs_fake.clock.now

    ended = aws(f"wait services-stable {WEB}")

    assert ended == Ended(255, "", "Waiter ServicesStable failed: Max attempts exceeded")
    assert len(ecs_fake.calls.of("DescribeServices")) == 40
    assert timedelta(minutes=9) < ecs_fake.clock.now - begun < timedelta(minutes=13)


EXPRESS = (
    "--infrastructure-role-arn arn:aws:iam::123456789012:role/ecsInfrastructureRole "
    "--execution-role-arn arn:aws:iam::123456789012:role/ecsTaskExecutionRole"
)


def test_a_script_creates_updates_and_deletes_an_express_service(aws, ecs_fake):
    arn = aws(
        f"create-express-gateway-service --service-name shop {EXPRESS} --primary-container image=shop:1,containerPort=8080 "
        "--scaling-target minTaskCount=2,maxTaskCount=4 --query service.serviceArn --output text"
    ).stdout
    waited = aws(f"wait services-stable --services {arn}")
    endpoint = aws(
        f"describe-express-gateway-service --service-arn {arn} --output text "
        "--query service.activeConfigurations[0].ingressPaths[0].endpoint"
    ).stdout
    counted = aws(
        "describe-services --services shop --query services[0].[runningCount,resourceManagementType] --output text"
    )
    updated = aws(
        f"update-express-gateway-service --service-arn {arn} --primary-container image=shop:2 --output text "
        "--query service.targetConfiguration.primaryContainer.image"
    )
    deleted = aws(f"delete-express-gateway-service --service-arn {arn} --query service.status.statusCode --output text")

    assert waited == Ended(0, "", "")
    assert endpoint.endswith(".ecs.us-east-1.on.aws")
    assert counted.stdout == "2\tECS"
    assert updated == Ended(0, "shop:2", "")
    assert deleted == Ended(0, "DRAINING", "")
    assert aws("describe-express-gateway-service --service-arn shop").code == 255


def test_this_version_has_no_monitor_of_express_services(aws):
    """What version 2 reads is walked in tests/operations/test_express_monitor.py; it belongs here once there is a version that has it."""
    ended = aws("monitor-express-gateway-service --service-arn arn:aws:ecs:us-east-1:123456789012:service/default/shop")

    assert ended.code == 2
    assert "invalid choice" in ended.stderr.lower()

"""Recording: what a client is answered is written as it was, with neutral names and numbers, and the client notices nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore import xform_name
from botocore.client import BaseClient
from botocore.exceptions import ClientError

import pytest_ecsfake
from pytest_ecsfake import record
from pytest_ecsfake.record import recording

ACCOUNT = "998877665544"
GROUP = f"arn:aws:elasticloadbalancing:eu-west-1:{ACCOUNT}:targetgroup/acme-tg/57e3f68c2c9abf5e"
NETWORK = {"awsvpcConfiguration": {"subnets": ["subnet-0feedbeef12345678"], "securityGroups": ["sg-0feedbeef87654321"]}}
CONTAINER = {
    "name": "acme-app",
    "image": f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/acme/billing:v12",
    "portMappings": [{"containerPort": 8080}],
    "environment": [{"name": "ACME_KEY", "value": "hunter2-5ecret"}, {"name": "PEER", "value": "172.31.77.88"}],
    "secrets": [{"name": "ACME_TOKEN", "valueFrom": f"arn:aws:ssm:eu-west-1:{ACCOUNT}:parameter/acme/token"}],
    "command": ["serve", "--admin", "jane.doe@acme.example"],
    "dockerLabels": {"com.acme.owner": "jane"},
    "logConfiguration": {
        "logDriver": "awslogs",
        "options": {"awslogs-group": "/acme/app", "awslogs-region": "eu-west-1", "awslogs-stream-prefix": "acme"},
    },
}

#: What somebody could be known by.
PERSONAL = (
    ACCOUNT, "acme", "ACME", "jane", "doe", "hunter2", "5ecret", "172.31.77.88", "feedbeef", "57e3f68c2c9abf5e", "billing", "v12",
)  # fmt: skip


@pytest.fixture
def recorded(tmp_path):
    """The recordings in the file that `out` names."""
    file = tmp_path / "answers.json"

    class Recorded:
        out = file

        def __iter__(self) -> Iterator[dict[str, Any]]:
            return iter(json.loads(file.read_text(encoding="utf-8")))

        def __getitem__(self, operation: str) -> dict[str, Any]:
            return next(each for each in self if each["operation"] == operation)

    return Recorded()


@pytest.fixture
def acme(ecs_fake):
    """Make calls that tell much of those who make them."""

    def work() -> None:
        ecs = boto3.client("ecs")
        ecs.create_cluster(clusterName="acme-prod", tags=[{"key": "acme:owner", "value": "jane.doe"}])
        ecs.register_task_definition(
            family="acme-billing",
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            cpu="256",
            memory="512",
            executionRoleArn=f"arn:aws:iam::{ACCOUNT}:role/acme-execution",
            taskRoleArn=f"arn:aws:iam::{ACCOUNT}:role/acme/jane",
            containerDefinitions=[CONTAINER],
        )
        service = {"cluster": "acme-prod", "taskDefinition": "acme-billing", "launchType": "FARGATE"}
        balancer = {"targetGroupArn": GROUP, "containerName": "acme-app", "containerPort": 8080}
        ecs.create_service(
            serviceName="acme-web", desiredCount=1, networkConfiguration=NETWORK, loadBalancers=[balancer], **service
        )
        override = {"name": "acme-app", "environment": [{"name": "WHO", "value": "jane"}]}
        [task] = ecs.run_task(
            startedBy="jane.doe",
            networkConfiguration=NETWORK,
            overrides={"containerOverrides": [override]},
            **service,
        )["tasks"]
        ecs_fake.clock.advance(seconds=120)
        ecs.describe_services(cluster="acme-prod", services=["acme-web"])
        ecs.stop_task(cluster="acme-prod", task=task["taskArn"], reason="stopped by jane")
        ecs.describe_tasks(cluster="acme-prod", tasks=[task["taskArn"]])

    return work


in_europe = pytest.mark.ecs_fake(region="eu-west-1", account=ACCOUNT)


@in_europe
def test_nothing_personal_is_left(recorded, acme):
    with recording(recorded.out):
        acme()

    written = recorded.out.read_text(encoding="utf-8")
    assert [name for name in PERSONAL if name in written] == []


@in_europe
def test_what_belongs_together_still_does(recorded, acme):
    with recording(recorded.out):
        acme()

    asked, described = recorded["CreateService"]["parameters"], recorded["DescribeServices"]["answer"]["services"][0]
    assert described["serviceName"] == asked["serviceName"]
    assert described["serviceArn"] == f"{described['clusterArn'].replace('cluster', 'service')}/{asked['serviceName']}"
    assert described["loadBalancers"] == asked["loadBalancers"]
    assert described["events"][0]["message"] == f"(service {asked['serviceName']}) has reached a steady state."
    stopped = recorded["DescribeTasks"]["answer"]["tasks"][0]
    assert stopped["stoppedReason"] == recorded["StopTask"]["parameters"]["reason"]


@in_europe
def test_a_recording_can_be_replayed(recorded, acme, ecs_fake):
    """Forms are kept, so that ECS takes what was asked, and answers in the same words."""
    with recording(recorded.out):
        acme()

    with pytest_ecsfake.ecs_fake(region="eu-west-1"):
        ecs = boto3.client("ecs")
        for operation in ("CreateCluster", "RegisterTaskDefinition", "CreateService", "RunTask"):
            answer = getattr(ecs, xform_name(operation))(**recorded[operation]["parameters"])
            assert answer.keys() - {"ResponseMetadata"} == recorded[operation]["answer"].keys()


@in_europe
def test_an_element_is_as_a_recording_of_the_suite(recorded):
    with recording(recorded.out, source="a test", situation="no cluster"):
        boto3.client("ecs").describe_clusters(clusters=["default"])

    [element] = recorded
    month = element.pop("recorded")
    assert element == {
        "source": "a test",
        "operation": "DescribeClusters",
        "region": "eu-west-1",
        "situation": "no cluster",
        "parameters": {"clusters": ["default"]},
        "answer": {
            "clusters": [],
            "failures": [{"arn": "arn:aws:ecs:eu-west-1:123456789012:cluster/default", "reason": "MISSING"}],
        },
    }
    assert len(month) == len("2026-01")


def test_a_refusal_is_recorded_and_raised(recorded, ecs_fake):
    with recording(recorded.out), pytest.raises(ClientError):
        boto3.client("ecs").list_tasks(cluster="nowhere")

    [element] = recorded
    assert element["answer"]["Error"] == {"Code": "ClusterNotFoundException", "Message": "Cluster not found."}


def test_a_token_that_botocore_makes_up_was_not_asked_for(recorded, ecs_fake, register_on_fargate, run_on_fargate):
    boto3.client("ecs").create_cluster()
    register_on_fargate()

    with recording(recorded.out):
        run_on_fargate()

    assert "clientToken" not in recorded["RunTask"]["parameters"]


def test_the_caller_gets_what_is_real_and_may_change_it(recorded, ecs_fake):
    with recording(recorded.out):
        cluster = boto3.client("ecs").create_cluster(clusterName="acme")["cluster"]
        assert cluster["clusterName"] == "acme"
        cluster.clear()

    assert recorded["CreateCluster"]["answer"]["cluster"]["status"] == "ACTIVE"


def test_the_file_is_written_after_an_exception_too(recorded, ecs_fake):
    with pytest.raises(ZeroDivisionError), recording(recorded.out):
        boto3.client("ecs").list_clusters()
        _ = 1 / 0

    assert [element["operation"] for element in recorded] == ["ListClusters"]


def test_botocore_is_left_as_it_was(recorded, ecs_fake):
    before = BaseClient._make_api_call

    with recording(recorded.out):
        assert BaseClient._make_api_call is not before

    assert BaseClient._make_api_call is before
    assert list(recorded) == []


def test_a_file_that_cannot_be_written_is_told_before_anything_is_called(tmp_path, ecs_fake):
    with pytest.raises(FileNotFoundError), recording(tmp_path / "nowhere" / "answers.json"):
        pytest.fail("the block is run")


# --- the command -------------------------------------------------------------------------------------------------------------------------

SCRIPT = """
import sys
import boto3

client = boto3.client("ecs", region_name="eu-west-1", endpoint_url=sys.argv[1], aws_access_key_id="x", aws_secret_access_key="x")
print(client.list_clusters()["clusterArns"])
"""


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """The address of something that answers as ECS does, over HTTP."""

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            body = json.dumps({"clusterArns": [f"arn:aws:ecs:eu-west-1:{ACCOUNT}:cluster/acme"]}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    "before", [pytest.param([], id="a script"), pytest.param(["--", sys.executable], id="as it is run")]
)
def test_the_command_records_a_script_without_a_fake(recorded, elsewhere, tmp_path, before):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    path = os.pathsep.join([str(Path(pytest_ecsfake.__file__).parents[1]), os.environ.get("PYTHONPATH", "")])

    run = subprocess.run(
        [sys.executable, "-m", "pytest_ecsfake.record", "--out", str(recorded.out), *before, str(script), elsewhere],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": path, "NO_PROXY": "127.0.0.1"},
        check=True,
    )

    assert f"{ACCOUNT}:cluster/acme" in run.stdout
    [arn] = recorded["ListClusters"]["answer"]["clusterArns"]
    assert arn.startswith("arn:aws:ecs:eu-west-1:123456789012:cluster/")
    assert "acme" not in arn
    assert f"Recorded in {recorded.out}. Read it before you give it away." in run.stderr


def test_the_command_records_a_module_and_shows_the_sentences(recorded, ecs_fake, tmp_path, monkeypatch, capsys):
    (tmp_path / "acme_tool.py").write_text(
        textwrap.dedent("""
        import boto3, sys
        try:
            boto3.client("ecs").list_tasks(cluster=sys.argv[1])
        except Exception as error:
            sys.exit(str(error))
        """)
    )
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(SystemExit):
        record.main(["--out", str(recorded.out), "-m", "acme_tool", "acme"])

    assert recorded["ListTasks"]["parameters"]["cluster"] != "acme"
    assert "Cluster not found." in capsys.readouterr().err
    assert "acme" not in sys.argv


def test_the_command_wants_something_to_run(tmp_path, capsys):
    with pytest.raises(SystemExit):
        record.main(["--out", str(tmp_path / "answers.json"), "--", "python"])

    assert "name what to run" in capsys.readouterr().err


def test_a_plugin_that_starts_does_not_load_it(pytester):
    pytester.makepyfile(
        """
        import sys

        def test_modules(ecs_fake):
            assert not {"pytest_ecsfake.record", "pytest_ecsfake.neutral"} & sys.modules.keys()
        """
    )

    assert pytester.runpytest_subprocess("-p", "no:cacheprovider").ret == pytest.ExitCode.OK

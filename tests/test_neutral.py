"""What is given away holds neutral values: nothing personal is left, what belongs together still does, and forms and lengths are kept."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

import botocore.session
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pytest_ecsfake.neutral import Neutral

MODEL = botocore.session.get_session().get_service_model("ecs")


@pytest.fixture
def neutral():
    return Neutral(MODEL)


@pytest.fixture
def task(neutral):
    """The neutral document of a task that has these members."""

    def document(**members):
        return neutral.document({"tasks": [members]}, MODEL.operation_model("DescribeTasks").output_shape)["tasks"][0]

    return document


@pytest.fixture
def service(neutral):
    """The neutral document of a service that has these members."""

    def document(**members):
        shape = MODEL.operation_model("CreateService").output_shape
        return neutral.document({"service": members}, shape)["service"]

    return document


ID = "0f3e3546697b4d3682ea292de5d9fea4"


@pytest.mark.parametrize(
    ("real", "form"),
    [
        pytest.param("arn:aws:ecs:eu-west-1:998877665544:cluster/acme-prod", r"arn:aws:ecs:eu-west-1:123456789012:cluster/[a-z]{4}-[a-z]{4}", id="an ARN"),
        pytest.param(f"arn:aws:ecs:eu-west-1:998877665544:task/acme/{ID}", rf"arn:aws:ecs:eu-west-1:123456789012:task/[a-z]{{4}}/{ID}", id="a task's id stays"),
        pytest.param("arn:aws:ecs:eu-west-1:998877665544:task-definition/acme:12", r"arn:aws:ecs:eu-west-1:123456789012:task-definition/[a-z]{4}:12", id="a revision stays"),
        pytest.param(f"arn:aws:ecs:eu-west-1:998877665544:gateway-route/acme/{ID}", rf"arn:aws:ecs:eu-west-1:123456789012:gateway-route/[a-z]{{4}}/{ID}", id="a route's id stays"),
        pytest.param("arn:aws:sts::998877665544:assumed-role/Admin/jane.doe@acme.example", r"arn:aws:sts::123456789012:assumed-role/[A-Z][a-z]{4}/[a-z]{4}\.[a-z]{3}@[a-z]{4}\.[a-z]{7}", id="an assumed role"),
        pytest.param("arn:aws:iam::998877665544:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS", r"arn:aws:iam::123456789012:role/aws-service-role/ecs\.amazonaws\.com/AWSServiceRoleForECS", id="the role of ECS stays"),
        pytest.param("998877665544.dkr.ecr.eu-west-1.amazonaws.com/acme/billing:v12", r"123456789012\.dkr\.ecr\.eu-west-1\.amazonaws\.com/[a-z]{4}/[a-z]{7}:[a-z]\d\d", id="a repository"),
        pytest.param("arn:aws:elasticloadbalancing:eu-west-1:998877665544:targetgroup/acme/57e3f68c2c9abf5e", r"arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/[a-z]{4}/0{15}1", id="a target group"),
        pytest.param("subnet-0feedbeef12345678", r"subnet-0{16}1", id="a subnet"),
        pytest.param("sg-12345678", r"sg-0{7}1", id="a security group of the short form"),
        pytest.param("i-0feedbeef12345678", r"i-0{16}1", id="an EC2 instance"),
        pytest.param("10.1.2.3", r"10\.0\.0\.4", id="a private address"),
        pytest.param("54.1.2.3", r"203\.0\.113\.4", id="a public address"),
        pytest.param("2a05:d018:abc::1", r"2001:db8::1", id="an address of IPv6"),
        pytest.param("0.0.0.0", r"0\.0\.0\.0", id="no address"),
        pytest.param("ip-10-1-2-3.eu-west-1.compute.internal", r"ip-10-0-0-4\.eu-west-1\.compute\.internal", id="a private name"),
        pytest.param("0e:89:76:28:07:b3", r"0a:1b:2c:3d:00:01", id="a hardware address"),
        pytest.param("service:acme-web", r"service:[a-z]{4}-[a-z]{3}", id="a group"),
        pytest.param("eu-west-1a", r"eu-west-1a", id="a zone stays"),
        pytest.param("eu-west-1-acme", r"(?!eu-west-1)[a-z]{2}-[a-z]{4}-\d-[a-z]{4}", id="a name that begins as a region"),
        pytest.param("Straße-7", r"[A-Z][a-z]{5}-\d", id="letters of other languages"),
        pytest.param("FARGATE_SPOT", r"FARGATE_SPOT", id="a word of AWS stays"),
    ],
)  # fmt: skip
def test_a_name_becomes_another_of_its_form(task, real, form):
    neutral = task(group=real)["group"]

    assert re.fullmatch(form, neutral), neutral


def test_the_same_becomes_the_same_wherever_it_stands(service):
    neutral = service(
        serviceName="acme-web",
        serviceArn="arn:aws:ecs:eu-west-1:998877665544:service/acme-prod/acme-web",
        clusterArn="arn:aws:ecs:eu-west-1:998877665544:cluster/acme-prod",
    )

    name, cluster = neutral["serviceName"], neutral["clusterArn"].rpartition("/")[2]
    assert neutral["serviceArn"] == f"arn:aws:ecs:eu-west-1:123456789012:service/{cluster}/{name}"


def test_a_task_still_belongs_to_its_deployment(task):
    assert task(startedBy="ecs-svc/8646900195280463695")["startedBy"] == "ecs-svc/8646900195280463695"


def test_two_accounts_stay_two(task):
    of_task, of_definition = (f"arn:aws:ecs:eu-west-1:{account}:x/y" for account in ("998877665544", "112233445566"))

    neutral = task(taskArn=of_task, taskDefinitionArn=of_definition)

    assert neutral["taskArn"].split(":")[4] != neutral["taskDefinitionArn"].split(":")[4]


def test_an_address_and_its_private_name_still_belong_together(task):
    details = [
        {"name": "privateDnsName", "value": "ip-172-31-9-8.ec2.internal"},
        {"name": "privateIPv4Address", "value": "172.31.9.8"},
    ]

    neutral = task(attachments=[{"details": details}])["attachments"][0]["details"]

    assert neutral == [
        {"name": "privateDnsName", "value": "ip-10-0-0-4.ec2.internal"},
        {"name": "privateIPv4Address", "value": "10.0.0.4"},
    ]


def test_what_ecs_says_stays_but_for_the_names_in_it(service, neutral):
    message = f"(service acme-web) has started 1 tasks: (task {ID})."

    shown = service(serviceName="acme-web", events=[{"message": message}])

    assert shown["events"][0]["message"] == f"(service {shown['serviceName']}) has started 1 tasks: (task {ID})."
    assert neutral.sentences == {shown["events"][0]["message"]}


@pytest.mark.parametrize(
    ("sentence", "form"),
    [
        pytest.param("User: arn:aws:sts::998877665544:assumed-role/Admin/jane is not authorized to perform: ecs:RunTask", r"User: arn:aws:sts::123456789012:assumed-role/[A-Z][a-z]{4}/[a-z]{4} is not authorized to perform: ecs:RunTask", id="an ARN"),
        pytest.param("CannotPullContainerError: pull image registry.acme.example/web:v7: dial tcp 10.9.8.7:443: i/o timeout", r"CannotPullContainerError: pull image [a-z]{8}\.[a-z]{4}\.[a-z]{7}/[a-z]{3}:[a-z]\d: dial tcp 10\.0\.0\.4:443: i/o timeout", id="a host and an address"),
        pytest.param("instance i-0feedbeef12345678 is gone.", r"instance i-0{16}1 is gone\.", id="an id of EC2"),
        pytest.param("Essential container in task exited", r"Essential container in task exited", id="nothing"),
    ],
)  # fmt: skip
def test_sentences_hold_nothing_personal(task, sentence, form):
    neutral = task(stoppedReason=sentence)["stoppedReason"]

    assert re.fullmatch(form, neutral), neutral


def test_queries_keep_their_language(neutral):
    constraints = [
        {"type": "memberOf", "expression": "attribute:ecs.os-type == linux and attribute:acme.rack in [jane]"}
    ]

    shown = neutral.document({"placementConstraints": constraints}, MODEL.operation_model("RunTask").input_shape)

    [constraint] = shown["placementConstraints"]
    assert re.fullmatch(
        r"attribute:ecs\.os-type == [a-z]{5} and attribute:(?!acme)[a-z]{4}\.[a-z]{4} in \[(?!jane)[a-z]{4}\]",
        constraint["expression"],
    )


@pytest.mark.parametrize("secret", [ID, "1234", "dead:1234", "0f3e3546-697b-4d36-82ea-292de5d9fea4", "hunter2"])
def test_a_secret_is_no_id_of_ecs(task, secret):
    override = {"environment": [{"name": "PIN", "value": secret}]}

    neutral = task(overrides={"containerOverrides": [override]})

    [variable] = neutral["overrides"]["containerOverrides"][0]["environment"]
    assert variable["value"] != secret
    assert len(variable["value"]) == len(secret)


def test_options_of_log_drivers_keep_their_names(neutral):
    options = {"awslogs-group": "/acme/web", "awslogs-region": "eu-west-1", "awslogs-create-group": "true"}
    container = {"logConfiguration": {"logDriver": "awslogs", "options": options}, "dockerLabels": {"acme": "x"}}
    shape = MODEL.operation_model("RegisterTaskDefinition").input_shape

    [neutral_container] = neutral.document({"containerDefinitions": [container]}, shape)["containerDefinitions"]

    shown = neutral_container["logConfiguration"]["options"]
    assert shown.keys() == options.keys()
    assert (shown["awslogs-region"], shown["awslogs-create-group"]) == ("eu-west-1", "true")
    assert re.fullmatch("/[a-z]{4}/[a-z]{3}", shown["awslogs-group"])
    assert "acme" not in neutral_container["dockerLabels"]


def test_attributes_of_ecs_stay_and_those_of_authors_do_not(task):
    attributes = [{"name": "ecs.cpu-architecture", "value": "x86_64"}, {"name": "acme.rack", "value": "jane"}]

    ours, theirs = task(attributes=attributes)["attributes"]

    assert ours == attributes[0]
    assert re.fullmatch(r"[a-z]{4}\.[a-z]{4}", theirs["name"])
    assert "jane" not in theirs["value"]


def test_moments_are_written_in_milliseconds_of_utc(task):
    moment = datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=timezone(timedelta(hours=3)))

    assert task(createdAt=moment)["createdAt"] == "2026-01-02T00:04:05.678Z"


ONE = Neutral(MODEL)


@given(st.text(alphabet=st.characters(categories=("L", "N")), min_size=5, max_size=40))
def test_no_name_is_left_and_its_length_is(name):
    assume(name not in ONE.words)
    assume(not re.fullmatch(r"\d{5,6}|\d{19}|[0-9a-f]{32}|[0-9a-f]{64}", name))  # those may be ids of ECS's

    shown = ONE.document({"clusterName": name}, MODEL.operation_model("CreateCluster").input_shape)["clusterName"]

    assert name not in shown
    assert len(shown) == len(name)

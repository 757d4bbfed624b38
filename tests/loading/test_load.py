"""What `load` takes, what becomes of it, and what it says of what doesn't fit."""

from __future__ import annotations

import copy
import json
import re
from datetime import datetime, timezone

import pytest
from world import recordings

import builders
from pictures import picture_of
from pytest_ecsfake import EcsFakeUsageError
from pytest_ecsfake import ecs_fake as switch

pytest.importorskip("boto3")


@pytest.fixture
def prod():
    """A fake with something of each kind in it, most of it under way: its dump, and the ARN of a task that is being started."""
    with switch(clusters=["prod"], region="us-east-1") as ecs:
        client = ecs.client
        ecs.container_instances.add("prod", count=2)
        client.create_capacity_provider(
            name="fleet",
            autoScalingGroupProvider={
                "autoScalingGroupArn": "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:1:autoScalingGroupName/a"
            },
            tags=[{"key": "team", "value": "shop"}],
        )
        client.register_task_definition(**builders.task_definition(), tags=[{"key": "team", "value": "shop"}])
        client.register_task_definition(**builders.task_definition_on_instances(family="host"))
        client.create_service(**builders.service(cluster="prod", serviceName="web", desiredCount=2))
        client.create_service(cluster="prod", serviceName="host", taskDefinition="host", desiredCount=1)
        client.create_service(**builders.service_of_task_sets(cluster="prod", serviceName="external"))
        client.create_task_set(cluster="prod", service="external", taskDefinition="web", **builders.ON_FARGATE)
        ecs.clock.advance(seconds=120)
        task = client.run_task(**builders.task(cluster="prod"))["tasks"][0]["taskArn"]
        client.update_service(cluster="prod", service="web", desiredCount=3)
        dumped = ecs.dump()
    return dumped, task


def test_what_was_dumped_is_described_again(prod, ecs_fake):
    dumped, _ = prod

    ecs_fake.load(json.loads(json.dumps(dumped)))

    assert ecs_fake.dump() == dumped


def test_a_loaded_task_goes_on_and_stops(prod, ecs_fake, ecs_client):
    dumped, task = prod
    ecs_fake.load(dumped)
    assert ecs_fake.tasks[task].last_status == "PROVISIONING"

    ecs_fake.clock.advance(seconds=120)
    assert ecs_fake.tasks[task].last_status == "RUNNING"
    ecs_client.stop_task(cluster="prod", task=task)
    ecs_fake.clock.advance(seconds=120)

    assert (ecs_fake.tasks[task].last_status, ecs_fake.tasks[task].stop_code) == ("STOPPED", "UserInitiated")


def test_a_loaded_service_starts_the_tasks_that_it_lacks_and_is_deployed(prod, ecs_fake, ecs_client):
    ecs_fake.load(prod[0])
    web = ecs_fake.services["prod/web"]
    assert (web.running_count, web.desired_count) == (2, 3)

    ecs_fake.clock.advance(seconds=120)
    assert web.running_count == 3
    ecs_client.update_service(cluster="prod", service="web", forceNewDeployment=True)
    ecs_client.get_waiter("services_stable").wait(cluster="prod", services=["web", "host"])

    assert web.is_stable
    assert len(ecs_client.describe_services(cluster="prod", services=["web"])["services"][0]["deployments"]) == 1


def test_a_task_frees_its_loaded_container_instance(prod, ecs_fake, ecs_client):
    ecs_fake.load(prod[0])

    ecs_client.delete_service(cluster="prod", service="host", force=True)
    ecs_fake.clock.advance(seconds=300)

    arns = ecs_client.list_container_instances(cluster="prod")["containerInstanceArns"]
    for each in ecs_client.describe_container_instances(cluster="prod", containerInstances=arns)["containerInstances"]:
        assert each["remainingResources"] == each["registeredResources"]


def test_the_next_revision_comes_after_the_loaded_one(ecs_fake, ecs_client):
    ecs_client.register_task_definition(**builders.task_definition())
    document = ecs_client.describe_task_definition(taskDefinition="web")
    document["taskDefinition"] |= {
        "revision": 41,
        "taskDefinitionArn": "arn:aws:ecs:us-east-1:123456789012:task-definition/web:41",
    }

    ecs_fake.load(document)

    assert ecs_client.register_task_definition(**builders.task_definition())["taskDefinition"]["revision"] == 42


SERVICE = {
    "serviceArn": "arn:aws:ecs:us-east-1:123456789012:service/prod/web",
    "serviceName": "web",
    "clusterArn": "arn:aws:ecs:us-east-1:123456789012:cluster/prod",
    "status": "ACTIVE",
    "desiredCount": 2,
    "runningCount": 2,
    "pendingCount": 0,
    "launchType": "FARGATE",
    "taskDefinition": "arn:aws:ecs:us-east-1:123456789012:task-definition/web:7",
    "createdAt": "2026-01-05T10:00:00.250000+01:00",
    "loadBalancers": [
        {
            "targetGroupArn": "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/web/0a1b",
            "containerName": "app",
            "containerPort": 80,
        }
    ],
    "deployments": [
        {
            "id": "ecs-svc/1234567890123456789",
            "status": "PRIMARY",
            "taskDefinition": "arn:aws:ecs:us-east-1:123456789012:task-definition/web:7",
            "desiredCount": 2,
            "runningCount": 2,
            "pendingCount": 0,
            "launchType": "FARGATE",
            "rolloutState": "COMPLETED",
            "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"]}},
        }
    ],
}


def with_(**members):
    """The service with other members; None leaves one out."""
    return {name: value for name, value in {**copy.deepcopy(SERVICE), **members}.items() if value is not None}


def test_a_service_alone_has_the_tasks_that_it_counts(ecs_fake, ecs_client):
    ecs_fake.load({"services": [SERVICE], "failures": []})

    service = ecs_fake.services["prod/web"]
    assert (service.running_count, service.is_stable) == (2, True)
    assert {task.last_status for task in ecs_fake.tasks} == {"RUNNING"}
    ecs_client.update_service(cluster="prod", service="web", desiredCount=3)
    ecs_client.get_waiter("services_stable").wait(cluster="prod", services=["web"])
    assert service.running_count == 3


def test_a_task_definition_that_no_document_has_is_made_up(ecs_fake, ecs_client):
    ecs_fake.load({"services": [SERVICE]})

    made_up = ecs_client.describe_task_definition(taskDefinition="web:7")["taskDefinition"]

    assert [each["name"] for each in made_up["containerDefinitions"]] == ["app"]
    assert made_up["requiresCompatibilities"] == ["FARGATE"]


@pytest.mark.parametrize(
    "created_at",
    [
        pytest.param("2026-01-05T10:00:00.250000+01:00", id="as the CLI prints it"),
        pytest.param("2026-01-05T09:00:00.25Z", id="in UTC"),
        pytest.param(1767603600.25, id="epoch seconds"),
        pytest.param(datetime(2026, 1, 5, 9, 0, 0, 250_000, tzinfo=timezone.utc), id="a datetime, as boto3 returns it"),
    ],
)
def test_a_timestamp_is_read_in_each_form(ecs_fake, created_at):
    ecs_fake.load({"services": [with_(createdAt=created_at)]})

    [shown] = [document for document in ecs_fake.dump() if "services" in document]
    assert shown["services"][0]["createdAt"] == 1767603600.25


def test_a_service_in_the_middle_of_a_deployment_completes_it(ecs_fake, ecs_client):
    old, new = copy.deepcopy(SERVICE["deployments"][0]), copy.deepcopy(SERVICE["deployments"][0])
    old |= {"status": "ACTIVE", "id": "ecs-svc/1000000000000000001"}
    new |= {
        "rolloutState": "IN_PROGRESS",
        "runningCount": 0,
        "taskDefinition": "arn:aws:ecs:us-east-1:123456789012:task-definition/web:8",
    }

    ecs_fake.load({"services": [with_(deployments=[new, old], taskDefinition=new["taskDefinition"])]})
    ecs_client.get_waiter("services_stable").wait(cluster="prod", services=["web"])

    [service] = ecs_client.describe_services(cluster="prod", services=["web"])["services"]
    assert [each["id"] for each in service["deployments"]] == [new["id"]]
    arns = ecs_client.list_tasks(cluster="prod", serviceName="web")["taskArns"]
    running = ecs_client.describe_tasks(cluster="prod", tasks=arns)["tasks"]
    assert [task["taskDefinitionArn"].rpartition("/")[2] for task in running] == ["web:8", "web:8"]


def test_a_task_on_an_instance_that_no_document_has(ecs_fake, ecs_client):
    task = {
        "taskArn": "arn:aws:ecs:us-east-1:123456789012:task/prod/4d590253bb114126b7afa7b58eea9221",
        "clusterArn": SERVICE["clusterArn"],
        "taskDefinitionArn": "arn:aws:ecs:us-east-1:123456789012:task-definition/job:1",
        "containerInstanceArn": "arn:aws:ecs:us-east-1:123456789012:container-instance/prod/025c7e2c5e054a6790a29fc1f1f1f1f1",
        "launchType": "EC2",
        "lastStatus": "RUNNING",
        "desiredStatus": "RUNNING",
        "containers": [
            {"containerArn": "arn:aws:ecs:us-east-1:123456789012:container/1", "name": "app", "memory": "256"}
        ],
    }

    ecs_fake.load({"tasks": [task]})

    [instance] = ecs_fake.container_instances
    assert instance.arn == task["containerInstanceArn"]
    ecs_client.stop_task(cluster="prod", task=task["taskArn"])
    ecs_fake.clock.advance(seconds=120)
    assert ecs_fake.tasks[task["taskArn"]].last_status == "STOPPED"


# --- where documents come from ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", [str, lambda path: path], ids=["str", "Path"])
def test_a_folder_of_files_is_loaded(prod, ecs_fake, tmp_path, form):
    dumped, _ = prod
    for number, document in enumerate(reversed(dumped)):  # in whatever order
        (tmp_path / f"{number}.json").write_text(json.dumps(document))
    (tmp_path / "notes.txt").write_text("not one of them")

    ecs_fake.load(form(tmp_path))

    assert sorted(map(str, ecs_fake.dump())) == sorted(map(str, dumped))


def test_a_file_may_hold_a_list(prod, ecs_fake, tmp_path):
    dumped, _ = prod
    (tmp_path / "prod.json").write_text(json.dumps(dumped))

    ecs_fake.load(tmp_path / "prod.json")

    assert ecs_fake.dump() == dumped


def test_what_boto3_answers_is_loaded_and_stays_the_callers(ecs_fake, ecs_client):
    with switch(clusters=["prod"], region="us-east-1") as other:
        other.client.register_task_definition(**builders.task_definition())
        answer = other.client.describe_task_definition(taskDefinition="web")
    before = copy.deepcopy(answer)

    ecs_fake.load(answer)

    assert answer == before
    assert ecs_client.describe_task_definition(taskDefinition="web")["taskDefinition"] == before["taskDefinition"]


def test_a_cluster_of_the_options_becomes_the_loaded_one(ecs_fake):
    ecs_fake.clusters.add("prod")
    document = {"clusterArn": SERVICE["clusterArn"], "clusterName": "prod", "tags": [{"key": "team", "value": "shop"}]}

    ecs_fake.load({"clusters": [document]})

    assert ecs_fake.dump()[0]["clusters"][0]["tags"] == [{"key": "team", "value": "shop"}]


def test_the_same_service_may_be_described_twice(ecs_fake):
    ecs_fake.load([{"services": [SERVICE]}, {"services": [copy.deepcopy(SERVICE)]}])

    assert len(ecs_fake.services) == 1


# --- the recordings ---------------------------------------------------------------------------------------------------------------------

#: What can't be loaded, and why.
REFUSED = {
    "clusters-attachments-2022": 'its capacity provider "sampleCapacityProvider" is in no document, nor in the fake',
    "instances-agent-updated-2018": "its ARN has the old format without the cluster",
    "service-daemon-2020": "1 of its running tasks are in no document, and where they run isn't known",
    "service-revisions-2024": "serviceRevisions is no answer of a Describe that load() knows",
    "service-steady-for-hours-2024": "it has no serviceArn",  # cut by its author
    "task-protection-off-2024": "protectedTasks is no answer of a Describe that load() knows",
}

DESCRIBED = {name: each for name, each in recordings().items() if each.operation.startswith("Describe")}

#: Members that later answers have in another form, or that aren't shown without `include`.
NOT_COMPARED = {"statistics", "settings", "tags", "attributes", "attachments", "containers", "events"}


@pytest.mark.parametrize("name", DESCRIBED)
def test_a_recorded_answer_is_loaded_and_shown_again(name):
    recording = DESCRIBED[name]
    arn = re.search(r"arn:aws:ecs:([a-z0-9-]+):(\d{12}):", json.dumps(recording.answer))
    region, account = arn.groups() if arn else ("us-east-1", "123456789012")
    with switch(region=region, account=account, strict=False) as ecs:
        if name in REFUSED:
            with pytest.raises(EcsFakeUsageError, match=re.escape(REFUSED[name])):
                ecs.load(recording.answer)
            return
        ecs.load(recording.answer)
        shown = {member: value for document in ecs.dump() for member, value in document.items()}
        ecs.clock.advance(seconds=3600)

    for member, resources in recording.answer.items():
        if member in ("clusters", "services", "tasks"):
            for given, again in zip(resources, shown.get(member, []), strict=True):
                kept = {key: value for key, value in given.items() if isinstance(value, (str, int)) and "At" not in key}
                assert {key: again.get(key) for key in kept if key not in NOT_COMPARED} == kept


# --- refused ----------------------------------------------------------------------------------------------------------------------------

ELSEWHERE = "arn:aws:ecs:eu-west-1:111122223333:service/prod/web"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        pytest.param({"servces": []}, 'servces is no answer of a Describe that load() knows. Did you mean "services"?', id="misspelt"),
        pytest.param({"failures": []}, "a document has no resources: load() takes ", id="nothing in it"),
        pytest.param([3], "[0] is 3, not an object with ", id="no document"),
        pytest.param({"services": [{**SERVICE, "desiredCount": "2"}]}, "services[0].desiredCount: ", id="of the wrong type"),
        pytest.param({"services": [with_(createdAt="yesterday")]}, "services[0].createdAt: ", id="no timestamp"),
        pytest.param({"services": [with_(serviceName=None)]}, "services[0] \"web\": it has no serviceName.", id="no name"),
        pytest.param(
            {"services": [with_(serviceArn=ELSEWHERE)]},
            'services[0] "web": it is of account 111122223333, region eu-west-1, and the fake\'s are 123456789012, us-east-1. '
            'Write @pytest.mark.ecs_fake(account="111122223333", region="eu-west-1").',
            id="of another account",
        ),
        pytest.param(
            {"services": [with_(deploymentConfiguration={"strategy": "BLUE_GREEN"}, runningCount=1)]},
            'services[0] "web": it is in the middle of a deployment with the strategy BLUE_GREEN',
            id="in the middle of a blue/green deployment",
        ),
        pytest.param(
            {"taskSets": [{"taskSetArn": "arn:aws:ecs:us-east-1:123456789012:task-set/prod/web/ecs-svc/1", "id": "ecs-svc/1",
                           "taskDefinition": SERVICE["taskDefinition"]}]},
            'taskSets[0] "1": its service prod/web is in no document, nor in the fake. '
            "Add what `aws ecs describe-services --cluster prod --services web` prints.",
            id="a task set without its service",
        ),
        pytest.param("nowhere.json", "there is no file 'nowhere.json'.", id="no file"),
    ],
)  # fmt: skip
def test_what_does_not_fit_has_a_sentence_and_nothing_is_loaded(ecs_fake, given, sentence):
    if "BLUE_GREEN" in sentence:
        given["services"][0]["deployments"][0]["rolloutState"] = "IN_PROGRESS"
    ecs_fake.clusters.add("before")
    before = picture_of(ecs_fake._endpoint.world)

    with pytest.raises(EcsFakeUsageError, match=r"^load\(\) has loaded nothing, since this doesn't fit:\n") as refused:
        ecs_fake.load(given)

    assert sentence in str(refused.value)
    assert picture_of(ecs_fake._endpoint.world) == before


def test_all_that_does_not_fit_is_told_at_once(ecs_fake):
    documents = [{"services": [with_(serviceName=None), SERVICE, with_(serviceArn=ELSEWHERE)]}, {"tsks": []}]

    with pytest.raises(EcsFakeUsageError) as refused:
        ecs_fake.load(documents)

    _, *sentences = str(refused.value).splitlines()
    assert [sentence.split(":")[0].strip() for sentence in sentences] == ["[1]", "[0]", "[0]"]
    assert len(ecs_fake.services) == len(ecs_fake.clusters) == 0


def test_what_is_there_already_is_not_loaded_again(prod, ecs_fake):
    dumped, _ = prod
    ecs_fake.load(dumped)

    with pytest.raises(EcsFakeUsageError, match=r'services\[0\] "web": the fake has a service with this name'):
        ecs_fake.load(dumped)

    assert ecs_fake.dump() == dumped


def test_a_file_that_is_not_json_is_named(ecs_fake, tmp_path):
    (tmp_path / "services.json").write_text("{")

    with pytest.raises(EcsFakeUsageError, match=r"services\.json isn't a JSON file"):
        ecs_fake.load(tmp_path)

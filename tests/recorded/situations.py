"""Brings the fake into the situation of each recorded answer, through boto3 and what a test author holds.

`SITUATIONS` names the function for each recording. It makes what the recorded answer shows, under its names and with what the author of the recording
had asked for, then the recorded call, and gives the answer. What is asked for is taken from the answer only where ECS shows it as it was asked, and
never what is a default: those the fake has to find by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from world import World, behind, name_in

SMALL = [{"name": "app", "image": "app:1"}]
SMALL_ON_EC2 = [{"name": "app", "image": "app:1", "memory": 10}]
SUBNETS = ["subnet-12345678"]


def included(world: World) -> dict[str, Any]:
    """What the author of the recording had included in the answer."""
    return {name: value for name, value in world.parameters.items() if name == "include"}


# --- clusters, settings, tags, capacity providers ----------------------------------------------------------------------------------------


def account_settings(world: World) -> Any:
    """All pages of the settings in force."""
    pages = world.ecs.get_paginator("list_account_settings").paginate(effectiveSettings=True)
    return {"settings": [setting for page in pages for setting in page["settings"]]}


def clusters(world: World) -> Any:
    """Clusters with the capacity providers, settings and defaults that they show."""
    for shown in world.answer["clusters"]:
        groups = [name for name in shown["capacityProviders"] if not name.startswith("FARGATE")]
        for name in groups:
            auto_scaling_group(world, name)
        given = {name: shown[name] for name in ("capacityProviders", "settings") if shown[name]}
        namespace = shown.get("serviceConnectDefaults")
        if namespace is not None:
            given["serviceConnectDefaults"] = namespace
        world.cluster(shown["clusterName"], **given)
        world.wait(600)
    names = [shown["clusterName"] for shown in world.answer["clusters"]]
    return world.recorded_call(clusters=names, **world.parameters)


def missing_cluster(world: World) -> Any:
    return world.recorded_call(clusters=[world.parameters["cluster"]])


def auto_scaling_group(world: World, name: str) -> None:
    group = "arn:aws:autoscaling:{}:123456789012:autoScalingGroup:a1b2c3d4-5678-90ab-cdef-000000011111:autoScalingGroupName/{}"
    provider = {
        "autoScalingGroupArn": group.format(world.recording.region, name),
        "managedScaling": {"status": "ENABLED"},
    }
    world.call("CreateCapacityProvider", name=name, autoScalingGroupProvider=provider)


def deleted_provider(world: World) -> Any:
    shown = world.answer["capacityProvider"]["autoScalingGroupProvider"]
    scaling = {name: shown["managedScaling"][name] for name in ("status", "targetCapacity")}
    provider = {"autoScalingGroupArn": shown["autoScalingGroupArn"], "managedScaling": scaling}
    world.call("CreateCapacityProvider", autoScalingGroupProvider=provider, **world.parameters)
    return world.recorded_call(capacityProvider=world.parameters["name"])


def tagged_definition(world: World) -> Any:
    world.on_fargate("web:1", SMALL)
    return world.recorded_call(
        resourceArn=world.fake.task_definitions["web:1"].arn, tags=[{"key": "team", "value": "dev"}]
    )


# --- task definitions --------------------------------------------------------------------------------------------------------------------

#: What ECS fills in where a container definition is silent about it, as far as the recordings show it.
FILLED_IN: Mapping[str, Any] = {
    "cpu": 0,
    "portMappings": [],
    "essential": True,
    "environment": [],
    "mountPoints": [],
    "volumesFrom": [],
    "systemControls": [],
    "user": "0",  # of a log router
}


def registered_definition(world: World) -> Any:
    """The definition that is shown, registered up to its revision; the answer to the last registration."""
    shown = world.answer["taskDefinition"]
    takes = world.takes("RegisterTaskDefinition")
    given = {name: shown[name] for name in takes if shown.get(name) and name not in ("containerDefinitions", "tags")}
    containers = [
        {name: value for name, value in container.items() if FILLED_IN.get(name) != value}
        for container in shown["containerDefinitions"]
    ]
    tags = {"tags": world.answer["tags"]} if "tags" in world.answer else {}
    for _ in range(shown["revision"]):
        answer = world.call("RegisterTaskDefinition", containerDefinitions=containers, **given, **tags)
    return answer


def described_definition(world: World) -> Any:
    answer = registered_definition(world)
    return world.recorded_call(taskDefinition=answer["taskDefinition"]["taskDefinitionArn"])


# --- tasks -------------------------------------------------------------------------------------------------------------------------------


def task(world: World, *, status: str | None = "RUNNING") -> Any:
    """A task as the parameters ask for it, of a service or run by itself; the answer of RunTask in the latter case.

    Args:
        world: the fake, and the parameters.
        status: the status to wait for; None to let no time pass.
    """
    asked = world.parameters
    shown = _shown_task(world.answer)
    world.cluster(asked["cluster"], **({} if _providers(asked) is None else {"capacityProviders": [_providers(asked)]}))
    if asked.get("ec2"):
        world.fake.container_instances.add(asked["cluster"])
    register = world.definition if asked.get("bridge") else world.on_fargate
    size = {name: asked[name] for name in ("cpu", "memory") if name in asked}
    register(shown["taskDefinitionArn"], asked["containers"], **size, **asked.get("definition", {}))
    answer = _run(world) if "service" not in asked else _serve(world)
    status = asked.get("status", status)
    if "after" in asked:
        world.wait(asked["after"])
    elif status is not None:
        world.wait_until(lambda: world.fake.tasks.where(last_status=status))
    return answer


def _shown_task(answer: Mapping[str, Any]) -> Any:
    return answer.get("detail") or answer.get("task") or answer["tasks"][0]


def _providers(asked: Mapping[str, Any]) -> str | None:
    return "FARGATE_SPOT" if asked.get("spot") else asked.get("provider")


def _launch(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Where a task is to run."""
    launch: dict[str, Any] = {}
    if _providers(asked) is not None:
        launch["capacityProviderStrategy"] = [{"capacityProvider": _providers(asked)}]
    else:
        launch["launchType"] = "EC2" if asked.get("ec2") else "FARGATE"
    if "platformVersion" in asked:
        launch["platformVersion"] = asked["platformVersion"]
    if "subnets" in asked:
        launch["networkConfiguration"] = {"awsvpcConfiguration": {"subnets": asked["subnets"]}}
    return launch


def _run(world: World) -> Any:
    asked = world.parameters
    tags = {"enableECSManagedTags": True} if asked.get("spot") else {}
    request = {"cluster": asked["cluster"], "taskDefinition": asked["family"], **_launch(asked), **tags}
    return world.call("RunTask", **request, **asked.get("run", {}))


def _serve(world: World) -> Any:
    asked = world.parameters
    more = asked.get("service_more", {})
    request = {"cluster": asked["cluster"], "serviceName": asked["service"], "taskDefinition": asked["family"]}
    return world.call("CreateService", **request, **_launch(asked), desiredCount=1, **more)


def run_task(world: World) -> Any:
    return task(world, status=None)


def described_task(world: World, *, after: float | None = None) -> Any:
    """The task, described once it runs, or this many seconds after it was asked for."""
    task(world, status="RUNNING" if after is None else None)
    world.wait(after or 0)
    [found] = world.fake.tasks
    return world.recorded_call(cluster=world.parameters["cluster"], tasks=[found.arn], **included(world))


def stopped_task(world: World) -> Any:
    task(world)
    world.wait(25)
    [found] = world.fake.tasks
    return world.recorded_call(cluster=world.parameters["cluster"], task=found.arn, reason=world.parameters["reason"])


def task_event(world: World) -> Any:
    """The event of the task's coming into the status that the recorded one tells of."""
    container = world.parameters["containers"][0]["name"]
    world.fake.containers.script(container=container, **world.parameters["script"])
    task(world)
    status = world.answer["detail"]["lastStatus"]
    if "service" in world.parameters:
        world.call(
            "UpdateService", cluster=world.parameters["cluster"], service=world.parameters["service"], desiredCount=0
        )
    world.wait_until(lambda: world.fake.events.of("ECS Task State Change", lastStatus=status))
    return world.fake.events.of("ECS Task State Change", lastStatus=status)[0]


def two_tasks(world: World) -> Any:
    world.cluster("default")
    world.on_fargate("web:1", SMALL)
    world.call("RunTask", taskDefinition="web", count=2, **_launch({"subnets": SUBNETS}))
    world.wait(60)
    return world.recorded_call()


def protection_off(world: World) -> Any:
    small_service(world, "web")
    world.wait(60)
    [found] = world.fake.tasks
    world.call("UpdateTaskProtection", cluster="default", tasks=[found.arn], protectionEnabled=True)
    return world.recorded_call(cluster="default", tasks=[found.arn], **world.parameters)


# --- container instances -----------------------------------------------------------------------------------------------------------------


def instance(world: World) -> Any:
    """A container instance with the resources, the type and the zone that are shown."""
    shown = world.answer.get("containerInstance") or world.answer["containerInstances"][0]
    resources = {each["name"]: each["integerValue"] for each in shown["registeredResources"]}
    attributes = {each["name"]: each.get("value") for each in shown["attributes"]}
    world.cluster(world.parameters["cluster"])
    [added] = world.fake.container_instances.add(
        world.parameters["cluster"],
        instance_type=attributes["ecs.instance-type"],
        cpu=resources["CPU"],
        memory=resources["MEMORY"],
        availability_zones=[attributes["ecs.availability-zone"]],
        agent_version=world.parameters.get("agent", shown["versionInfo"]["agentVersion"]),
    )
    return added


def deregistered_instance(world: World) -> Any:
    return world.recorded_call(cluster=world.parameters["cluster"], containerInstance=instance(world).arn, force=True)


def updating_agent(world: World) -> Any:
    return world.recorded_call(cluster=world.parameters["cluster"], containerInstance=instance(world).arn)


def updated_agent(world: World) -> Any:
    added = instance(world)
    world.call("UpdateContainerAgent", cluster=world.parameters["cluster"], containerInstance=added.arn)
    world.wait_until(lambda: added.agent_update_status == "UPDATED")
    return world.recorded_call(cluster=world.parameters["cluster"], containerInstances=[added.arn])


def draining_instance(world: World) -> Any:
    """An instance with two tasks, which together have what is missing of its resources."""
    added = instance(world)
    shown = world.answer["containerInstances"][0]
    registered, remaining = (
        {each["name"]: each["integerValue"] for each in shown[of]}
        for of in ("registeredResources", "remainingResources")
    )
    count = shown["runningTasksCount"]
    reserved = {name.lower(): (registered[name] - remaining[name]) // count for name in ("CPU", "MEMORY")}
    world.definition("job:1", [{"name": "app", "image": "app:1", **reserved}])
    world.call("RunTask", cluster=world.parameters["cluster"], taskDefinition="job", count=count)
    world.wait(60)
    return world.recorded_call(
        cluster=world.parameters["cluster"], containerInstances=[added.arn], status=shown["status"]
    )


def listed_instances(world: World) -> Any:
    world.cluster(world.parameters["cluster"])
    world.fake.container_instances.add(world.parameters["cluster"])
    return world.recorded_call(**world.parameters)


# --- services ----------------------------------------------------------------------------------------------------------------------------


def shown_service(world: World) -> Any:
    """The service that the recorded answer shows."""
    return world.answer.get("service") or world.answer["services"][0]


def stable(world: World) -> None:
    """Wait until the service is stable, and says so."""
    [service] = world.fake.services
    world.wait_until(lambda: service.is_stable and "has reached a steady state." in (service.events or [""])[0])


def described(world: World) -> Any:
    """The service, described as the author did."""
    shown = shown_service(world)
    return world.recorded_call(cluster=name_in(shown["clusterArn"]), services=[shown["serviceName"]], **included(world))


def updated(world: World, operation: str = "UpdateService", **parameters: Any) -> Any:
    shown = shown_service(world)
    return world.call(operation, cluster=name_in(shown["clusterArn"]), service=shown["serviceName"], **parameters)


def small_service(world: World, name: str, *, cluster: str = "default", family: str = "web") -> None:
    """A service of one task on Fargate, of which the recorded answer shows little."""
    world.cluster(cluster)
    world.on_fargate(f"{family}:1", SMALL)
    request = {"cluster": cluster, "serviceName": name, "taskDefinition": family, "desiredCount": 1}
    world.call("CreateService", **request, **_launch({"subnets": SUBNETS}))


#: What authors of services on Fargate gave, as it is shown.
ON_FARGATE = ("desiredCount", "launchType", "networkConfiguration")


def fargate_service(world: World, *members: str, **parameters: Any) -> Any:
    """A service on Fargate as it is shown, its definition and what its author gave; the answer to its creation."""
    shown = shown_service(world)
    containers = behind(shown["loadBalancers"]) or SMALL
    world.on_fargate(shown["taskDefinition"], containers, **world.parameters.get("definition", {}))
    tags = {"tags": shown["tags"]} if "tags" in shown else {}
    return world.service(shown, *members, **tags, **parameters)


#: The service of three recordings: a capacity provider strategy, a target group, a registry; tags by whoever made it.
REDASH = (
    "desiredCount",
    "capacityProviderStrategy",
    "loadBalancers",
    "serviceRegistries",
    "networkConfiguration",
    "enableECSManagedTags",
    "propagateTags",
)
REDASH_WITHOUT_UPDATE = "dev-redash-server:75"


def redash(world: World) -> None:
    """That service, months old, with a deployment that came long after it."""
    shown = shown_service(world)
    world.cluster(name_in(shown["clusterArn"]), capacityProviders=["FARGATE"])
    containers = behind(shown["loadBalancers"])
    world.on_fargate(REDASH_WITHOUT_UPDATE, containers)
    tags = [{"key": "App", "value": "Redash"}, {"key": "corp:app", "value": "redash"}]
    world.service(shown, *REDASH, taskDefinition=REDASH_WITHOUT_UPDATE, tags=tags)
    stable(world)
    updated(world, forceNewDeployment=True)
    stable(world)
    world.wait(24 * 3600)


def redeployed_service(world: World) -> Any:
    redash(world)
    return described(world)


def updated_definition(world: World) -> Any:
    """The same service, told to use a newer revision."""
    redash(world)
    shown = shown_service(world)
    world.on_fargate(shown["taskDefinition"], behind(shown["loadBalancers"]))
    return updated(world, taskDefinition=name_in(shown["taskDefinition"]))


def described_after_update(world: World) -> Any:
    updated_definition(world)
    return described(world)


def forced_twice(world: World) -> Any:
    """A service behind a target group; the answer to its second forced deployment."""
    fargate_service(world, *ON_FARGATE, "loadBalancers", "healthCheckGracePeriodSeconds", "enableExecuteCommand")
    stable(world)
    updated(world, forceNewDeployment=True)
    stable(world)
    world.wait(3600)
    return updated(world, forceNewDeployment=True)


def never_started(world: World) -> Any:
    """A service none of whose tasks has come to run, right after its network configuration was changed."""
    shown = shown_service(world)
    before = shown["deployments"][-1]["networkConfiguration"]
    world.fake.containers.script(image="app:1", pull_error="CannotPullContainerError: not found")
    fargate_service(world, "desiredCount", "launchType", networkConfiguration=before)
    world.wait(13 * 60)
    updated(world, networkConfiguration=shown["networkConfiguration"])
    return described(world)


def created_on_ec2(world: World) -> Any:
    shown = shown_service(world)
    world.definition(shown["taskDefinition"], SMALL_ON_EC2)
    return world.service(shown, "desiredCount")


def scaled_without_instances(world: World) -> None:
    """A service on EC2 whose cluster has no container instances, scaled through a sequence of desired counts."""
    shown = shown_service(world)
    first, *later = world.parameters["sequence"]
    world.definition(shown["taskDefinition"], SMALL_ON_EC2)
    world.service(shown, "placementStrategy", "enableECSManagedTags", launchType="EC2", desiredCount=first)
    world.wait(90)
    for count in later:
        updated(world, desiredCount=count)
        world.wait(90)
    tags = [{"key": "OffHoursPrevious", "value": "Min=1:Max=5:Desired=1"}]
    world.call("TagResource", resourceArn=shown["serviceArn"], tags=tags)


def described_scaled(world: World) -> Any:
    scaled_without_instances(world)
    return described(world)


def scaled_once_more(world: World) -> Any:
    scaled_without_instances(world)
    return updated(world, desiredCount=world.parameters["to"])


def daemon(world: World) -> Any:
    shown = shown_service(world)
    cluster = name_in(shown["clusterArn"])
    world.cluster(cluster)
    world.fake.container_instances.add(cluster)
    world.definition(shown["taskDefinition"], SMALL_ON_EC2)
    world.service(shown, "schedulingStrategy", "launchType")
    stable(world)
    return described(world)


def service_on_code_deploy(world: World) -> None:
    """A service under CodeDeploy, whose one task set is steady."""
    desired = world.parameters.get("desired", shown_service(world)["desiredCount"])
    members = ("launchType", "platformVersion", "loadBalancers", "networkConfiguration", "deploymentController")
    fargate_service(world, *members, "enableECSManagedTags", desiredCount=desired)
    [service] = world.fake.services
    world.wait_until(lambda: any("reached a steady state" in event for event in service.events))


def described_code_deploy(world: World) -> Any:
    service_on_code_deploy(world)
    return described(world)


def deleted_code_deploy(world: World) -> Any:
    """The answer to the deletion of such a service by force, right after it was scaled to zero."""
    service_on_code_deploy(world)
    world.wait(60)
    if world.parameters["scale_first"]:
        updated(world, desiredCount=0)
    return updated(world, "DeleteService", force=world.parameters["force"])


def external_service(world: World, task_set: Mapping[str, Any], *, desired: int) -> Any:
    """A service under an external controller, with one task set without a scale; the answer to the task set's creation."""
    cluster, service = task_set["taskSetArn"].split("/")[1:3]
    world.cluster(cluster)
    world.definition(task_set["taskDefinition"], SMALL_ON_EC2, networkMode="awsvpc")
    where = {"cluster": cluster, "service": service}
    world.call(
        "CreateService",
        cluster=cluster,
        serviceName=service,
        desiredCount=desired,
        deploymentController={"type": "EXTERNAL"},
    )
    world.wait(150)
    given = {name: task_set[name] for name in ("launchType", "networkConfiguration")}
    return world.call("CreateTaskSet", taskDefinition=name_in(task_set["taskDefinition"]), **where, **given)


def created_task_set(world: World) -> Any:
    return external_service(world, world.answer["taskSet"], desired=1)


def external_at_half(world: World) -> Any:
    """That service later on: its task set is at half of the desired count, and primary."""
    shown = shown_service(world)
    [task_set] = shown["taskSets"]
    made = external_service(world, task_set, desired=shown["desiredCount"])
    where = {"cluster": name_in(shown["clusterArn"]), "service": shown["serviceName"]}
    world.wait(900)
    world.call("UpdateTaskSet", taskSet=made["taskSet"]["id"], scale=task_set["scale"], **where)
    world.wait(130)
    world.call("UpdateServicePrimaryTaskSet", primaryTaskSet=made["taskSet"]["id"], **where)
    return described(world)


def steady_for_days(world: World) -> Any:
    """The newest events of a service that nobody has touched for days, as many as were kept."""
    kept = world.answer["services"][0]["events"]
    name = kept[0]["message"].removeprefix("(service ").partition(")")[0]
    small_service(world, name)
    world.wait(3 * 24 * 3600)
    answer = world.recorded_call(services=[name])
    return {**answer, "services": [{"events": answer["services"][0]["events"][: len(kept)]}]}


def described_revisions(world: World) -> Any:
    """The one revision of a service that is steady."""
    [shown] = world.answer["serviceRevisions"]
    world.on_fargate(shown["taskDefinition"], world.parameters["containers"])
    world.cluster(name_in(shown["clusterArn"]), capacityProviders=["FARGATE"])
    service = {**shown, "serviceName": name_in(shown["serviceArn"])}
    world.service(service, "capacityProviderStrategy", "networkConfiguration", desiredCount=1)
    stable(world)
    where = {"cluster": name_in(shown["clusterArn"]), "service": service["serviceName"]}
    [deployment] = world.call("ListServiceDeployments", **where)["serviceDeployments"]
    return world.recorded_call(serviceRevisionArns=[deployment["targetServiceRevisionArn"]])


def listed_services(world: World) -> Any:
    for arn in world.answer["serviceArns"]:
        small_service(world, name_in(arn))
    return world.recorded_call()


def deployment_event(world: World) -> Any:
    asked = world.parameters
    small_service(world, asked["service"], cluster=asked["cluster"], family=asked["family"])
    stable(world)
    [event] = world.fake.events.of(asked["type"], eventName=asked["name"])
    return event


def created_on_fargate(world: World) -> Any:
    return fargate_service(world, *ON_FARGATE, "loadBalancers", "healthCheckGracePeriodSeconds")


def steady_on_fargate(world: World) -> Any:
    fargate_service(world, *ON_FARGATE)
    stable(world)
    return described(world)


#: The function for each recording.
SITUATIONS: Mapping[str, Callable[[World], Any]] = {
    "account-settings": account_settings,
    "clusters-attachments-2022": clusters,
    "clusters-missing-2017": missing_cluster,
    "clusters-service-connect-2023": clusters,
    "create-service-2026": created_on_fargate,
    "create-service-ec2-2019": created_on_ec2,
    "create-task-set-2019": created_task_set,
    "definition-bridge-user-2020": described_definition,
    "definition-docker-volume-2020": described_definition,
    "definition-efs-2024": described_definition,
    "definition-firelens-2021": described_definition,
    "definition-health-check-2026": described_definition,
    "definition-registry-credentials-2020": described_definition,
    "definition-tmpfs-2020": described_definition,
    "definition-ulimits-2024": described_definition,
    "definition-volume-2018": described_definition,
    "delete-provider-2020": deleted_provider,
    "delete-service-code-deploy-2024": deleted_code_deploy,
    "deregister-instance-2019": deregistered_instance,
    "event-deployment-completed-2023": deployment_event,
    "event-task-deprovisioning-2019": task_event,
    "event-task-scaled-in-2023": task_event,
    "instances-agent-updated-2018": updated_agent,
    "list-instances-2018": listed_instances,
    "list-services-2018": listed_services,
    "list-tasks-2018": two_tasks,
    "register-definition-2024": registered_definition,
    "run-task-ebs-2025": run_task,
    "service-after-update-2024": described_after_update,
    "service-code-deploy-2024": described_code_deploy,
    "service-daemon-2020": daemon,
    "service-ec2-bridge-2021": described_scaled,
    "service-external-2019": external_at_half,
    "service-fargate-steady-2023": steady_on_fargate,
    "service-provider-strategy-lb-2024": redeployed_service,
    "service-revisions-2024": described_revisions,
    "service-steady-for-hours-2024": steady_for_days,
    "service-two-deployments-2019": never_started,
    "stop-task-2018": stopped_task,
    "tag-resource-2018": tagged_definition,
    "task-ec2-bridge-2021": described_task,
    "task-fargate-healthy-2026": described_task,
    "task-fargate-running-2018": described_task,
    "task-fargate-service-2018": described_task,
    "task-fargate-spot-exited-2023": task_event,
    "task-fargate-spot-provisioning-2021": partial(described_task, after=3),
    "task-protection-off-2024": protection_off,
    "task-service-connect-2024": described_task,
    "update-container-agent-2018": updating_agent,
    "update-instances-state-2019": draining_instance,
    "update-service-count-2021": scaled_once_more,
    "update-service-definition-2024": updated_definition,
    "update-service-forced-2026": forced_twice,
}

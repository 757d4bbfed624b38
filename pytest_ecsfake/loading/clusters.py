"""Loading capacity providers, clusters and container instances."""

from __future__ import annotations

from typing import Any, cast

from pytest_ecsfake.clock import SECOND
from pytest_ecsfake.engine.instances import attributes as instance_attributes
from pytest_ecsfake.engine.instances import ec2_types
from pytest_ecsfake.engine.managed_instances import subscriptions
from pytest_ecsfake.loading.documents import Part
from pytest_ecsfake.loading.place import Place, pairs
from pytest_ecsfake.state.capacity_provider import FARGATE_PROVIDERS, CapacityProvider
from pytest_ecsfake.state.cluster import Cluster, ClusterAttachment
from pytest_ecsfake.state.container_instance import ContainerInstance

INSTANCE_TYPE = "ecs.instance-type"


def load_capacity_provider(place: Place, part: Part) -> None:
    """Load a capacity provider. Those of Fargate are in every account already."""
    document, store = part.resource, place.region.capacity_providers
    name = document["name"]
    if name in FARGATE_PROVIDERS or not place.is_here(part, document["capacityProviderArn"]):
        return
    if name in store:
        place.complain(part, "the fake has a capacity provider with this name already.")
        return
    managed = document.get("managedInstancesProvider")
    provider = CapacityProvider(
        arn=document["capacityProviderArn"],
        name=name,
        type=document.get("type", "EC2_AUTOSCALING" if managed is None else "MANAGED_INSTANCES"),
        cluster_name=document.get("cluster"),
        auto_scaling_group_provider=document.get("autoScalingGroupProvider"),
        managed_instances_provider=managed,
        status=document.get("status", "ACTIVE"),
        update_status=document.get("updateStatus"),
        update_status_reason=document.get("updateStatusReason"),
        tags=pairs(document.get("tags", [])),
    )
    if provider.is_busy:
        place.complain(
            part, f"it is {provider.update_status}, and what the change brings isn't shown. Load it when it has ended."
        )
        return
    store.add(name, provider)
    if provider.type == "MANAGED_INSTANCES":
        subscriptions.subscribe(place.region)
    place.note("capacity provider", provider.arn, provider.status)


def load_cluster(place: Place, part: Part) -> None:
    """Load a cluster. It takes the place of one that the fake has already, such as one of its options, as long as nothing is in that."""
    document, region = part.resource, place.region
    if not place.is_here(part, document["clusterArn"]):
        return
    if document.get("attachmentsStatus") == "UPDATE_IN_PROGRESS":
        place.complain(
            part,
            "its attachments are UPDATE_IN_PROGRESS, and what they become isn't shown. Load it when that has ended.",
        )
        return
    missing = [name for name in document.get("capacityProviders", []) if name not in region.capacity_providers]
    for name in missing:
        place.complain(
            part,
            f'its capacity provider "{name}" is in no document, nor in the fake. '
            f"Add what `aws ecs describe-capacity-providers --capacity-providers {name}` prints.",
        )
    name = document["clusterName"]
    namespace = document.get("serviceConnectDefaults", {}).get("namespace")
    if namespace is not None:
        region.namespaces.find_or_add(namespace)
    known = region.clusters.get(name)
    if known is not None and _has_contents(place, known):
        place.complain(part, "the fake has a cluster with this name already, with something in it.")
        return
    providers, strategy = document.get("capacityProviders", []), document.get("defaultCapacityProviderStrategy", [])
    cluster = Cluster(
        arn=document["clusterArn"],
        name=name,
        status=document.get("status", "ACTIVE"),
        settings=document.get("settings", []),
        configuration=document.get("configuration"),
        capacity_providers=providers,
        default_capacity_provider_strategy=strategy,
        attachments=[_attachment(item, namespace) for item in document.get("attachments", [])],
        attachments_status=document.get("attachmentsStatus"),
        service_connect_namespace=namespace,
        tags=pairs(document.get("tags", [])),
        requested_capacity_providers=list(providers),
        requested_strategy=list(strategy),
    )
    region.clusters.add(name, cluster)
    place.note("cluster", cluster.arn, cluster.status)


def _has_contents(place: Place, cluster: Cluster) -> bool:
    region = place.region
    stores = (region.services_in, region.tasks_in, region.container_instances_in, region.daemons_in)
    return any(len(store(cluster)) for store in stores)


def _attachment(document: dict[str, Any], namespace: str | None) -> ClusterAttachment:
    """An attachment. Whose it is stands in its details, but for that of Service Connect, which is of the cluster's namespace."""
    details = document.get("details", [])
    of_provider = [each["value"] for each in details if each.get("name") == "capacityProviderName"]
    owner = of_provider[0] if of_provider else namespace or ""
    return ClusterAttachment(document["id"], document["type"], document["status"], owner, details)


def load_container_instance(place: Place, part: Part) -> None:
    """Load a container instance. Its agent is a simulated one, and what it has reserved is registered without remaining."""
    document, region = part.resource, place.region
    arn = document["containerInstanceArn"]
    if not place.is_here(part, arn):
        return
    names = arn.rpartition(":")[2].split("/")
    if len(names) != 3:
        place.complain(part, "its ARN has the old format without the cluster, so where it belongs isn't known.")
        return
    cluster = place.cluster(region.partition.arn(f"cluster/{names[1]}"))
    store = region.container_instances_in(cluster)
    if names[2] in store:
        place.complain(part, "the fake has a container instance with this id already.")
        return
    registered, remaining = (
        _resources(document["registeredResources"]),
        _resources(document.get("remainingResources", [])),
    )
    attributes: dict[str, str | None] = {each["name"]: each.get("value") for each in document.get("attributes", [])}
    kind = ec2_types.find(attributes.get(INSTANCE_TYPE) or "") or ec2_types.DEFAULT
    cpu, memory = registered.get("CPU", 0), registered.get("MEMORY", 0)
    ports, ports_udp, gpus = (tuple(registered.get(name, ())) for name in ("PORTS", "PORTS_UDP", "GPU"))
    instance = ContainerInstance(
        arn=arn,
        id=names[2],
        cluster=cluster,
        registered_at=round(document["registeredAt"] * SECOND) if "registeredAt" in document else region.clock.now,
        cpu=cpu,
        memory=memory,
        reserved_ports=tuple(map(int, ports)),
        reserved_ports_udp=tuple(map(int, ports_udp)),
        gpus=gpus,
        network_interfaces=kind.task_network_interfaces,
        ec2_instance_id=document.get("ec2InstanceId"),
        launch_type="EXTERNAL" if instance_attributes.EXTERNAL in attributes else _launch_type(place, document),
        agent_connected=document.get("agentConnected", True),
        agent_update_status=document.get("agentUpdateStatus"),
        version_info=document.get("versionInfo"),
        status=document.get("status", "ACTIVE"),
        version=document.get("version", 1),
        attributes=attributes,
        custom_attributes={name for name in attributes if instance_attributes.is_custom(name)},
        capacity_provider_name=document.get("capacityProviderName"),
        tags=pairs(document.get("tags", [])),
        used_cpu=cpu - remaining.get("CPU", cpu),
        used_memory=memory - remaining.get("MEMORY", memory),
        used_ports=set(map(int, remaining.get("PORTS", ports))) - set(map(int, ports)),
        used_ports_udp=set(map(int, remaining.get("PORTS_UDP", ports_udp))) - set(map(int, ports_udp)),
        used_gpus=set(gpus) - set(remaining.get("GPU", gpus)),
    )
    store.add(instance.id, instance)
    place.note("container instance", arn, instance.status)


def _launch_type(place: Place, document: dict[str, Any]) -> Any:
    provider = place.region.capacity_providers.get(document.get("capacityProviderName", ""))
    return "MANAGED_INSTANCES" if provider is not None and provider.type == "MANAGED_INSTANCES" else "EC2"


def _resources(given: list[dict[str, Any]]) -> dict[str, Any]:
    """The resources by name: a number, or the values of a set."""
    found = {}
    for each in given:
        values = each.get("stringSetValue", [])
        number = each.get("integerValue") or each.get("longValue") or int(each.get("doubleValue", 0))
        found[each["name"]] = values if each.get("type") == "STRINGSET" else number
    return cast("dict[str, Any]", found)

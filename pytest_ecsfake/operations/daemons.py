"""Managed daemons: creating, showing, updating and deleting them, their deployments and their revisions.

Rules: API reference of each; Developer Guide, "Amazon ECS managed daemons". Texts that nobody has seen are marked unverified.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pytest_ecsfake import arns, documents, pagination
from pytest_ecsfake.clock import to_epoch_seconds
from pytest_ecsfake.engine.capacity import managed_instances
from pytest_ecsfake.engine.daemons import deployments
from pytest_ecsfake.engine.daemons.subscriptions import subscribe
from pytest_ecsfake.engine.launch import overrides
from pytest_ecsfake.engine.lookup import find_each
from pytest_ecsfake.engine.rollouts.rollout import ID_LENGTH, random_id
from pytest_ecsfake.engine.tags import tags_by_key
from pytest_ecsfake.errors import (
    ClientException,
    ClusterNotFoundException,
    DaemonNotActiveException,
    DaemonNotFoundException,
    EcsError,
    InvalidParameterException,
)
from pytest_ecsfake.operations.registry import operation
from pytest_ecsfake.rendering import daemon as rendering
from pytest_ecsfake.state.cluster import NOT_FOUND, Cluster
from pytest_ecsfake.state.daemon import Daemon, DaemonDeployment, DaemonRevision, DaemonToken
from pytest_ecsfake.state.daemon_task_definition import DaemonTaskDefinition
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.task_template import TaskTemplate

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: API reference, maxResults: the defaults of ListDaemons and of ListDaemonDeployments.
DAEMONS_PER_PAGE, DEPLOYMENTS_PER_PAGE = 100, 20

#: API reference, CreateDaemon, daemonName.
NAME = re.compile(r"[a-zA-Z0-9_-]{1,255}")

#: Developer Guide, "Amazon ECS managed daemon deployments": the longest bake time in minutes.
LONGEST_BAKE_TIME = 1440

# --- texts; where nothing else is said # unverified -------------------------------------------------------------------------------------
DAEMON_NOT_FOUND = "The specified daemon was not found."
NOT_ACTIVE = "The specified daemon is not active."
DELETION_ONGOING = (
    "The daemon can't be deleted: its deployment deletion is ongoing."  # Terraform looks for the last four words
)
EXISTS = "A daemon with the name {name} already exists in the cluster."
TOKEN_USED = "The provided clientToken is already in use with a different CreateDaemon request."
BAD_NAME = "Daemon name must match ^[a-zA-Z0-9\\-_]{1,255}$."
DEFINITION_NOT_FOUND = "Daemon task definition not found."
DEFINITION_DELETED = "The daemon task definition is being deleted or has been deleted."
PROVIDER_NOT_FOUND = (
    "The specified capacity provider does not exist. Specify a valid name or ARN and try again."  # that of its Delete
)
NO_PROVIDERS = "capacityProviderArns cannot be empty."
BAD_BAKE_TIME = "bakeTimeInMinutes must be between 0 and 1440."
NO_ALARMS = "Alarms are enabled, but alarmNames is empty."


@operation(
    "CreateDaemon",
    simplified=(
        "The deployment replaces the instances that are there, batch after batch, by new ones of the same type. How ECS rounds the drain "
        "percent is an assumption, and so is the threshold of the circuit breaker: always 10.",
        "A deployment is PENDING for 5 s, and a task that fails to start is tried again after 15 s (`timings` changes both).",
        "A client token is remembered as long as the daemon exists, an assumption.",
        "Roles aren't looked up, and no quota of daemons is counted.",
    ),
)
def create_daemon(region: Region, request: api.CreateDaemonRequest) -> api.CreateDaemonResponse:
    """Create a daemon, ACTIVE at once, and begin its first deployment. A client token that was used before answers with its daemon."""
    cluster = region.clusters.active(request.get("clusterArn"))
    daemons = region.daemons_in(cluster)
    token = request.get("clientToken")
    known = None if token is None else daemons.tokens.get(token)
    if known is not None:
        if documents.unpack(known.request) != dict(request):
            raise InvalidParameterException(TOKEN_USED)
        return _created(known.daemon)
    name = request["daemonName"]
    if not NAME.fullmatch(name):
        raise InvalidParameterException(BAD_NAME)
    definition = _definition(region, request["daemonTaskDefinitionArn"])
    providers = _providers(region, cluster, request["capacityProviderArns"])
    configuration = _configuration(request)
    tags = tags_by_key(request.get("tags", []))
    if name in daemons:
        raise InvalidParameterException(EXISTS.format(name=name))
    arn = region.partition.arn(f"daemon/{cluster.name}/{name}")
    daemon = Daemon(arn, name, cluster, region.clock.now, None, tags=tags)
    daemon.revision = _new_revision(region, daemon, definition, providers, request)
    daemon.capacity_providers = frozenset(providers)
    subscribe(region)
    daemons.add(name, daemon)
    region.journal.write(region.clock.now, "daemon", arn, "status", None, daemon.status)
    deployments.begin(region, daemon, random_id(region, ID_LENGTH), daemon.revision, configuration)
    if token is not None:
        daemons.tokens[token] = DaemonToken(documents.pack(dict(request)), daemon)
    return _created(daemon)


@operation(
    "UpdateDaemon",
    simplified=("An update always deploys, also one that changes nothing; one that is under way stops.",),
)
def update_daemon(region: Region, request: api.UpdateDaemonRequest) -> api.UpdateDaemonResponse:
    """Replace the settings of a daemon, and begin a deployment. What is left out falls back to its default."""
    daemon = _known(region, request["daemonArn"])
    if daemon.status != "ACTIVE":
        raise DaemonNotActiveException(NOT_ACTIVE)
    definition = _definition(region, request["daemonTaskDefinitionArn"])
    providers = _providers(region, daemon.cluster, request["capacityProviderArns"])
    configuration = _configuration(request)
    revision = _new_revision(region, daemon, definition, providers, request)
    deployments.begin(region, daemon, random_id(region, ID_LENGTH), revision, configuration)
    daemon.updated_at = region.clock.now
    return _changed(daemon)


@operation(
    "DeleteDaemon",
    simplified=(
        "A daemon is gone when the deployment that takes it away has ended; its deployments can still be described, an assumption.",
    ),
)
def delete_daemon(region: Region, request: api.DeleteDaemonRequest) -> api.DeleteDaemonResponse:
    """Begin to take a daemon away, by a deployment that replaces the instances that run it."""
    daemon = _known(region, request["daemonArn"])
    if daemon.status != "ACTIVE":
        raise InvalidParameterException(DELETION_ONGOING)
    deployments.delete(region, daemon, random_id(region, ID_LENGTH))
    return _changed(daemon)


@operation(
    "DescribeDaemon",
    simplified=("The first revision of a daemon is shown at once, also while its deployment is PENDING.",),
)
def describe_daemon(region: Region, request: api.DescribeDaemonRequest) -> api.DescribeDaemonResponse:
    """Show a daemon, with the revisions that its instances have."""
    return {"daemon": rendering.daemon(region, _known(region, request["daemonArn"]))}


@operation("ListDaemons", simplified=("Daemons come in the order of their creation; ECS documents no order.",))
def list_daemons(region: Region, request: api.ListDaemonsRequest) -> api.ListDaemonsResponse:
    """List the daemons of a cluster, or of some of its capacity providers."""
    cluster = region.clusters.active(request.get("clusterArn"))
    start = pagination.position(region.partition, "ListDaemons", request)
    wanted = {region.capacity_providers.name_of(arn) for arn in request.get("capacityProviderArns", [])}
    found, following = region.daemons_in(cluster).page(
        request.get("maxResults", DAEMONS_PER_PAGE),
        after=start,
        where=None if not wanted else lambda daemon: bool(wanted & daemon.capacity_providers),
    )
    response: api.ListDaemonsResponse = {"daemonSummariesList": [rendering.summary(daemon) for daemon in found]}
    if following is not None:
        response["nextToken"] = pagination.token(region.partition, "ListDaemons", request, following)
    return response


@operation(
    "DescribeDaemonDeployments",
    simplified=("An ARN that is malformed or of another kind is a failure with the reason MISSING too.",),
)
def describe_daemon_deployments(
    region: Region, request: api.DescribeDaemonDeploymentsRequest
) -> api.DescribeDaemonDeploymentsResponse:
    """Show deployments. Whatever ARN isn't one of theirs is a failure: the waiters rely on it."""
    found, failures = find_each(region, request["daemonDeploymentArns"], "daemonDeploymentArns", _deployment)
    return {"daemonDeployments": [rendering.daemon_deployment(region, each) for each in found], "failures": failures}


@operation("ListDaemonDeployments", simplified=("The newest come first, an assumption.",))
def list_daemon_deployments(
    region: Region, request: api.ListDaemonDeploymentsRequest
) -> api.ListDaemonDeploymentsResponse:
    """List the deployments of a daemon, the newest first. # unverified."""
    start = pagination.position(region.partition, "ListDaemonDeployments", request)
    # DaemonNotFoundException isn't declared here.
    daemon = _known(region, request["daemonArn"], missing=ClientException)
    newest_first = list(enumerate(daemon.deployments))[:start][::-1]
    found = [(position, each) for position, each in newest_first if _is_selected(each, request)]
    size = request.get("maxResults", DEPLOYMENTS_PER_PAGE)
    response: api.ListDaemonDeploymentsResponse = {
        "daemonDeployments": [rendering.deployment_summary(each) for _, each in found[:size]]
    }
    if len(found) > size:
        position = found[size - 1][0]
        response["nextToken"] = pagination.token(region.partition, "ListDaemonDeployments", request, position)
    return response


@operation(
    "DescribeDaemonRevisions",
    simplified=(
        "Images are shown without digests.",
        "An ARN that is malformed or of another kind is a failure with the reason MISSING too.",
    ),
)
def describe_daemon_revisions(
    region: Region, request: api.DescribeDaemonRevisionsRequest
) -> api.DescribeDaemonRevisionsResponse:
    """Show revisions. Whatever ARN isn't one of theirs is a failure."""
    found, failures = find_each(region, request["daemonRevisionArns"], "daemonRevisionArns", _revision)
    return {"daemonRevisions": [rendering.daemon_revision(each) for each in found], "failures": failures}


# --- what requests name -----------------------------------------------------------------------------------------------------------------


def _known(region: Region, arn: str, *, missing: type[EcsError] = DaemonNotFoundException) -> Daemon:
    """The daemon with an ARN.

    Raises:
        EcsError: the `missing`, where there is no such daemon.
        ClusterNotFoundException: there is no such cluster.
        ClientException, InvalidParameterException: see `arns.resource_of`.
    """
    parts = arns.resource_of(arn, region.partition, "daemon")
    if len(parts) != 2:
        raise InvalidParameterException(arns.WRONG_SEPARATORS)
    cluster = region.clusters.get(parts[0])
    if cluster is None:
        raise ClusterNotFoundException(NOT_FOUND)
    daemon = region.daemons_in(cluster).get(parts[1])
    if daemon is None:
        raise missing(DAEMON_NOT_FOUND)
    return daemon


def _definition(region: Region, identifier: str) -> DaemonTaskDefinition:
    definition = region.daemon_task_definitions.find(identifier)
    if definition is None:
        raise ClientException(DEFINITION_NOT_FOUND)
    if definition.status != "ACTIVE":
        raise ClientException(DEFINITION_DELETED)
    return definition


def _providers(region: Region, cluster: Cluster, identifiers: Sequence[str]) -> tuple[str, ...]:
    """The names of capacity providers, each once.

    Raises:
        InvalidParameterException: there is none.
        ClientException: one is unknown, isn't of Managed Instances, or belongs to another cluster.
    """
    if not identifiers:
        raise InvalidParameterException(NO_PROVIDERS)
    names = []
    for identifier in identifiers:
        provider = region.capacity_providers.find(identifier)
        if provider is None or provider.status == "INACTIVE":
            raise ClientException(PROVIDER_NOT_FOUND)
        if provider.kind != "MANAGED_INSTANCES":
            raise ClientException(managed_instances.NOT_OF_THIS_KIND)
        if provider.cluster_name != cluster.name:
            raise ClientException(managed_instances.OTHER_CLUSTER)
        names.append(provider.name)
    return tuple(dict.fromkeys(names))


def _configuration(request: Mapping[str, Any]) -> api.DaemonDeploymentConfiguration:
    """The deployment configuration of a request, complete.

    Raises:
        InvalidParameterException: the bake time is out of its range, or alarms are enabled without any.
    """
    configuration = deployments.complete_configuration(request.get("deploymentConfiguration", {}))
    if not 0 <= configuration["bakeTimeInMinutes"] <= LONGEST_BAKE_TIME:
        raise InvalidParameterException(BAD_BAKE_TIME)
    if configuration["alarms"]["enable"] and not configuration["alarms"]["alarmNames"]:
        raise InvalidParameterException(NO_ALARMS)
    return configuration


def _new_revision(
    region: Region,
    daemon: Daemon,
    definition: DaemonTaskDefinition,
    providers: tuple[str, ...],
    request: Mapping[str, Any],
) -> DaemonRevision:
    number = region.ids.number(10**18, 10**19 - 1)
    document = definition.definition.document
    size = overrides.size_on_instance(document, {})
    revision = DaemonRevision(
        arn=region.partition.arn(f"daemon-revision/{daemon.cluster.name}/{daemon.name}/{number}"),
        daemon_arn=daemon.arn,
        daemon_name=daemon.name,
        cluster=daemon.cluster,
        definition=definition,
        template=TaskTemplate(
            definition=definition.definition,
            launch_type="MANAGED_INSTANCES",
            subnets=(),
            overrides=overrides.complete(document, {}),
            cpu=str(size.cpu),
            memory=str(size.memory),
        ),
        capacity_providers=providers,
        created_at=region.clock.now,
        propagate_tags=request.get("propagateTags", "NONE"),
        enable_ecs_managed_tags=request.get("enableECSManagedTags", False),
        enable_execute_command=request.get("enableExecuteCommand", False),
        critical=request.get("critical", True),
    )
    region.daemons_in(daemon.cluster).revisions[revision.arn] = revision
    return revision


def _deployment(region: Region, arn: str) -> DaemonDeployment | None:
    cluster = _cluster_in(region, arn, "daemon-deployment")
    return None if cluster is None else region.daemons_in(cluster).deployments.get(arn)


def _revision(region: Region, arn: str) -> DaemonRevision | None:
    cluster = _cluster_in(region, arn, "daemon-revision")
    return None if cluster is None else region.daemons_in(cluster).revisions.get(arn)


def _cluster_in(region: Region, arn: str, kind: str) -> Cluster | None:
    """The cluster in an ARN of a kind; None if there is none, or the ARN is another one."""
    try:
        parts = arns.resource_of(arn, region.partition, kind)
    except (ClientException, InvalidParameterException):
        return None
    return region.clusters.get(parts[0]) if parts else None


def _is_selected(deployment: DaemonDeployment, request: api.ListDaemonDeploymentsRequest) -> bool:
    created_at = to_epoch_seconds(deployment.created_at)
    window = request.get("createdAt", {})
    if request.get("status") and deployment.status not in request["status"]:
        return False
    return window.get("after", created_at - 1) < created_at < window.get("before", created_at + 1)


# --- answers ----------------------------------------------------------------------------------------------------------------------------


def _created(daemon: Daemon) -> api.CreateDaemonResponse:
    return {
        "daemonArn": daemon.arn,
        "status": daemon.status,
        "createdAt": to_epoch_seconds(daemon.created_at),
        "deploymentArn": daemon.deployments[0].arn,
    }


def _changed(daemon: Daemon) -> api.UpdateDaemonResponse:
    assert daemon.updated_at is not None
    return {
        "daemonArn": daemon.arn,
        "status": daemon.status,
        "createdAt": to_epoch_seconds(daemon.created_at),
        "updatedAt": to_epoch_seconds(daemon.updated_at),
        "deploymentArn": daemon.deployment.arn,
    }

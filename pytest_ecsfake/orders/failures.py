"""`failures[]`: which parameter of an operation names the things that can fail one by one, and what a call looks like without one of them.

Rules: botocore: the operations whose response has `failures`; Developer Guide, "API failure reasons".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_ecsfake import arns

if TYPE_CHECKING:
    from pytest_ecsfake import api
    from pytest_ecsfake.arns import Partition


class Failing(NamedTuple):
    """The parameter whose items fail, what answers the rest, and the resource that an item's name or id stands for."""

    parameter: str
    answer: str
    resource: str | None = None  # None: the caller says what the entry names, if anything
    default: Any = ()  # what is meant where the parameter isn't given


#: botocore: every operation whose response has failures.
#:  operation                         parameter                answer                resource
FAILING: Mapping[str, Failing] = {
    "DeleteTaskDefinitions":         Failing("taskDefinitions", "taskDefinitions", "task-definition/{item}"),
    "DescribeCapacityProviders":     Failing("capacityProviders", "capacityProviders", "capacity-provider/{item}"),
    "DescribeClusters":              Failing("clusters", "clusters", "cluster/{item}", default=("default",)),
    "DescribeContainerInstances":    Failing("containerInstances", "containerInstances", "container-instance/{cluster}/{item}"),
    "DescribeDaemonDeployments":     Failing("daemonDeploymentArns", "daemonDeployments"),
    "DescribeDaemonRevisions":       Failing("daemonRevisionArns", "daemonRevisions"),
    "DescribeServiceDeployments":    Failing("serviceDeploymentArns", "serviceDeployments"),
    "DescribeServiceRevisions":      Failing("serviceRevisionArns", "serviceRevisions"),
    "DescribeServices":              Failing("services", "services", "service/{cluster}/{item}"),
    "DescribeTaskSets":              Failing("taskSets", "taskSets", "task-set/{cluster}/{service}/{item}"),
    "DescribeTasks":                 Failing("tasks", "tasks", "task/{cluster}/{item}"),
    "GetTaskProtection":             Failing("tasks", "protectedTasks", "task/{cluster}/{item}"),
    "RunTask":                       Failing("count", "tasks", default=1),
    "StartTask":                     Failing("containerInstances", "tasks", "container-instance/{cluster}/{item}"),
    "UpdateContainerInstancesState": Failing("containerInstances", "containerInstances", "container-instance/{cluster}/{item}"),
    "UpdateTaskProtection":          Failing("tasks", "protectedTasks", "task/{cluster}/{item}"),
}  # fmt: skip


def without_one(
    operation: str,
    request: Mapping[str, Any],
    partition: Partition,
    entry: api.Failure,
    before: Sequence[api.Failure] = (),
) -> tuple[dict[str, Any], api.Failure] | None:
    """A request without the thing that fails, and the entry that tells of it.

    Args:
        operation: one of `FAILING`.
        request: the request; it stays as it is.
        partition: where the call is made.
        entry: what was ordered. Its `arn`, a name, an id or an ARN, says which item of a list it is; without one it is the first.
        before: the entries that were ordered before, and have a part in this call.

    Returns:
        None where nothing of the request fails. What is left may be nothing: see `nothing_left`.
    """
    row = FAILING[operation]
    given = request.get(row.parameter, row.default)
    if isinstance(given, int):
        if given:
            return {**request, row.parameter: given - 1}, entry
        # A task can fail on several container instances, each of which has an entry (Developer Guide, "API failure reasons").
        is_another = "arn" in entry and all(entry["arn"] != other.get("arn", entry["arn"]) for other in before)
        return ({**request}, entry) if is_another else None
    wanted = entry.get("arn")
    index = next((i for i, item in enumerate(given) if wanted is None or _name(item) == _name(wanted)), None)
    if index is None:
        return None
    rest = [*given[:index], *given[index + 1 :]]
    return {**request, row.parameter: rest}, {**entry, "arn": _arn(row, given[index], request, partition)}


def nothing_left(operation: str, request: Mapping[str, Any]) -> bool:
    """Whether a request without what fails asks for nothing at all, so that there is nothing to carry out."""
    return not request[FAILING[operation].parameter]


def _name(identifier: str) -> str:
    """The part of a name, an id or an ARN that all three have."""
    return identifier.rpartition("/")[2]


def _arn(row: Failing, item: str, request: Mapping[str, Any], partition: Partition) -> str:
    """The ARN of an item, which may have been given as such."""
    if arns.is_arn(item) or row.resource is None:
        return item
    names = {name: _name(request.get(name, "default")) for name in ("cluster", "service")}
    return partition.arn(row.resource.format(item=item, **names))

"""A call in short form: the operation and what it names, such as `CreateService (prod/web, 3 tasks)`, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_ecsfake.views.timeline.names import in_short, several, several_ids, short_id

if TYPE_CHECKING:
    from pytest_ecsfake.recording.call import Call

#: The longest text of an error's message behind a call.
_LONGEST = 200


class Shown(NamedTuple):
    """How the time line shows a parameter: which resource of which cluster its value names, or a word about the call."""

    parameter: str
    show: Callable[[str, Any], str]
    is_key: bool = (
        False  # whether the text is the key of a resource in a cluster, which the cluster needn't be named beside
    )


def _in_cluster(cluster: str, value: Any) -> str:
    names = [str(each).rpartition("/")[2] for each in (value if isinstance(value, list) else [value])]
    return f"{cluster}/{several(names)}" if len(names) == 1 else f"{cluster}: {several(names)}"


def _ids_in_cluster(cluster: str, value: Any) -> str:
    given = value if isinstance(value, list) else [value]
    return f"{cluster}/{short_id(given[0])}" if len(given) == 1 else f"{cluster}: {several_ids(given)}"


def _name(_: str, value: Any) -> str:
    given = value if isinstance(value, list) else [value]
    return several([str(each).rpartition("/")[2] for each in given])


def _resource(_: str, value: Any) -> str:
    return in_short(str(value))


def _tasks(_: str, value: Any) -> str:
    return f"{value} task" if value == 1 else f"{value} tasks"


def _word(_: str, value: Any) -> str:
    return str(value)


def _family(_: str, value: Any) -> str:
    return f"family {value}"


#: What is shown of a request, in this order.
SHOWN = (
    Shown("service", _in_cluster, is_key=True),
    Shown("services", _in_cluster, is_key=True),
    Shown("serviceName", _in_cluster, is_key=True),
    Shown("task", _ids_in_cluster, is_key=True),
    Shown("tasks", _ids_in_cluster, is_key=True),
    Shown("containerInstance", _ids_in_cluster, is_key=True),
    Shown("containerInstances", _ids_in_cluster, is_key=True),
    Shown("clusterName", _name),
    Shown("clusters", _name),
    Shown("serviceArn", _resource),
    Shown("resourceArn", _resource),
    Shown("taskSet", _name),
    Shown("taskSets", _name),
    Shown("serviceDeploymentArn", _resource),
    Shown("daemonName", _name),
    Shown("daemonArn", _resource),
    Shown("name", _name),
    Shown("capacityProvider", _name),
    Shown("capacityProviders", _name),
    Shown("taskDefinition", _name),
    Shown("taskDefinitions", _name),
    Shown("family", _family),
    Shown("familyPrefix", _family),
    Shown("count", _tasks),
    Shown("desiredCount", _tasks),
    Shown("desiredStatus", _word),
    Shown("status", _word),
)

#: What needn't be shown of these operations, as it can be seen in what follows.
OMITTED: Mapping[str, tuple[str, ...]] = {
    "CreateService": ("taskDefinition",),
    "RegisterTaskDefinition": ("family",),
    "RunTask": ("count",),
}


def _started(answer: Mapping[str, Any]) -> str:
    arns = [task["taskArn"] for task in answer.get("tasks", ())]
    if len(arns) == 1:
        return f"task {short_id(arns[0])}"
    return f"{len(arns)} tasks: {several_ids(arns)}" if arns else "no task"


#: What is shown of the answer: the member, and how.
_ANSWERED: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "RegisterTaskDefinition": lambda answer: answer["taskDefinition"]["taskDefinitionArn"].rpartition("/")[2],
    "RunTask": _started,
    "StartTask": _started,
}


def short_call(call: Call, *, names_clusters: bool = True) -> str:
    """A call in short form.

    Args:
        call: the call.
        names_clusters: whether CreateCluster names its cluster.
    """
    said = list(_said(call, names_clusters=names_clusters))
    return f"{call.operation} ({', '.join(said)})" if said else call.operation


def names_in(call: Call) -> frozenset[str]:
    """The names that a call names or its answer has: clusters, services by their keys, whole ids."""
    params = call.params
    cluster = str(params.get("cluster") or "default").rpartition("/")[2]
    names = {cluster} if "cluster" in params else set[str]()
    for row in SHOWN:
        value = params.get(row.parameter)
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, str):
                name = each.rpartition("/")[2]
                names |= {name, f"{cluster}/{name}"} if row.is_key else {name}
    tasks = (call.response or {}).get("tasks", ()) if call.answered_by is None else ()
    for task in tasks:
        key = task["taskArn"].partition("/")[2]
        names |= {key, key.rpartition("/")[2]}
    return frozenset(names)


def _said(call: Call, *, names_clusters: bool) -> Iterator[str]:
    params = call.params
    cluster = str(params.get("cluster") or "default").rpartition("/")[2]
    omitted = OMITTED.get(call.operation, ())
    if call.operation == "CreateCluster" and not names_clusters:
        return
    named = False
    shown = []
    for row in SHOWN:
        value = params.get(row.parameter)
        if value in (None, []) or row.parameter in omitted:
            continue
        shown.append(row.show(cluster, value))
        named = named or row.is_key
    if not named and params.get("cluster"):
        yield cluster
    yield from shown
    if call.operation in _ANSWERED and call.answered_by is None and call.response is not None:
        yield _ANSWERED[call.operation](call.response)
    if call.operation.startswith("Update"):
        known = {"cluster", *(row.parameter for row in SHOWN)}
        yield from (name for name in params if name not in known)


def outcome(call: Call) -> str:
    """What came of a call, if it wasn't answered by the fake with success: ` -> ClusterNotFoundException: Cluster not found.`."""
    attempts = f" in {len(call.attempts)} attempts" if len(call.attempts) > 1 else ""
    if call.answered_by is not None:
        code = "" if call.error is None else f"{call.error.code}, "
        return f"{attempts} -> {code}answered by {call.answered_by}"
    if call.error is not None:
        return f"{attempts} -> {call.error.code}: {_cut(call.error.message or '')}"
    if call.problem is not None:
        return f"{attempts} -> {type(call.problem).__name__}: {_cut(str(call.problem))}"
    reasons = [failure.get("reason", "") for failure in (call.response or {}).get("failures", ())]
    counted = [
        f"{reasons.count(reason)} x {reason}" if reasons.count(reason) > 1 else reason
        for reason in dict.fromkeys(reasons)
    ]
    return f"{attempts} -> failures: {', '.join(counted)}" if counted else attempts


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"

"""Where a task is placed, why nowhere, and which task goes first. An instance here has 1,024 CPU units and MiB, a task takes 256 of each."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_ecsfake.arns import Partition
from pytest_ecsfake.clock import Clock
from pytest_ecsfake.engine.placement import placement, query_language, reservation
from pytest_ecsfake.errors import InvalidParameterException
from pytest_ecsfake.state.cluster import Cluster
from pytest_ecsfake.state.container_instance import ContainerInstance, RequiredResources
from pytest_ecsfake.state.ids import Ids
from pytest_ecsfake.state.region import World
from pytest_ecsfake.state.timings import Timings

ZONE = "ecs.availability-zone"
A_TASK = RequiredResources(cpu=256, memory=256)
BY_ZONE = {"type": "spread", "field": f"attribute:{ZONE}"}
BY_INSTANCE = {"type": "spread", "field": "host"}
BY_MEMORY = {"type": "binpack", "field": "memory"}
DISTINCT = {"type": "distinctInstance"}


def member_of(expression):
    return {"type": "memberOf", "expression": expression}


def placement_of(region, instances, needed=A_TASK, **given):
    return placement.Placement(region, instances, needed, **{"group": "service:web", **given})


def take(instance, needed):
    """Reserve what a task needs that was placed on an instance."""
    document = {"cpu": str(needed.cpu), "memory": str(needed.memory), "containerDefinitions": []}
    reservation.take(instance, SimpleNamespace(definition=SimpleNamespace(document=document), overrides={}))


def place(region, many, *instances, needed=A_TASK, **given):
    """The names of the instances that this many tasks are placed on, in their order; each takes what it needs."""
    placing = placement_of(region, instances, needed, **given)
    names = []
    for _ in range(many):
        instance = placing.place()
        if instance is None:
            break
        take(instance, needed)
        names.append(instance.id)
    return " ".join(names)


@pytest.mark.parametrize(
    ("instance", "given", "reason"),
    [
        pytest.param({"cpu": 255}, {}, "RESOURCE:CPU", id="too little CPU"),
        pytest.param({"memory": 255}, {}, "RESOURCE:MEMORY", id="too little memory"),
        pytest.param(
            {"used_ports": {80}},
            {"needed": RequiredResources(ports=(80,))},
            "RESOURCE:PORTS",
            id="a port that is taken",
        ),
        pytest.param({}, {"needed": RequiredResources(gpus=1)}, "RESOURCE:GPU", id="no GPU"),
        pytest.param(
            {}, {"needed": RequiredResources(network_interfaces=1)}, "RESOURCE:ENI", id="no network interface"
        ),
        pytest.param({"agent_connected": False, "cpu": 0}, {}, "AGENT", id="a lost agent, whatever else is wrong"),
        pytest.param({}, {"required_attributes": [{"name": "gpu"}]}, "ATTRIBUTE", id="an attribute that isn't there"),
        pytest.param({}, {"required_attributes": [{"name": ZONE, "value": "x"}]}, "ATTRIBUTE", id="another value"),
        pytest.param({}, {"zones": {"us-east-1b"}}, "LOCATION", id="another zone"),
        pytest.param(
            {},
            {"constraints": [member_of("attribute:stack exists")]},
            "MemberOf placement constraint unsatisfied.",
            id="memberOf",
        ),
        pytest.param(
            {},
            {"constraints": [member_of("not(task:group == service:web)")]},
            "MemberOf placement constraint unsatisfied.",
            id="memberOf, of the tasks there",
        ),
        pytest.param(
            {}, {"constraints": [DISTINCT]}, "DistinctInstance placement constraint unsatisfied.", id="distinctInstance"
        ),
        pytest.param({"memory": 0}, {"constraints": [DISTINCT]}, "RESOURCE:MEMORY", id="resources before constraints"),
    ],
)
def test_an_instance_that_cannot_take_a_task_says_why(region, add_instance, add_task, instance, given, reason):
    """Developer Guide, "API failure reasons". A task of the service runs on the instance already."""
    one = add_instance("one", {ZONE: "us-east-1a"}, **instance)
    add_task(one)

    placing = placement_of(region, [one], **given)

    assert placing.place() is None
    assert placing.failures() == [{"arn": one.arn, "reason": reason}]


def test_an_instance_with_all_that_is_asked_for_takes_the_task(region, add_instance):
    one = add_instance("one", {ZONE: "us-east-1a", "gpu": None, "stack": "prod"})

    placing = placement_of(
        region,
        [one],
        required_attributes=[{"name": "gpu"}, {"name": "stack", "value": "prod"}],
        constraints=[member_of("attribute:stack == prod"), member_of("not(task:group == service:web)"), DISTINCT],
        zones={"us-east-1a", "us-east-1b"},
    )

    assert placing.failures() == []
    assert placing.place() is one


def test_the_tasks_of_one_call_keep_their_distance_from_each_other(region, add_instance):
    one, two = add_instance("one"), add_instance("two")

    assert place(region, 3, one, two, constraints=[DISTINCT]) in ("one two", "two one")
    assert place(region, 3, one, two, group="x", constraints=[member_of("not(task:group == x)")]) in (
        "one two",
        "two one",
    )


def test_distinct_instance_is_about_the_own_group(region, add_instance, add_task):
    one = add_instance("one")
    add_task(one, "service:other")
    add_task(one, "service:web", desired_status="STOPPED")

    assert place(region, 1, one, constraints=[DISTINCT]) == "one"


@pytest.mark.parametrize(
    ("strategies", "expected"),
    [
        pytest.param([BY_INSTANCE], "a1 a2 b1 a1 a2", id="over instances"),
        pytest.param([BY_ZONE], "a1 b1 a1 b1 a1", id="over zones"),
        pytest.param(placement.SERVICE_DEFAULT, "a1 b1 a2 b1 a1", id="over zones, then instances"),
        pytest.param([BY_MEMORY], "b1 b1 b1 a1 a1", id="the least memory that is left"),
        pytest.param([{"type": "binpack", "field": "cpu"}], "a2 a2 a2 a1 a1", id="the least CPU that is left"),
        pytest.param([BY_ZONE, BY_MEMORY], "b1 a1 b1 a1 b1", id="over zones, packed by memory in each"),
    ],
)
def test_a_strategy_chooses(region, add_instance, strategies, expected):
    """Developer Guide, "Use strategies to define Amazon ECS task placement"."""
    a1 = add_instance("a1", {ZONE: "a"})
    a2 = add_instance("a2", {ZONE: "a"}, cpu=800)
    b1 = add_instance("b1", {ZONE: "b"}, memory=800)

    assert place(region, 5, a1, a2, b1, strategies=strategies) == expected


def test_spread_counts_the_tasks_of_the_group_also_where_no_task_can_go(region, add_instance, add_task):
    draining, same_zone, other_zone = (
        add_instance("draining", {ZONE: "a"}, status="DRAINING"),
        add_instance("same", {ZONE: "a"}),
        add_instance("other", {ZONE: "b"}),
    )
    add_task(draining)
    add_task(other_zone, "service:other")

    assert place(region, 1, same_zone, other_zone, strategies=[BY_ZONE]) == "other"


def test_chance_is_the_same_for_the_same_seed_and_reaches_everywhere(region, add_instance):
    instances = [add_instance(name, cpu=10_000, memory=10_000) for name in ("one", "two", "three")]

    region.ids = Ids("a test")
    first = place(region, 20, *instances, needed=RequiredResources(cpu=1, memory=1))

    assert set(first.split()) == {"one", "two", "three"}
    region.ids = Ids("a test")
    assert place(region, 20, *instances, needed=RequiredResources(cpu=1, memory=1)) == first


def test_a_strategy_that_cannot_be_kept_to_prevents_nothing(region, add_instance):
    """Developer Guide: strategies are a best effort, constraints are binding."""
    full, free = add_instance("full", {ZONE: "a"}, cpu=0), add_instance("free", {ZONE: "b"})

    assert place(region, 3, full, free, strategies=[BY_ZONE]) == "free free free"


@pytest.mark.parametrize(
    ("strategies", "expected"),
    [
        pytest.param(placement.SERVICE_DEFAULT, "a1 a1 a2 b1", id="the fullest zone, there the fullest instance"),
        pytest.param([BY_INSTANCE], "a1 a1 a2 b1", id="the fullest instance"),
        pytest.param([BY_MEMORY], "b1 a2 a1 a1", id="where the most memory is left afterwards"),
    ],
)
def test_a_service_that_scales_in_stops(region, add_instance, add_task, strategies, expected):
    """API reference, UpdateService; Developer Guide, "Use strategies to define Amazon ECS task placement"."""
    a1 = add_instance("a1", {ZONE: "a"}, used_memory=512, memory=600)
    a2 = add_instance("a2", {ZONE: "a"}, used_memory=256, memory=1200)
    b1 = add_instance("b1", {ZONE: "b"}, used_memory=256, memory=2000)
    tasks = [add_task(instance) for instance in (a1, a1, a2, b1)]

    stopped = placement.choose_to_stop(tasks, 4, strategies, Ids("a test"))

    assert " ".join(task.container_instance_arn.rpartition("/")[2] for task in stopped) == expected
    assert {task.id for task in stopped} == {task.id for task in tasks}


def test_on_fargate_scaling_in_balances_zones(add_task):
    tasks = [add_task(None, launch_type="FARGATE", availability_zone=zone) for zone in "abbb"]

    stopped = placement.choose_to_stop(tasks, 2, placement.SERVICE_DEFAULT, Ids("a test"))

    assert stopped == [tasks[1], tasks[2]]


def test_scaling_in_at_random_stops_no_more_than_there_are(region, add_instance, add_task):
    one = add_instance("one")
    tasks = [add_task(one) for _ in range(3)]

    stopped = placement.choose_to_stop(tasks, 5, placement.RUN_TASK_DEFAULT, Ids("a test"))

    assert sorted(task.id for task in stopped) == sorted(task.id for task in tasks)


@pytest.mark.parametrize(
    ("constraint", "message"),
    [
        pytest.param(
            {"type": "distinctInstance", "expression": ""},
            "distinctInstance expression should not be specified.",
            id="distinctInstance with an expression (terraform#11471)",
        ),
        pytest.param({"type": "memberOf"}, "memberOf expression should be specified.", id="memberOf without one"),
        pytest.param(member_of("nonsense"), "Invalid expression: nonsense", id="memberOf with nonsense"),
    ],
)
def test_a_malformed_constraint_is_refused(constraint, message):
    with pytest.raises(InvalidParameterException) as refusal:
        placement.refuse_malformed([DISTINCT, constraint], [])

    assert str(refusal.value) == message


@pytest.mark.parametrize(
    ("strategy", "message"),
    [
        pytest.param({"type": "random", "field": ""}, "random field should not be specified.", id="random by a field"),
        pytest.param({"type": "binpack"}, "binpack field should be specified.", id="binpack by nothing"),
        pytest.param({"type": "binpack", "field": "disk"}, "binpack field 'disk' is invalid.", id="binpack by disk"),
        pytest.param({"type": "spread"}, "spread field should be specified.", id="spread over nothing"),
        pytest.param({"type": "spread", "field": "cpu"}, "spread field 'cpu' is invalid.", id="spread over CPU"),
        pytest.param(
            {"type": "spread", "field": "attribute:"}, "spread field 'attribute:' is invalid.", id="spread, no name"
        ),
    ],
)
def test_a_malformed_strategy_is_refused(strategy, message):
    with pytest.raises(InvalidParameterException) as refusal:
        placement.refuse_malformed([], [{"type": "random"}, strategy])

    assert str(refusal.value) == message


def test_constraints_of_definition_and_request_count_together():
    """API reference, RunTask, placementConstraints: up to ten for each task."""
    ten = [DISTINCT] * 6, [], [member_of("attribute:a exists")] * 4
    placement.refuse_malformed(*ten)

    with pytest.raises(InvalidParameterException, match=r"Maximum number of constraints is 10\."):
        placement.refuse_malformed([*ten[0], DISTINCT], *ten[1:])


def test_fields_are_shown_as_ecs_spells_them():
    """terraform-provider-aws, aws_ecs_service, ordered_placement_strategy. What is shown can be sent again."""
    sent = [
        {"type": "spread", "field": "host"},
        BY_ZONE,
        BY_MEMORY,
        {"type": "binpack", "field": "CPU"},
        {"type": "random"},
    ]

    shown = placement.shown_strategies(sent)

    assert [strategy.get("field") for strategy in shown] == ["instanceId", f"attribute:{ZONE}", "MEMORY", "CPU", None]
    placement.refuse_malformed([], shown)


def region_of(sizes):
    """A region whose cluster has an instance for each pair of memory and zone; with it the instances."""
    region = World(Clock(0), "a test", Timings()).region(Partition("123456789012", "us-east-1"))
    cluster = Cluster("arn:cluster", "default")
    instances = region.container_instances_in(cluster)
    for number, (memory, zone) in enumerate(sizes):
        attributes = {ZONE: zone, "n": str(number)}
        instances.add(
            str(number),
            ContainerInstance(
                f"arn:{number}", str(number), cluster, 0, cpu=10_000, memory=memory, attributes=attributes
            ),
        )
    return region, list(instances)


SIZES = st.lists(st.tuples(st.integers(0, 2000), st.sampled_from("abc")), min_size=1, max_size=8)
STRATEGIES = st.lists(st.sampled_from([BY_ZONE, BY_INSTANCE, BY_MEMORY, {"type": "random"}]), max_size=3)


@given(sizes=SIZES, strategies=STRATEGIES, expression=st.sampled_from(["attribute:n < 4", "runningTasksCount < 2"]))
def test_a_chosen_instance_fits_and_satisfies_the_constraints(sizes, strategies, expression):
    region, instances = region_of(sizes)
    placing = placement_of(region, instances, constraints=[member_of(expression)], strategies=strategies)
    placed = Counter()

    while (chosen := placing.place()) is not None:
        assert reservation.missing(chosen, A_TASK) is None
        assert query_language.matches(query_language.parse(expression), chosen, {"service:web": placed[chosen.id]})
        take(chosen, A_TASK)
        placed[chosen.id] += 1

    assert len(placing.failures()) == len(instances)


@given(zones=st.lists(st.sampled_from("abc"), min_size=1, max_size=8), many=st.integers(0, 30))
def test_spread_never_differs_by_more_than_one_where_all_fit(zones, many):
    region, instances = region_of([(10_000, zone) for zone in zones])
    names = place(region, many, *instances, strategies=placement.SERVICE_DEFAULT).split()

    by_zone = Counter(dict.fromkeys(zones, 0))
    by_zone.update(zones[int(name)] for name in names)
    assert sum(by_zone.values()) == many
    assert max(by_zone.values()) - min(by_zone.values()) <= 1
    for zone in set(zones):
        by_instance = [names.count(str(number)) for number, its_zone in enumerate(zones) if its_zone == zone]
        assert max(by_instance) - min(by_instance) <= 1


@given(sizes=SIZES)
def test_binpack_chooses_the_least_that_is_left(sizes):
    region, instances = region_of(sizes)
    placing = placement_of(region, instances, strategies=[BY_MEMORY])

    while (chosen := placing.place()) is not None:
        fitting = [instance.remaining_memory for instance in instances if instance.remaining_memory >= A_TASK.memory]
        assert chosen.remaining_memory == min(fitting)
        take(chosen, A_TASK)

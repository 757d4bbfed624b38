"""The cluster query language: which of a few instances an expression selects.

Rows with "guide:" are the examples of the Developer Guide, "Cluster query language" and "Define which container instances Amazon ECS uses
for tasks"; the others hold one rule each, with its source where it has one.
"""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime

import pytest

from pytest_ecsfake.clock import SECOND, to_instant
from pytest_ecsfake.engine.placement import query_language
from pytest_ecsfake.errors import EcsFakeNotBuiltError, InvalidParameterException


@pytest.fixture
def instances(add_instance, add_task):
    """Four instances that differ in everything an expression can ask for."""
    small = add_instance(
        "small",
        {"ecs.instance-type": "t2.small", "ecs.availability-zone": "us-east-1a", "stack": "prod", "disk": "9"},
        ec2_instance_id="i-abcd1234",
        version_info={"agentVersion": "1.14.5"},
        registered_at=to_instant(datetime.fromisoformat("2018-02-12T10:00:00+00:00")),
    )
    gpu = add_instance(
        "gpu",
        {"ecs.instance-type": "g2.2xlarge", "ecs.availability-zone": "us-east-1b", "stack": "test", "disk": "100"},
        ec2_instance_id="i-wxyx7890",
        version_info={"agentVersion": "1.9.0"},
        registered_at=to_instant(datetime.fromisoformat("2018-02-13T00:00:00+00:00")) + SECOND // 2,
    )
    far = add_instance(
        "far",
        {"ecs.instance-type": "g2.8xlarge", "ecs.availability-zone": "us-east-1d", "owner": "team one"},
        agent_connected=False,
        version_info={"agentVersion": "1.14"},
        registered_at=to_instant(datetime.fromisoformat("2018-06-18T22:28:28+00:00")),
    )
    bare = add_instance("bare", {"ecs.capability.external": None})
    add_task(small, "service:production")
    add_task(gpu, "database")
    add_task(gpu, "service:production")
    add_task(far, "database", desired_status="STOPPED")
    return [small, gpu, far, bare]


def selected(region, expression, instances):
    parsed = query_language.parse(expression)
    return " ".join(
        instance.id
        for instance in instances
        if query_language.matches(parsed, instance, query_language.running_tasks(region, instance))
    )


EXPRESSIONS = [
    pytest.param("attribute:ecs.instance-type == t2.small", "small", id="guide: string equality"),
    pytest.param(
        "attribute:ecs.availability-zone in [us-east-1a, us-east-1b]", "small gpu", id="guide: an argument list"
    ),
    pytest.param(
        "attribute:ecs.instance-type =~ g2.* and attribute:ecs.availability-zone != us-east-1d",
        "gpu",
        id="guide: a compound expression",
    ),
    pytest.param("task:group == service:production", "small gpu", id="guide: task affinity"),
    pytest.param("not(task:group == database)", "small far bare", id="guide: task anti-affinity, stopped tasks aside"),
    pytest.param("runningTasksCount == 1", "small", id="guide: running task count"),
    pytest.param("agentVersion < 1.14.5", "gpu far", id="guide: agent version, number by number"),
    pytest.param("registeredAt < 2018-02-13", "small", id="guide: registration time"),
    pytest.param("ec2InstanceId in ['i-abcd1234', 'i-wxyx7890']", "small gpu", id="guide: instance ids in quotes"),
    pytest.param("attribute:stack != prod", "gpu", id="guide: another value, where the attribute is there"),
    pytest.param("not attribute:stack == prod", "gpu far bare", id="not: also where the attribute isn't there"),
    pytest.param("attribute:stack equals prod", "small", id="equals"),
    pytest.param("attribute:stack not_equals prod", "gpu", id="not_equals"),
    pytest.param("attribute:stack exists", "small gpu", id="exists"),
    pytest.param("attribute:ecs.capability.external exists", "bare", id="exists: an attribute without a value"),
    pytest.param("attribute:ecs.capability.external != x", "", id="an attribute without a value has none to compare"),
    pytest.param("attribute:stack !exists", "far bare", id="!exists"),
    pytest.param("attribute:stack not_exists", "far bare", id="not_exists"),
    pytest.param("task:group exists", "small gpu", id="exists: any task"),
    pytest.param("ec2InstanceId == i-abcd1234", "small", id="no value, no match"),
    pytest.param("attribute:stack !in [prod, qa]", "gpu", id="!in"),
    pytest.param("attribute:stack not_in [prod]", "gpu", id="not_in"),
    pytest.param("attribute:stack in[prod,test]", "small gpu", id="a list without spaces"),
    pytest.param("attribute:ecs.instance-type =~ g2", "", id="a pattern matches the whole value"),
    pytest.param(
        "attribute:ecs.instance-type matches [gt]2.s?.*", "small gpu far", id="matches: brackets in a pattern"
    ),
    pytest.param("attribute:ecs.instance-type !~ g2.*", "small", id="!~"),
    pytest.param("attribute:ecs.instance-type not_matches t2.*|m4.*", "gpu far", id="not_matches: a bar in a pattern"),
    pytest.param("attribute:ecs.instance-type =~ '(t2|m4)[.].*'", "small", id="a pattern in quotes"),
    pytest.param('attribute:owner == "team one"', "far", id="a space in quotes"),
    pytest.param("attribute:disk > 9", "gpu", id="attributes: numbers by their size"),
    pytest.param("attribute:disk greater_than_equal 9", "small gpu", id="greater_than_equal"),
    pytest.param("attribute:stack less_than q", "small", id="less_than: letters"),
    pytest.param("attribute:disk less_than_equal 10", "small", id="less_than_equal"),
    pytest.param("agentConnected == false", "far", id="agents that are gone"),
    pytest.param("agentConnected in [true]", "small gpu bare", id="agents in a list"),
    pytest.param("agentVersion >= 1.14", "small far", id="versions: 1.14 is 1.14.0"),
    pytest.param("agentVersion == 1.14.0", "far", id="versions: zeros at the end"),
    pytest.param("agentVersion != 1.14.0", "small gpu", id="versions: none known, none other"),
    pytest.param("registeredAt > 2018-06-18", "far bare", id="a date is its midnight in UTC"),
    pytest.param("registeredAt == 2018-02-13T00:00:00", "gpu", id="a time without a zone is in UTC, to the second"),
    pytest.param("registeredAt == 2018-06-18T22:28:28Z", "far", id="a time in UTC"),
    pytest.param("registeredAt == 2018-06-19T00:28:28+02:00", "far", id="a time in a zone"),
    pytest.param("runningTasksCount >= 1", "small gpu", id="at least one task"),
    pytest.param("runningTasksCount < 1", "far bare", id="empty instances"),
    pytest.param("attribute:stack==prod||attribute:stack==test", "small gpu", id="no spaces at all"),
    pytest.param(
        "agentConnected == false or attribute:stack exists and attribute:stack == test",
        "gpu far",
        id="and binds tighter than or",
    ),
    pytest.param(
        "(agentConnected == false or attribute:stack exists) && attribute:stack == test",
        "gpu",
        id="parentheses bind tighter than and",
    ),
    pytest.param("!attribute:stack exists and agentConnected == true", "bare", id="not binds tighter than and"),
    pytest.param("not (attribute:stack exists or agentConnected == false)", "bare", id="not of a compound"),
    pytest.param("not !(attribute:stack == prod)", "small", id="not not"),
    pytest.param("attribute:stack in [and, prod, or]", "small", id="words of the language are values too"),
]


@pytest.mark.parametrize(("expression", "expected"), EXPRESSIONS)
def test_an_expression_selects(region, instances, expression, expected):
    assert selected(region, expression, instances) == expected


@pytest.mark.parametrize(
    "expression",
    [
        pytest.param("", id="nothing"),
        pytest.param("true", id="no subject"),
        pytest.param("instanceType == t2.small", id="an unknown subject"),
        pytest.param("agentConnectedness == true", id="more than a subject"),
        pytest.param("attribute:stack", id="no operator"),
        pytest.param("attribute:stack ==", id="no argument"),
        pytest.param("attribute:stack = prod", id="an operator that isn't one"),
        pytest.param("attribute:stack == prod test", id="two arguments"),
        pytest.param("attribute:stack == (prod)", id="parentheses in a single expression (guide)"),
        pytest.param("attribute:stack == 'prod", id="an open quote"),
        pytest.param("attribute:stack in prod", id="in without a list"),
        pytest.param("attribute:stack in []", id="an empty list"),
        pytest.param("attribute:stack =~ '('", id="a broken pattern"),
        pytest.param("(attribute:stack exists", id="an open parenthesis"),
        pytest.param("attribute:stack exists and", id="half a compound"),
        pytest.param("agentVersion in [1.14.5]", id="an operator that the subject hasn't got (guide)"),
        pytest.param("agentConnected > true", id="an order of what has none (guide)"),
        pytest.param("runningTasksCount exists", id="existence of what always is (guide)"),
        pytest.param("runningTasksCount == many", id="no number"),
        pytest.param("agentVersion == latest", id="no version"),
        pytest.param("registeredAt < yesterday", id="no date"),
        pytest.param("registeredAt < 2018-02-30", id="a day that never was"),
    ],
)
def test_what_is_no_expression_is_refused(expression):
    with pytest.raises(InvalidParameterException) as refusal:
        query_language.parse(expression)

    assert str(refusal.value) == f"Invalid expression: {expression}"


def test_a_pattern_that_java_reads_otherwise_is_not_guessed_at():
    with pytest.raises(EcsFakeNotBuiltError, match="means something else in Java"):
        query_language.parse("attribute:stack =~ '[a-z&&[^q]]+'")


@pytest.mark.parametrize(
    ("expression", "depends"),
    [
        ("task:group == web", True),
        ("attribute:a exists and not runningTasksCount > 3", True),
        ("attribute:a == task:group", False),
        ("agentConnected == true", False),
    ],
)
def test_an_expression_knows_whether_it_is_about_tasks(expression, depends):
    assert query_language.parse(expression).depends_on_tasks is depends


def test_tasks_on_their_way_can_be_counted_in(add_instance):
    instance = add_instance("one")
    expression = query_language.parse("task:group == web and runningTasksCount == 2")

    assert not query_language.matches(expression, instance)
    assert query_language.matches(expression, instance, {"web": 2})


def test_the_parser_is_loaded_with_the_first_expression_only():
    program = """
import sys
from pytest_ecsfake.engine.placement import query_language
assert "lark" not in sys.modules
query_language.parse("attribute:a exists")
assert "lark" in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True)

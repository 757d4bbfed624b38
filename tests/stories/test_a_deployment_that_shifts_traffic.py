"""Blue/green, linear and canary deployments as who deploys sees them, from the first stage to the last, and back when something is wrong.

Stages, hooks and rollbacks: API reference, ServiceDeployment, lifecycleStage; Developer Guide, "Amazon ECS blue/green deployments" and "Lifecycle
hooks for Amazon ECS service deployments". That a shift takes ten seconds, and how long tasks take to start, is ours.
"""

from __future__ import annotations

from typing import Any

import pytest

from pytest_ecsfake import CallbackError, EcsFakeUsageError

pytestmark = pytest.mark.ecs_fake(clusters=["prod"], poll_step=0)

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:smoke-test"
ROLE = "arn:aws:iam::123456789012:role/ecsLifecycleHooks"


def hook(stage: str, **members: Any) -> dict[str, Any]:
    """A hook that asks the function at a stage."""
    return {"hookTargetArn": FUNCTION, "roleArn": ROLE, "lifecycleStages": [stage], **members}


def pause(stage: str, **timeout: Any) -> dict[str, Any]:
    """A hook that waits for ContinueServiceDeployment."""
    more = {"timeoutConfiguration": timeout} if timeout else {}
    return {"targetType": "PAUSE", "lifecycleStages": [stage], **more}


@pytest.fixture
def deploy(ecs_fake, ecs_client, create_service, register_on_fargate):
    """A service of two tasks that serves; what comes back begins a deployment with a strategy and returns its ARN, some seconds on."""
    members = ecs_client.meta.service_model.shape_for("DeploymentConfiguration").members
    if "canaryConfiguration" not in members:
        pytest.skip("this botocore doesn't know deployments that shift traffic")
    register_on_fargate()
    create_service()
    ecs_fake.clock.advance(seconds=120)

    def deploy(strategy: str, *hooks: Any, seconds: float = 0, **settings: Any) -> str:
        if any(each.get("targetType") == "PAUSE" for each in hooks):
            known = ecs_client.meta.service_model.shape_for("DeploymentLifecycleHook").members
            if "targetType" not in known:
                pytest.skip("this botocore doesn't know pauses")
        configuration = {"strategy": strategy, "bakeTimeInMinutes": 5, "lifecycleHooks": list(hooks), **settings}
        ecs_client.update_service(
            cluster="prod",
            service="web",
            taskDefinition=register_on_fargate(),
            deploymentConfiguration=configuration,
        )
        listed = ecs_client.list_service_deployments(cluster="prod", service="web")["serviceDeployments"]
        ecs_fake.clock.advance(seconds=seconds)
        return listed[0]["serviceDeploymentArn"]

    return deploy


@pytest.fixture
def green(ecs_fake):
    """How much of the production traffic the newest revision has, in percent."""

    def green() -> float:
        newest = ecs_fake.calls.of("UpdateService")[-1].response["service"]["currentServiceRevisions"][0]["arn"]
        return ecs_fake.services["prod/web"].traffic.get(newest, 0.0)

    return green


def test_a_blue_green_deployment_goes_through_its_stages(ecs_fake, deploy, describe_deployment, green):
    """Taken up after 15 s, tasks RUNNING after 26 s and healthy after 40 s more; ten seconds for each shift, then five minutes to bake."""
    arn = deploy("BLUE_GREEN")
    history = []
    for second in range(420):
        described = describe_deployment(arn)
        now = (
            described["status"],
            described.get("lifecycleStage"),
            green(),
            ecs_fake.services["prod/web"].running_count,
        )
        if not history or history[-1][1:] != now:
            history.append((second, *now))
        ecs_fake.clock.advance(seconds=1)

    assert history == [
        (0, "PENDING", None, 0.0, 2),
        (15, "IN_PROGRESS", "SCALE_UP", 0.0, 2),
        (41, "IN_PROGRESS", "SCALE_UP", 0.0, 4),
        (81, "IN_PROGRESS", "TEST_TRAFFIC_SHIFT", 0.0, 4),
        (91, "IN_PROGRESS", "PRODUCTION_TRAFFIC_SHIFT", 100.0, 4),
        (101, "IN_PROGRESS", "BAKE_TIME", 100.0, 4),
        (401, "IN_PROGRESS", "CLEAN_UP", 100.0, 4),
        (402, "SUCCESSFUL", "CLEAN_UP", 100.0, 2),
    ]
    assert len(ecs_fake.services["prod/web"].deployments) == 1


def test_the_first_deployment_only_starts_its_tasks(ecs_fake, ecs_client, create_service, deploy, describe_deployment):
    """There is nothing to shift from."""
    configuration = {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 60}
    create_service(serviceName="new", desiredCount=1, deploymentConfiguration=configuration)
    ecs_fake.clock.advance(seconds=81)

    [listed] = ecs_client.list_service_deployments(cluster="prod", service="new")["serviceDeployments"]
    described = describe_deployment(listed["serviceDeploymentArn"])
    assert described["status"] == "SUCCESSFUL"
    assert "lifecycleStage" not in described
    assert ecs_fake.services["prod/new"].traffic == {described["targetServiceRevision"]["arn"]: 100.0}


@pytest.mark.parametrize(
    ("strategy", "settings", "shifts"),
    [
        pytest.param(
            "LINEAR",
            {"linearConfiguration": {"stepPercent": 40.0, "stepBakeTimeInMinutes": 1}},
            [(91, 40.0), (161, 80.0), (231, 100.0)],
            id="LINEAR: equal steps, the last one as large as what is left",
        ),
        pytest.param(
            "CANARY",
            {"canaryConfiguration": {"canaryPercent": 2.5, "canaryBakeTimeInMinutes": 2}},
            [(91, 2.5), (221, 100.0)],
            id="CANARY: a little, then the rest",
        ),
    ],
)
def test_traffic_comes_step_by_step(ecs_fake, deploy, green, strategy, settings, shifts):
    deploy(strategy, **settings)
    seen = [(0, 0.0)]
    for second in range(1, 300):
        ecs_fake.clock.advance(seconds=1)
        if green() != seen[-1][1]:
            seen.append((second, green()))

    assert seen[1:] == shifts


def test_an_alarm_stops_a_canary(ecs_fake, deploy, describe_deployment, green):
    """The traffic is back at the instant of the alarm, then the canary's tasks go."""
    alarms = {"alarmNames": ["5xx"], "enable": True, "rollback": True}
    arn = deploy("CANARY", alarms=alarms, seconds=300)
    assert green() == 5.0

    ecs_fake.alarms["5xx"].set("ALARM")

    assert green() == 0.0
    assert ecs_fake.services["prod/web"].running_count == 4
    assert describe_deployment(arn)["status"] == "ROLLBACK_IN_PROGRESS"
    assert describe_deployment(arn)["alarms"] == {
        "status": "TRIGGERED",
        "alarmNames": ["5xx"],
        "triggeredAlarmNames": ["5xx"],
    }
    ecs_fake.clock.advance(seconds=60)
    service = ecs_fake.services["prod/web"]
    assert describe_deployment(arn)["status"] == "ROLLBACK_SUCCESSFUL"
    assert describe_deployment(arn)["rollback"]["serviceRevisionArn"] == service.deployments[0].service_revision_arn
    assert service.task_definition.endswith("web:1")
    assert service.running_count == 2
    assert ecs_fake.events.of("ECS Deployment State Change", eventName="SERVICE_DEPLOYMENT_FAILED")


def test_without_rollback_an_alarm_leaves_the_traffic_where_it_is(ecs_fake, deploy, describe_deployment, green):
    alarms = {"alarmNames": ["5xx"], "enable": True, "rollback": False}
    arn = deploy("CANARY", alarms=alarms, seconds=300)

    ecs_fake.alarms["5xx"].set("ALARM")
    ecs_fake.clock.advance(seconds=3600)

    assert describe_deployment(arn)["status"] == "STOPPED"
    assert green() == 5.0
    assert ecs_fake.services["prod/web"].running_count == 4


def test_a_hook_says_no(ecs_fake, deploy, describe_deployment, green):
    """The function is told what is deployed, and production traffic never comes."""
    events = []
    ecs_fake.hooks.on("POST_TEST_TRAFFIC_SHIFT", lambda ctx: events.append(ctx.event) or "FAILED")

    arn = deploy("BLUE_GREEN", hook("POST_TEST_TRAFFIC_SHIFT", hookDetails={"url": "https://test"}), seconds=300)

    [event] = events
    described = describe_deployment(arn)
    target = described["targetServiceRevision"]["arn"]
    assert event.pop("executionId")
    assert event == {
        "lifecycleStage": "POST_TEST_TRAFFIC_SHIFT",
        "resourceArn": arn,
        "executionDetails": {
            "serviceArn": ecs_fake.services["prod/web"].arn,
            "targetServiceRevisionArn": target,
            "testTrafficWeights": {},
            "productionTrafficWeights": {},
        },
        "hookDetails": {"url": "https://test"},
    }
    assert described["status"] == "ROLLBACK_SUCCESSFUL"
    assert described["statusReason"] == (
        "Service deployment rolled back because POST_TEST_TRAFFIC_SHIFT lifecycle hook(s) failed. "
        f"Lifecycle hook target {FUNCTION} returned FAILED status."
    )
    assert green() == 0.0


def test_a_hook_is_asked_again_while_it_is_in_progress(ecs_fake, deploy, describe_deployment):
    """After 30 s, or as long as it says, and with the details that it returned."""
    asked = []
    answers = iter(
        [
            "IN_PROGRESS",
            {"hookStatus": "IN_PROGRESS", "callBackDelay": 5, "hookDetails": {"round": 2}},
            {"hookStatus": "SUCCEEDED"},
        ]
    )
    start = ecs_fake.clock.now

    def smoke_test(ctx: Any) -> Any:
        asked.append(((ctx.clock.now - start).total_seconds(), ctx.hook_details))
        return next(answers)

    ecs_fake.hooks.on("POST_SCALE_UP", smoke_test, target="smoke-test")
    arn = deploy("BLUE_GREEN", hook("POST_SCALE_UP"), seconds=100)

    assert describe_deployment(arn)["lifecycleHookDetails"][0]["status"] == "IN_PROGRESS"
    ecs_fake.clock.advance(seconds=20)

    assert asked == [(81, None), (111, None), (116, {"round": 2})]
    assert describe_deployment(arn)["lifecycleHookDetails"][0]["status"] == "SUCCEEDED"
    assert describe_deployment(arn)["lifecycleStage"] == "TEST_TRAFFIC_SHIFT"


def test_hooks_of_the_shifts_see_the_weights_at_every_step_and_on_the_way_back(ecs_fake, deploy, describe_deployment):
    weights = []
    ecs_fake.hooks.on(
        "PRODUCTION_TRAFFIC_SHIFT",
        lambda ctx: weights.append(ctx.event["executionDetails"]["productionTrafficWeights"]) or "SUCCEEDED",
    )
    ecs_fake.hooks.on("POST_PRODUCTION_TRAFFIC_SHIFT", lambda ctx: "FAILED")
    arn = deploy(
        "CANARY",
        hook("PRODUCTION_TRAFFIC_SHIFT"),
        hook("POST_PRODUCTION_TRAFFIC_SHIFT"),
        canaryConfiguration={"canaryPercent": 20.0, "canaryBakeTimeInMinutes": 1},
        seconds=300,
    )

    described = describe_deployment(arn)
    [blue], green = described["sourceServiceRevisions"], described["targetServiceRevision"]
    assert weights == [
        {blue["arn"]: 80.0, green["arn"]: 20.0},
        {blue["arn"]: 0.0, green["arn"]: 100.0},
        {blue["arn"]: 100.0, green["arn"]: 0.0},
    ]
    assert described["status"] == "ROLLBACK_SUCCESSFUL"


def test_a_function_that_nobody_answers_for_has_succeeded(deploy, describe_deployment):
    arn = deploy("BLUE_GREEN", hook("PRE_SCALE_UP"), seconds=20)

    [run] = describe_deployment(arn)["lifecycleHookDetails"]
    assert (run["status"], run["targetArn"]) == ("SUCCEEDED", FUNCTION)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        pytest.param(
            lambda ctx: None,
            f"ECS was unable to parse the response from {FUNCTION} due to HookStatus must not be null",
            id="nothing is returned",
        ),
        pytest.param(
            lambda ctx: {"hookDetails": {}},
            f"ECS was unable to parse the response from {FUNCTION} due to HookStatus must not be null",
            id="a document without a status",
        ),
    ],
)
def test_an_answer_without_a_status_rolls_back(ecs_fake, deploy, describe_deployment, answer, why):
    ecs_fake.hooks.on("PRE_SCALE_UP", answer)

    arn = deploy("BLUE_GREEN", hook("PRE_SCALE_UP"), seconds=100)

    assert describe_deployment(arn)["statusReason"] == (
        f"Service deployment rolled back because PRE_SCALE_UP lifecycle hook(s) failed. {why}"
    )


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        pytest.param(lambda ctx: 1 / 0, "division by zero", id="an exception"),
        pytest.param(lambda ctx: "SUCCEDED", "It returns one of SUCCEEDED, FAILED, IN_PROGRESS.", id="a slip"),
        pytest.param(lambda ctx: {"status": "FAILED"}, "returned the unknown member 'status'", id="another member"),
        pytest.param(
            lambda ctx: {"hookStatus": "IN_PROGRESS", "callBackDelay": "5"}, "the callBackDelay '5'", id="another type"
        ),
    ],
)
def test_a_hook_that_breaks_rolls_back_and_is_told_at_the_end(ecs_fake, deploy, describe_deployment, answer, told):
    ecs_fake.hooks.on("PRE_SCALE_UP", answer)
    arn = deploy("BLUE_GREEN", hook("PRE_SCALE_UP"), seconds=100)

    assert describe_deployment(arn)["status"] == "ROLLBACK_SUCCESSFUL"
    assert f"ECS was unable to invoke hook target {FUNCTION} due to" in describe_deployment(arn)["statusReason"]
    with pytest.raises(CallbackError, match=told):
        ecs_fake.raise_problems()


def test_a_pause_is_continued(ecs_fake, ecs_client, deploy, describe_deployment, green):
    arn = deploy("BLUE_GREEN", pause("POST_TEST_TRAFFIC_SHIFT"), seconds=3600)
    [waiting] = describe_deployment(arn)["lifecycleHookDetails"]
    assert waiting["status"] == "AWAITING_ACTION"
    assert waiting["hookId"].startswith("ecs-pause-")
    assert (describe_deployment(arn)["status"], describe_deployment(arn)["lifecycleStage"]) == (
        "IN_PROGRESS",
        "POST_TEST_TRAFFIC_SHIFT",
    )
    assert green() == 0.0

    ecs_client.continue_service_deployment(serviceDeploymentArn=arn, hookId=waiting["hookId"])
    ecs_fake.clock.advance(seconds=1)

    assert green() == 100.0
    ecs_fake.clock.advance(seconds=600)
    assert describe_deployment(arn)["status"] == "SUCCESSFUL"


def test_a_pause_is_answered_with_rollback(ecs_fake, ecs_client, deploy, describe_deployment):
    arn = deploy("BLUE_GREEN", pause("PRE_SCALE_UP"), seconds=30)
    [waiting] = describe_deployment(arn)["lifecycleHookDetails"]

    ecs_client.continue_service_deployment(serviceDeploymentArn=arn, hookId=waiting["hookId"], action="ROLLBACK")
    ecs_fake.clock.advance(seconds=1)

    assert describe_deployment(arn)["status"] == "ROLLBACK_SUCCESSFUL"
    assert ecs_fake.services["prod/web"].running_count == 2


@pytest.mark.parametrize(
    ("timeout", "status"),
    [
        pytest.param({"timeoutInMinutes": 2}, "ROLLBACK_SUCCESSFUL", id="goes back, when nothing else is said"),
        pytest.param({"timeoutInMinutes": 2, "action": "CONTINUE"}, "SUCCESSFUL", id="or goes on"),
    ],
)
def test_a_pause_that_nobody_ends(ecs_fake, deploy, describe_deployment, timeout, status):
    arn = deploy("BLUE_GREEN", pause("POST_SCALE_UP", **timeout), seconds=81 + 119)
    assert describe_deployment(arn)["status"] == "IN_PROGRESS"

    ecs_fake.clock.advance(seconds=1)
    assert describe_deployment(arn)["lifecycleHookDetails"][0]["status"] == "TIMED_OUT"

    ecs_fake.clock.advance(seconds=600)
    assert describe_deployment(arn)["status"] == status


def test_a_deployment_that_is_stopped_by_hand_goes_back(ecs_fake, ecs_client, deploy, describe_deployment, green):
    """The scheduler takes the wish up fifteen seconds later; production traffic comes back first."""
    arn = deploy("BLUE_GREEN", seconds=150)
    assert green() == 100.0

    ecs_client.stop_service_deployment(serviceDeploymentArn=arn, stopType="ROLLBACK")

    assert describe_deployment(arn)["status"] == "ROLLBACK_REQUESTED"
    ecs_fake.clock.advance(seconds=15)
    assert describe_deployment(arn)["status"] == "ROLLBACK_IN_PROGRESS"
    assert green() == 0.0
    assert ecs_fake.services["prod/web"].running_count == 4
    ecs_fake.clock.advance(seconds=60)
    assert describe_deployment(arn)["status"] == "ROLLBACK_SUCCESSFUL"
    assert describe_deployment(arn)["stoppedAt"] < describe_deployment(arn)["finishedAt"]
    assert ecs_fake.services["prod/web"].running_count == 2


def test_green_tasks_that_never_start_are_given_up_after_a_day(ecs_fake, deploy, describe_deployment):
    ecs_fake.containers.script(family="web:2", pull_error="CannotPullContainerError: not found")

    arn = deploy("BLUE_GREEN", seconds=24 * 3600 + 14)
    assert describe_deployment(arn)["status"] == "IN_PROGRESS"
    ecs_fake.clock.advance(seconds=60)

    assert describe_deployment(arn)["status"] == "ROLLBACK_SUCCESSFUL"


def test_a_deployment_on_top_of_one_that_shifts_reconciles_first(ecs_fake, deploy, describe_deployment, green):
    """The first green revision goes, the traffic is blue's again, then the second green one starts."""
    first = deploy("BLUE_GREEN", seconds=150)
    second = deploy("BLUE_GREEN", seconds=15)

    assert describe_deployment(first)["status"] == "STOPPED"
    assert describe_deployment(second)["lifecycleStage"] == "RECONCILE_SERVICE"
    assert green() == 0.0
    ecs_fake.clock.advance(seconds=600)
    assert describe_deployment(second)["status"] == "SUCCESSFUL"
    assert green() == 100.0
    assert ecs_fake.services["prod/web"].running_count == 2


def test_both_revisions_follow_the_desired_count(ecs_fake, ecs_client, deploy):
    deploy("BLUE_GREEN", seconds=150)

    ecs_client.update_service(cluster="prod", service="web", desiredCount=3)
    ecs_fake.clock.advance(seconds=60)

    assert [each.running_count for each in ecs_fake.services["prod/web"].deployments] == [3, 3]


@pytest.mark.parametrize(
    ("order", "sentence"),
    [
        pytest.param(
            lambda hooks: hooks.on("POST_TEST_TRAFIC_SHIFT", print),
            "no lifecycle hook runs at 'POST_TEST_TRAFIC_SHIFT'. Did you mean \"POST_TEST_TRAFFIC_SHIFT\"? *",
            id="a slip in the stage",
        ),
        pytest.param(
            lambda hooks: hooks.on("BAKE_TIME", print),
            "no lifecycle hook runs at 'BAKE_TIME'.*",
            id="a stage without hooks",
        ),
        pytest.param(
            lambda hooks: hooks.on("PRE_SCALE_UP", "SUCCEEDED"),
            "hooks.on.. takes a plain function of a context, not 'SUCCEEDED'.*",
            id="an answer instead of a function",
        ),
    ],
)
def test_an_order_that_cannot_be_meant_is_refused(ecs_fake, order, sentence):
    with pytest.raises(EcsFakeUsageError, match=sentence.replace("?", r"\?")):
        order(ecs_fake.hooks)


def test_a_hook_that_no_deployment_asks_is_told_at_the_end(ecs_fake):
    order = ecs_fake.hooks.on("POST_SCALE_UP", lambda ctx: "SUCCEEDED", target="smoke-test")

    assert order.unmet() == (
        "hooks.on(\"POST_SCALE_UP\", …, target='smoke-test') matched no lifecycle hook of a deployment"
    )
    assert ecs_fake.unused_orders == [order]
    order.optional()
    assert ecs_fake.unused_orders == []


def test_a_service_that_is_deleted_meanwhile_asks_no_hook_any_more(ecs_fake, ecs_client, deploy):
    """Neither again, nor is its time-out heard of."""
    asked = []
    ecs_fake.hooks.on("PRE_SCALE_UP", lambda ctx: asked.append(ctx.stage) or "IN_PROGRESS")
    deploy("BLUE_GREEN", hook("PRE_SCALE_UP"), seconds=20)

    ecs_client.delete_service(cluster="prod", service="web", force=True)
    ecs_fake.clock.advance(seconds=23 * 3600)

    assert asked == ["PRE_SCALE_UP"]
    assert ecs_fake.services["prod/web"].status == "INACTIVE"
    assert not ecs_fake.events.of("ECS Deployment State Change", eventName="SERVICE_DEPLOYMENT_FAILED")


def test_a_deployment_that_is_superseded_fails_no_more(ecs_fake, deploy, describe_deployment):
    """The pause of the first one would time out while the second one is about to begin."""
    first = deploy("BLUE_GREEN", pause("PRE_SCALE_UP", timeoutInMinutes=1), seconds=70)

    second = deploy("BLUE_GREEN", seconds=10)

    assert describe_deployment(first)["status"] == "STOP_REQUESTED"
    ecs_fake.clock.advance(seconds=600)
    assert (describe_deployment(first)["status"], describe_deployment(second)["status"]) == ("STOPPED", "SUCCESSFUL")


def test_one_jump_is_as_good_as_many_steps(ecs_fake, ecs_client, deploy):
    """Also with a hook that is asked again and again."""
    ecs_fake.hooks.on(
        "POST_SCALE_UP",
        lambda ctx: "SUCCEEDED" if ctx.hook_details == 3 else {"hookStatus": "IN_PROGRESS", "hookDetails": 3},
    )
    restore = ecs_fake.take_snapshot()

    def history(*seconds: int) -> Any:
        restore()
        deploy("LINEAR", hook("POST_SCALE_UP"))
        for each in seconds:
            ecs_fake.clock.advance(seconds=each)
        [service] = ecs_client.describe_services(cluster="prod", services=["web"])["services"]
        return service

    assert history(5000) == history(*[10] * 500)


def test_what_was_under_way_goes_on_when_the_state_is_restored(ecs_fake, deploy, describe_deployment):
    arn = deploy("BLUE_GREEN", hook("POST_SCALE_UP"), seconds=90)
    restore = ecs_fake.take_snapshot()
    ecs_fake.clock.advance(seconds=600)
    assert describe_deployment(arn)["status"] == "SUCCESSFUL"

    restore()

    assert describe_deployment(arn)["lifecycleStage"] == "TEST_TRAFFIC_SHIFT"
    ecs_fake.clock.advance(seconds=600)
    assert describe_deployment(arn)["status"] == "SUCCESSFUL"


def test_revisions_are_served_by_the_two_target_groups_in_turns(
    ecs_fake, ecs_client, create_service, deploy, register_on_fargate
):
    """One that was rolled back leaves the turn as it was."""
    elb = "arn:aws:elasticloadbalancing:us-east-1:123456789012"
    blue, green, rule = f"{elb}:targetgroup/a/1", f"{elb}:targetgroup/b/2", f"{elb}:listener-rule/app/web/1/2/3"
    container = {"name": "web", "image": "nginx:1.29", "portMappings": [{"containerPort": 80}]}
    register_on_fargate(container, family="shop")
    role = "arn:aws:iam::123456789012:role/ecsInfrastructureRole"
    advanced = {"alternateTargetGroupArn": green, "productionListenerRule": rule, "roleArn": role}
    create_service(
        serviceName="shop",
        taskDefinition="shop",
        desiredCount=1,
        loadBalancers=[
            {"targetGroupArn": blue, "containerName": "web", "containerPort": 80, "advancedConfiguration": advanced}
        ],
        deploymentConfiguration={"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 1},
    )

    def deployed() -> dict[str, Any]:
        ecs_fake.clock.advance(seconds=600)
        [newest, *_] = ecs_client.list_service_deployments(cluster="prod", service="shop")["serviceDeployments"]
        arns = [newest["targetServiceRevisionArn"]]
        [revision] = ecs_client.describe_service_revisions(serviceRevisionArns=arns)["serviceRevisions"]
        return revision["resolvedConfiguration"]["loadBalancers"]

    def again() -> dict[str, Any]:
        ecs_client.update_service(cluster="prod", service="shop", forceNewDeployment=True)
        return deployed()

    assert deployed() == [{"targetGroupArn": blue, "productionListenerRule": rule}]
    assert again() == [{"targetGroupArn": green, "productionListenerRule": rule}]
    of_targets = [event for event in ecs_fake.services["prod/shop"].events if "registered" in event]
    assert of_targets == [
        f"(service shop) deregistered 1 targets in (target-group {blue})",
        f"(service shop) registered 1 targets in (target-group {green})",
        f"(service shop) registered 1 targets in (target-group {blue})",
    ]
    assert again() == [{"targetGroupArn": blue, "productionListenerRule": rule}]
    ecs_client.update_service(cluster="prod", service="shop", forceNewDeployment=True)
    ecs_fake.clock.advance(seconds=20)
    [running, *_] = ecs_client.list_service_deployments(cluster="prod", service="shop")["serviceDeployments"]
    ecs_client.stop_service_deployment(serviceDeploymentArn=running["serviceDeploymentArn"])
    assert deployed() == [{"targetGroupArn": green, "productionListenerRule": rule}]
    assert again() == [{"targetGroupArn": green, "productionListenerRule": rule}]


def test_blue_has_all_its_tasks_again_before_the_traffic_comes_back(
    ecs_fake, ecs_client, deploy, describe_deployment, green
):
    """A protected task of blue keeps the clean-up going, so that it can still be stopped by hand."""
    blue = ecs_fake.services["prod/web"].tasks[0].arn
    ecs_client.update_task_protection(cluster="prod", tasks=[blue], protectionEnabled=True)
    arn = deploy("BLUE_GREEN", seconds=450)
    assert describe_deployment(arn)["lifecycleStage"] == "CLEAN_UP"
    assert [each.running_count for each in ecs_fake.services["prod/web"].deployments] == [2, 1]

    ecs_client.stop_service_deployment(serviceDeploymentArn=arn)
    ecs_fake.clock.advance(seconds=15 + 65)

    assert describe_deployment(arn)["lifecycleStage"] == "SCALE_UP"
    assert green() == 100.0
    ecs_fake.clock.advance(seconds=1)
    assert green() == 0.0
    ecs_fake.clock.advance(seconds=60)
    assert describe_deployment(arn)["status"] == "ROLLBACK_SUCCESSFUL"
    assert ecs_fake.services["prod/web"].running_count == 2


def test_an_alarm_after_the_bake_time_comes_too_late(ecs_fake, ecs_client, deploy, describe_deployment):
    blue = ecs_fake.services["prod/web"].tasks[0].arn
    ecs_client.update_task_protection(cluster="prod", tasks=[blue], protectionEnabled=True, expiresInMinutes=30)
    alarms = {"alarmNames": ["5xx"], "enable": True, "rollback": True}
    arn = deploy("BLUE_GREEN", alarms=alarms, seconds=450)

    ecs_fake.alarms["5xx"].set("ALARM")
    ecs_fake.clock.advance(seconds=3600)

    assert describe_deployment(arn)["status"] == "SUCCESSFUL"
    assert describe_deployment(arn)["alarms"]["status"] == "MONITORING_COMPLETE"


def test_a_rolling_deployment_that_still_bakes_is_no_revision_to_shift_from(
    ecs_fake, ecs_client, deploy, describe_deployment
):
    """The last completed one is brought back first; at no time the service has too few tasks."""
    good = ecs_fake.services["prod/web"].task_definition
    baking = deploy("ROLLING", bakeTimeInMinutes=60, seconds=200)
    assert describe_deployment(baking)["status"] == "IN_PROGRESS"
    arn = deploy("BLUE_GREEN")

    ecs_fake.clock.advance(seconds=20)
    listed = [each.task_definition.rpartition(":")[2] for each in ecs_fake.services["prod/web"].deployments]
    running = []
    for _ in range(700):
        ecs_fake.clock.advance(seconds=1)
        running.append(ecs_fake.services["prod/web"].running_count)

    assert listed == ["3", "2", "1"]
    assert describe_deployment(baking)["status"] == "STOPPED"
    assert describe_deployment(arn)["status"] == "SUCCESSFUL"
    assert (min(running), max(running)) == (2, 4)
    started_again = [task for task in ecs_fake.tasks if task.task_definition_arn == good]
    assert len(started_again) == 4


def test_a_task_that_becomes_unhealthy_meanwhile_is_replaced(ecs_fake, ecs_client, deploy, register_on_fargate):
    check = {"command": ["CMD", "true"], "interval": 5}
    register_on_fargate({"name": "web", "image": "nginx:1.29", "healthCheck": check}, family="checked")
    ecs_client.update_service(
        cluster="prod",
        service="web",
        taskDefinition="checked",
        deploymentConfiguration={"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 5},
    )
    ecs_fake.clock.advance(seconds=100)
    newest = ecs_fake.services["prod/web"].deployments[0]
    ill = next(task for task in ecs_fake.services["prod/web"].tasks if task.started_by == newest.id)

    ill.set_health("web", "UNHEALTHY")
    ecs_fake.clock.advance(seconds=120)

    assert (ill.last_status, ill.stopped_reason) == ("STOPPED", "Task failed container health checks")
    assert [each.running_count for each in ecs_fake.services["prod/web"].deployments] == [2, 2]


def test_traffic_goes_back_although_a_blue_task_is_missing(ecs_fake, ecs_client, deploy, green):
    """Blue is brought up first only where it was on its way out already."""
    alarms = {"alarmNames": ["5xx"], "enable": True, "rollback": True}
    deploy("BLUE_GREEN", alarms=alarms, seconds=150)
    blue = ecs_fake.services["prod/web"].deployments[1]
    task = next(task for task in ecs_fake.services["prod/web"].tasks if task.started_by == blue.id)
    ecs_client.stop_task(cluster="prod", task=task.arn)
    before = green()

    ecs_fake.alarms["5xx"].set("ALARM")
    ecs_fake.clock.advance(seconds=1)

    assert (before, green(), blue.pending_count) == (100.0, 0.0, 1)


def test_the_circuit_breaker_watches_rolling_deployments_only(deploy, describe_deployment):
    """API reference, DeploymentCircuitBreaker."""
    breaker = {"enable": True, "rollback": True}

    arn = deploy("BLUE_GREEN", deploymentCircuitBreaker=breaker, seconds=60)

    described = describe_deployment(arn)
    assert (described["status"], described["deploymentCircuitBreaker"]["status"]) == ("IN_PROGRESS", "DISABLED")

"""What a test author's type checker sees; checked by mypy, never run."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Literal

from typing_extensions import assert_type

from pytest_ecsfake import Call, EcsFake, ecs_fake
from pytest_ecsfake.views.clusters import Cluster
from pytest_ecsfake.views.hooks import HookContext
from pytest_ecsfake.views.services import Deployment, Service
from pytest_ecsfake.views.tasks import Task

TaskStatus = Literal[
    "PROVISIONING", "PENDING", "ACTIVATING", "RUNNING", "DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED"
]


def test_stores(ecs_fake: EcsFake) -> None:
    assert_type(ecs_fake.clusters["prod"], Cluster)
    assert_type(ecs_fake.services["prod/web"], Service)
    assert_type(ecs_fake.services["prod/web"].deployments, list[Deployment])
    assert_type(ecs_fake.services["prod/web"].traffic, dict[str, float])
    assert_type(ecs_fake.alarms["5xx"].state, Literal["OK", "ALARM", "INSUFFICIENT_DATA"])
    assert_type(ecs_fake.clusters["prod"].services["web"].is_stable, bool)
    assert_type(ecs_fake.tasks["arn"].last_status, TaskStatus)
    assert_type(ecs_fake.tasks.where(group="service:web"), list[Task])
    assert_type(ecs_fake.tasks["arn"].started_at, datetime | None)
    assert_type(ecs_fake.clock.now, datetime)
    assert_type(ecs_fake.calls.of("RunTask")[0], Call)
    assert_type(ecs_fake.explain("prod/web"), str)
    assert_type(ecs_fake.calls[0].page, int)
    assert_type(ecs_fake.timeline(newest=None, about="prod/web"), str)


def test_matchers(ecs_fake: EcsFake) -> None:
    web = re.compile("^web")
    ecs_fake.calls.assert_called("RunTask", cluster=web, count=lambda count: count > 1)
    ecs_fake.assert_ran_task(family=web, environment={"STAGE": web}, command=["up", web], cpu=lambda cpu: cpu == "256")
    ecs_fake.faults.throttle("RunTask", when={"cluster": web})
    ecs_fake.tasks.where(group=web)


@ecs_fake
def decorated(number: int) -> str:
    return str(number)


@ecs_fake(region="eu-west-1")
def decorated_with_options(number: int) -> str:
    return str(number)


assert_type(decorated(3), str)

with ecs_fake(clusters=["prod"]) as ecs:
    assert_type(ecs, EcsFake)


def smoke_test(ctx: HookContext) -> str:
    return "SUCCEEDED" if ctx.event["lifecycleStage"] == ctx.stage else "FAILED"


def test_hooks(ecs_fake: EcsFake) -> None:
    ecs_fake.hooks.on("POST_SCALE_UP", smoke_test)
    ecs_fake.hooks.on("POST_SCALE_UP", lambda ctx: {"hookStatus": "IN_PROGRESS", "callBackDelay": 5}, times=1)

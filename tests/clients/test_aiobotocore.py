"""aiobotocore, the real library, through the same handlers."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import pytest
from botocore.exceptions import WaiterError

from pytest_ecsfake import UnfakedServiceError
from pytest_ecsfake import ecs_fake as switch

session_module = pytest.importorskip("aiobotocore.session")


def with_client(use: Any, service: str = "ecs", **options: Any) -> Any:
    """Run a coroutine function over a client."""

    async def main() -> Any:
        async with session_module.get_session().create_client(service, **options) as client:
            return await use(client)

    return asyncio.run(main())


def test_a_client_is_answered(ecs_fake):
    async def use(client: Any) -> Any:
        await client.create_cluster(clusterName="prod")
        return await client.describe_clusters(clusters=["prod", "nope"])

    answer = with_client(use)

    assert [cluster["clusterName"] for cluster in answer["clusters"]] == ["prod"]
    assert answer["failures"][0]["reason"] == "MISSING"
    assert ecs_fake.calls.operations == ["CreateCluster", "DescribeClusters"]


def test_errors_are_botocores_modelled_exceptions(ecs_fake):
    async def use(client: Any) -> None:
        with pytest.raises(client.exceptions.ClusterNotFoundException, match="Cluster not found"):
            await client.list_tasks(cluster="nope")

    with_client(use)


def test_a_throttle_goes_through_the_retries_in_virtual_time(ecs_fake):
    ecs_fake.faults.throttle("ListClusters", times=2)

    answer = with_client(lambda client: client.list_clusters())

    assert answer["ResponseMetadata"]["RetryAttempts"] == 2
    assert len(ecs_fake.calls) == 1
    assert len(ecs_fake.calls[0].attempts) == 3


def test_a_throttle_that_does_not_end_is_raised(ecs_fake):
    ecs_fake.faults.throttle("ListClusters", times=20)

    async def use(client: Any) -> None:
        with pytest.raises(client.exceptions.ClientError, match=r"ThrottlingException.*reached max retries"):
            await client.list_clusters()

    with_client(use)


def test_a_waiter_ends_in_virtual_time(ecs_fake, web, fargate):
    async def use(client: Any) -> str:
        await client.create_cluster()
        await client.register_task_definition(**web)
        task = (await client.run_task(**fargate))["tasks"][0]["taskArn"]
        await client.get_waiter("tasks_running").wait(tasks=[task])
        return task

    task = with_client(use)

    assert ecs_fake.tasks[task].last_status == "RUNNING"


def test_the_waiters_of_services_end_in_virtual_time(ecs_fake, web, fargate):
    async def use(client: Any) -> list[str]:
        await client.create_cluster()
        await client.register_task_definition(**web)
        await client.create_service(serviceName="web", desiredCount=2, **fargate)
        await client.get_waiter("services_stable").wait(services=["web"])
        tasks = (await client.list_tasks(serviceName="web"))["taskArns"]
        await client.delete_service(service="web", force=True)
        with pytest.raises(WaiterError, match='matched expected path: "DRAINING"'):
            await client.get_waiter("services_stable").wait(services=["web"])
        await client.get_waiter("services_inactive").wait(services=["web"])
        return tasks

    tasks = with_client(use)

    assert len(tasks) == 2
    assert ecs_fake.services["web"].status == "INACTIVE"


def test_a_paginator_walks_all(ecs_fake):
    for number in range(5):
        ecs_fake.clusters.add(f"c{number}")

    async def use(client: Any) -> list[str]:
        pages = client.get_paginator("list_clusters").paginate(PaginationConfig={"PageSize": 2})
        return [arn async for page in pages for arn in page["clusterArns"]]

    assert len(with_client(use)) == 5


def test_a_client_made_before_the_fake_is_answered():
    async def main() -> int:
        keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
        async with session_module.get_session().create_client("ecs", region_name="us-east-1", **keys) as client:
            with switch() as ecs:
                await client.create_cluster()
                return len(ecs.clusters)

    assert asyncio.run(main()) == 1


def test_a_client_older_than_the_plugin_is_answered_and_retries(monkeypatch, ecs_fake):
    import botocore.handlers

    older = [
        spec for spec in botocore.handlers.BUILTIN_HANDLERS if "Handlers." not in getattr(spec[1], "__qualname__", "")
    ]
    monkeypatch.setattr(botocore.handlers, "BUILTIN_HANDLERS", older)
    ecs_fake.faults.throttle("ListClusters")

    answer = with_client(lambda client: client.list_clusters())

    assert answer["ResponseMetadata"]["RetryAttempts"] == 1


@pytest.mark.ecs_fake(strict=False)
def test_a_call_to_another_service_is_refused(ecs_fake):
    async def use(client: Any) -> None:
        with pytest.raises(UnfakedServiceError, match="called SQS ListQueues"):
            await client.list_queues()

    with_client(use, "sqs")


def test_both_libraries_share_the_fake(ecs_fake):
    ecs_fake.client.create_cluster(clusterName="prod")

    assert len(with_client(lambda client: client.list_clusters())["clusterArns"]) == 1


def test_many_coroutines_lose_no_call(ecs_fake):
    async def use(client: Any) -> Any:
        return await asyncio.gather(*[client.create_cluster(clusterName=f"c{number}") for number in range(50)])

    assert len(with_client(use)) == 50
    assert len(ecs_fake.clusters) == len(ecs_fake.calls) == 50


@pytest.mark.parametrize("kind", ["timeout", "connection_error"])
def test_what_gets_no_answer_is_retried(ecs_fake, kind):
    getattr(ecs_fake.faults, kind)("ListClusters", times=2)

    answer = with_client(lambda client: client.list_clusters())

    assert answer["ResponseMetadata"]["RetryAttempts"] == 2


@pytest.mark.skipif(sys.version_info < (3, 11), reason="exceptions have notes from Python 3.11 on")
def test_the_error_of_a_waiter_explains_itself(ecs_fake):
    async def use(client: Any) -> WaiterError:
        await client.create_cluster(clusterName="prod")
        waiter = client.get_waiter("tasks_running")
        with pytest.raises(WaiterError) as caught:
            await waiter.wait(cluster="prod", tasks=["0123456789abcdef0123456789abcdef"])
        return caught.value

    assert with_client(use).__notes__ == [
        "Why DescribeTasks answered with failures[], 0 s after the start:\n  At +0s it got MISSING for task 01234567."
    ]

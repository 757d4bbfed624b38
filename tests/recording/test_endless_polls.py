"""A poll that can't end is told, one that may end isn't, and what is recorded of a long one stays bounded."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from unittest import mock

import botocore.exceptions
import botocore.session
import pytest
from freezegun import freeze_time

from pytest_ecsfake import EndlessPollError, UnfakedServiceError, ecs_fake
from pytest_ecsfake.arns import Partition
from pytest_ecsfake.recording import calls as recorded
from pytest_ecsfake.recording import polls
from pytest_ecsfake.transport import interceptor

DAY = 24 * 3600


@pytest.fixture
def few(monkeypatch):
    """Polls count as endless after fewer reads, so that a test of each kind is quick."""
    monkeypatch.setattr(polls, "FEWEST", 50)
    monkeypatch.setattr(polls, "MOST", 2_000)


@pytest.fixture
def ecs():
    """A fake that says nothing at its end: the tests look at its problems themselves."""
    with ecs_fake(strict=False) as fake:
        yield fake


@pytest.fixture
def run(ecs, web, fargate):
    """Run a task without a script, which runs until it is stopped."""

    def run(family="job"):
        ecs.client.create_cluster()
        ecs.client.register_task_definition(**{**web, "family": family})
        return ecs.client.run_task(**{**fargate, "taskDefinition": family})["tasks"][0]["taskArn"]

    return run


def status_of(ecs, task):
    return ecs.client.describe_tasks(tasks=[task])["tasks"][0]["lastStatus"]


def wait_until_stopped(ecs, task, seconds=6.0):
    """What luigi does: no limit, and a bare `except Exception`."""
    while True:
        try:
            if status_of(ecs, task) == "STOPPED":
                return
        except Exception:
            pass
        time.sleep(seconds)


# --- what is told -----------------------------------------------------------------------------------------------------------------------


def test_a_poll_for_the_end_of_a_task_without_a_script_is_told(ecs, run, monkeypatch):
    monkeypatch.setattr(polls, "FEWEST", polls.FEWEST // 10)
    task = run()

    with pytest.raises(EndlessPollError) as caught:
        wait_until_stopped(ecs, task, seconds=300)

    text = str(caught.value)
    assert text.startswith("this poll can't end: DescribeTasks was called ")
    assert "in status_of (" in text
    assert "nothing has changed for 3.47 days of virtual time, and nothing is due in the fake any more." in text
    assert f"Task {task[-32:]} of family job is RUNNING, and a task without a script runs until it is stopped." in text
    assert 'ecs_fake.containers.script(family="job", runs_for=60)' in text
    assert [str(problem) for problem in ecs.problems] == [text]
    assert ecs.calls[-1].problem is caught.value


def test_the_error_is_no_exception_that_a_retry_loop_swallows(ecs, run, few):
    assert not issubclass(EndlessPollError, Exception)
    assert issubclass(EndlessPollError, pytest.fail.Exception)  # what pytest's own handling of fixtures expects


def test_what_swallows_everything_is_told_of_at_the_end(web, fargate, few):
    with pytest.raises(EndlessPollError, match="this poll can't end"):
        with ecs_fake() as ecs:
            try:
                while True:
                    ecs.client.list_clusters()
                    time.sleep(3600)
            except BaseException:
                pass


def test_it_is_told_where_the_sleep_is_mocked_away(ecs, run, few):
    task = run()

    with mock.patch("time.sleep"), pytest.raises(EndlessPollError, match=r"for .* of virtual time"):
        wait_until_stopped(ecs, task)


def test_it_is_told_where_nothing_moves_the_clock(run, web, fargate, few):
    with freeze_time("2026-01-01"), ecs_fake(strict=False) as ecs:
        ecs.client.create_cluster()
        ecs.client.register_task_definition(**web)
        task = ecs.client.run_task(**fargate)["tasks"][0]["taskArn"]

        with mock.patch("time.sleep"), pytest.raises(EndlessPollError) as caught:
            wait_until_stopped(ecs, task)

    text = str(caught.value)
    assert "nothing has changed while the clock stood still, and nothing moves the clock." in text
    assert "tick the freezer, or let it sleep." in text
    assert "of family web is PROVISIONING." in text


def test_a_waiter_of_very_many_attempts_is_told(ecs, run, few):
    task = run()
    waiter = ecs.client.get_waiter("tasks_stopped")

    with pytest.raises(EndlessPollError, match="of family job is RUNNING"):
        waiter.wait(tasks=[task], WaiterConfig={"Delay": 3600, "MaxAttempts": 10**9})


def test_it_is_told_in_an_event_loop(ecs, run, few):
    task = run()

    async def stopped():
        while status_of(ecs, task) != "STOPPED":
            await asyncio.sleep(3600)

    async def main():
        await asyncio.gather(stopped(), asyncio.sleep(5))

    with pytest.raises(EndlessPollError):
        asyncio.run(main())


def test_it_is_told_to_threads_that_wait_for_tasks_side_by_side(ecs, run, few):
    task = run()

    def wait(_):
        ecs.client.get_waiter("tasks_stopped").wait(tasks=[task], WaiterConfig={"Delay": 3600, "MaxAttempts": 10**9})

    with ThreadPoolExecutor(2) as pool, pytest.raises(EndlessPollError):
        list(pool.map(wait, range(2)))


def test_it_is_told_of_a_program_that_waits_for_its_own_task(ecs, run, few):
    ecs.containers.program(family="job", run=lambda ctx: wait_until_stopped(ecs, task))
    task = run()

    with pytest.raises(EndlessPollError, match="It polls within a program, a hook or a subscriber"):
        ecs.clock.advance(seconds=60)


def test_a_poll_that_asks_two_things_in_turns_is_told_with_both(ecs, run, few):
    task = run()
    ecs.clock.advance(seconds=60)

    with pytest.raises(EndlessPollError, match="ListTasks and DescribeTasks were called"):
        while ecs.client.list_tasks()["taskArns"] and status_of(ecs, task) != "STOPPED":
            time.sleep(3600)


def test_a_poll_that_meets_an_error_each_time_is_told(ecs, few):
    with pytest.raises(EndlessPollError, match="The answer is an error each time, ClusterNotFoundException"):
        while True:
            try:
                ecs.client.list_tasks(cluster="nope")
            except botocore.exceptions.ClientError:
                time.sleep(3600)


def test_a_task_that_is_gone_is_told_as_missing(ecs, run, few):
    task = run()
    ecs.client.stop_task(task=task)
    ecs.clock.advance(seconds=DAY)

    with pytest.raises(EndlessPollError, match=f"task/default/{task[-32:]} is MISSING."):
        while not ecs.client.describe_tasks(tasks=[task])["tasks"]:
            time.sleep(3600)


def test_a_task_that_waits_for_an_instance_is_told_how_to_get_one(ecs, few):
    ecs.client.create_cluster(clusterName="prod")
    ecs.client.create_capacity_provider(
        name="group",
        autoScalingGroupProvider={
            "autoScalingGroupArn": "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:1:autoScalingGroupName/a",
            "managedScaling": {"status": "ENABLED"},
        },
    )
    ecs.clock.advance(seconds=600)
    ecs.client.put_cluster_capacity_providers(
        cluster="prod", capacityProviders=["group"], defaultCapacityProviderStrategy=[]
    )
    ecs.clock.advance(seconds=600)
    ecs.client.register_task_definition(
        family="job", containerDefinitions=[{"name": "app", "image": "busybox", "memory": 64}]
    )
    task = ecs.client.run_task(
        cluster="prod", taskDefinition="job", capacityProviderStrategy=[{"capacityProvider": "group"}]
    )["tasks"][0]["taskArn"]

    with pytest.raises(
        EndlessPollError, match=r'waits for a container instance: ecs_fake.container_instances.add\("prod"\)'
    ):
        while ecs.client.describe_tasks(cluster="prod", tasks=[task])["tasks"][0]["lastStatus"] != "RUNNING":
            time.sleep(3600)


def test_a_service_that_has_nothing_left_to_do_is_told_with_its_counts(ecs, web, fargate, few):
    ecs.client.create_cluster()
    ecs.client.register_task_definition(**web)
    ecs.client.create_service(serviceName="api", desiredCount=1, **{**fargate, "taskDefinition": web["family"]})

    with pytest.raises(EndlessPollError, match="Service api is ACTIVE with desiredCount=1, runningCount=1"):
        while ecs.client.describe_services(services=["api"])["services"][0]["runningCount"] < 2:
            time.sleep(3600)


def test_it_fails_a_test_of_pytest_and_the_next_one_is_run(pytester):
    pytester.makepyfile(
        """
        import time, pytest
        from pytest_ecsfake.recording import polls

        @pytest.fixture
        def stopped(ecs_fake):
            polls.FEWEST = 50
            while ecs_fake.client.list_clusters()["clusterArns"] == []:
                try:
                    ecs_fake.client.list_clusters()
                except Exception:
                    pass
                time.sleep(3600)

        def test_one(stopped): ...
        def test_two(): ...
        """
    )
    outcome = pytester.runpytest_subprocess("-p", "no:cacheprovider")

    outcome.assert_outcomes(errors=1, passed=1)
    outcome.stdout.fnmatch_lines(["*EndlessPollError: this poll can't end: ListClusters was called*"])


def test_it_is_told_without_pytest():
    program = """
import sys, time
from pytest_ecsfake import EndlessPollError, UnfakedServiceError, ecs_fake
from pytest_ecsfake.arns import Partition
from pytest_ecsfake.recording import polls
assert "pytest" not in sys.modules and EndlessPollError.__base__ is BaseException
polls.FEWEST = 50
try:
    with ecs_fake() as ecs:
        while True:
            try:
                ecs.client.list_clusters()
            except Exception:
                pass
            time.sleep(3600)
except EndlessPollError as error:
    print(error)
"""
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)

    assert told.stdout.startswith("this poll can't end: ListClusters")


# --- what isn't -------------------------------------------------------------------------------------------------------------------------


def test_a_deadline_of_the_code_ends_its_poll(ecs, run, few):
    task = run()
    deadline = time.monotonic() + DAY

    while status_of(ecs, task) != "STOPPED" and time.monotonic() < deadline:
        time.sleep(300)

    assert ecs.problems == ()


def test_a_wait_for_something_that_is_due_may_be_long(ecs, run, few):
    ecs.containers.script(family="job", runs_for=30 * DAY)

    wait_until_stopped(ecs, run(), seconds=3600)

    assert ecs.problems == ()


def test_a_test_may_advance_the_clock_by_years(ecs, run):
    task = run()
    ecs.clock.advance(seconds=60)

    for _ in range(20):
        assert status_of(ecs, task) == "RUNNING"
        ecs.clock.advance(seconds=100 * DAY)

    assert ecs.problems == ()


def test_a_thread_of_the_test_may_still_end_it(ecs, run, few):
    task = run()
    thread = threading.Timer(1, lambda: ecs.client.stop_task(task=task))
    thread.start()

    wait_until_stopped(ecs, task, seconds=3600)
    thread.join()

    assert ecs.problems == ()


HERE = Partition("123456789012", "us-east-1")
FIRST, SECOND = (polls.Question("ListTasks", HERE, body) for body in (b"1", b"2"))


@pytest.mark.parametrize(
    ("question", "changes", "writes"),
    [
        pytest.param(FIRST, 1, False, id="a change of state"),
        pytest.param(SECOND, 0, False, id="a new question"),
        pytest.param(FIRST, 0, True, id="a write"),
    ],
)
def test_it_is_counted_anew_after(question, changes, writes, few):
    known, reading = polls.Polls(0), polls.Reading(b"", None)

    def ask(question, changes, now):
        return known.note(question, reading, changes, now, 1)

    assert not ask(FIRST, 0, 0)
    assert all(ask(FIRST, 0, polls.LONGEST) for _ in range(polls.FEWEST))
    assert known.are_too_many(polls.LONGEST)

    if writes:
        known.forget()
    assert not ask(question, changes, polls.LONGEST)
    ask(FIRST, changes, polls.LONGEST)
    assert not known.are_too_many(polls.LONGEST)


# --- what is recorded of a long poll ----------------------------------------------------------------------------------------------------


@pytest.fixture
def short(monkeypatch):
    monkeypatch.setattr(recorded, "KEPT_AT_EACH_END", 5)


def test_the_middle_of_a_long_poll_is_counted_and_not_kept(ecs, run, short):
    task = run()
    ecs.clock.advance(seconds=60)
    ecs.calls.clear()
    for _ in range(100):
        ecs.client.list_tasks()
        status_of(ecs, task)
        time.sleep(10)
    ecs.client.stop_task(task=task)
    status_of(ecs, task)

    assert len(ecs.calls.kept()) < 20
    assert len(ecs.calls) == len(list(ecs.calls)) == 202
    assert ecs.calls.operations.count("ListTasks") == 100
    ecs.calls.assert_called_times(101, "DescribeTasks", tasks=[task])
    ecs.calls.assert_order("ListTasks", "DescribeTasks", "StopTask", "DescribeTasks")
    assert [call.number for call in (*ecs.calls[:4], *ecs.calls[-3:])] == [1, 2, 3, 4, 200, 201, 202]
    assert ecs.calls[-1].since_start.total_seconds() == 60 + 1000
    assert all(call.response is not None for call in ecs.calls)


def test_the_time_line_counts_what_is_left_out(ecs, short):
    for _ in range(100):
        ecs.client.list_clusters()
        time.sleep(10)

    assert "ListClusters … 100 times, until +990s" in ecs.timeline()


def test_calls_that_differ_are_all_kept(ecs, run, short):
    task = run()
    seen = [status_of(ecs, task) for _ in range(40) if time.sleep(1) is None]

    assert [call.response["tasks"][0]["lastStatus"] for call in ecs.calls.of("DescribeTasks")] == seen


def test_a_restored_record_is_what_it_was(ecs, short):
    for _ in range(50):
        ecs.client.list_clusters()
    restore = ecs.take_snapshot()
    for _ in range(50):
        ecs.client.list_clusters()
    assert len(ecs.calls) == 100

    restore()

    assert len(ecs.calls) == len(list(ecs.calls)) == 50
    ecs.client.list_clusters()
    assert ecs.calls[-1].number == 51


def test_a_long_poll_takes_no_memory_without_end(ecs):
    for _ in range(3_000):
        ecs.client.list_clusters()
        time.sleep(1)

    assert len(ecs.calls) == 3_000
    assert len(ecs.calls.kept()) <= 2 * recorded.KEPT_AT_EACH_END + 2


@pytest.mark.ecs_fake(strict=False)
def test_a_problem_that_is_met_over_and_over_takes_no_memory_without_end(ecs_fake):
    client = botocore.session.Session().create_client("sqs")
    for _ in range(150):
        with contextlib.suppress(UnfakedServiceError):  # what `pytest.raises` catches is forgotten
            client.list_queues()

    assert len(ecs_fake.problems) == 100


def test_what_is_known_of_calls_on_the_wire_takes_no_memory_without_end(ecs, monkeypatch):
    monkeypatch.setattr(interceptor, "_MOST_ON_THE_WIRE", 3)
    ecs.faults.throttle("ListClusters", times=9)
    for _ in range(9):
        with contextlib.suppress(botocore.exceptions.ClientError):
            ecs.client.list_clusters()

    assert len(ecs.interceptor._on_the_wire) <= 4

"""`ecs_fake.snapshot()` and `restore()`: what comes back, what stays, and what is refused."""

from __future__ import annotations

import time

import pytest

import builders
from pytest_ecsfake import EcsFakeUsageError
from pytest_ecsfake import ecs_fake as switch

pytest.importorskip("boto3")


@pytest.fixture
def service(ecs_client, ecs_fake):
    """A service with two running tasks."""
    ecs_fake.clusters.add("prod")
    ecs_client.register_task_definition(**builders.task_definition())
    ecs_client.create_service(**builders.service(cluster="prod", serviceName="web", desiredCount=2))
    ecs_fake.clock.advance(seconds=120)
    return ecs_fake.services["prod/web"]


def test_the_state_and_the_clock_come_back(ecs_fake, ecs_client, service):
    saved, now = ecs_fake.snapshot(), ecs_fake.clock.now
    ecs_client.update_service(cluster="prod", service="web", desiredCount=5)
    ecs_fake.clock.advance(seconds=600)
    assert service.running_count == 5

    ecs_fake.restore(saved)

    assert (service.running_count, service.desired_count, ecs_fake.clock.now) == (2, 2, now)


def test_what_the_process_reads_as_the_time_comes_back(ecs_fake, ecs_client):
    time.sleep(60)
    saved, civil, monotonic = ecs_fake.snapshot(), time.time(), time.monotonic()
    time.sleep(86_400)

    ecs_fake.restore(saved)

    assert abs(time.time() - civil) < 60
    assert abs(time.monotonic() - monotonic) < 60


def test_what_was_due_is_due_again(ecs_fake, ecs_client, service):
    task = ecs_client.run_task(**builders.task(cluster="prod"))["tasks"][0]["taskArn"]
    saved = ecs_fake.snapshot()

    for _ in range(2):
        assert ecs_fake.tasks[task].last_status == "PROVISIONING"
        ecs_fake.clock.advance(seconds=120)
        assert ecs_fake.tasks[task].last_status == "RUNNING"
        ecs_fake.restore(saved)


def test_the_same_calls_have_the_same_answers_again(ecs_fake, ecs_client, service):
    saved, answers = ecs_fake.snapshot(), []
    for _ in range(2):
        answer = ecs_client.run_task(**builders.task(cluster="prod"))
        ecs_fake.clock.advance(seconds=60)
        ecs_client.describe_tasks(cluster="prod", tasks=[answer["tasks"][0]["taskArn"]])
        answers.append([call.response for call in ecs_fake.calls])
        ecs_fake.restore(saved)

    assert answers[0] == answers[1]


def test_several_are_restored_in_any_order_also_after_further_use(ecs_fake, ecs_client, service):
    saved = {}
    for count in (2, 3, 4):
        ecs_client.update_service(cluster="prod", service="web", desiredCount=count)
        ecs_fake.clock.advance(seconds=300)
        saved[count] = ecs_fake.snapshot()

    for count in (3, 2, 4, 4, 2, 3):
        ecs_fake.restore(saved[count])
        assert service.running_count == count
        ecs_client.delete_service(cluster="prod", service="web", force=True)
        ecs_fake.clock.advance(seconds=300)
        assert service.status == "INACTIVE"


def test_every_account_and_region_comes_back(ecs_fake):
    elsewhere = ecs_fake.in_region("eu-west-1").in_account("111122223333")
    saved = elsewhere.snapshot()
    elsewhere.clusters.add("there")
    ecs_fake.clusters.add("here")

    ecs_fake.restore(saved)

    assert (len(elsewhere.clusters), len(ecs_fake.clusters)) == (0, 0)


def test_the_calls_since_are_forgotten(ecs_fake, ecs_client):
    ecs_client.list_clusters()
    saved = ecs_fake.snapshot()
    ecs_client.list_task_definitions()

    ecs_fake.restore(saved)

    assert ecs_fake.calls.operations == ["ListClusters"]


def test_an_order_stays_the_object_that_the_test_holds(ecs_fake, ecs_client):
    earlier = ecs_fake.faults.throttle("ListClusters", times=1)
    ecs_client.list_clusters()
    saved = ecs_fake.snapshot()
    later = ecs_fake.faults.throttle("ListTaskDefinitions", times="always")

    ecs_fake.restore(saved)

    assert (ecs_fake.orders, earlier.met) == ([earlier], 1)
    assert later not in ecs_fake.orders
    ecs_client.list_task_definitions()


def test_a_test_whose_calls_are_undone_has_still_called_the_fake(ecs_fake, ecs_client):
    saved = ecs_fake.snapshot()
    ecs_client.list_clusters()

    ecs_fake.restore(saved)

    assert ecs_fake.complaint_of_answers() is None


def test_a_test_of_a_wider_scope_may_keep_one_for_the_next(pytester):
    pytester.makepyfile(
        """
        import pytest

        @pytest.fixture(scope="module")
        def saved(ecs_fake_module):
            ecs_fake_module.clusters.add("prod")
            return ecs_fake_module.snapshot()

        @pytest.fixture(scope="module")
        def kept():
            return []

        def test_one(ecs_fake, ecs_fake_module, saved, kept):
            ecs_fake.clusters.add("jobs")
            kept.append(ecs_fake.snapshot())
            ecs_fake.restore(saved)
            assert [each.name for each in ecs_fake.clusters] == ["prod"]

        def test_two(ecs_fake, ecs_fake_module, saved, kept):
            assert [each.name for each in ecs_fake.clusters] == ["prod"]
            ecs_fake.restore(kept[0])
            assert [each.name for each in ecs_fake.clusters] == ["prod", "jobs"]

        def test_three(ecs_fake, ecs_fake_module, saved):
            assert [each.name for each in ecs_fake.clusters] == ["prod"]
        """
    )
    pytester.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:randomly").assert_outcomes(passed=3)


# --- refused ----------------------------------------------------------------------------------------------------------------------------


def test_a_snapshot_of_another_fake_is_refused(ecs_fake):
    with switch() as other:
        saved = other.snapshot()

    with pytest.raises(EcsFakeUsageError, match=r"^<Snapshot of ecs_fake at .*> is of another fake\. Each fake"):
        ecs_fake.restore(saved)


def test_a_fake_that_is_off_has_no_snapshots():
    with switch() as ecs:
        saved = ecs.snapshot()

    with pytest.raises(EcsFakeUsageError, match=r"^a snapshot can't be restored in a fake that is off\."):
        ecs.restore(saved)
    with pytest.raises(EcsFakeUsageError, match=r"^a snapshot can't be taken of a fake that is off\."):
        ecs.snapshot()


def test_only_snapshots_are_restored(ecs_fake):
    with pytest.raises(EcsFakeUsageError, match=r"^restore\(\) takes what ecs_fake\.snapshot\(\) returned, not None\."):
        ecs_fake.restore(None)


@pytest.mark.parametrize("what", ["taken", "restored"])
def test_none_is_taken_or_restored_in_a_program(ecs_fake, ecs_client, what):
    """What is due at the same instant hasn't all happened."""
    ecs_fake.clusters.add("default")
    ecs_client.register_task_definition(**builders.task_definition())
    saved, refused = ecs_fake.snapshot(), []

    def program(context):
        with pytest.raises(EcsFakeUsageError) as error:
            ecs_fake.restore(saved) if what == "restored" else ecs_fake.snapshot()
        refused.append(str(error.value))
        return 0

    ecs_fake.containers.program(run=program, family="web")
    ecs_client.run_task(**builders.task())
    ecs_fake.clock.advance(seconds=120)

    assert len(refused) == 1
    assert refused[0].startswith(
        f"a snapshot can't be {what} while a program, a hook or a subscriber of the test runs, "
    )

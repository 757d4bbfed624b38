"""What a snapshot brings back, and what it costs: what has changed, whatever else there is."""

from __future__ import annotations

import pytest

from pictures import picture_of
from pytest_ecsfake import operations
from pytest_ecsfake.arns import Partition
from pytest_ecsfake.clock import SECOND, Clock
from pytest_ecsfake.state.mutable import layout_of
from pytest_ecsfake.state.region import World
from pytest_ecsfake.state.task import Task
from pytest_ecsfake.state.timings import Timings

DEFINITION = {
    "family": "web",
    "requiresCompatibilities": ["FARGATE"],
    "networkMode": "awsvpc",
    "cpu": "256",
    "memory": "512",
    "containerDefinitions": [{"name": "app", "image": "nginx"}],
}
ON_FARGATE = {
    "taskDefinition": "web",
    "launchType": "FARGATE",
    "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"]}},
}


class Account:
    """An account in one region, in which three tasks run."""

    def __init__(self) -> None:
        self.world = World(Clock(1_767_225_600 * SECOND), "a test", Timings())
        self.region = self.world.region(Partition("123456789012", "us-east-1"))
        self.call("CreateCluster")
        self.call("RegisterTaskDefinition", **DEFINITION)
        self.run(3)
        self.wait(60)

    def call(self, operation, **request):
        return operations.built()[operation](self.region, request)

    def run(self, count):
        return [task["taskArn"] for task in self.call("RunTask", count=count, **ON_FARGATE)["tasks"]]

    def wait(self, seconds):
        self.world.clock.settle(self.world.clock.now + seconds * SECOND)

    @property
    def tasks(self):
        return list(self.region.tasks_in(self.region.clusters.active(None)))

    def statuses(self):
        return [task.last_status for task in self.tasks]


@pytest.fixture
def account():
    return Account()


def test_what_is_part_of_the_state_is_the_same_object_after_a_restore(account):
    tasks, saved = account.tasks, account.world.snapshot()
    account.call("StopTask", task=tasks[0].id)
    account.wait(600)

    account.world.restore(saved)

    assert [id(task) for task in account.tasks] == [id(task) for task in tasks]
    assert tasks[0].last_status == "RUNNING"


def test_snapshots_are_restored_in_any_order_and_more_than_once(account):
    saved = {3: account.world.snapshot()}
    pictures = {3: picture_of(account.world)}
    for count in (4, 5, 6):
        account.run(1)
        account.wait(60)
        pictures[count] = picture_of(account.world)
        saved[count] = account.world.snapshot()

    for count in (4, 6, 3, 5, 5, 6, 4, 3):
        account.world.restore(saved[count])
        assert picture_of(account.world) == pictures[count]
        account.run(2)
        account.call("StopTask", task=account.tasks[0].id)
        account.wait(300)


def test_a_branch_that_was_left_can_be_returned_to(account):
    beginning = account.world.snapshot()
    account.call("StopTask", task=account.tasks[0].id)
    account.wait(600)
    stopped, left = account.world.snapshot(), picture_of(account.world)
    account.world.restore(beginning)
    account.run(2)
    account.wait(30)
    other, right = account.world.snapshot(), picture_of(account.world)

    account.world.restore(stopped)
    assert picture_of(account.world) == left
    account.world.restore(other)
    assert picture_of(account.world) == right
    account.world.restore(stopped)
    assert picture_of(account.world) == left


def test_a_region_that_is_first_used_after_a_snapshot_is_gone_and_comes_back(account):
    partition = Partition("123456789012", "eu-west-1")
    before = account.world.snapshot()
    account.world.region(partition).alarms["5xx"] = "ALARM"
    after = account.world.snapshot()

    account.world.restore(before)
    assert partition not in account.world.regions
    account.world.region(partition).alarms["5xx"] = "INSUFFICIENT_DATA"
    account.world.restore(after)

    assert account.world.region(partition).alarm_state("5xx") == "ALARM"


def test_the_events_that_were_cleared_come_back(account):
    saved, events = account.world.snapshot(), list(account.region.events)
    account.region.events.clear()
    account.run(1)
    without = account.world.snapshot()

    account.world.restore(saved)
    assert list(account.region.events) == events
    account.world.restore(without)
    assert len(account.region.events) == 1


def test_as_long_as_nothing_changes_it_is_one_snapshot(account):
    saved = account.world.snapshot()
    again = account.world.snapshot()
    account.run(1)
    account.world.restore(saved)

    assert saved is again is account.world.snapshot()


def changed(account):
    """How many objects are kept for the restore."""
    return len(account.world._history._changed)


def test_what_is_kept_is_what_has_changed_not_what_there_is(account):
    account.world.snapshot()
    account.call("StopTask", task=account.tasks[0].id)
    account.wait(600)
    of_three = changed(account)
    account.run(10)
    account.run(10)
    account.wait(60)
    account.world.snapshot()

    account.call("StopTask", task=account.tasks[1].id)
    account.wait(600)

    assert 0 < changed(account) <= of_three


def test_nothing_is_guarded_before_the_first_snapshot(account):
    guarded = layout_of(Task).guarded

    assert {type(task) for task in account.tasks} == {Task}
    account.world.snapshot()
    assert {type(task) for task in account.tasks} == {guarded}


def test_an_object_is_of_its_own_class_again_from_its_first_change_on(account):
    first, second, _ = account.tasks
    account.world.snapshot()

    account.call("StopTask", task=first.id)

    assert (type(first), type(second)) == (Task, layout_of(Task).guarded)


def test_what_was_forgotten_comes_back_in_its_place(account):
    tasks, saved = account.tasks, account.world.snapshot()
    account.call("StopTask", task=tasks[0].id)
    account.run(1)
    account.wait(2 * 3600)
    assert tasks[0] not in account.tasks
    left = account.tasks
    after = account.world.snapshot()

    account.world.restore(saved)
    assert account.tasks == tasks
    account.world.restore(after)
    assert account.tasks == left


def test_who_follows_changes_since_a_snapshot_does_so_no_longer_after_its_restore(account):
    saved, picture = account.world.snapshot(), picture_of(account.world)
    account.call("CreateService", serviceName="web", desiredCount=1, **ON_FARGATE)
    account.wait(60)

    account.world.restore(saved)

    assert picture_of(account.world) == picture

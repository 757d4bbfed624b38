"""Sessions under a fake read botocore's files once, and each of them sees what it would have seen by itself."""

from __future__ import annotations

import asyncio
import functools
import gc
import inspect
import json
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import botocore.hooks
import botocore.session
import pytest
from botocore.loaders import JSONFileLoader, Loader
from botocore.model import ServiceModel

from pytest_ecsfake import ecs_fake

SERVICE = ("ecs", "service-2")

#: What a client needs where no fake is on.
KEYS = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "us-east-1"}

#: What is replaced while a fake is on.
REPLACED = (
    (JSONFileLoader, "load_file"),
    (Loader, "list_available_services"),
    (botocore.hooks, "accepts_kwargs"),
    (botocore.hooks.EventAliaser, "__init__"),
)


@pytest.fixture
def files_read(caplog) -> Callable[[], list[str]]:
    """Which files of JSON have been read since it was last asked."""
    caplog.set_level("DEBUG", "botocore.loaders")

    def files_read() -> list[str]:
        read = [record.args[0] for record in caplog.records if record.msg.startswith("Loading JSON file")]
        caplog.clear()
        return read

    return files_read


def new_session() -> botocore.session.Session:
    return botocore.session.Session()


def loader_of(session: botocore.session.Session) -> Loader:
    loader: Loader = session.get_component("data_loader")
    return loader


def described(session: botocore.session.Session) -> Any:
    """What the session's loader hands out for ECS."""
    return loader_of(session).load_service_model(*SERVICE)


def standing() -> list[object]:
    return [vars(owner)[name] for owner, name in REPLACED]


# --- what is shared, and for how long ------------------------------------------------------------------------------------------------------


def test_a_second_session_reads_no_file_of_botocore(files_read):
    with ecs_fake():
        new_session().create_client("ecs")
        files_read()

        new_session().create_client("ecs").get_waiter("tasks_running")
        client = new_session().create_client("ecs")
        assert client.can_paginate("list_tasks")
        assert [file for file in files_read() if "waiters" not in file and "paginators" not in file] == []

        client = new_session().create_client("ecs")
        assert client.can_paginate("list_tasks")
        client.get_waiter("tasks_running")
        assert files_read() == []


def test_the_next_fake_reads_no_file_again_that_clients_of_ecs_need(files_read):
    with ecs_fake():
        new_session().create_client("ecs")
    gc.collect()
    files_read()

    with ecs_fake():
        new_session().create_client("ecs").list_clusters()

    assert files_read() == []


def test_without_the_option_each_session_reads_its_own(files_read):
    with ecs_fake(fast_clients=False):
        for _ in range(2):
            files_read()
            session = new_session()
            session.create_client("ecs").list_clusters()
            assert {Path(file).name.partition(".")[0] for file in files_read()} >= {
                "service-2",
                "endpoints",
                "partitions",
            }
            assert type(described(session)) is OrderedDict


def test_the_option_of_the_fake_that_answers_counts(files_read):
    with ecs_fake(), ecs_fake(fast_clients=False):
        described(new_session())
        files_read()
        described(new_session())
        assert len(files_read()) == 1


def test_nothing_is_replaced_and_nothing_shared_when_no_fake_is_on(files_read):
    before = standing()
    with ecs_fake():
        described(new_session())
        assert all(now is not then for now, then in zip(standing(), before, strict=True))

    assert standing() == before
    files_read()
    session = new_session()
    session.create_client("ecs", **KEYS)
    assert len(files_read()) >= 4
    assert type(described(session)) is OrderedDict


def test_a_session_that_lives_on_keeps_what_it_has_read():
    with ecs_fake():
        session = new_session()
        inside = session.create_client("ecs")
    gc.collect()
    outside = session.create_client("ecs", **KEYS)

    assert described(session) is vars(outside.meta.service_model)["_service_description"]
    assert outside.meta.service_model.operation_names == inside.meta.service_model.operation_names


def test_what_only_dead_sessions_have_read_goes_with_the_fake():
    """Weakly: the file of another service, the session's own copies of it and of ECS's."""
    with ecs_fake():
        session = new_session()
        turk = loader_of(session).load_service_model("mturk", "service-2")  # which no other test reads
        shared, copies = weakref.ref(turk.shared), [weakref.ref(turk), weakref.ref(described(session))]
        client = session.create_client("ecs")
        client.list_clusters()
        del session, turk, client
        gc.collect()
        assert [copy() for copy in copies] == [None, None]
        assert shared() is not None  # the next session's is made from it

    gc.collect()
    assert shared() is None


def test_what_a_living_session_has_read_of_another_service_is_shared_with_the_next_fake(files_read):
    with ecs_fake():
        session = new_session()
        loader_of(session).load_service_model("sqs", "service-2")
    gc.collect()
    files_read()

    with ecs_fake():
        loader_of(new_session()).load_service_model("sqs", "service-2")

    assert files_read() == []


def test_sessions_of_aiobotocore_share_too(files_read):
    aiobotocore = pytest.importorskip("aiobotocore.session")

    async def call() -> Any:
        async with aiobotocore.get_session().create_client("ecs") as client:
            return await client.list_clusters()

    with ecs_fake(clusters=["prod"]):
        asyncio.run(call())
        files_read()
        assert len(asyncio.run(call())["clusterArns"]) == 1
        assert files_read() == []


# --- each session sees its own --------------------------------------------------------------------------------------------------------------


def test_a_session_gets_what_it_would_have_read_itself():
    plain = new_session()
    names = ("endpoints", "partitions", "sdk-default-configuration", "_retry")
    types = ("service-2", "endpoint-rule-set-1", "paginators-1", "waiters-2", "examples-1")
    with ecs_fake():
        for _ in range(2):
            session = new_session()
            for name in names:
                assert loader_of(session).load_data_with_path(name) == loader_of(plain).load_data_with_path(name)
            for type_name in types:
                assert loader_of(session).load_service_model("ecs", type_name) == loader_of(plain).load_service_model(
                    "ecs", type_name
                )
            assert loader_of(session).load_service_model("ec2", "paginators-1") == loader_of(plain).load_service_model(
                "ec2", "paginators-1"
            )  # into which the loader merges what botocore calls sdk-extras


def members_of_a_cluster(client: Any) -> set[str]:
    client.create_cluster()
    return set(client.describe_clusters(clusters=["default"])["clusters"][0])


def test_who_changes_what_a_loader_returned_changes_it_for_that_session_alone():
    with ecs_fake():
        before = new_session()
        assert "status" in members_of_a_cluster(before.create_client("ecs"))

        changing = new_session()
        del described(changing)["shapes"]["Cluster"]["members"]["status"]
        described(changing)["metadata"]["protocols"].append("mine")
        loader_of(changing).load_data("endpoints")["partitions"].clear()
        loader_of(changing).list_available_services("service-2").append("mine")

        assert "status" not in members_of_a_cluster(changing.create_client("ecs", endpoint_url="https://ecs.test"))
        for session in (before, new_session()):
            assert "status" in members_of_a_cluster(session.create_client("ecs"))
            assert "mine" not in described(session)["metadata"]["protocols"]
            assert loader_of(session).load_data("endpoints")["partitions"]
            assert "mine" not in session.get_available_services()

    assert "status" in described(new_session())["shapes"]["Cluster"]["members"]


def test_a_model_that_is_changed_between_two_clients_of_a_session_counts_for_the_second():
    with ecs_fake():
        session = new_session()
        first = session.create_client("ecs")
        assert "status" in members_of_a_cluster(first)
        del described(session)["shapes"]["Cluster"]["members"]["status"]

        assert "status" not in members_of_a_cluster(session.create_client("ecs"))


def test_handlers_of_service_data_loaded_change_it_for_their_session_alone():
    def change(service_data: Any, **_: object) -> None:
        service_data["metadata"]["serviceFullName"] = "mine"

    with ecs_fake():
        session = new_session()
        session.register("service-data-loaded.ecs", change)

        assert session.get_service_model("ecs").metadata["serviceFullName"] == "mine"
        assert new_session().get_service_model("ecs").metadata["serviceFullName"] != "mine"


def test_a_session_with_a_data_path_of_its_own_gets_its_own(tmp_path):
    description = json.loads(json.dumps(described(new_session())))
    folder = tmp_path / "ecs" / description["metadata"]["apiVersion"]
    folder.mkdir(parents=True)

    def write(members: set[str]) -> None:
        of_cluster = description["shapes"]["Cluster"]["members"]
        written = {name: member for name, member in of_cluster.items() if name in members}
        shapes = description["shapes"] | {"Cluster": {"type": "structure", "members": written}}
        (folder / "service-2.json").write_text(json.dumps(description | {"shapes": shapes}))

    def with_data_path() -> botocore.session.Session:
        session = new_session()
        session.set_config_variable("data_path", str(tmp_path))
        return session

    (tmp_path / "mine" / "2026-01-01").mkdir(parents=True)
    (tmp_path / "mine" / "2026-01-01" / "service-2.json").write_text("{}")

    with ecs_fake():
        for names in ({"clusterName"}, {"clusterName", "status"}):
            write(names)
            assert members_of_a_cluster(with_data_path().create_client("ecs")) == names
            assert len(members_of_a_cluster(new_session().create_client("ecs"))) > 2
        assert "mine" in loader_of(with_data_path()).list_available_services("service-2")
        assert "mine" not in loader_of(new_session()).list_available_services("service-2")


def test_a_file_of_botocore_that_changes_is_read_again(tmp_path, monkeypatch):
    monkeypatch.setattr(Loader, "BUILTIN_DATA_PATH", str(tmp_path))
    with ecs_fake():
        for text, document in (('{"a": {}}', {"a": {}}), ('{"a": {"longer": 1}}', {"a": {"longer": 1}})):
            (tmp_path / "mine.json").write_text(text)
            for _ in range(2):
                assert Loader().load_data("mine") == document


def test_services_are_listed_as_without_a_fake():
    def lists(loader: Loader) -> list[list[str]]:
        return [loader.list_available_services(name) for name in ("service-2", "service-2", "waiters-2", "no-such")] + [
            loader.list_available_services(type_name="paginators-1")
        ]

    plain = lists(Loader())
    with ecs_fake():
        for _ in range(2):
            assert lists(Loader()) == plain
        assert Loader([], include_default_search_paths=False).list_available_services("service-2") == []


def test_threads_that_make_sessions_at_once_get_one_each():
    clients: list[Any] = []

    def make() -> None:
        clients.append(new_session().create_client("ecs", region_name="us-east-1"))

    with ecs_fake():
        threads = [threading.Thread(target=make) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        descriptions = [vars(client.meta.service_model)["_service_description"] for client in clients]
        assert len({id(description) for description in descriptions}) == 8
        assert len({id(description.shared) for description in descriptions}) == 1


# --- nobody's patches are passed over ----------------------------------------------------------------------------------------------------------


PATCHED = [
    (Loader, "load_service_model"),
    (Loader, "load_data_with_path"),
    (Loader, "list_available_services"),
    (Loader, "_potential_locations"),
    (JSONFileLoader, "load_file"),
    (JSONFileLoader, "_load_file"),
    (JSONFileLoader, "exists"),
]


@contextmanager
def counting(owner: Any, name: str) -> Iterator[mock.Mock]:
    """A patch of a test, which goes on to what it has found."""
    found = vars(owner)[name]
    seen = mock.Mock()

    @functools.wraps(found)
    def patched(*args: Any, **kwargs: Any) -> Any:
        seen()
        return found(*args, **kwargs)

    with mock.patch.object(owner, name, patched):
        yield seen


@pytest.mark.parametrize("when", ["before the fake", "during the fake"])
@pytest.mark.parametrize(("owner", "name"), PATCHED, ids=[name for _, name in PATCHED])
def test_a_loader_that_a_test_patches_goes_its_way(owner, name, when):
    before = [vars(owner)[name] for owner, name in PATCHED]
    waiters = Loader().load_service_model("ecs", "waiters-2")

    def as_often_as_without() -> None:
        calls = []
        for _ in range(2):
            seen.reset_mock()
            loader = loader_of(new_session())
            assert loader.load_service_model("ecs", "waiters-2") == waiters
            calls.append(seen.call_count)
        assert calls[0] == calls[1] > 0

    if when == "before the fake":
        with counting(owner, name) as seen, ecs_fake():
            as_often_as_without()
    else:
        with ecs_fake():
            Loader().load_service_model("ecs", "waiters-2")
            with counting(owner, name) as seen:
                as_often_as_without()

    assert [vars(owner)[name] for owner, name in PATCHED] == before


def test_a_patch_that_outlives_the_fake_leaves_nothing_of_it():
    before = standing()
    with ecs_fake():
        patch = mock.patch.object(JSONFileLoader, "load_file", lambda *_: OrderedDict(mine=True))
        patch.start()
        assert Loader().load_data("endpoints") == {"mine": True}
    assert Loader().load_data("endpoints") == {"mine": True}
    patch.stop()
    with ecs_fake():
        assert "partitions" in Loader().load_data("endpoints")

    assert standing() == before


def test_a_loader_of_somebody_elses_making_is_left_alone(files_read):
    class Mine(Loader):
        def _potential_locations(self, name: Any = None, *_: Any, **__: Any) -> Any:
            return [self.BUILTIN_DATA_PATH] if name is None else [f"{self.BUILTIN_DATA_PATH}/{name}"]

        def list_api_versions(self, *_: str) -> list[str]:
            return ["2014-11-13"]

    class MyFiles(JSONFileLoader):
        def exists(self, file_path: str) -> bool:
            return Path(file_path).parts[-3] == "ecs"

    with ecs_fake():
        Loader().list_available_services("service-2")
        for _ in range(2):
            assert "ecs" in Mine().list_available_services("service-2")
            assert Loader(file_loader=MyFiles()).list_available_services("service-2") == ["ecs"]
            files_read()
            assert type(Loader(file_loader=MyFiles()).load_data("endpoints")) is OrderedDict
            assert len(files_read()) == 1


# --- handlers and names of events ---------------------------------------------------------------------------------------------------------------


class Handling:
    """Handlers of all sorts."""

    def with_keywords(self, **kwargs: object) -> None: ...
    def without(self, event: object) -> None: ...
    def __call__(self, **kwargs: object) -> None: ...

    @classmethod
    def of_class(cls, **kwargs: object) -> None: ...
    @staticmethod
    def static(event: object) -> None: ...


def signed(**kwargs: object) -> None: ...


signed.__signature__ = inspect.Signature()  # type: ignore[attr-defined]


@functools.wraps(signed)
def wrapping(event: object) -> None: ...


HANDLERS = {
    "a lambda with keywords": lambda **kwargs: None,
    "a lambda without": lambda event: None,
    "a method with keywords": Handling().with_keywords,
    "a method without": Handling().without,
    "an object that can be called": Handling(),
    "a class method": Handling.of_class,
    "a static method": Handling.static,
    "a class": Handling,
    "a partial": functools.partial(signed),
    "a function with a signature of its own": signed,
    "a function that wraps": wrapping,
    "a mock": mock.Mock(),
    "a built-in": print,
    "nothing to call": "nothing to call",
}


@pytest.mark.parametrize("handler", HANDLERS.values(), ids=HANDLERS)
def test_a_handler_is_taken_or_refused_as_without_a_fake(handler):
    def outcome() -> str:
        try:
            return str(new_session().register("before-call.ecs", handler))
        except Exception as error:
            return repr(error)

    plain = outcome()
    with ecs_fake():
        assert outcome() == plain


def test_an_old_name_of_an_event_is_heard_under_the_new_one():
    heard = []
    with ecs_fake():
        for _ in range(2):
            events = botocore.hooks.EventAliaser(botocore.hooks.HierarchicalEmitter())
            events.register("before-call.cloudwatch.*", lambda event_name, **_: heard.append(event_name))
            events.emit("before-call.cloudwatch.X")
            events.emit("before-call.monitoring.X")

        with_its_own = botocore.hooks.EventAliaser(botocore.hooks.HierarchicalEmitter(), {"cloudwatch": "mine"})
        with_its_own.register("before-call.mine", lambda event_name, **_: heard.append(event_name))
        with_its_own.emit("before-call.cloudwatch")

    assert heard == ["before-call.cloudwatch.X", "before-call.cloudwatch.X"] * 2 + ["before-call.mine"]


def test_a_model_of_a_plain_dictionary_is_served():
    with ecs_fake():
        client = new_session().create_client("ecs")
        model = ServiceModel(json.loads(json.dumps(described(new_session()))), "ecs")
        client.meta._service_model = vars(client)["_service_model"] = model
        assert "status" in members_of_a_cluster(client)

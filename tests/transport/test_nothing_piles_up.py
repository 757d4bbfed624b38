"""What a session brings with it goes when the session goes: a run of 10,000 tests has 10,000 of them."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import botocore.session
import pytest
from botocore.loaders import Loader

from pytest_ecsfake import ecs_fake

SESSIONS = 30


@pytest.fixture(scope="module")
def loader() -> Loader:
    """The files of botocore's models, read once. What a session makes of them is its own."""
    return Loader(extra_search_paths=[botocore.session.Session().get_component("data_loader").BUILTIN_DATA_PATH])


def use(loader: Loader, web: dict[str, Any], fargate: dict[str, Any]) -> list[weakref.ref[Any]]:
    """What one test does that makes its own session: calls that are answered, refused, throttled. Its session, model and fake, held weakly."""
    session = botocore.session.Session()
    session.register_component("data_loader", loader)
    with ecs_fake() as ecs:
        client = session.create_client("ecs")
        client.create_cluster()
        client.register_task_definition(**web)
        client.run_task(**fargate)
        with pytest.raises(client.exceptions.ClusterNotFoundException):
            client.list_tasks(cluster="nope")
        ecs.faults.throttle("ListClusters")
        client.list_clusters()
        return [weakref.ref(thing) for thing in (session, client, client.meta.service_model, ecs)]


def test_sessions_models_and_fakes_are_free_when_their_test_is_over(loader, web, fargate):
    held = [use(loader, web, fargate) for _ in range(SESSIONS)]
    gc.collect()

    assert [[thing() for thing in things] for things in held] == [[None] * 4] * SESSIONS

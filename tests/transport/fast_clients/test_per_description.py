"""What an answer of an operation needs is worked out once for a description, and keeps neither it nor a session's model alive."""

from __future__ import annotations

import gc
import weakref
from collections import OrderedDict
from typing import Any
from unittest import mock

import boto3
import botocore.session
import pytest
from botocore.model import ServiceModel

from pytest_ecsfake import ecs_fake
from pytest_ecsfake.transport import aws_json
from pytest_ecsfake.transport.fast_clients.own_copies import SharedDocument, own_copy
from pytest_ecsfake.transport.fast_clients.per_description import PerDescription


def described() -> OrderedDict[str, Any]:
    return OrderedDict(metadata={}, shapes=OrderedDict(A=OrderedDict(type="string")))


def test_models_of_one_description_have_the_same_values():
    values: PerDescription[int] = PerDescription()
    description, other = described(), described()
    values.of(ServiceModel(description))["RunTask"] = 1

    assert values.of(ServiceModel(description)) == {"RunTask": 1}
    assert values.of(ServiceModel(other)) == {}


def test_copies_that_say_the_same_have_the_same_values_and_changed_ones_their_own():
    values: PerDescription[int] = PerDescription()
    shared = SharedDocument(metadata={}, shapes={"A": {"type": "string"}})
    copies = [own_copy(shared) for _ in range(3)]
    copies[2]["shapes"]["A"]["type"] = "integer"
    values.of(ServiceModel(copies[0]))["RunTask"] = 1

    assert [values.of(ServiceModel(copy)) for copy in copies] == [{"RunTask": 1}, {"RunTask": 1}, {}]


@pytest.mark.parametrize("make", [described, lambda: own_copy(SharedDocument(shapes={}))], ids=["one read", "a copy"])
def test_values_end_with_the_description_which_ends_with_its_models(make):
    values: PerDescription[Any] = PerDescription()
    for _ in range(20):
        description = make()
        models = [ServiceModel(description) for _ in range(2)]
        values.of(models[0])["RunTask"] = marker = mock.Mock()
        assert values.of(models[1])["RunTask"] is marker
        held = [weakref.ref(thing) for thing in (description, marker, *models)]
        del description, marker, models
        gc.collect()

        assert [thing() for thing in held] == [None] * 4


def test_a_plain_dictionary_serves_its_own_model():
    values: PerDescription[int] = PerDescription()
    description: dict[str, Any] = {"metadata": {}, "shapes": {}}
    model = ServiceModel(description)
    values.of(model)["RunTask"] = 1

    assert values.of(model) == {"RunTask": 1}
    assert values.of(ServiceModel(description)) == {}


@pytest.mark.parametrize("fast_clients", [True, False])
def test_the_second_client_of_a_session_has_nothing_worked_out_again(fast_clients):
    with ecs_fake(fast_clients=fast_clients):
        session = boto3.Session(region_name="us-east-1")
        session.client("ecs").create_cluster()
        with mock.patch.object(aws_json, "_finish", wraps=aws_json._finish) as worked_out:
            session.client("ecs").create_cluster()
            assert worked_out.call_count == 0

            boto3.Session(region_name="us-east-1").client("ecs").create_cluster()
            assert (worked_out.call_count == 0) == fast_clients


@pytest.mark.parametrize("fast_clients", [True, False])
def test_nothing_of_a_session_stays_that_a_test_has_made(fast_clients):
    held = []
    for _ in range(10):
        with ecs_fake(fast_clients=fast_clients) as ecs:
            session = botocore.session.Session()
            client = session.create_client("ecs")
            client.create_cluster()
            client.list_clusters()
            loader = session.get_component("data_loader")
            description = loader.load_service_model("ecs", "service-2")
            held += map(weakref.ref, (session, client, client.meta.service_model, loader, description, ecs))
            del session, client, loader, description, ecs
    gc.collect()

    assert [thing() for thing in held] == [None] * 60

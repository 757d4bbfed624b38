"""A cassette answers calls of other services below the net, and what would really leave the machine is refused all the same."""

from __future__ import annotations

import asyncio
import io
import json
import re
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import botocore.awsrequest
import botocore.session
import pytest
from botocore.awsrequest import AWSConnection, AWSHTTPConnection, AWSHTTPSConnection
from botocore.exceptions import HTTPClientError

from pytest_ecsfake import UnfakedServiceError, ecs_fake
from pytest_ecsfake.transport.cassettes import Refusal, send_async

REFUSED = r"the code under test called DynamoDB ListTables \(dynamodb\.us-east-1\.amazonaws\.com\) while ecs_fake is on"


def list_tables(**parameters: Any) -> list[str]:
    client = botocore.session.Session().create_client("dynamodb", region_name="us-east-1", **parameters)
    names: list[str] = client.list_tables()["TableNames"]
    return names


# --- the way that vcrpy takes -----------------------------------------------------------------------------------------------------------


class Cassette:
    """Stands in for a connection of botocore, as vcrpy's do: it plays what it holds, and has a real connection for the rest."""

    real: type
    plays = True
    is_verified = True  # urllib3 warns where it isn't

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.real_connection = self.real(*args, **kwargs)
        self.sock = None

    def connect(self) -> None:
        if not self.plays:
            self.real_connection.connect()

    def request(self, *args: Any, **kwargs: Any) -> None:
        if not self.plays:
            self.real_connection.request(*args, **kwargs)

    def getresponse(self, *_: Any, **__: Any) -> Any:
        from urllib3.response import HTTPResponse

        body = b'{"TableNames": ["from-the-cassette"]}'
        return HTTPResponse(
            io.BytesIO(body), {"Content-Type": "application/x-amz-json-1.0"}, 200, preload_content=False
        )

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real_connection, name)


class OfHttp(Cassette, AWSHTTPConnection):
    """A cassette for http."""

    real = AWSHTTPConnection


class OfHttps(Cassette, AWSHTTPSConnection):
    """A cassette for https."""

    real = AWSHTTPSConnection


@pytest.fixture
def cassette(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """botocore's connections are replaced; what comes back changes what the replacement does."""
    monkeypatch.setattr(botocore.awsrequest.AWSHTTPConnectionPool, "ConnectionCls", OfHttp)
    monkeypatch.setattr(botocore.awsrequest.AWSHTTPSConnectionPool, "ConnectionCls", OfHttps)
    return monkeypatch


def test_a_cassette_answers_another_service(cassette, ecs_fake):
    assert list_tables() == ["from-the-cassette"]


@pytest.mark.ecs_fake(strict=False)
@pytest.mark.parametrize("endpoint", [None, "http://dynamodb.us-east-1.amazonaws.com"], ids=["https", "http"])
def test_what_a_cassette_doesnt_hold_is_refused(cassette, ecs_fake, endpoint):
    cassette.setattr(Cassette, "plays", False)

    try:
        list_tables(endpoint_url=endpoint)
    except UnfakedServiceError as error:  # not by pytest.raises, which would have the fake forget it
        refused = error

    assert re.match(REFUSED, str(refused))
    assert ecs_fake.problems == (refused,)


@pytest.mark.ecs_fake(strict=False)
def test_a_connection_that_is_open_already_is_closed_to_the_request(cassette, ecs_fake):
    cassette.setattr(Cassette, "plays", False)
    socket = mock.Mock()
    cassette.setattr(Cassette, "connect", lambda connection: setattr(connection.real_connection, "sock", socket))

    with pytest.raises(UnfakedServiceError, match=REFUSED):
        list_tables()

    socket.sendall.assert_not_called()


@pytest.mark.ecs_fake(strict=False)
def test_connections_of_another_kind_have_no_say(monkeypatch, ecs_fake):
    monkeypatch.setattr(botocore.awsrequest.AWSHTTPSConnectionPool, "ConnectionCls", SimpleNamespace)

    with pytest.raises(UnfakedServiceError, match=REFUSED):
        list_tables()


def test_what_a_cassette_itself_refuses_is_told_in_its_own_words(cassette, ecs_fake):
    def refuse(*_: Any, **__: Any) -> None:
        raise LookupError("not in the cassette")

    cassette.setattr(Cassette, "getresponse", refuse)

    with pytest.raises(HTTPClientError, match="not in the cassette"):
        list_tables()


def test_the_classes_of_botocore_are_as_before(cassette):
    before = dict(vars(AWSConnection))
    with ecs_fake(strict=False):
        list_tables()
        assert dict(vars(AWSConnection)) == before
        cassette.setattr(Cassette, "plays", False)
        with pytest.raises(UnfakedServiceError):
            list_tables()

    assert dict(vars(AWSConnection)) == before


# --- vcrpy ------------------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def vcr() -> Any:
    """vcrpy, with cassettes in JSON: yaml's part in C doesn't bear a second import, which pytester makes."""
    return pytest.importorskip("vcr").VCR(serializer="json")


@pytest.fixture
def recorded(tmp_path: Path) -> str:
    """A cassette of vcrpy that holds one ListTables."""
    interaction = {
        "request": {"method": "POST", "uri": "https://dynamodb.us-east-1.amazonaws.com/", "body": "{}", "headers": {}},
        "response": {
            "status": {"code": 200, "message": "OK"},
            "headers": {"Content-Type": ["application/x-amz-json-1.0"]},
            "body": {"string": '{"TableNames": ["from-the-cassette"]}'},
        },
    }
    path = tmp_path / "tables.json"
    path.write_text(json.dumps({"version": 1, "interactions": [interaction]}))
    return str(path)


def skip_where_it_connects_to_play() -> None:
    """vcrpy before 9, which Python 3.10 has, connects to the service in this mode even for what the cassette holds."""
    if int(version("vcrpy").partition(".")[0]) < 9:
        pytest.skip("this vcrpy connects to play in the mode new_episodes")


@pytest.mark.parametrize("mode", ["none", "once", "new_episodes"])
def test_a_cassette_of_vcrpy_answers_another_service(vcr, recorded, mode, ecs_fake):
    if mode == "new_episodes":
        skip_where_it_connects_to_play()
    with vcr.use_cassette(recorded, record_mode=mode) as cassette:
        assert list_tables() == ["from-the-cassette"]

    assert cassette.play_count == 1


@pytest.mark.ecs_fake(strict=False)
def test_what_vcrpy_would_record_is_refused(vcr, recorded, ecs_fake):
    skip_where_it_connects_to_play()
    with vcr.use_cassette(recorded, record_mode="new_episodes"):
        list_tables()
        with pytest.raises(UnfakedServiceError, match=REFUSED):
            list_tables()


@pytest.mark.parametrize("mode", ["none", "new_episodes"])
def test_a_cassette_of_vcrpy_answers_aiobotocore(vcr, recorded, mode, ecs_fake):
    session = pytest.importorskip("aiobotocore.session")

    async def call() -> Any:
        async with session.get_session().create_client("dynamodb", region_name="us-east-1") as client:
            return await client.list_tables()

    with vcr.use_cassette(recorded, record_mode=mode):
        assert asyncio.run(call())["TableNames"] == ["from-the-cassette"]


@pytest.mark.ecs_fake(strict=False)
def test_what_vcrpy_would_record_of_aiobotocore_is_refused(vcr, tmp_path, ecs_fake):
    session = pytest.importorskip("aiobotocore.session")

    async def call() -> Any:
        async with session.get_session().create_client("dynamodb", region_name="us-east-1") as client:
            return await client.list_tables()

    with vcr.use_cassette(str(tmp_path / "new.json")), pytest.raises(UnfakedServiceError, match=REFUSED):
        asyncio.run(call())


def test_a_cassette_for_aiohttp_opens_no_other_session(monkeypatch):
    """aiobotocore's session on httpx goes out by itself, whatever stands in aiohttp's place."""
    aiohttp = pytest.importorskip("aiohttp")
    monkeypatch.setattr(aiohttp.ClientSession, "_request", lambda *_: None)
    sent = []

    async def send(session: object, request: object) -> None:
        sent.append(request)

    refusal = Refusal(UnfakedServiceError("refused"), lambda problem: None)
    with pytest.raises(UnfakedServiceError, match="refused"):
        asyncio.run(send_async(send, SimpleNamespace(), "a request", refusal))

    assert sent == []

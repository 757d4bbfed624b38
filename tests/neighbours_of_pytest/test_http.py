"""Libraries that answer HTTP beside the fake."""

from __future__ import annotations

CASSETTE = """
interactions:
- request: {method: GET, uri: "%s", headers: {}, body: null}
  response:
    status: {code: 200, message: OK}
    headers: {Content-Type: ["%s"]}
    body: {string: "%s"}
version: 1
"""


def test_a_cassette_of_vcrpy(passes):
    passes(
        "vcr",
        "requests",
        files={"cassette.yaml": CASSETTE % ("http://shop.test/apples", "text/plain", "3 apples")},
        code="""
import requests, vcr

def test_apples():
    with vcr.use_cassette("cassette.yaml", record_mode="none"):
        assert requests.get("http://shop.test/apples").text == "3 apples"
""",
    )


def test_a_cassette_of_vcrpy_answers_another_service_of_aws(passes):
    buckets = "<ListAllMyBucketsResult><Buckets><Bucket><Name>mine</Name></Bucket></Buckets></ListAllMyBucketsResult>"
    passes(
        "vcr",
        files={
            "cassette.yaml": CASSETTE
            % ("https://s3.us-east-1.amazonaws.com/?x-id=ListBuckets", "application/xml", buckets)
        },
        code="""
import boto3, vcr

def test_buckets():
    s3 = boto3.client("s3", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    with vcr.use_cassette("cassette.yaml", record_mode="none", match_on=["method", "host", "path"]):
        assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == ["mine"]
""",
    )


def test_answers_of_responses(passes):
    passes(
        "responses",
        passed=2,
        code="""
import pytest, requests, responses

@responses.activate
def test_apples():
    responses.get("http://shop.test/apples", json={"apples": 3})
    assert requests.get("http://shop.test/apples").json() == {"apples": 3}
    assert len(responses.calls) == 1

def test_retries():
    from requests.adapters import HTTPAdapter
    from urllib3.util import Retry

    session = requests.Session()
    session.mount("http://", HTTPAdapter(max_retries=Retry(total=2, backoff_factor=0.01, status_forcelist=[503])))
    with responses.RequestsMock(assert_all_requests_are_fired=True) as mock:
        mock.get("http://shop.test/apples", status=503)
        mock.get("http://shop.test/apples", json=3)
        assert session.get("http://shop.test/apples").json() == 3
""",
    )


def test_answers_of_respx(passes):
    passes(
        "respx",
        "httpx",
        passed=2,
        code="""
import asyncio

import httpx, respx

@respx.mock
def test_apples():
    route = respx.get("http://shop.test/apples").mock(return_value=httpx.Response(200, json=3))
    assert httpx.get("http://shop.test/apples").json() == 3
    assert route.called

def test_asynchronous():
    async def apples():
        async with httpx.AsyncClient() as client:
            return (await client.get("http://shop.test/apples")).json()

    with respx.mock:
        respx.get("http://shop.test/apples").respond(json=3)
        assert asyncio.run(apples()) == 3
""",
    )

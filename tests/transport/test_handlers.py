"""No client escapes: whatever made it, and whenever, its calls of ECS are answered, and nothing else leaves the machine."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import botocore.handlers
import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import HTTPClientError, ProfileNotFound

from pytest_ecsfake import UnfakedServiceError, ecs_fake

boto3 = pytest.importorskip("boto3")


@pytest.fixture
def client_older_than_the_plugin(monkeypatch):
    """A client whose session was made before the handlers were registered."""
    ours = [spec for spec in botocore.handlers.BUILTIN_HANDLERS if "Handlers." in getattr(spec[1], "__qualname__", "")]
    assert len(ours) == 4
    older = [spec for spec in botocore.handlers.BUILTIN_HANDLERS if spec not in ours]
    monkeypatch.setattr(botocore.handlers, "BUILTIN_HANDLERS", older)
    return botocore.session.Session().create_client(
        "ecs", region_name="us-east-1", aws_access_key_id="real", aws_secret_access_key="real"
    )


@pytest.fixture
def local_server() -> Iterator[http.server.HTTPServer]:
    """An HTTP server on loopback that answers every request with an empty JSON object."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.end_headers()
            self.wfile.write(b'{"clusterArns": ["arn:aws:ecs:us-east-1:1:cluster/from-the-server"]}')

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def ecs_at(server: http.server.HTTPServer, service: str = "ecs") -> Any:
    return botocore.session.Session().create_client(
        service,
        region_name="us-east-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",
        endpoint_url=f"http://127.0.0.1:{server.server_port}",
    )


# --- who is answered --------------------------------------------------------------------------------------------------------------------

KEYS = {"aws_access_key_id": "real", "aws_secret_access_key": "real"}

module_client = botocore.session.Session().create_client("ecs", region_name="eu-central-1", **KEYS)


def test_a_client_made_at_import_of_a_module_is_answered(ecs_fake):
    module_client.create_cluster(clusterName="prod")

    assert ecs_fake.in_region("eu-central-1").clusters["prod"].status == "ACTIVE"
    assert "prod" not in ecs_fake.clusters


def test_a_client_of_boto3s_default_session_is_answered(ecs_fake):
    boto3.client("ecs").create_cluster(clusterName="prod")

    assert ecs_fake.calls.operations == ["CreateCluster"]


def test_a_client_of_bare_botocore_is_answered(ecs_fake):
    botocore.session.get_session().create_client("ecs").create_cluster(clusterName="prod")

    assert ecs_fake.calls.operations == ["CreateCluster"]


def test_a_client_older_than_the_plugin_is_answered(client_older_than_the_plugin, ecs_fake):
    for _ in range(2):
        client_older_than_the_plugin.list_clusters()

    assert ecs_fake.calls.operations == ["ListClusters", "ListClusters"]


def test_a_client_older_than_the_plugin_retries_a_throttle(client_older_than_the_plugin, ecs_fake):
    ecs_fake.faults.throttle("ListClusters")

    answer = client_older_than_the_plugin.list_clusters()

    assert answer["ResponseMetadata"]["RetryAttempts"] == 1
    assert [attempt.error is not None for attempt in ecs_fake.calls[0].attempts] == [True, False]


def test_a_client_without_credentials_is_answered_and_retries(monkeypatch, ecs_fake):
    """Nothing is signed: neither on the fast way nor where botocore retries."""
    session = botocore.session.Session()
    session.register_component("credential_provider", _NoCredentials())
    client = session.create_client("ecs")
    ecs_fake.faults.throttle("ListClusters")

    assert client.list_clusters()["ResponseMetadata"]["RetryAttempts"] == 1


class _NoCredentials:
    def load_credentials(self) -> None:
        """None at all."""


def test_threads_lose_no_call_and_no_task(ecs_fake, web, fargate):
    clients = [boto3.client("ecs") for _ in range(4)]
    clients[0].create_cluster()
    clients[0].register_task_definition(**web)

    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(lambda number: clients[number % 4].run_task(startedBy=str(number), **fargate), range(64))
        )

    arns = [task["taskArn"] for answer in answers for task in answer["tasks"]]
    assert len(set(arns)) == 64
    assert {task.arn for task in ecs_fake.tasks} == set(arns)
    assert len(ecs_fake.calls.of("RunTask")) == 64
    assert {call.params["startedBy"] for call in ecs_fake.calls.of("RunTask")} == {str(n) for n in range(64)}


def test_calls_pass_untouched_with_no_fake_on(local_server):
    assert ecs_at(local_server).list_clusters()["clusterArns"] == ["arn:aws:ecs:us-east-1:1:cluster/from-the-server"]


def test_calls_are_answered_whatever_endpoint_the_client_has(local_server, ecs_fake):
    assert ecs_at(local_server).list_clusters()["clusterArns"] == []


def test_the_innermost_fake_answers_and_two_never_meet():
    client = boto3.client("ecs", region_name="us-east-1", **KEYS)
    with ecs_fake() as outer, ecs_fake() as inner:
        client.create_cluster(clusterName="inner")
        assert "inner" in inner.clusters
        assert "inner" not in outer.clusters
        assert outer.calls.operations == []


# --- what is refused --------------------------------------------------------------------------------------------------------------------


@pytest.mark.ecs_fake(strict=False)
def test_a_call_to_another_service_is_refused_with_a_sentence(ecs_fake):
    with pytest.raises(UnfakedServiceError) as caught:
        boto3.client("s3").get_object(Bucket="config", Key="settings.json")

    assert str(caught.value) == (
        "the code under test called S3 GetObject (config.s3.amazonaws.com/settings.json) while ecs_fake is on, "
        "and nothing answers for S3.\n"
        "  Fake S3 beside it (moto's mock_aws), or let the call out: "
        '@pytest.mark.ecs_fake(other_services=["s3"]), or "allow" for every service.'
    )


@pytest.mark.ecs_fake(strict=False)
def test_what_is_no_call_of_an_operation_is_refused_too(ecs_fake, monkeypatch):
    """Such as botocore's own look-up of credentials at the instance's metadata."""
    from botocore.awsrequest import AWSRequest
    from botocore.httpsession import URLLib3Session

    with pytest.raises(UnfakedServiceError, match=r"sent GET to 169\.254\.169\.254 through botocore"):
        URLLib3Session().send(AWSRequest(method="GET", url="http://169.254.169.254/latest/meta-data").prepare())


def test_a_service_that_answers_on_the_machine_itself_is_let_through(local_server, ecs_fake):
    assert ecs_at(local_server, "dynamodb").list_tables()["ResponseMetadata"]["HTTPStatusCode"] == 200


@pytest.mark.parametrize("other_services", ["allow", ["dynamodb"], ["DynamoDB"]])
def test_a_service_that_is_let_out_gets_as_far_as_the_network(other_services):
    with (
        ecs_fake(other_services=other_services),
        pytest.raises(HTTPClientError, match=r"somebody looks 'dynamodb.us-east-1.amazonaws.com' up"),
    ):
        botocore.session.Session().create_client(
            "dynamodb", aws_access_key_id="x", aws_secret_access_key="x", config=Config(retries={"max_attempts": 0})
        ).list_tables()


def test_another_service_than_the_one_let_out_is_refused():
    with (
        ecs_fake(other_services=["dynamodb"], strict=False),
        pytest.raises(UnfakedServiceError, match="called SQS ListQueues"),
    ):
        boto3.client("sqs", aws_access_key_id="x", aws_secret_access_key="x").list_queues()


def test_moto_keeps_serving_the_other_services(ecs_fake):
    moto = pytest.importorskip("moto")
    with moto.mock_aws():
        boto3.client("s3").create_bucket(Bucket="settings")
        boto3.client("ecs").create_cluster(clusterName="prod")
        assert [bucket["Name"] for bucket in boto3.client("s3").list_buckets()["Buckets"]] == ["settings"]

    assert "prod" in ecs_fake.clusters


def test_moto_sees_nothing_of_ecs_on_either_way(ecs_fake):
    moto = pytest.importorskip("moto")
    with moto.mock_aws():
        from moto.backends import get_backend

        ecs_fake.faults.throttle("CreateCluster")
        boto3.client("ecs").create_cluster(clusterName="prod")
        backend = get_backend("ecs")[ecs_fake.account]["us-east-1"]
        assert backend.clusters == {}

    assert len(ecs_fake.calls[0].attempts) == 2


def test_moto_may_be_on_before_the_fake():
    moto = pytest.importorskip("moto")
    with moto.mock_aws(), ecs_fake() as ecs:
        boto3.client("s3").create_bucket(Bucket="settings")
        boto3.client("ecs").create_cluster(clusterName="prod")
        assert "prod" in ecs.clusters


# --- retries ----------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("mode", "attempts"), [("legacy", 5), ("standard", 3), ("adaptive", 3)])
def test_a_throttle_goes_through_botocores_own_retries(mode, attempts, ecs_fake):
    client = boto3.client("ecs", config=Config(retries={"mode": mode}))
    ecs_fake.faults.throttle("ListClusters", times=attempts)

    with pytest.raises(client.exceptions.ClientError) as caught:
        client.list_clusters()

    assert caught.value.response["Error"] == {"Message": "Rate exceeded", "Code": "ThrottlingException"}
    assert f"reached max retries: {attempts - 1}" in str(caught.value)
    assert len(ecs_fake.calls[0].attempts) == attempts
    assert len(ecs_fake.calls) == 1


def test_a_throttle_that_ends_is_followed_by_the_answer(ecs_fake):
    ecs_fake.faults.throttle("CreateCluster")

    answer = boto3.client("ecs").create_cluster(clusterName="prod")

    assert answer["cluster"]["clusterName"] == "prod"
    assert answer["ResponseMetadata"]["RetryAttempts"] == 1


def test_a_made_up_client_token_is_left_out_of_the_record(ecs_fake, web, fargate):
    client = boto3.client("ecs")
    client.create_cluster()
    client.register_task_definition(**web)

    client.run_task(**fargate)
    client.run_task(clientToken="mine", **fargate)

    assert [call.params.get("clientToken") for call in ecs_fake.calls.of("RunTask")] == [None, "mine"]


# --- what a refusal says of a host of one's own -----------------------------------------------------------------------------------------


@pytest.mark.ecs_fake(strict=False)
@pytest.mark.parametrize(
    ("endpoint", "host"),
    [
        pytest.param("http://localstack:4566", "localstack", id="a name on a private network"),
        pytest.param("http://10.0.0.5:9000", "10.0.0.5", id="a private address"),
        pytest.param("https://minio.example.com", "minio.example.com", id="a public name that isn't AWS's"),
    ],
)
def test_a_service_at_a_host_of_ones_own_says_how_to_let_it_out(ecs_fake, endpoint, host):
    with pytest.raises(UnfakedServiceError) as caught:
        boto3.client("s3", endpoint_url=endpoint).get_object(Bucket="config", Key="settings.json")

    assert str(caught.value).splitlines()[1:] == [
        f"  {host} is no host of AWS. If it is one of your own, such as LocalStack's, let the calls to it out: "
        f'@pytest.mark.ecs_fake(other_services=["{host}"]).'
    ]


@pytest.mark.parametrize("listed", ["localstack", "LocalStack", "localstack:4566"])
def test_a_listed_host_is_let_out_for_every_service(listed):
    with (
        ecs_fake(other_services=[listed]),
        pytest.raises(HTTPClientError, match=r"somebody looks 'config\.localstack' up"),
    ):
        botocore.session.Session().create_client(
            "s3",
            endpoint_url="http://localstack:4566",
            aws_access_key_id="x",
            aws_secret_access_key="x",
            config=Config(retries={"max_attempts": 0}, s3={"addressing_style": "virtual"}),
        ).get_object(Bucket="config", Key="settings.json")


def test_a_listed_host_lets_nothing_out_to_aws():
    with ecs_fake(other_services=["localstack"], strict=False), pytest.raises(UnfakedServiceError, match="Fake SQS"):
        boto3.client("sqs", aws_access_key_id="x", aws_secret_access_key="x").list_queues()


def test_the_domains_of_aws_are_those_of_botocores_partitions():
    from botocore.loaders import Loader

    from pytest_ecsfake.transport.interceptor import AWS_DOMAINS

    outputs = [partition["outputs"] for partition in Loader().load_data("partitions")["partitions"]]
    known = {output[name] for output in outputs for name in ("dnsSuffix", "dualStackDnsSuffix")}
    assert known <= set(AWS_DOMAINS)


# --- what is said of a hidden profile ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: boto3.Session(profile_name="prod"), id="boto3"),
        pytest.param(lambda: botocore.session.Session(profile="prod").get_scoped_config(), id="botocore"),
    ],
)
def test_a_hidden_profile_says_that_it_is_hidden(ecs_fake, make):
    with pytest.raises(ProfileNotFound) as caught:
        make()

    assert str(caught.value) == (
        "The config profile (prod) could not be found\n"
        "  ecs_fake hides the AWS configuration of this machine, with all its profiles. Have AWS_CONFIG_FILE name a file of the test's own that "
        'has the profile, or leave the machine\'s in place with other_services="allow", or with a list of the services that may be called.'
    )


def test_a_profile_in_a_file_of_the_tests_own_is_found(ecs_fake, tmp_path, monkeypatch):
    (tmp_path / "config").write_text("[profile prod]\noutput = text\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))

    assert botocore.session.Session(profile="prod").get_scoped_config() == {"output": "text"}
    with pytest.raises(ProfileNotFound, match=r"^The config profile \(staging\) could not be found$"):
        boto3.Session(profile_name="staging")


def test_a_profile_that_nobody_hides_is_missed_in_botocores_words(tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    with ecs_fake(other_services="allow"), pytest.raises(ProfileNotFound, match=r"^[^\n]*$"):
        boto3.Session(profile_name="prod")

"""Answers the calls that botocore's handlers pass on, and refuses requests that mustn't leave the machine.

There are two ways to answer. The fast way returns botocore's parsed response, without signing and HTTP. The wire way returns an HTTP response
for each attempt. It is used if botocore would retry the call (after a throttle or a fault of ECS), or if the client has its own settings for
parsing. Requests to services that aren't faked are refused, unless the test permits them.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlsplit

from pytest_ecsfake import documents
from pytest_ecsfake.arns import Partition
from pytest_ecsfake.clock import SECOND
from pytest_ecsfake.endpoint import Answer, Endpoint
from pytest_ecsfake.errors import EcsError, EcsFakeUsageError, NoAnswer, ReadTimeoutError, UnfakedServiceError
from pytest_ecsfake.transport import aws_json
from pytest_ecsfake.transport.cassettes import Refusal
from pytest_ecsfake.transport.context import (
    ACCOUNT,
    MADE_UP_TOKEN,
    SEEN,
    Answered,
    Called,
    Http,
    calling,
    note_reached,
)

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest, AWSResponse
    from botocore.client import BaseClient
    from botocore.model import OperationModel

    from pytest_ecsfake.recording.call import Call, OtherAnswer

#: The codes of ECS that botocore retries. It also retries statuses from 500 on (AWS SDKs Reference Guide, "Retry behavior").
RETRIED = frozenset({"LimitExceededException", "ThrottlingException"})

#: The hosts of the machine itself. Requests to them (LocalStack, a local database) don't leave it.
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


#: botocore: data/partitions.json, dnsSuffix and dualStackDnsSuffix of every partition.
AWS_DOMAINS = (
    "amazonaws.com",
    "api.aws",
    "amazonaws.com.cn",
    "api.amazonwebservices.com.cn",
    "amazonaws.eu",
    "api.amazonwebservices.eu",
    "c2s.ic.gov",
    "api.aws.ic.gov",
    "sc2s.sgov.gov",
    "api.aws.scloud",
    "cloud.adc-e.uk",
    "api.cloud-aws.adc-e.uk",
    "csp.hci.ic.gov",
    "api.aws.hci.ic.gov",
)

#: Where EC2 and ECS serve metadata and credentials (botocore.utils: METADATA_BASE_URL, ContainerMetadataFetcher).
LINK_LOCAL = "169.254."

#: botocore: Config, read_timeout. A client without a timeout would wait forever; its attempts end after this one.
DEFAULT_READ_TIMEOUT = 60


#: How many calls are remembered that botocore may retry: more than are made side by side.
_MOST_ON_THE_WIRE = 1_000


@dataclass(slots=True)
class _OnTheWire:
    """The state of a call that is answered on the wire way.

    Attributes:
        partition: the account and region of the call.
        asynchronous: whether the client is aiobotocore's.
        read_timeout: the client's timeout, in seconds.
        call: the call that further attempts belong to.
        waiting: the answer to the first attempt, until botocore sends it.
    """

    partition: Partition
    asynchronous: bool = False
    read_timeout: float = DEFAULT_READ_TIMEOUT
    call: Call | None = None
    waiting: Answer | None = None


class Interceptor:
    """Connects one fake with botocore.

    Args:
        endpoint: answers the calls.
        account: the account of calls whose client wasn't made for another one.
        let_out: the ids of the services whose calls may leave the machine, and hosts that any call may go to, in lower case; None means every
            service.
        wants_credentials: whether botocore refuses a call of a client that has no credentials, as it does without the fake.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        account: str,
        let_out: Collection[str] | None,
        *,
        wants_credentials: bool = False,
    ) -> None:
        self._endpoint = endpoint
        self._account = account
        self._let_out = let_out
        self._wants_credentials = wants_credentials
        self._on_the_wire: dict[str, _OnTheWire] = {}

    def answer_call(
        self,
        operation: OperationModel,
        request: Mapping[str, Any],
        context: dict[str, Any],
        signer: object,
        *,
        parses: bool = False,
    ) -> Answered | None:
        """Answer a call on the fast way with botocore's parsed response. None if the call must take the wire way.

        Args:
            operation: the operation in the client's model.
            request: botocore's serialised request.
            context: botocore's context of the call.
            signer: the client's signer, from which it is known whether the client is aiobotocore's, and whether it has credentials.
            parses: whether the client has its own settings for parsing responses, so that it needs the wire way.
        """
        if self._wants_credentials and vars(signer)["_credentials"] is None:
            return None  # signing raises NoCredentialsError; an unsigned call is answered when it is sent
        note_reached()
        partition = Partition(context.get(ACCOUNT, self._account), context["client_region"])
        answer = self._endpoint.answer(
            operation.name, request["body"], partition, client_token_made_up=MADE_UP_TOKEN in context
        )
        error = answer.error
        if not parses and (error is None or not _is_retried(error)):
            document = aws_json.parsed(answer, operation)
            metadata = document["ResponseMetadata"]
            return Http(metadata["HTTPStatusCode"], metadata["HTTPHeaders"]), document
        context[SEEN] = True
        context["auth_type"] = "none"  # nothing is signed, so retries also work for a client without credentials
        invocation = context.setdefault("retries", {}).setdefault("invocation-id", answer.request_id)
        asynchronous = type(signer).__module__.startswith("aiobotocore")
        read_timeout = getattr(context.get("client_config"), "read_timeout", None) or DEFAULT_READ_TIMEOUT
        self._on_the_wire[invocation] = _OnTheWire(partition, asynchronous, read_timeout, answer.call, waiting=answer)
        return None

    def answer_http(self, request: AWSPreparedRequest, *, asynchronous: bool = False) -> AWSResponse | None:
        """Answer an attempt on the wire way with an HTTP response. None if the request is for another service.

        Raises:
            botocore.exceptions.HTTPClientError: the test ordered that there is no answer. To botocore it looks as if sending had raised it.
        """
        target = _text(request.headers.get(aws_json.TARGET_HEADER, ""))
        if not target.startswith(aws_json.TARGET_PREFIX):
            return None
        note_reached()
        invocation = _text(request.headers.get("amz-sdk-invocation-id", ""))
        state = self._on_the_wire.get(invocation) or _OnTheWire(_partition_of(request, self._account), asynchronous)
        answer, state.waiting = state.waiting, None
        if answer is None:
            operation = target.removeprefix(aws_json.TARGET_PREFIX)
            body = request.body if isinstance(request.body, bytes) else b"{}"
            answer = self._endpoint.answer(operation, body, state.partition, retried=state.call)
        state.call = answer.call
        if invocation:
            self._on_the_wire[invocation] = state
            if len(self._on_the_wire) > _MOST_ON_THE_WIRE:
                del self._on_the_wire[next(iter(self._on_the_wire))]
        if isinstance(answer.error, NoAnswer):
            self._leave_without_answer(answer.error, request.url, state.read_timeout)
        return _http_response(request.url, answer, asynchronous=state.asynchronous)

    def _leave_without_answer(self, error: NoAnswer, url: str, read_timeout: float) -> NoReturn:
        from botocore import exceptions

        if isinstance(error, ReadTimeoutError):
            self._endpoint.time.sleep(round(read_timeout * SECOND))
        raise getattr(exceptions, error.code)(endpoint_url=url, error=error.message)

    def note_answered_elsewhere(
        self, client: BaseClient, operation: str, request: Mapping[str, Any], answer: OtherAnswer
    ) -> None:
        """Note a call that something else has answered, and that never reached the fake.

        Args:
            client: the client that made it.
            operation: the operation's name.
            request: the parameters as JSON carries them.
            answer: what the client got.
        """
        partition = Partition(getattr(type(client), ACCOUNT, self._account), client.meta.region_name)
        self._endpoint.note_answered_elsewhere(operation, documents.to_json(request), partition, answer)

    def refusal(self, request: AWSPreparedRequest) -> Refusal | None:
        """Why a request mustn't leave the machine. None for requests to permitted services and hosts, and to the machine itself."""
        called = calling.get()
        host = urlsplit(request.url).hostname or ""
        permitted = self._let_out
        if host in LOOPBACK or permitted is None:
            return None
        if called is not None and _ids(called.operation) & set(permitted):
            return None
        if any(_is_at(host, each) for each in permitted):
            return None
        return Refusal(UnfakedServiceError(_sentences(called, request, host)), self._endpoint.note_problem)


def _is_retried(error: EcsError) -> bool:
    return isinstance(error, NoAnswer) or error.code in RETRIED or error.http_status >= 500


def _ids(operation: OperationModel) -> set[str]:
    """The names by which a test author may permit a service: the client's (`s3`), and the model's id."""
    model = operation.service_model
    return {model.service_name.lower(), model.service_id.lower(), model.service_id.hyphenize().lower()}


def _is_at(host: str, other: str) -> bool:
    """Whether a host is another one, or below it, as a bucket's is. The port of the other doesn't count."""
    other = other.partition(":")[0]
    return host == other or host.endswith(f".{other}")


def _sentences(called: Called | None, request: AWSPreparedRequest, host: str) -> str:
    """What the sender of a refused request is told: what was sent, and how to have it answered."""
    if called is None:
        sent = f"sent {request.method} to {host} through botocore while ecs_fake is on, and nothing answers there"
        remedy = 'Fake it beside ecs_fake, or let every call out: @pytest.mark.ecs_fake(other_services="allow").'
        endpoint = host
    else:
        model = called.operation.service_model
        path = urlsplit(request.url).path
        where = f"{host}{path}" if path != "/" else host
        sent = f"called {model.service_id} {called.operation.name} ({where}) while ecs_fake is on, and nothing answers for {model.service_id}"
        remedy = (
            f"Fake {model.service_id} beside it (moto's mock_aws), or let the call out: "
            f'@pytest.mark.ecs_fake(other_services=["{model.service_name}"]), or "allow" for every service.'
        )
        endpoint = urlsplit(called.endpoint_url).hostname or host
    if not _is_of_aws(endpoint):
        remedy = (
            f"{endpoint} is no host of AWS. If it is one of your own, such as LocalStack's, let the calls to it out: "
            f'@pytest.mark.ecs_fake(other_services=["{endpoint}"]).'
        )
    return f"the code under test {sent}.\n  {remedy}"


def _is_of_aws(host: str) -> bool:
    return host.startswith(LINK_LOCAL) or any(_is_at(host, domain) for domain in AWS_DOMAINS)


def _partition_of(request: AWSPreparedRequest, account: str) -> Partition:
    """The account and region of a request that no handler saw before it was signed. From its signature's scope, else from its host."""
    _, _, scope = _text(request.headers.get("Authorization", "")).partition("Credential=")
    fields = scope.partition(",")[0].split("/")
    if len(fields) == 5:
        return Partition(account, fields[2])
    labels = (urlsplit(request.url).hostname or "").split(".")
    return Partition(account, labels[1] if len(labels) > 2 else "us-east-1")


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


class _Body(io.BytesIO):
    """A response's body as botocore reads it."""

    def stream(self, *_: object, **__: object) -> Iterator[bytes]:
        """Everything, in one piece."""
        yield self.read()


class _AsyncBody:
    """A response's body as aiobotocore reads it."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    async def read(self) -> bytes:
        """Everything, in one piece."""
        return self._content


def _http_response(url: str, answer: Answer, *, asynchronous: bool) -> AWSResponse:
    headers: Any = aws_json.headers(answer)  # botocore takes any mapping, its stubs one class of it
    if asynchronous:
        from aiobotocore.awsrequest import AioAWSResponse

        response: AWSResponse = AioAWSResponse(url, aws_json.status(answer), headers, _AsyncBody(aws_json.body(answer)))
        return response
    from botocore.awsrequest import AWSResponse

    return AWSResponse(url, aws_json.status(answer), headers, _Body(aws_json.body(answer)))


def let_out(other_services: str | Collection[str]) -> frozenset[str] | None:
    """The services whose calls may leave the machine, from the option `other_services`. None means every service.

    Raises:
        EcsFakeUsageError: the option is neither "block" nor "allow" nor a list of service ids and hosts.
    """
    if other_services == "block":
        return frozenset()
    if other_services == "allow":
        return None
    if isinstance(other_services, str):
        raise EcsFakeUsageError(
            f'other_services takes "block", "allow" or a list of service ids and hosts, not {other_services!r}. '
            f"Write other_services=[{other_services!r}]."
        )
    return frozenset(service.lower() for service in other_services)

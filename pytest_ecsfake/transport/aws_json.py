"""AWS JSON 1.1: converts the endpoint's answers to what botocore expects.

An answer has two forms: the HTTP response that ECS would send (`body`, `headers`), and the parsed response that botocore would make of it
(`parsed`). The tests compare them with each other.
Rules: API reference, "Common Errors"; botocore's JSON parser.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from email.utils import formatdate
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from pytest_ecsfake import documents
from pytest_ecsfake.clock import SECOND, plain_datetime
from pytest_ecsfake.endpoint import Answer
from pytest_ecsfake.errors import EcsError
from pytest_ecsfake.transport.fast_clients.per_description import PerDescription
from pytest_ecsfake.validation import schemas

if TYPE_CHECKING:
    from botocore.model import ListShape, OperationModel, ServiceModel, Shape, StructureShape

TARGET_HEADER = "X-Amz-Target"
TARGET_PREFIX = "AmazonEC2ContainerServiceV20141113."
_DAY = 86_400

CONTENT_TYPE = "application/x-amz-json-1.1"


def status(answer: Answer) -> int:
    """The HTTP status of an answer."""
    return 200 if answer.error is None else answer.error.http_status


def body(answer: Answer) -> bytes:
    """The body of an answer: compact JSON. For an error it has the code as `__type`, the message, and the error's other members."""
    error = answer.error
    if error is None:
        return documents.to_json(documents.unpack(answer.packed))
    document: dict[str, Any] = {"__type": error.code}
    if error.message is not None:
        document["message"] = error.message
    return documents.to_json(document | error.fields)


def headers(answer: Answer) -> dict[str, str]:
    """The headers of an answer, in lower case as botocore shows them."""
    return {
        "x-amzn-requestid": answer.request_id,
        "content-type": CONTENT_TYPE,
        "content-length": str(len(body(answer))),
        "date": _http_date(answer.at // SECOND),
    }


def _http_date(epoch_seconds: int) -> str:
    """A moment as HTTP writes it, such as `Tue, 24 Nov 2026 13:52:16 GMT`."""
    days, seconds = divmod(epoch_seconds, _DAY)
    return f"{_day(days)} {seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02} GMT"


@lru_cache(maxsize=8)
def _day(days: int) -> str:
    return formatdate(days * _DAY, usegmt=True)[: len("Tue, 24 Nov 2026")]


_ALWAYS = {"content-type": CONTENT_TYPE}


class _Headers(dict[str, str]):
    """The headers of an answer, computed at the first access.

    Their `content-length` needs the whole body. Computing it takes a fifth of the time of a RunTask, and the headers are rarely read.
    """

    __slots__ = ("answer",)

    answer: Answer | None

    def fill(self) -> None:
        """Compute the headers, if that hasn't happened yet."""
        answer, self.answer = self.answer, None
        if answer is not None:
            self.clear()
            self.update(headers(answer))

    def __reduce__(self) -> tuple[type[dict[str, str]], tuple[dict[str, str]]]:
        return dict, (dict(self),)


def _filled_first(name: str) -> Callable[..., Any]:
    original = getattr(dict, name)

    @functools.wraps(original)
    def method(self: _Headers, *args: Any, **kwargs: Any) -> Any:
        for each in (self, *args):
            if isinstance(each, _Headers):
                each.fill()
        return original(self, *args, **kwargs)

    return method


for _name in ("__contains__", "__delitem__", "__eq__", "__getitem__", "__ior__", "__iter__", "__len__", "__ne__", "__or__", "__repr__",
              "__reversed__", "__ror__", "__setitem__", "copy", "get", "items", "keys", "pop", "popitem", "setdefault", "values"):  # fmt: skip
    setattr(_Headers, _name, _filled_first(_name))


def parsed(answer: Answer, operation: OperationModel) -> dict[str, Any]:
    """The answer as botocore's parser returns it, in a new dictionary each time.

    It has the members in the client's own model, which may be older or newer than the schemas.

    Args:
        answer: what the endpoint answered.
        operation: the operation in the client's model.
    """
    document: dict[str, Any]
    code = 200
    if answer.error is None:
        document = documents.unpack(answer.packed)
        finish = _finisher(operation)
        if finish is not None:
            finish(document)
    else:
        document = _parsed_error(answer.error, operation.service_model)
        code = answer.error.http_status
    lazy = _Headers(_ALWAYS)  # not empty, because json's encoder in C checks for that before it reads the items
    lazy.answer = answer
    document["ResponseMetadata"] = {
        "RequestId": answer.request_id,
        "HTTPStatusCode": code,
        "HTTPHeaders": lazy,
        "RetryAttempts": 0,
    }
    return document


def _parsed_error(error: EcsError, model: ServiceModel) -> dict[str, Any]:
    document: dict[str, Any] = {"Error": {"Message": error.message or "", "Code": error.code}}
    # The stubs declare the code as a number, and the shape as one without members.
    shape: StructureShape | None = model.shape_for_error_code(error.code)  # type: ignore[arg-type,assignment]
    if shape is not None:
        said = ({} if error.message is None else {"message": error.message}) | error.fields
        document |= {name: said[name] for name in shape.members if name in said}
    return document


_Finish = Callable[[Any], None]
"""Converts a value from its JSON form to botocore's, in place."""


# By operation. The functions hold names only, nothing of the model.
_finishers: PerDescription[_Finish | None] = PerDescription()


def _finisher(operation: OperationModel) -> _Finish | None:
    """The conversion of an operation's response document, or None if it needs none.

    It makes datetimes of timestamps and removes members that the client's model doesn't have. It depends only on what that model was made from, so
    it is built once for each operation of a description, and visits only the members that need a conversion.
    """
    finishers = _finishers.of(operation.service_model)
    try:
        return finishers[operation.name]
    except KeyError:
        pass
    finish = None
    if operation.output_shape is not None:
        schema = schemas.response_schema(operation.name)
        finish = _finish(operation.output_shape, schema, schema.get("$defs", {}))
    finishers[operation.name] = finish
    return finish


def _finish(shape: Shape, schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> _Finish | None:
    if "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    if shape.type_name == "structure":
        return _finish_structure(cast("StructureShape", shape), schema, definitions)
    if shape.type_name == "list":
        return _finish_list(cast("ListShape", shape), schema, definitions)
    return None


def _finish_structure(
    shape: StructureShape, schema: Mapping[str, Any], definitions: Mapping[str, Any]
) -> _Finish | None:
    if "properties" not in schema:
        return None  # a document type, such as HookDetails, which holds any JSON
    unknown = [name for name in schema["properties"] if name not in shape.members]
    moments = [name for name, member in shape.members.items() if member.type_name == "timestamp"]
    inner = []
    for name, member in shape.members.items():
        finish = (
            _finish(member, schema["properties"].get(name, {}), definitions) if name in schema["properties"] else None
        )
        if finish is not None:
            inner.append((name, finish))
    if not (unknown or moments or inner):
        return None

    def finish_structure(document: dict[str, Any]) -> None:
        for name in unknown:
            document.pop(name, None)
        for name in moments:
            if name in document:
                document[name] = _datetime(document[name])
        for name, finish in inner:
            if name in document:
                finish(document[name])

    return finish_structure


def _finish_list(shape: ListShape, schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> _Finish | None:
    finish = _finish(shape.member, schema["items"], definitions)
    if finish is None:
        return None

    def finish_list(documents: list[Any]) -> None:
        for document in documents:
            finish(document)

    return finish_list


def _datetime(epoch_seconds: float) -> datetime:
    """A timestamp as botocore's parser returns it: aware, in the local time zone of the process.

    botocore creates the zone for each timestamp and lets it calculate in Python, which takes 20 times as long. The result is the same.
    """
    return _in_local_zone(epoch_seconds, time.tzname, time.timezone, time.altzone)


@lru_cache(maxsize=1024)
def _in_local_zone(epoch_seconds: float, *zone: object) -> datetime:
    """A timestamp in the local zone. Some are kept, because answers repeat them: a task is described again and again until it runs."""
    return plain_datetime().fromtimestamp(epoch_seconds).replace(tzinfo=_local_zone(*zone))


@lru_cache(maxsize=4)
def _local_zone(*_: object) -> tzinfo:
    """The local zone. It is created again when the process's zone has changed."""
    from dateutil.tz import tzlocal

    zone: tzinfo = tzlocal()
    return zone

"""The tokens of List operations: opaque, and good only for the query that they continue.

A token holds a place in the order, not a number of items, so pages stay right when things come and go between them.
Rules: API reference, `nextToken` of every List operation ("treated as an opaque identifier", the other parameters unchanged).
"""

from __future__ import annotations

import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

from pytest_ecsfake.arns import Partition
from pytest_ecsfake.errors import InvalidParameterException

#: What may differ from one page to the next.
_PAGING = ("nextToken", "maxResults")


def token(partition: Partition, operation: str, request: Mapping[str, Any], position: Any) -> str:
    """The token of the page behind `position`, a store's sort key."""
    content = json.dumps([_query(partition, operation, request), position])
    return urlsafe_b64encode(content.encode()).decode()


def position(partition: Partition, operation: str, request: Mapping[str, Any]) -> Any | None:
    """Where the requested page starts: a store's sort key, or None at the beginning.

    Raises:
        InvalidParameterException: the request's `nextToken` isn't one of ours, or belongs to another query.
    """
    given = request.get("nextToken")
    if not given:
        return None
    try:
        query, found = json.loads(urlsafe_b64decode(given))
    except (ValueError, TypeError):
        query, found = None, None
    if query != _query(partition, operation, request):
        raise InvalidParameterException("Invalid token.")  # unverified
    return tuple(found) if isinstance(found, list) else found


def _query(partition: Partition, operation: str, request: Mapping[str, Any]) -> int:
    """A check sum of what a token belongs to."""
    asked = {name: value for name, value in request.items() if name not in _PAGING}
    return zlib.crc32(json.dumps([*partition, operation, asked], sort_keys=True).encode())

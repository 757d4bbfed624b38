"""The tokens of List operations. A token is opaque, and valid only for the query that it continues.

It holds the sort key of the last item, not a count of items, so the next page is right even if items were added or removed in between.
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

#: The parameters that may differ between the pages of one query.
_PAGING = ("nextToken", "maxResults")


def token(partition: Partition, operation: str, request: Mapping[str, Any], position: Any) -> str:
    """The token of the page that starts after `position`, a store's sort key."""
    content = json.dumps([_query(partition, operation, request), position])
    return urlsafe_b64encode(content.encode()).decode()


def position(partition: Partition, operation: str, request: Mapping[str, Any]) -> Any | None:
    """The sort key that the requested page starts after; None for the first page.

    Raises:
        InvalidParameterException: the request's `nextToken` isn't valid, or belongs to another query.
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
    """A checksum of the query that a token belongs to."""
    asked = {name: value for name, value in request.items() if name not in _PAGING}
    return zlib.crc32(json.dumps([*partition, operation, asked], sort_keys=True).encode())

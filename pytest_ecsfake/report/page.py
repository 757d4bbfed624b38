"""The page of one test: its trace, and the library and the script that draw it, in one HTML file.

The page opens from disk and asks for nothing: its Content-Security-Policy allows the two scripts that are in it, by their hashes, and no request.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
import zlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from pytest_ecsfake.report.trace import as_json

#: The templates of the page and of the index, what they share, and the library.
DRAWING = Path(__file__).parent / "drawing"

#: A trace is packed from this length on: a long one is hundreds of similar entries, and gets eight times smaller.
PACKED_FROM = 500_000

_PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")


class _Parts(NamedTuple):
    """What every page has."""

    template: str
    members: Mapping[str, str]


def page(trace: Mapping[str, Any], *, index: str | None) -> str:
    """The page of a trace.

    Args:
        trace: the trace.
        index: the name of the index beside the page, for a link; None if there is none.
    """
    about = trace["otherData"]
    text = as_json(trace)
    is_packed = len(text) >= PACKED_FROM
    members = {
        **_parts().members,
        "generator": html.escape(about["madeBy"]),
        "title": html.escape(f"{about['outcome']}: {about['test']}"),
        "test": html.escape(about["test"]),
        "outcome": html.escape(about["outcome"]),
        "failure": html.escape(about["failure"]),
        "explanation": "\n".join(map(_line, about["explanation"].splitlines())),
        "up": "" if index is None else f'<a href="{html.escape(index)}">All tests of this run</a>',
        "packing": "deflate" if is_packed else "none",
        # JSON in ASCII: only "<" could end the element that it stands in.
        "trace": _packed(text) if is_packed else text.replace("<", "\\u003c"),
    }
    return fill(_parts().template, members)


def fill(template: str, members: Mapping[str, str]) -> str:
    """A template with its placeholders filled in, all of them once: what is filled in may look like one."""
    return _PLACEHOLDER.sub(lambda found: members[found[1]], template)


def part(name: str) -> str:
    """A part of what pages and the index are made of."""
    return (DRAWING / name).read_text(encoding="utf-8")


def _line(line: str) -> str:
    """A line of the explanation. Those that begin with spaces belong to the one above."""
    inner = ' class="inner"' if line.startswith(" ") else ""
    return f"<p{inner}>{html.escape(line.strip())}</p>"


def _packed(text: str) -> str:
    return base64.b64encode(zlib.compress(text.encode())).decode()


@cache
def _parts() -> _Parts:
    library = part("vis_timeline/vis-timeline-graph2d.min.js")
    script = part("page.js")
    members = {
        "library": library,
        "script": script,
        "style": part("page.css"),
        # The library brings its style sheet along, and sets styles while it draws.
        "policy": f"default-src 'none'; script-src {_hash(library)} {_hash(script)}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'",
    }
    return _Parts(part("page.html"), members)


def _hash(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"

"""The page of a test as a file: it asks for nothing, and holds one trace, packed where it is long."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from pathlib import Path
from typing import Any

import pytest

from pytest_ecsfake.report.page import DRAWING, PACKED_FROM, page

VENDORED = DRAWING / "vis_timeline"
LOCK = Path(__file__).parents[2] / "tools" / "timeline" / "package-lock.json"


def a_trace(**more: Any) -> dict[str, Any]:
    about = {"madeBy": "t", "test": "t.py::t", "outcome": "failed", "failure": "", "explanation": "", "duration": 0}
    return {"traceEvents": [], "otherData": {**about, **more}}


def scripts_in(text: str) -> list[str]:
    return re.findall(r"<script>(.*?)</script>", text, re.DOTALL)


def test_policy_allows_the_two_scripts_by_their_hashes_and_nothing_else():
    text = page(a_trace(), index=None)

    [policy] = re.findall(r'<meta http-equiv="Content-Security-Policy" content="(.*?)">', text)
    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts_in(text)]
    assert len(hashes) == 2
    allowed = " ".join(f"'sha256-{each}'" for each in hashes)
    assert policy == (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def test_page_names_nothing_to_load():
    """Neither an element nor a debugger finds an address in it: what the scripts say in words aside."""
    text = page(a_trace(), index=None)
    for script in scripts_in(text):
        text = text.replace(script, "")
        assert "sourceMappingURL" not in script

    assert re.findall(r"""(?:src|href)=|url\(|@import|https?:""", text) == []


def test_page_links_to_the_index_if_there_is_one():
    assert '<a href="index.html">All tests of this run</a>' in page(a_trace(), index="index.html")


def test_lines_of_the_explanation_keep_what_they_belong_to():
    text = page(a_trace(explanation="Why <web> isn't stable:\n  PRIMARY deployment"), index=None)

    assert '<p>Why &lt;web&gt; isn&#x27;t stable:</p>\n<p class="inner">PRIMARY deployment</p>' in text


def test_long_trace_is_packed():
    long = a_trace(explanation="word " * PACKED_FROM)
    text = page(long, index=None)

    [(packing, packed)] = re.findall(r'id="trace" data-packing="(\w+)">(.*?)</script>', text, re.DOTALL)
    assert packing == "deflate"
    assert json.loads(zlib.decompress(base64.b64decode(packed))) == long


@pytest.mark.parametrize("nasty", ["</script>", "<!--", "{{script}}", "\u2028", "é"])
def test_trace_may_hold_any_text(nasty):
    text = page(a_trace(explanation=nasty), index=None)

    [held] = re.findall(r'id="trace" data-packing="none">(.*?)</script>', text, re.DOTALL)
    assert json.loads(held)["otherData"]["explanation"] == nasty


def test_library_is_what_its_record_says():
    record = json.loads((VENDORED / "vendored.json").read_text())

    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDORED.iterdir()
        if path.name != "vendored.json"
    }
    assert found == record["sha256"]


def test_record_of_the_library_is_what_the_lock_file_says():
    record = json.loads((VENDORED / "vendored.json").read_text())
    locked = json.loads(LOCK.read_text())["packages"][f"node_modules/{record['library']}"]

    assert (record["version"], record["integrity"]) == (locked["version"], locked["integrity"])


def test_lock_file_names_no_registry():
    """Whoever installs from it has their own."""
    assert "resolved" not in LOCK.read_text()


def test_licences_stand_beside_the_library():
    bundled = (VENDORED / "LICENSES.bundled.txt").read_text()
    locked = json.loads(LOCK.read_text())["packages"]
    versions = {path.removeprefix("node_modules/"): package["version"] for path, package in locked.items() if path}

    assert "Apache License" in (VENDORED / "LICENSE.Apache-2.0.txt").read_text()
    for name in (
        "@egjs/hammerjs",
        "component-emitter",
        "keycharm",
        "moment",
        "propagating-hammerjs",
        "vis-data",
        "xss",
    ):
        assert f"{name} {versions[name]}\n" in bundled

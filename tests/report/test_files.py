"""`--ecs-fake-html` and `--ecs-fake-trace`: which tests get a page, what the index says of a run, and what is refused."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from pytest_ecsfake.report.files import name_of

OF_EACH_KIND = """
    import boto3, pytest

    @pytest.fixture
    def ecs(ecs_fake):
        return boto3.client("ecs", "us-east-1")

    def test_passes(ecs):
        ecs.list_clusters()

    def test_fails(ecs):
        ecs.create_cluster(clusterName="prod")
        assert ecs.list_clusters()["clusterArns"] == []

    def test_has_no_fake():
        pass

    def test_fails_without_a_fake():
        assert False

    def test_orders_what_nothing_meets(ecs, ecs_fake):
        ecs_fake.faults.throttle("RunTask")

    @pytest.fixture
    def broken(ecs):
        ecs.create_cluster(clusterName="of the set-up"[:2])
        raise RuntimeError("the set-up is broken")

    def test_has_a_broken_fixture(broken):
        pass

    def test_is_skipped(ecs):
        pytest.skip("not today")

    @pytest.mark.xfail
    def test_is_expected_to_fail(ecs):
        assert False
"""


@pytest.fixture
def run(pytester):
    """Run tests in a pytest of their own, within this process."""

    def run(source: str, *arguments: str) -> pytest.RunResult:
        pytester.makepyfile(source)
        return pytester.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:randomly", *arguments)

    return run


def rows_of(index: Path) -> list[tuple[str, str, str | None]]:
    """The rows of an index: outcome, test, and the page that it links to."""
    rows = re.findall(r"<tr><td><span class=\"outcome \w+\">(\w+)</span></td><td>(.*?)</td>", index.read_text())
    found = []
    for outcome, cell in rows:
        link = re.fullmatch(r'<a href="(.*?)">(.*?)</a>', cell)
        found.append((outcome, link[2] if link else cell, link[1] if link else None))
    return [(outcome, name.partition("::")[2], link) for outcome, name, link in found]


def trace_in(page: Path) -> dict[str, Any]:
    """The trace that a page holds."""
    [(packing, text)] = re.findall(
        r'<script type="application/json" id="trace" data-packing="(\w+)">(.*?)</script>', page.read_text(), re.DOTALL
    )
    assert packing == "none"
    trace: dict[str, Any] = json.loads(text)
    return trace


def test_each_test_that_failed_with_a_fake_has_a_page_and_the_index_has_all_tests(run, pytester):
    result = run(OF_EACH_KIND, "--ecs-fake-html=pages")

    pages = pytester.path / "pages"
    rows = rows_of(pages / "index.html")
    assert [(outcome, name, link is not None) for outcome, name, link in rows] == [
        ("failed", "test_fails", True),
        ("failed", "test_fails_without_a_fake", False),
        ("error", "test_orders_what_nothing_meets", True),
        ("error", "test_has_a_broken_fixture", True),
        ("xfailed", "test_is_expected_to_fail", False),
        ("skipped", "test_is_skipped", False),
        ("passed", "test_passes", False),
        ("passed", "test_has_no_fake", False),
    ]
    assert {path.name for path in pages.iterdir()} == {link for _, _, link in rows if link} | {"index.html"}
    result.stdout.fnmatch_lines([f"ecs_fake: 3 pages, {pages / 'index.html'}"])


def test_page_says_what_failed_and_shows_the_calls(run, pytester):
    run(OF_EACH_KIND, "--ecs-fake-html=pages", "-k", "test_fails and not without")

    [(_, _, link)] = rows_of(pytester.path / "pages" / "index.html")
    page = pytester.path / "pages" / link
    trace = trace_in(page)
    about = trace["otherData"]
    assert (about["outcome"], about["calls"]) == ("failed", 2)
    assert "AssertionError" in about["failure"]
    assert about["explanation"]
    assert about["explanation"].splitlines()[0] in page.read_text()
    calls = [event["name"] for event in trace["traceEvents"] if event.get("cat") == "call"]
    assert calls == ["CreateCluster", "ListClusters"]


def test_failed_test_says_where_its_page_is(run, pytester):
    result = run(OF_EACH_KIND, "--ecs-fake-html=pages", "--ecs-fake-trace=traces", "-k", "orders_what")

    name = name_of("test_failed_test_says_where_its_page_is.py::test_orders_what_nothing_meets")
    result.stdout.fnmatch_lines(
        [
            "*ecs_fake page*",
            f"{pytester.path}/pages/{name}.html",
            f"{pytester.path}/traces/{name}.json",
            f"ecs_fake: 1 trace in {pytester.path}/traces",
        ]
    )
    assert (pytester.path / "pages" / f"{name}.html").exists()


def test_trace_alone_needs_no_page_and_no_index(run, pytester):
    run(OF_EACH_KIND, "--ecs-fake-trace=traces", "-k", "test_fails and not without")

    [path] = (pytester.path / "traces").iterdir()
    assert json.loads(path.read_text())["otherData"]["outcome"] == "failed"


@pytest.mark.parametrize("asked", ["--ecs-fake-report=always", "--override-ini=ecs_fake_report=always"])
def test_always_gives_every_test_with_a_fake_a_page(run, pytester, asked):
    run(OF_EACH_KIND, "--ecs-fake-html=pages", asked)

    rows = rows_of(pytester.path / "pages" / "index.html")
    without = {"test_has_no_fake", "test_fails_without_a_fake"}
    assert {name for _, name, link in rows if link is None} == without
    [passed] = [link for _, name, link in rows if name == "test_passes"]
    about = trace_in(pytester.path / "pages" / passed)["otherData"]
    assert (about["outcome"], about["calls"], about["failure"]) == ("passed", 1, "")


def test_never_is_about_the_report_alone(run, pytester):
    run(OF_EACH_KIND, "--ecs-fake-html=pages", "--ecs-fake-report=never")

    assert len(list((pytester.path / "pages").iterdir())) == 4


def test_bug_in_the_trace_is_told_and_ends_no_run(run, monkeypatch):
    def trace(*_: object) -> None:
        raise RuntimeError("no such lane")

    monkeypatch.setattr("pytest_ecsfake.report.files.trace", trace)

    result = run(OF_EACH_KIND, "--ecs-fake-html=pages", "-k", "test_fails and not without")

    result.assert_outcomes(failed=1, deselected=7)
    result.stdout.fnmatch_lines(["ecs_fake: pytest-ecsfake met a bug while it took the trace of *no such lane*"])


def test_page_of_a_fake_of_a_wider_scope_shows_the_test_not_what_was_restored(run, pytester):
    """The fake is back at the state of the set-up by the time that the unused order fails the test."""
    run(
        """
        import boto3, pytest

        @pytest.mark.ecs_fake(scope="module")
        def test_orders_what_nothing_meets(ecs_fake):
            ecs_fake.faults.throttle("RunTask")
            boto3.client("ecs").create_cluster(clusterName="of-the-test")
        """,
        "--ecs-fake-trace=traces",
    )

    [path] = (pytester.path / "traces").iterdir()
    trace = json.loads(path.read_text())
    assert trace["otherData"]["outcome"] == "error"
    assert "UnusedOrderError" in trace["otherData"]["failure"]
    assert "cluster of-the-test" in [event["args"].get("name") for event in trace["traceEvents"]]


def test_test_that_fails_and_is_torn_down_badly_has_the_state_of_its_failure(run, pytester):
    run(
        """
        import boto3, pytest

        @pytest.fixture
        def cleaned(ecs_fake):
            yield
            boto3.client("ecs").list_clusters()
            raise RuntimeError("the clean-up")

        def test_both(cleaned):
            assert False, "the test itself"
        """,
        "--ecs-fake-trace=traces",
    )

    [path] = (pytester.path / "traces").iterdir()
    about = json.loads(path.read_text())["otherData"]
    assert (about["outcome"], about["calls"]) == ("failed", 0)
    assert "the test itself" in about["failure"]


def test_explanation_in_the_notes_of_a_waiter_is_not_said_twice(run, pytester):
    run(
        """
        import boto3, pytest

        NETWORK = {"awsvpcConfiguration": {"subnets": ["subnet-12345678"]}}

        @pytest.mark.ecs_fake(clusters=["prod"])
        def test_waits(ecs_fake):
            ecs = boto3.client("ecs")
            container = {"name": "app", "image": "nginx"}
            ecs.register_task_definition(
                family="web", requiresCompatibilities=["FARGATE"], networkMode="awsvpc", cpu="256", memory="512", containerDefinitions=[container]
            )
            ecs_fake.containers.script(family="web", pull_error="CannotPullContainerError: not found", times="always")
            web = {"cluster": "prod", "serviceName": "web", "taskDefinition": "web"}
            ecs.create_service(**web, desiredCount=1, launchType="FARGATE", networkConfiguration=NETWORK)
            ecs.get_waiter("services_stable").wait(cluster="prod", services=["web"])
        """,
        "--ecs-fake-trace=traces",
    )

    [path] = (pytester.path / "traces").iterdir()
    about = json.loads(path.read_text())["otherData"]
    assert about["explanation"].startswith("Why prod/web isn't stable")
    assert about["failure"].endswith("Waiter ServicesStable failed: Max attempts exceeded")


def test_folder_stays_where_the_run_began(run, pytester):
    run(
        """
        def test_goes_elsewhere(ecs_fake, monkeypatch, tmp_path):
            monkeypatch.chdir(tmp_path)
            assert False
        """,
        "--ecs-fake-html=pages",
    )

    assert len(list((pytester.path / "pages").iterdir())) == 2


def test_names_of_files_tell_tests_of_similar_names_apart():
    ids = ["t.py::test[a/b]", "t.py::test[a-b]", "t.py::test[a b]", "t.py::test", "x" * 300]

    names = [name_of(nodeid) for nodeid in ids]

    assert len(set(names)) == len(ids)
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]{1,120}", name) for name in names)


def test_markup_in_a_test_stays_text(run, pytester):
    run(
        """
        import boto3

        def test_markup(ecs_fake):
            variable = {"name": "MARKUP", "value": "</script><b>&"}
            container = {"name": "app", "image": "nginx", "memory": 128, "environment": [variable]}
            boto3.client("ecs").register_task_definition(family="web", containerDefinitions=[container])
            assert False, "<i>{{trace}}</i>"
        """,
        "--ecs-fake-html=pages",
    )

    pages = pytester.path / "pages"
    [(_, _, link)] = rows_of(pages / "index.html")
    [call] = [event for event in trace_in(pages / link)["traceEvents"] if event.get("cat") == "call"]
    [container] = call["args"]["request"]["containerDefinitions"]
    assert container["environment"] == [{"name": "MARKUP", "value": "</script><b>&"}]
    text = (pages / link).read_text()
    assert "&lt;i&gt;{{trace}}&lt;/i&gt;" in text
    assert "<b>&" not in text
    assert "&lt;i&gt;" in (pages / "index.html").read_text()


@pytest.mark.parametrize("option", ["--ecs-fake-html", "--ecs-fake-trace"])
def test_folder_that_is_a_file_is_refused_at_the_start(run, pytester, option):
    (pytester.path / "pages").write_text("")

    result = run(OF_EACH_KIND, f"{option}=pages")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {option}=pages can't be made a folder: *"])


@pytest.mark.parametrize("option", ["--ecs-fake-html", "--ecs-fake-trace"])
def test_option_without_a_folder_is_refused(run, option):
    result = run(OF_EACH_KIND, f"{option}=")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {option} needs the name of a folder: {option}=DIR."])


def test_page_that_cannot_be_written_is_told_and_fails_nothing(run, pytester):
    result = run(
        """
        import pathlib, shutil

        def test_takes_the_folder_away(ecs_fake):
            folder = pathlib.Path("pages")
            shutil.rmtree(folder)
            folder.write_text("")
            assert False
        """,
        "--ecs-fake-html=pages",
    )

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["ecs_fake: *.html was not written: *", "ecs_fake: index.html was not written: *"])


def test_workers_write_the_pages_and_the_controller_the_index(pytester):
    pytest.importorskip("xdist")
    pytester.makepyfile(OF_EACH_KIND)

    result = pytester.runpytest_subprocess(
        "-p", "no:cacheprovider", "-p", "no:randomly", "-n2", "--ecs-fake-html=pages"
    )

    pages = pytester.path / "pages"
    rows = rows_of(pages / "index.html")
    assert sorted(name for outcome, name, link in rows if link) == [
        "test_fails",
        "test_has_a_broken_fixture",
        "test_orders_what_nothing_meets",
    ]
    assert len(rows) == 8
    assert {path.name for path in pages.iterdir()} == {link for _, _, link in rows if link} | {"index.html"}
    result.stdout.fnmatch_lines([f"ecs_fake: 3 pages, {pages / 'index.html'}"])


def test_nothing_of_the_room_is_imported_unless_an_option_asks_for_it(pytester):
    pytester.makepyfile(
        """
        import sys

        def test_passes(ecs_fake):
            ecs_fake.clusters.add("prod")
            assert not [name for name in sys.modules if name.startswith("pytest_ecsfake.report")]
        """
    )

    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:randomly")

    result.assert_outcomes(passed=1)


def test_help_names_the_options(pytester):
    result = pytester.runpytest_inprocess("--help")

    result.stdout.fnmatch_lines(["*--ecs-fake-html=DIR*", "*--ecs-fake-trace=DIR*"])


@pytest.mark.skipif(sys.platform == "win32", reason="the path would be another one")
def test_absolute_folder_is_made_with_its_parents(run, tmp_path):
    run(OF_EACH_KIND, f"--ecs-fake-html={tmp_path}/a/b")

    assert (tmp_path / "a" / "b" / "index.html").exists()

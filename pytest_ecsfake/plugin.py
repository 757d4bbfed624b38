"""pytest's side: the fixtures, the marker, the ini options, and what a failed test shows. Loading it imports neither botocore nor jsonschema."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Generator, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pytest

from pytest_ecsfake.activation.registry import REGISTRY
from pytest_ecsfake.activation.switch import NAME, make_fake
from pytest_ecsfake.asked import OPTION_NAMES, decorator_of, is_asked, is_taken_out, options_of
from pytest_ecsfake.scopes import WIDER, fixture_aside, leave_without_fake, note_set_up, wider_fixtures_of

if TYPE_CHECKING:
    from botocore.client import BaseClient

    from pytest_ecsfake.errors import Problem
    from pytest_ecsfake.fake import EcsFake
    from pytest_ecsfake.options import Options, Scope
    from pytest_ecsfake.recording.calls import Calls
    from pytest_ecsfake.views.clock import ClockView
    from pytest_ecsfake.views.clusters import ClusterStore
    from pytest_ecsfake.views.container_instances import ContainerInstanceStore
    from pytest_ecsfake.views.events import Events
    from pytest_ecsfake.views.services import ServiceStore
    from pytest_ecsfake.views.task_definitions import TaskDefinitionStore
    from pytest_ecsfake.views.tasks import TaskStore

MARKER = (
    f"ecs_fake({', '.join(OPTION_NAMES)}): turn on an in-process fake of Amazon ECS for the test, with these options."
)
NO_MARKER = "no_ecs_fake: leave the test without the fake, also under ecs_fake_auto."

#: Which tests have a section in their report; with "always" it has the whole time line.
REPORTS = ("failed", "always", "never")

_OPTIONS: pytest.StashKey[Options] = pytest.StashKey()
_FAKE: pytest.StashKey[EcsFake] = pytest.StashKey()
_FAILED: pytest.StashKey[bool] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the command line and of the ini file."""
    for name in OPTION_NAMES:
        parser.addini(f"ecs_fake_{name}", f"pytest-ecsfake: the fake's {name}, where a test doesn't set its own.")
    parser.addini("ecs_fake_auto", "pytest-ecsfake: turn the fake on for every test.", type="bool", default=False)
    parser.addini("ecs_fake_report", "pytest-ecsfake: as --ecs-fake-report.", default="failed")
    group = parser.getgroup("ecs_fake", "pytest-ecsfake")
    group.addoption(
        "--ecs-fake-report",
        choices=REPORTS,
        help="Which tests show what happened on the fake: failed (the default), always, with the whole time line, or never.",
    )
    group.addoption(
        "--ecs-fake-html", metavar="DIR", help="Write a page for each failed test into DIR, and an index of all tests."
    )
    group.addoption(
        "--ecs-fake-trace", metavar="DIR", help="Write the trace of each failed test into DIR; Perfetto opens it."
    )


def pytest_configure(config: pytest.Config) -> None:
    """Name the markers; set the region of the ini file, which clients made at import of a module need; watch what `pytest.raises` catches."""
    config.addinivalue_line("markers", MARKER)
    config.addinivalue_line("markers", NO_MARKER)
    _set_region(config)
    config.add_cleanup(_watch_raises())
    _prepare_reports(config)
    _prepare_files(config)


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, None, None]:
    """Set the region for the clients that a conftest.py makes at its import; tell one that makes a client without a region how to give one."""
    _set_region(early_config)
    try:
        return (yield)
    except Exception as error:
        if _is_of_no_region(error):
            print(_NO_REGION, file=sys.stderr)
        raise


def _set_region(config: pytest.Config) -> None:
    """Have the region of the ini file in the environment until the run ends, where the machine names none."""
    region = config.getini("ecs_fake_region")
    if region and "AWS_DEFAULT_REGION" not in os.environ:
        os.environ["AWS_DEFAULT_REGION"] = region
        config.add_cleanup(functools.partial(_forget_region, region))


def _forget_region(region: str) -> None:
    if os.environ.get("AWS_DEFAULT_REGION") == region:
        del os.environ["AWS_DEFAULT_REGION"]


# --- which tests have a fake, and with which options ------------------------------------------------------------------------------------


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    """Let the handle stand in the region that the test's other fixtures have set in the environment."""
    fake = item.stash.get(_FAKE, None)
    if fake is not None:
        fake.follow_environment()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give each marked or decorated test its fixture; a wrong option is an error now, not in the middle of a test."""
    auto = config.getini("ecs_fake_auto")
    try:
        for item in items:
            if hasattr(item, "fixturenames"):
                _prepare(item, auto=auto)
    except pytest.UsageError as error:
        if not hasattr(config, "workerinput"):
            raise
        _tell_controller(session, item, error)
        items.clear()


def _tell_controller(session: pytest.Session, item: pytest.Item, error: pytest.UsageError) -> None:
    """A usage error ends a worker of pytest-xdist without a word; what it failed to collect is told by all that runs the workers."""
    node = item.getparent(pytest.Module) or item
    report = pytest.CollectReport(node.nodeid, "failed", longrepr=str(error), result=None)
    session.config.hook.pytest_collectreport(report=report)


def _prepare(item: Any, *, auto: bool) -> None:
    asked = is_asked(item, auto=auto)
    wider = wider_fixtures_of(item)
    by_name = NAME in item.fixturenames
    if is_taken_out(item) and not by_name:
        if wider or decorator_of(item) is not None:
            leave_without_fake(item)
        return
    if not (asked or wider or by_name):
        return
    options = item.stash[_OPTIONS] = options_of(item)
    # A list of its own: pytest gives all cases of a parametrized test the same one.
    item.fixturenames = list(item.fixturenames)
    if asked and options.scope != "function" and not wider:
        item.fixturenames.insert(0, f"{NAME}_{options.scope}")
    _insert(item)


def _insert(item: pytest.Function) -> None:
    """Put the fixture before the other fixtures of one test, and behind those of a wider scope.

    So they see the fake too, and what they change on top of it, they undo before it goes.
    """
    names = [name for name in item.fixturenames if name != NAME]
    definitions = item._fixtureinfo.name2fixturedefs
    wider = sum(name in WIDER or (name in definitions and definitions[name][-1].scope != "function") for name in names)
    item.fixturenames[:] = [*names[:wider], NAME, *names[wider:]]


# --- the fixtures -----------------------------------------------------------------------------------------------------------------------


class _OfTest:
    """The fake of one test, until a fixture of a wider scope, asked for late, takes it over.

    Attributes:
        fake: the fake.
        turn_off: turns it off.
        restart: what the wider fixture does when the test is over, to have the next test start afresh.
    """

    __slots__ = ("fake", "restart", "turn_off")

    def __init__(self, fake: EcsFake, turn_off: Callable[[], None]) -> None:
        self.fake = fake
        self.turn_off = turn_off
        self.restart: Callable[[], None] | None = None


_OF_TEST: pytest.StashKey[_OfTest] = pytest.StashKey()


@pytest.fixture
def ecs_fake(request: pytest.FixtureRequest) -> Iterator[EcsFake]:
    """A fake of Amazon ECS that is on for the test: the handle to its stores, its clock and its recorded calls."""
    item: pytest.Item = request.node
    wider = wider_fixtures_of(item)
    if wider:
        fake = request.getfixturevalue(wider[-1])
        turn_off = fake.take_snapshot()
        REGISTRY.count_work_from_now_on()
        item.stash[_FAKE] = fake
        yield fake
        problem, complaint = fake.take_problem(), fake.complaint_of_answers()
        turn_off()
    else:
        options = item.stash.get(_OPTIONS, None) or options_of(item)
        fake = make_fake(options, seed=item.nodeid)
        of_test = item.stash[_OF_TEST] = _OfTest(fake, REGISTRY.turn_on(fake, serves=decorator_of(item)))
        item.stash[_FAKE] = fake
        yield fake
        del item.stash[_OF_TEST]
        problem, complaint = fake.take_problem(), fake.complaint_of_answers()
        of_test.turn_off()
        if of_test.restart is not None:
            of_test.restart()
    _tell_problem(item, problem)
    if complaint is not None and not item.stash.get(_FAILED, False):
        _warn(item, complaint)


def _warn(item: pytest.Item, complaint: str) -> None:
    """Warn at the test's own line: it has passed without the fake."""
    from pytest_ecsfake.errors import AnsweredElsewhereWarning

    item.warn(AnsweredElsewhereWarning(complaint))


def _tell_problem(item: pytest.Item, problem: Problem | None) -> None:
    """Fail a test at its end that swallowed what the fake had to say, or never met what it ordered.

    Where the test failed by itself, as expected or not, or was skipped, that is what is reported.
    """
    if problem is not None and not item.stash.get(_FAILED, False):
        pytest.fail(f"{type(problem).__name__}: {problem}", pytrace=False)


def _fake_of(scope: Scope) -> Any:
    name = f"{NAME}_{scope}"

    @pytest.fixture(scope=scope, name=name)
    def fixture(request: pytest.FixtureRequest) -> Iterator[EcsFake]:
        note_set_up(request, name)
        cls = getattr(request, "cls", None) if scope == "class" else None
        given: Mapping[str, object] | None = getattr(cls, "ecs_fake_options", None)

        def make() -> EcsFake:
            return make_fake(options_of(request.node), seed=request.node.nodeid)

        of_test = request._pyfuncitem.stash.get(_OF_TEST, None)
        if of_test is None:
            fake = make()
            turn_off = REGISTRY.turn_on(fake, serves=given)
            yield fake
            turn_off()
        else:
            fake = of_test.fake

            def restart() -> None:
                fake.start_over(make())
                of_test.turn_off = REGISTRY.turn_on(fake, serves=given)

            of_test.restart = restart
            yield fake
            of_test.turn_off()
        fake.raise_problems()

    fixture.__doc__ = f"One fake of Amazon ECS for the whole {scope}; each test starts from the state as it stood after the set-ups of that scope."
    return fixture


ecs_fake_class = _fake_of("class")
ecs_fake_module = _fake_of("module")
ecs_fake_session = _fake_of("session")

_aside_of_function = fixture_aside("function")
_aside_of_class = fixture_aside("class")
_aside_of_module = fixture_aside("module")


@pytest.fixture
def ecs_clusters(ecs_fake: EcsFake) -> ClusterStore:
    """The clusters of the fake."""
    return ecs_fake.clusters


@pytest.fixture
def ecs_tasks(ecs_fake: EcsFake) -> TaskStore:
    """The tasks of the fake."""
    return ecs_fake.tasks


@pytest.fixture
def ecs_task_definitions(ecs_fake: EcsFake) -> TaskDefinitionStore:
    """The task definitions of the fake."""
    return ecs_fake.task_definitions


@pytest.fixture
def ecs_calls(ecs_fake: EcsFake) -> Calls:
    """The recorded calls."""
    return ecs_fake.calls


@pytest.fixture
def ecs_clock(ecs_fake: EcsFake) -> ClockView:
    """Virtual time."""
    return ecs_fake.clock


@pytest.fixture
def ecs_client(ecs_fake: EcsFake) -> BaseClient:
    """A botocore client for ECS in the fake's account and region."""
    return ecs_fake.client


@pytest.fixture
def ecs_services(ecs_fake: EcsFake) -> ServiceStore:
    """The services of the fake."""
    return ecs_fake.services


@pytest.fixture
def ecs_container_instances(ecs_fake: EcsFake) -> ContainerInstanceStore:
    """The container instances of the fake."""
    return ecs_fake.container_instances


@pytest.fixture
def ecs_events(ecs_fake: EcsFake) -> Events:
    """The EventBridge events that ECS would have sent: `ecs_fake.events`."""
    return ecs_fake.events


# --- words at the moment of need --------------------------------------------------------------------------------------------------------


def _watch_raises() -> Callable[[], None]:
    """Have `with pytest.raises(UnfakedServiceError)` count as seen: what it catches doesn't fail the test once more at its end.

    Its base class `EcsFakeError` will do, but not `Exception`, which may stand for anything.
    """
    class_: Any = type(pytest.raises(Exception))
    original = vars(class_)["__exit__"]

    @functools.wraps(original)
    def leave(context: Any, kind: Any, error: Any, traceback: Any) -> Any:
        __tracebackhide__ = True
        caught = original(context, kind, error, traceback)
        fake = REGISTRY.current() if caught else None
        if fake is not None:
            from pytest_ecsfake.errors import EcsFakeError, UnfakedServiceError

            # pytest 8.4 renamed it, and has a tuple always.
            expected = getattr(context, "expected_exceptions", None) or getattr(context, "expected_exception", ())
            named = expected if isinstance(expected, tuple) else (expected,)
            if isinstance(error, UnfakedServiceError) and any(issubclass(each, EcsFakeError) for each in named):
                fake.forget_problem(error)
        return caught

    def undo() -> None:
        if vars(class_)["__exit__"] is leave:
            class_.__exit__ = original

    class_.__exit__ = leave
    return undo


_NO_REGION = (
    "A client was made while this file was imported. No fake is on by then, and no region is set. Give one in the ini file: it holds from the "
    "start of the run.\n  ecs_fake_region = us-east-1"
)


def _is_of_no_region(error: BaseException | None) -> bool:
    """Whether an error, or one that it was raised from, is botocore's NoRegionError."""
    while error is not None:
        if type(error).__name__ == "NoRegionError":
            return True
        error = error.__cause__ or error.__context__
    return False


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Tell a module that makes a client without a region at its import how to give one."""
    report = yield
    call: pytest.CallInfo[None] | None = getattr(report, "call", None)  # where it failed
    if call is not None and call.excinfo is not None and _is_of_no_region(call.excinfo.value):
        report.sections.append((NAME, _NO_REGION))
    return report


# --- what a failed test shows -----------------------------------------------------------------------------------------------------------


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the time line to the report of a failed test; to that of a skip and an expected failure too, what would fail a test that passed."""
    report = yield
    fake = item.stash.get(_FAKE, None)
    if fake is not None:
        _tell_real_time(report, call)
        if call.excinfo is not None:
            item.stash[_FAILED] = True
        if _is_reported(item.config, report, call):
            from pytest_ecsfake.report.section import section

            text = section(fake, report, call, always=_reports(item.config) == "always")
            if text:
                report.sections.append((NAME, text))
    if report.when == "teardown":
        _forget(item)
    return report


def _reports(config: pytest.Config) -> str:
    """Which tests have a section in their report: one of `REPORTS`."""
    asked: str = config.getoption("ecs_fake_report") or config.getini("ecs_fake_report")
    return asked


def _is_reported(config: pytest.Config, report: pytest.TestReport, call: pytest.CallInfo[None]) -> bool:
    if report.when == "teardown" or _reports(config) == "never":
        return False
    return call.excinfo is not None or (report.when == "call" and _reports(config) == "always")


def _prepare_reports(config: pytest.Config) -> None:
    """Check the ini option, and have the sections where pytest by itself shows none: in JUnit's XML, and those of tests that pass."""
    if _reports(config) not in REPORTS:
        raise pytest.UsageError(
            f"ecs_fake_report is {', '.join(REPORTS[:-1])} or {REPORTS[-1]}, not {_reports(config)!r}."
        )
    if hasattr(config, "workerinput"):
        return
    if config.getoption("xmlpath", None):
        from pytest_ecsfake.report.junit import JunitOutput

        config.pluginmanager.register(JunitOutput(config))
    if _reports(config) == "always":
        from pytest_ecsfake.report.summary import Summary

        config.pluginmanager.register(Summary())


def _prepare_files(config: pytest.Config) -> None:
    """Have pages or traces written, if they are asked for."""
    if config.option.ecs_fake_html is not None or config.option.ecs_fake_trace is not None:
        from pytest_ecsfake.report.files import Files

        files = Files(
            config,
            fake_of=lambda item: item.stash.get(_FAKE, None),
            starts_over=lambda item: bool(wider_fixtures_of(item)),
            shows_all=_reports(config) == "always",
        )
        config.pluginmanager.register(files, "ecs_fake_files")


def _forget(item: pytest.Item) -> None:
    """Let a test's fake go, and how the test ended: pytest keeps its items for the whole run, and a rerun is a test of its own."""
    if _FAKE in item.stash:
        del item.stash[_FAKE]
    if _FAILED in item.stash:
        del item.stash[_FAILED]


def _tell_real_time(report: pytest.TestReport, call: pytest.CallInfo[None]) -> None:
    """Have the report begin and end in real time: pytest reads the clock that the fake has moved. The duration is real anyway."""
    stop = REGISTRY.process_clock.real_time()
    if stop is not None and hasattr(report, "stop"):
        report.stop, report.start = stop, stop - call.duration


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_logreport() -> Generator[None, None, None]:
    """Nothing of ours is on in the thread that reports: no fake, no virtual sleep, no stand-in credentials."""
    with REGISTRY.reporting():
        return (yield)


@pytest.hookimpl(trylast=True)
def pytest_runtest_logfinish() -> None:
    """Undo what another patcher of the test has put back since the fake was turned off."""
    REGISTRY.sweep_after_test()

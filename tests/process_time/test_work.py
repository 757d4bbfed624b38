"""A sleep is virtual when it waits for ECS, and real when it waits for work of this machine that the test has started."""

from __future__ import annotations

import _thread
import asyncio
import functools
import gc
import importlib
import math
import multiprocessing
import pickle
import queue
import sched
import subprocess
import sys
import threading
import time
from asyncio.base_events import BaseEventLoop
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any
from unittest import mock

import pytest

from pytest_ecsfake import EcsFakeUsageError
from pytest_ecsfake import ecs_fake as switch

HOUR = 3600.0
A_MOMENT = "import time; time.sleep(0.2)"


def _seconds_of(ecs: Any) -> float:
    return (ecs._endpoint.world.clock.now - ecs._reader.start) / 1_000_000


@pytest.fixture
def ecs(mover):
    """A fake that has slept, so that the process reads virtual time."""
    with switch() as fake:
        time.sleep(1)
        yield fake


def _moved(ecs: Any) -> float:
    return _seconds_of(ecs) - 1


class _Latch:
    """Real work: a thread waits until the test lets it go, or for as long as is real seconds."""

    def __init__(self, seconds: float = 0.2) -> None:
        self.done = False
        self._seconds = seconds

    def __call__(self) -> None:
        threading.Event().wait(self._seconds)
        self.done = True


def _poll(is_done: Callable[[], bool], seconds: float = 20) -> bool:
    """What programs do that wait for something: false when the deadline comes first."""
    deadline = time.monotonic() + seconds
    while not is_done():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


# --- the standard library ---------------------------------------------------------------------------------------------------------------


def test_a_child_process_is_waited_for_in_real_time(ecs):
    subprocess.run([sys.executable, "-c", A_MOMENT], timeout=30, check=True)

    assert _moved(ecs) == 0


def test_a_thread_is_joined_and_a_queue_read_in_real_time(ecs):
    work = _Latch()
    thread = threading.Thread(target=work)
    thread.start()
    thread.join(timeout=30)
    with pytest.raises(queue.Empty):
        queue.Queue().get(timeout=0.01)

    assert work.done
    assert _moved(ecs) == 0


def test_the_scheduler_of_the_standard_library_sleeps_for_real(ecs):
    ran = []
    scheduler = sched.scheduler(time.monotonic, time.sleep)
    scheduler.enter(0.05, 1, ran.append, (1,))
    scheduler.run()

    assert ran == [1]
    assert _moved(ecs) == 0


@pytest.mark.parametrize(
    "pass_on",
    [
        lambda sleep: mock.Mock(wraps=sleep)(HOUR),
        lambda sleep: functools.partial(sleep, HOUR)(),
        lambda sleep: list(map(sleep, [HOUR])),
    ],
    ids=["a mock that wraps it", "partial", "map"],
)
def test_what_only_passes_the_call_on_does_not_make_it_real(ecs, pass_on):
    pass_on(time.sleep)

    assert _moved(ecs) == HOUR


def test_with_virtual_sleep_all_a_thread_may_have_sleep_itself_for_its_target():
    with switch(virtual_sleep="all") as fake:
        thread = threading.Thread(target=time.sleep, args=(HOUR,))
        thread.start()
        thread.join()

        assert _seconds_of(fake) == HOUR


def test_with_virtual_sleep_all_sleepers_do_not_wait_for_each_other():
    with switch(virtual_sleep="all") as fake:

        def sleeper() -> None:
            time.sleep(HOUR)

        threads = [threading.Thread(target=sleeper) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert _seconds_of(fake) <= 4 * HOUR


# --- other code -------------------------------------------------------------------------------------------------------------------------


def _thread_of(work: _Latch) -> None:
    threading.Thread(target=work).start()


def _raw_thread_of(work: _Latch) -> None:
    _thread.start_new_thread(work, ())


def _pool_of(work: _Latch) -> None:
    ThreadPoolExecutor(1).submit(work)


@pytest.mark.parametrize("start", [_thread_of, _raw_thread_of, _pool_of])
def test_a_poll_for_a_thread_ends_as_without_the_fake(ecs, start):
    work = _Latch()
    start(work)

    assert _poll(lambda: work.done)
    assert _moved(ecs) < 1


def test_a_poll_for_a_child_process_ends_as_without_the_fake(ecs):
    process = subprocess.Popen([sys.executable, "-c", A_MOMENT])

    assert _poll(lambda: process.poll() is not None)
    assert process.wait() == 0
    assert _moved(ecs) < 1


def test_a_poll_for_a_process_of_multiprocessing_ends_as_without_the_fake(ecs):
    process = multiprocessing.get_context("spawn").Process(target=math.sqrt, args=(1,))
    process.start()

    assert _poll(lambda: process.exitcode is not None)
    assert process.exitcode == 0
    assert _moved(ecs) < 1


def test_a_sleep_goes_on_virtually_when_the_work_is_over(ecs):
    work = _Latch()
    _thread_of(work)

    time.sleep(HOUR)

    assert work.done
    assert HOUR - 60 < _moved(ecs) < HOUR


def test_a_poll_of_ecs_is_instant_beside_work(ecs):
    release = threading.Event()
    thread = threading.Thread(target=release.wait)
    thread.start()
    try:
        for _ in range(10):
            ecs.client.list_clusters(maxResults=1)
            time.sleep(HOUR)
    finally:
        release.set()
        thread.join()

    assert _moved(ecs) >= 10 * HOUR


def test_what_lived_before_the_fake_does_not_count(mover):
    release = threading.Event()
    thread = threading.Thread(target=release.wait)
    thread.start()
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        with switch() as fake:
            time.sleep(HOUR)
            assert _seconds_of(fake) == HOUR
    finally:
        release.set()
        thread.join()
        process.communicate(b"\n")


def test_a_daemon_thread_and_an_idle_pool_do_not_count(ecs):
    threading.Thread(target=threading.Event().wait, args=(30,), daemon=True).start()
    with ThreadPoolExecutor(2) as pool:
        pool.submit(int).result()
        _poll(lambda: False, seconds=0)
        time.sleep(HOUR)

    assert HOUR - 60 < _moved(ecs) <= HOUR + 1


def test_an_idle_pool_of_processes_does_not_count(ecs):
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        assert pool.submit(math.sqrt, 4).result() == 2
        time.sleep(HOUR)

    assert HOUR - 60 < _moved(ecs) <= HOUR


def test_a_pool_of_processes_can_be_given_a_sleep(ecs):
    ecs.clock.advance(seconds=1)
    for function in (time.sleep, asyncio.sleep, time.monotonic, time.monotonic_ns):
        assert pickle.loads(pickle.dumps(function)) is function

    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        assert pool.submit(time.sleep, 0.01).result() is None


def test_popen_is_itself_again_after_the_fake():
    before = dict(vars(subprocess.Popen))
    with switch():
        assert dict(vars(subprocess.Popen)) != before
    assert dict(vars(subprocess.Popen)) == before


# --- event loops ------------------------------------------------------------------------------------------------------------------------


def test_a_loop_waits_for_a_thread_that_calls_it_back(ecs):
    async def main() -> str:
        loop = asyncio.get_running_loop()
        future = loop.create_future()

        def work() -> None:
            threading.Event().wait(0.2)
            loop.call_soon_threadsafe(future.set_result, "done")

        threading.Thread(target=work).start()
        return await asyncio.wait_for(future, timeout=20)

    assert asyncio.run(main()) == "done"
    assert _moved(ecs) == 0


def test_a_loop_goes_on_virtually_when_the_work_is_over(ecs):
    work = _Latch()

    async def main() -> None:
        _thread_of(work)
        await asyncio.sleep(HOUR)

    asyncio.run(main())

    assert work.done
    assert HOUR - 60 < _moved(ecs) < HOUR


def test_a_loop_waits_for_a_child_process(ecs):
    process = subprocess.Popen([sys.executable, "-c", A_MOMENT])

    async def main() -> int:
        for _ in range(200):
            if process.poll() is not None:
                break
            await asyncio.sleep(0.1)
        return process.wait()

    assert asyncio.run(main()) == 0
    assert _moved(ecs) < 1


def test_a_timer_at_infinity_is_no_timer(ecs):
    async def forever() -> None:
        await asyncio.sleep(math.inf)

    async def main() -> str:
        waiting = asyncio.ensure_future(forever())
        await asyncio.sleep(HOUR)
        asyncio.get_running_loop().call_later(math.inf, print)
        threading.Timer(0.05, asyncio.get_running_loop().call_soon_threadsafe, [waiting.cancel]).start()
        try:
            await waiting
        except asyncio.CancelledError:
            return "cancelled"
        return "woken"

    assert asyncio.run(main()) == "cancelled"
    assert _moved(ecs) == HOUR


class _LoopWithoutSocket(BaseEventLoop):
    """A loop of another make, which has no self-pipe to be woken by."""

    def __init__(self) -> None:
        super().__init__()
        self._selector = mock.Mock(**{"select.return_value": [], "get_map.return_value": {}})

    def _process_events(self, events: list[Any]) -> None:
        assert events == []


def test_a_loop_without_a_self_pipe_jumps_too(ecs):
    loop = _LoopWithoutSocket()
    loop.run_until_complete(asyncio.sleep(HOUR))
    loop.close()

    assert _moved(ecs) == HOUR


def test_a_loop_jumps_of_an_asyncio_that_was_imported_anew(mover, monkeypatch):
    with switch():
        asyncio.run(asyncio.sleep(1))
    for name in [name for name in sys.modules if name.partition(".")[0] == "asyncio"]:
        monkeypatch.delitem(sys.modules, name)
    anew = importlib.import_module("asyncio")
    assert anew is not asyncio

    with switch() as fake:
        anew.run(anew.sleep(20))
        assert _seconds_of(fake) == 20


# --- lengths ----------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("x",), TypeError),
        ((None,), TypeError),
        ((), TypeError),
        ((1, 2), TypeError),
        ((-1,), ValueError),
        ((-0.5,), ValueError),
        ((float("nan"),), ValueError),
        ((math.inf,), OverflowError),
    ],
    ids=repr,
)
def test_wrong_arguments_are_refused_as_ever(ecs, arguments, error):
    with pytest.raises(error) as refused:
        time.sleep(*arguments)

    assert "pytest_ecsfake" not in str(refused.value)
    assert _moved(ecs) == 0


def _sleep(seconds: float) -> None:
    time.sleep(seconds)


def _sleep_async(seconds: float) -> None:
    asyncio.run(asyncio.sleep(seconds))


EPOCH_MILLISECONDS = 1_900_000_000_000


@pytest.mark.parametrize("sleep", [_sleep, _sleep_async])
def test_a_sleep_too_far_is_an_error_that_says_so(ecs, sleep):
    with pytest.raises(EcsFakeUsageError, match=r"1,900,000,000,000 seconds .* year 9999.* milliseconds"):
        sleep(EPOCH_MILLISECONDS)

    time.sleep(HOUR)
    assert _moved(ecs) == HOUR


def test_a_sleep_too_far_fails_its_test_and_no_other(pytester):
    pytester.makepyfile(
        """
        import time

        def test_too_far(ecs_fake):
            time.sleep(1_900_000_000_000)

        def test_next(ecs_fake):
            time.sleep(60)
        """
    )

    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*EcsFakeUsageError: *year 9999*"])


def test_no_garbage_is_collected_while_threads_are_looked_at(ecs, monkeypatch):
    """A collection in the middle of it blocks older Pythons for ever (python/cpython#106883)."""
    current_frames, enabled = sys._current_frames, []

    def watched():
        enabled.append(gc.isenabled())
        return current_frames()

    monkeypatch.setattr(sys, "_current_frames", watched)
    time.sleep(HOUR)

    assert enabled and not any(enabled)
    assert gc.isenabled()

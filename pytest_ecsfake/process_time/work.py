"""The work of this machine that a sleep may wait for: threads and child processes that the test has started.

What lived before the fake came on doesn't count: the thread of an exporter must never make a ten-minute sleep real. Neither do daemon threads,
pools that have nothing to do, workers that wait for a queue to be filled, and threads that themselves wait in a sleep of ours.
"""

from __future__ import annotations

import functools
import gc
import linecache
import os
import queue
import sys
import threading
import time
import weakref
from collections.abc import Callable, Collection, Iterator
from typing import Any

from pytest_ecsfake.process_time.methods import replace_method

_sleep = time.sleep

#: How long a sleep waits, in seconds, before it looks again whether the work that it may wait for is over.
SLICE = 0.005

#: How long a worker that seems idle is given, in seconds, to go on: it may have taken something from its queue, and wait for its turn to run.
_A_TURN = 0.002

#: For how many slices a thread that has just been started may take to run its first line, on a machine that is busy.
_SLICES_OF_A_BIRTH = 20


class Work:
    """Threads and child processes since the fake came on."""

    def __init__(self) -> None:
        self._threads_before: set[int] = set()
        self._tasks_seen: set[str] = set()
        self._processes_before: weakref.WeakSet[Any] = weakref.WeakSet()
        self._started: weakref.WeakSet[Any] = weakref.WeakSet()
        self._futures: weakref.WeakSet[Any] = weakref.WeakSet()
        #: Whether there was a worker at the last look, which is idle if nothing is at work.
        self._saw_idle = False
        #: The threads that sleep in slices now.
        self.waiting: set[int] = set()

    def begin(self) -> None:
        """Count only what is started from now on."""
        self._threads_before = set(_frames())
        self._tasks_seen = _tasks_of_the_system()
        self._processes_before = weakref.WeakSet(_children_of_multiprocessing())
        self._started = weakref.WeakSet()
        self._futures = weakref.WeakSet()

    def install(self) -> Iterator[Callable[[], bool]]:
        """Take note of the processes that `subprocess` starts and of what pools of threads are given; what comes back undoes it, one by one."""
        import subprocess
        from concurrent.futures.thread import ThreadPoolExecutor

        # Not `__init__`: to set a method that Python has a slot for costs a tenth of turning a fake on.
        yield replace_method(subprocess.Popen, "_execute_child", self._noting_process)
        yield replace_method(ThreadPoolExecutor, "submit", self._noting_future)

    def _noting_process(self, original: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(original)
        def _execute_child(process: Any, *args: Any, **kwargs: Any) -> None:
            original(process, *args, **kwargs)
            self._started.add(process)

        return _execute_child

    def _noting_future(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def submit(*args: Any, **kwargs: Any) -> Any:
            future = original(*args, **kwargs)
            self._futures.add(future)
            return future

        return submit

    def goes_on(self, besides: Collection[int] = ()) -> bool:
        """Whether something that was started since the fake came on is still at work.

        Args:
            besides: threads that don't count.
        """
        if self._has_thread(besides) or self._has_process() or self._has_pending_future():
            return True
        if self._saw_idle:
            _sleep(_A_TURN)
            if self._has_thread(besides):
                return True
        new = self._new_tasks()
        for _ in range(_SLICES_OF_A_BIRTH if new else 0):
            _sleep(SLICE)
            if self._has_thread(besides):
                return True
            if not new & _tasks_of_the_system():
                break
        return False

    def _has_pending_future(self) -> bool:
        """Whether a pool has something to do that no thread has begun: a worker that has just taken it from the queue still looks idle."""
        begun = [future for future in self._futures if future.running() or future.done()]
        self._futures.difference_update(begun)
        return bool(self._futures)

    def has_daemon(self) -> bool:
        """Whether a daemon thread has been started since the fake came on, and is neither idle nor over."""
        frames = _frames()
        others = frames.keys() - self._threads_before - self.waiting - {threading.get_ident()}
        known = threading._active  # type: ignore[attr-defined]
        return any(known[each].daemon and not _is_idle(known[each], frames[each]) for each in others if each in known)

    def is_alone(self) -> bool:
        """Whether no other thread lives in this process, whenever it was started."""
        return len(_frames()) == 1

    def _has_thread(self, besides: Collection[int]) -> bool:
        frames = _frames()
        self._threads_before &= frames.keys()  # the system gives the identity of a thread that has ended to a new one
        others = frames.keys() - self._threads_before - self.waiting - {threading.get_ident(), *besides}
        known = threading._active  # type: ignore[attr-defined]
        self._saw_idle = any(each in known and not known[each].daemon for each in others)
        return any(_is_at_work(known.get(each), frames[each]) for each in others)

    def _new_tasks(self) -> set[str]:
        """Threads that the system knows for the first time: one may be of `_thread`, and not have got so far as to have a frame."""
        seen, self._tasks_seen = self._tasks_seen, _tasks_of_the_system()
        known = {str(threading.get_native_id()), *(str(thread.native_id) for thread in threading.enumerate())}
        return self._tasks_seen - seen - known

    def _has_process(self) -> bool:
        if any(_runs(process) for process in list(self._started)):
            return True
        pools: list[Any] = [thread for thread in threading.enumerate() if _is_manager_of_processes(thread)]
        of_pools = {id(process) for pool in pools for process in list(pool.processes.values())}
        return any(
            process.is_alive()
            for process in _children_of_multiprocessing()
            if process not in self._processes_before and id(process) not in of_pools
        )


def _frames() -> dict[int, Any]:
    """What each thread runs, by its identity.

    Without the garbage collector: before Python 3.11.8 and 3.12.2 a collection in the middle of it may wait for ever for a lock that this very
    thread holds (python/cpython#106883).
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        return sys._current_frames()
    finally:
        if collects:
            gc.enable()


def _tasks_of_the_system() -> set[str]:
    """The threads of this process by the names that Linux gives them; elsewhere nobody tells them."""
    try:
        return set(os.listdir("/proc/self/task"))
    except OSError:
        return set()


def _is_at_work(thread: Any, frame: Any) -> bool:
    if thread is None or isinstance(thread, threading._DummyThread):
        return True  # started by `_thread`, which knows no daemons
    if _is_manager_of_processes(thread):
        return bool(thread.pending_work_items)
    return not thread.daemon and not _is_idle(thread, frame)


def _is_idle(thread: threading.Thread, frame: Any) -> bool:
    return _is_idle_worker(thread, frame) or _waits_for_queue(thread, frame)


def _waits_for_queue(thread: threading.Thread, frame: Any) -> bool:
    """Whether a thread waits without a limit for an empty queue, such as that of a connection of aiosqlite: it does nothing by itself.

    The queue has to be an argument or an attribute of the thread: the variables of a frame that another thread runs can't be read safely.
    """
    held = [*getattr(thread, "_args", ()), *vars(thread).values()]
    queues = [each for each in held if isinstance(each, (queue.Queue, queue.SimpleQueue))]
    if not queues or not all(each.empty() for each in queues):
        return False
    caller = frame.f_back
    if caller is not None and caller.f_code is queue.Queue.get.__code__:
        return "wait()" in _line_of(caller)
    return ".get()" in _line_of(frame)


def _line_of(frame: Any) -> str:
    return linecache.getline(frame.f_code.co_filename, frame.f_lineno)


def _is_idle_worker(thread: threading.Thread, frame: Any) -> bool:
    """Whether a worker of a ThreadPoolExecutor waits for the next work: it stands in its own loop, and its queue is empty."""
    pools = sys.modules.get("concurrent.futures.thread")
    pending = None if pools is None else pools._threads_queues.get(thread)
    return pending is not None and frame.f_code is pools._worker.__code__ and pending.empty()  # type: ignore[union-attr]


def _is_manager_of_processes(thread: Any) -> bool:
    """Whether a thread is the one with which a ProcessPoolExecutor tends its processes, which live on between two pieces of work."""
    pools = sys.modules.get("concurrent.futures.process")
    return pools is not None and isinstance(thread, pools._ExecutorManagerThread)


def _children_of_multiprocessing() -> list[Any]:
    processes = sys.modules.get("multiprocessing.process")
    return [] if processes is None else list(processes._children)


def _runs(process: Any) -> bool:
    """Whether a process of `subprocess` runs. Whoever waits for it later must still get its exit code, so it isn't reaped here."""
    if process.returncode is not None:
        return False
    if not hasattr(os, "waitid"):
        return process.poll() is None
    try:
        return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None
    except ChildProcessError:
        return False

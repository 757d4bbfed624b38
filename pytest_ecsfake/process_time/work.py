"""The work of this machine that a sleep may wait for: threads and child processes that the test has started.

What lived before the fake came on doesn't count: the thread of an exporter must never make a ten-minute sleep real. Neither do daemon threads,
pools that have nothing to do, workers that wait for a queue to be filled, and threads that themselves wait in a sleep of ours.
"""

from __future__ import annotations

import functools
import linecache
import os
import queue
import sys
import threading
import time
import weakref
from collections.abc import Callable, Collection
from typing import Any

_sleep = time.sleep

#: How long a sleep waits, in seconds, before it looks again whether the work that it may wait for is over.
SLICE = 0.005

#: For how many slices a thread that has just been started may take to run its first line, on a machine that is busy.
_SLICES_OF_A_BIRTH = 20


class Work:
    """Threads and child processes since the fake came on."""

    def __init__(self) -> None:
        self._threads_before: set[int] = set()
        self._tasks_seen: set[str] = set()
        self._processes_before: weakref.WeakSet[Any] = weakref.WeakSet()
        self._started: weakref.WeakSet[Any] = weakref.WeakSet()
        #: The threads that sleep in slices now.
        self.waiting: set[int] = set()

    def begin(self) -> None:
        """Count only what is started from now on."""
        self._threads_before = set(sys._current_frames())
        self._tasks_seen = _tasks_of_the_system()
        self._processes_before = weakref.WeakSet(_children_of_multiprocessing())
        self._started = weakref.WeakSet()

    def install(self) -> Callable[[], bool]:
        """Take note of the processes that `subprocess` starts; what comes back undoes it, and says whether nothing is left to undo."""
        import subprocess

        original = subprocess.Popen.__init__

        @functools.wraps(original)
        def __init__(process: Any, *args: Any, **kwargs: Any) -> None:
            original(process, *args, **kwargs)
            self._started.add(process)

        patched: Any = subprocess.Popen
        patched.__init__ = __init__

        def restore() -> bool:
            if patched.__init__ is __init__:
                patched.__init__ = original
            return patched.__init__ is original

        return restore

    def goes_on(self, besides: Collection[int] = ()) -> bool:
        """Whether something that was started since the fake came on is still at work.

        Args:
            besides: threads that don't count.
        """
        if self._has_thread(besides) or self._has_process():
            return True
        new = self._new_tasks()
        for _ in range(_SLICES_OF_A_BIRTH if new else 0):
            _sleep(SLICE)
            if self._has_thread(besides):
                return True
            if not new & _tasks_of_the_system():
                break
        return False

    def has_daemon(self) -> bool:
        """Whether a daemon thread has been started since the fake came on, and is neither idle nor over."""
        frames = sys._current_frames()
        others = frames.keys() - self._threads_before - self.waiting - {threading.get_ident()}
        known = threading._active  # type: ignore[attr-defined]
        return any(known[each].daemon and not _is_idle(known[each], frames[each]) for each in others if each in known)

    def is_alone(self) -> bool:
        """Whether no other thread lives in this process, whenever it was started."""
        return len(sys._current_frames()) == 1

    def _has_thread(self, besides: Collection[int]) -> bool:
        frames = sys._current_frames()
        self._threads_before &= frames.keys()  # the system gives the identity of a thread that has ended to a new one
        others = frames.keys() - self._threads_before - self.waiting - {threading.get_ident(), *besides}
        return any(_is_at_work(threading._active.get(each), frames[each]) for each in others)  # type: ignore[attr-defined]

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

"""What went over the wire: every call that was made, and the assertions on them.

A call is written down as bytes and decoded when it is read: most calls of most tests are never looked at. What reading hands out is made
anew each time, so that a test may change it and the record stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import overload

from pytest_ecsfake.arns import Partition
from pytest_ecsfake.clock import Instant
from pytest_ecsfake.errors import HIDE_USAGE_ERRORS, EcsFakeUsageError
from pytest_ecsfake.recording.call import Call
from pytest_ecsfake.recording.matching import matches
from pytest_ecsfake.recording.reports import explain_any_call, explain_mismatch, explain_order, in_a_row, matching
from pytest_ecsfake.validation.names import check_parameters, operation_name


class Calls(Sequence[Call]):
    """The calls that clients made while the fake was on, in order. Reading takes what is there at that moment.

    In all assertions the name of an operation may be written `RunTask` or `run_task`, and keywords are request parameters. They match in
    part: nested dictionaries by the given keys; lists when each given element matches a different recorded one, in order;
    everything else by `==`, so `unittest.mock.ANY` will do. `None` says that the parameter wasn't sent.

    """

    def __init__(self) -> None:
        self._calls: list[Call] = []

    def note(  # noqa: PLR0917 (in the way of every call, where keywords cost as much as all the rest)
        self,
        operation: str,
        body: bytes,
        partition: Partition,
        at: Instant,
        start: Instant,
        changes_before: int = 0,
        client_token_made_up: bool = False,
    ) -> Call:
        """Write a call down; what becomes of it is told to the call. One thread at a time.

        Args:
            operation: the operation's name, such as `RunTask`.
            body: the request as it was sent.
            partition: the account and the region of the call.
            at: when it was made.
            start: when the fake's time began.
            changes_before: how many changes of the region's state had happened by then.
            client_token_made_up: whether botocore, not the caller, chose the request's clientToken.
        """
        calls = self._calls
        call = Call(operation, body, partition, at, start, len(calls) + 1, changes_before, client_token_made_up)
        calls.append(call)
        return call

    def snapshot(self) -> list[Call]:
        """The calls so far, for `restore`."""
        return list(self._calls)

    def restore(self, saved: list[Call]) -> None:
        """Have the calls again as they were."""
        self._calls = list(saved)

    def clear(self) -> None:
        """Forget all calls: after set-up, before the part under test."""
        self._calls = []

    @property
    def operations(self) -> list[str]:
        """The names of the operations called, in order: `["CreateCluster", "RunTask"]`."""
        return [call.operation for call in self]

    def of(self, operation: str, /, **params: object) -> list[Call]:
        """The calls of one operation, or those of them that the given parameters match.

        Raises:
            EcsFakeUsageError: an unknown operation or parameter.
        """
        __tracebackhide__ = HIDE_USAGE_ERRORS
        return matching(list(self), _asked("of", operation, params), params)

    def assert_called(self, operation: str, /, **params: object) -> None:
        """At least one call was made that the given parameters match.

        Raises:
            AssertionError: none was; the text shows the nearest.
            EcsFakeUsageError: an unknown operation or parameter.
        """
        __tracebackhide__ = True
        name = _asked("assert_called", operation, params)
        calls = list(self)
        if not matching(calls, name, params):
            raise AssertionError(explain_mismatch(calls, name, params))

    def assert_called_once(self, operation: str, /, **params: object) -> None:
        """Exactly one call was made that the given parameters match; calls that they don't match don't count.

        Raises:
            AssertionError: none was, or several.
            EcsFakeUsageError: an unknown operation or parameter.
        """
        __tracebackhide__ = True
        self._assert_times(1, _asked("assert_called_once", operation, params), params)

    def assert_called_times(self, times: int, operation: str, /, **params: object) -> None:
        """Exactly so many calls were made that the given parameters match; calls that they don't match don't count.

        Raises:
            AssertionError: it was another number.
            EcsFakeUsageError: an unknown operation or parameter, or `times` is no number of calls.
        """
        __tracebackhide__ = True
        if type(times) is not int or times < 0:
            raise EcsFakeUsageError(
                "calls.assert_called_times() takes the number of calls first, 0 or more, then the operation: "
                f'assert_called_times(2, "RunTask"). The number given is {times!r}.'
            )
        self._assert_times(times, _asked("assert_called_times", operation, params), params)

    def assert_not_called(self, operation: str, /, **params: object) -> None:
        """No call was made that the given parameters match.

        Raises:
            AssertionError: one was.
            EcsFakeUsageError: an unknown operation or parameter.
        """
        __tracebackhide__ = True
        self._assert_times(0, _asked("assert_not_called", operation, params), params)

    def assert_none(self, operation: str | None = None, /) -> None:
        """No call was made at all, or none of one operation.

        Raises:
            AssertionError: one was.
            EcsFakeUsageError: an unknown operation.
        """
        __tracebackhide__ = True
        if operation is not None:
            self._assert_times(0, _asked("assert_none", operation, {}), {})
        elif calls := list(self):
            raise AssertionError(explain_any_call(calls))

    def assert_order(self, *operations: str) -> None:
        """The operations were called in this order; other calls may stand before, between and behind them.

        Raises:
            AssertionError: they weren't.
            EcsFakeUsageError: an unknown operation, or none.
        """
        __tracebackhide__ = True
        if not operations:
            raise EcsFakeUsageError(
                'calls.assert_order() names no operation. assert_order("RunTask", "StopTask") does.'
            )
        # No comprehension: before Python 3.12 it is a frame of its own, which a slip would be shown at.
        names = list(map(_asked, repeat("assert_order"), operations, repeat({})))
        calls = list(self)
        if not matches(names, [call.operation for call in calls]):
            raise AssertionError(explain_order(calls, names))

    def _assert_times(self, times: int, name: str, params: dict[str, object]) -> None:
        __tracebackhide__ = True
        calls = list(self)
        if len(matching(calls, name, params)) != times:
            raise AssertionError(explain_mismatch(calls, name, params, times))

    def __len__(self) -> int:
        return len(self._calls)

    @overload
    def __getitem__(self, index: int) -> Call: ...

    @overload
    def __getitem__(self, index: slice) -> list[Call]: ...

    def __getitem__(self, index: int | slice) -> Call | list[Call]:
        return self._calls[index]

    def __iter__(self) -> Iterator[Call]:
        return iter(self._calls[:])

    def __repr__(self) -> str:
        return f"<Calls {in_a_row(list(self))}>"


def _asked(assertion: str, operation: str, params: dict[str, object]) -> str:
    """The name of the operation that an assertion is about; both it and the parameters are known."""
    __tracebackhide__ = HIDE_USAGE_ERRORS
    name = operation_name(operation, f"calls.{assertion}()")
    check_parameters(name, params, f"calls.{assertion}()")
    return name

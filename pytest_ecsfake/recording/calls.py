"""The recorded calls, and the assertions about them.

A call is kept as bytes and decoded when it is read, because most calls are never read. Reading returns a new object each time, so a test may
change it without changing the recorded call.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, repeat
from typing import overload

from pytest_ecsfake.arns import Partition
from pytest_ecsfake.clock import Instant
from pytest_ecsfake.errors import HIDE_USAGE_ERRORS, EcsFakeUsageError
from pytest_ecsfake.recording.call import Call
from pytest_ecsfake.recording.matching import matches
from pytest_ecsfake.recording.reports import explain_any_call, explain_mismatch, explain_order, in_a_row, matching
from pytest_ecsfake.validation.names import check_parameters, operation_name

#: How many calls of a poll are kept one by one, at its beginning and at its end.
KEPT_AT_EACH_END = 500


class Calls(Sequence[Call]):
    """The calls that clients made while the fake was on, in order.

    A poll that reads the same thousands of times is kept at its two ends. Between them one call stands for all that ask the same: it is listed and
    counted as often as they were made, next to itself, with the time and the number of the first of them.

    In every assertion an operation's name may be written `RunTask` or `run_task`, and the keywords are request parameters. They match in part: a
    dictionary matches if its given keys do, a list if each given element matches a different recorded one, in order. Everything else is compared
    with `==`, so `unittest.mock.ANY` and `pytest.approx` work; a compiled pattern is searched for in a text, and a predicate is asked. `None` means
    that the parameter wasn't sent.
    """

    def __init__(self) -> None:
        self._calls: list[Call] = []
        self._left_out = 0
        #: Of the poll that goes on: where it begins, where its middle ends, and the calls in it that stand for others, by their questions.
        self._poll_begins = self._middle_ends = 0
        self._standing: dict[tuple[str, Partition, bytes], Call] = {}

    def note(  # noqa: PLR0917 (runs for every call, and keywords would double its time)
        self,
        operation: str,
        body: bytes,
        partition: Partition,
        at: Instant,
        start: Instant,
        changes_before: int = 0,
        client_token_made_up: bool = False,
    ) -> Call:
        """Note a call. The answers are noted on the returned call. Only one thread may note at a time.

        Args:
            operation: the operation's name, such as `RunTask`.
            body: the request as it was sent.
            partition: the account and the region of the call.
            at: when it was made.
            start: when the fake's time began.
            changes_before: how many changes of the region's state had happened before it.
            client_token_made_up: whether botocore, not the caller, chose the request's clientToken.
        """
        calls = self._calls
        number = len(calls) + self._left_out + 1
        call = Call(operation, body, partition, at, start, number, changes_before, client_token_made_up)
        if b'"nextToken"' in body:
            call.previous_page = self._page_before(call)
        calls.append(call)
        return call

    def _page_before(self, call: Call) -> Call | None:
        """The newest call whose answer had the nextToken that a call goes on with."""
        token = call.params.get("nextToken")
        asked = call.operation, call.partition
        for before in reversed(self._calls):
            if (before.operation, before.partition) == asked and (before.response or {}).get("nextToken") == token:
                return before if token is not None else None
        return None

    def poll_goes_on(self) -> None:
        """The newest call repeats one of a poll and got the same answer: keep the ends of a long poll, and of its middle one call a question."""
        calls = self._calls
        if len(calls) - self._middle_ends <= KEPT_AT_EACH_END or len(calls) - self._poll_begins <= 2 * KEPT_AT_EACH_END:
            return
        self._middle_ends = max(self._middle_ends, self._poll_begins + KEPT_AT_EACH_END)
        call = calls[self._middle_ends]
        standing = self._standing.setdefault(call.question, call)
        if standing is call:
            self._middle_ends += 1
        else:
            del calls[self._middle_ends]
            standing.stand_for(call)
            self._left_out += 1

    def poll_ends(self) -> None:
        """The newest call is no repetition: what came before it stays as it is."""
        self._poll_begins = self._middle_ends = len(self._calls)
        if self._standing:
            self._standing = {}

    def kept(self) -> list[Call]:
        """The calls that are kept one by one, each once."""
        return list(self._calls)

    def snapshot(self) -> list[Call]:
        """The calls so far, for `restore`."""
        self.poll_ends()  # those that stand for others mustn't change any more
        return list(self._calls)

    def restore(self, saved: list[Call]) -> None:
        """Return to a snapshot."""
        self._calls = list(saved)
        self._left_out = sum(call.left_out for call in saved)
        self.poll_ends()

    def clear(self) -> None:
        """Forget all calls, such as those of the set-up before the part under test."""
        self.restore([])

    @property
    def operations(self) -> list[str]:
        """The names of the operations called, in order: `["CreateCluster", "RunTask"]`."""
        return [call.operation for call in self]

    def of(self, operation: str, /, **params: object) -> list[Call]:
        """The calls of one operation whose parameters match.

        Raises:
            EcsFakeUsageError: an unknown operation or parameter.
        """
        __tracebackhide__ = HIDE_USAGE_ERRORS
        return matching(list(self), _asked("of", operation, params), params)

    def assert_called(self, operation: str, /, **params: object) -> None:
        """Assert that the operation was called with these parameters at least once.

        Raises:
            AssertionError: it wasn't. The text shows the most similar call.
            EcsFakeUsageError: an unknown operation or parameter.
        """
        __tracebackhide__ = True
        name = _asked("assert_called", operation, params)
        calls = list(self)
        if not matching(calls, name, params):
            raise AssertionError(explain_mismatch(calls, name, params))

    def assert_called_once(self, operation: str, /, **params: object) -> None:
        """Assert that the operation was called with these parameters exactly once. Calls with other parameters don't count.

        Raises:
            AssertionError: there was no such call, or more than one.
            EcsFakeUsageError: an unknown operation or parameter.
        """
        __tracebackhide__ = True
        self._assert_times(1, _asked("assert_called_once", operation, params), params)

    def assert_called_times(self, times: int, operation: str, /, **params: object) -> None:
        """Assert that the operation was called with these parameters exactly `times` times. Calls with other parameters don't count.

        Raises:
            AssertionError: the number of calls is another one.
            EcsFakeUsageError: an unknown operation or parameter, or `times` isn't a whole number from 0.
        """
        __tracebackhide__ = True
        if type(times) is not int or times < 0:
            raise EcsFakeUsageError(
                "calls.assert_called_times() takes the number of calls first, 0 or more, then the operation: "
                f'assert_called_times(2, "RunTask"). The number given is {times!r}.'
            )
        self._assert_times(times, _asked("assert_called_times", operation, params), params)

    def assert_not_called(self, operation: str, /, **params: object) -> None:
        """Assert that the operation was never called with these parameters.

        Raises:
            AssertionError: it was.
            EcsFakeUsageError: an unknown operation or parameter.
        """
        __tracebackhide__ = True
        self._assert_times(0, _asked("assert_not_called", operation, params), params)

    def assert_none(self, operation: str | None = None, /) -> None:
        """Assert that no call was made at all, or no call of one operation.

        Raises:
            AssertionError: a call was made.
            EcsFakeUsageError: an unknown operation.
        """
        __tracebackhide__ = True
        if operation is not None:
            self._assert_times(0, _asked("assert_none", operation, {}), {})
        elif calls := list(self):
            raise AssertionError(explain_any_call(calls))

    def assert_order(self, *operations: str) -> None:
        """Assert that the operations were called in this order. Other calls may come before, between and after them.

        Raises:
            AssertionError: they weren't.
            EcsFakeUsageError: an unknown operation, or no operation.
        """
        __tracebackhide__ = True
        if not operations:
            raise EcsFakeUsageError(
                'calls.assert_order() names no operation. assert_order("RunTask", "StopTask") does.'
            )
        # Not a comprehension: before Python 3.12 that has its own frame, which pytest would show for a usage error.
        names = list(map(_asked, repeat("assert_order"), operations, repeat({})))
        calls = list(self)
        if not matches(names, [call.operation for call in calls]):
            raise AssertionError(explain_order(calls, names))

    def _assert_times(self, times: int, name: str, params: dict[str, object]) -> None:
        __tracebackhide__ = True
        calls = list(self)
        if len(matching(calls, name, params)) != times:
            raise AssertionError(explain_mismatch(calls, name, params, times))

    def __eq__(self, other: object) -> bool:
        """Whether the other one holds the same calls in the same order, so `ecs_fake.calls == []` asks whether there was none."""
        if not isinstance(other, (Calls, list, tuple)):
            return NotImplemented
        return list(self) == list(other)

    __hash__ = object.__hash__

    def __len__(self) -> int:
        return len(self._calls) + self._left_out

    @overload
    def __getitem__(self, index: int) -> Call: ...

    @overload
    def __getitem__(self, index: slice) -> list[Call]: ...

    def __getitem__(self, index: int | slice) -> Call | list[Call]:
        return list(self)[index] if self._left_out else self._calls[index]

    def __iter__(self) -> Iterator[Call]:
        calls = self._calls[:]
        return chain.from_iterable(repeat(call, call.left_out + 1) for call in calls) if self._left_out else iter(calls)

    def __repr__(self) -> str:
        return f"<Calls {in_a_row(list(self)) or 'none'}>"


def _asked(assertion: str, operation: str, params: dict[str, object]) -> str:
    """The API's name of an assertion's operation, after checking that the operation and the parameters exist."""
    __tracebackhide__ = HIDE_USAGE_ERRORS
    name = operation_name(operation, f"calls.{assertion}()")
    check_parameters(name, params, f"calls.{assertion}()")
    return name

"""Orders that answer lifecycle hooks, in place of the Lambda functions that a deployment configuration names."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_ecsfake.arns import Partition
from pytest_ecsfake.did_you_mean import did_you_mean
from pytest_ecsfake.engine.strategies.shifting import STAGES
from pytest_ecsfake.errors import HIDE_USAGE_ERRORS, EcsFakeUsageError
from pytest_ecsfake.state.orders import HookAnswer, Times, check_times
from pytest_ecsfake.views.clock import ClockView
from pytest_ecsfake.views.reading import Reader

if TYPE_CHECKING:
    from pytest_ecsfake import api

    #: What a callable may return: a status, or a document as a Lambda function returns it.
    HookResult = str | Mapping[str, object] | None

#: The stages that have hooks.
HOOK_STAGES = tuple(stage.name for stage in STAGES if stage.takes_hooks)

#: Developer Guide, "Lifecycle hooks for Amazon ECS service deployments": the statuses and members that a function may return.
STATUSES = ("SUCCEEDED", "FAILED", "IN_PROGRESS")
MEMBERS = ("hookStatus", "hookDetails", "callBackDelay")


@dataclass(frozen=True)
class HookContext:
    """The argument of a callable that answers a lifecycle hook.

    Args:
        event: the event that the Lambda function would get. So its handler can be called: `lambda ctx: handler(ctx.event, None)`.
        stage: the stage of the deployment, such as `POST_TEST_TRAFFIC_SHIFT`.
        hook_details: the hook's `hookDetails`, or the `hookDetails` of the previous answer.
        clock: virtual time.
    """

    event: dict[str, Any]
    stage: str
    hook_details: object
    clock: ClockView


class Hooks:
    """Orders that answer lifecycle hooks, in every account and region. A hook without an order succeeds.

    Args:
        reader: reads one partition.
        what_happened: explains how things are, for the report of a condition that doesn't come true.
    """

    def __init__(self, reader: Reader, what_happened: Callable[[int], str]) -> None:
        self._reader = reader
        self._what_happened = what_happened

    def on(
        self,
        stage: api.DeploymentLifecycleHookStage,
        run: Callable[[HookContext], HookResult],
        /,
        *,
        target: str | None = None,
        times: Times = "always",
    ) -> HookAnswer:
        """Answer the hooks of a stage: `hooks.on("POST_TEST_TRAFFIC_SHIFT", lambda ctx: "SUCCEEDED")`.

        Args:
            stage: a stage, as in a hook's `lifecycleStages`.
            run: is called with a `HookContext`. It returns "SUCCEEDED", "FAILED" (the deployment rolls back) or "IN_PROGRESS" (it is called again
                after 30 s), or a document with `hookStatus`, `hookDetails` and `callBackDelay`, as the Lambda function does. It may call ECS. While
                it sleeps, the deployment waits.
            target: the ARN or the name of the Lambda function to answer for; None means every function.
            times: for how many hooks the order applies, or "always".

        Returns:
            the order. If it matches no hook of a deployment, the test fails at its end, unless `.optional()` is appended.

        Raises:
            EcsFakeUsageError: there is no such stage, or `run` isn't a plain function.
        """
        __tracebackhide__ = HIDE_USAGE_ERRORS
        if stage not in HOOK_STAGES:
            hint = did_you_mean(stage, HOOK_STAGES)
            raise EcsFakeUsageError(
                f"no lifecycle hook runs at {stage!r}.{hint} The stages with hooks are {', '.join(HOOK_STAGES)}."
            )
        given: object = run  # tests aren't type-checked
        if not callable(given) or inspect.iscoroutinefunction(run):
            raise EcsFakeUsageError(
                f'hooks.on() takes a plain function of a context, not {run!r}. Write hooks.on("{stage}", lambda ctx: "SUCCEEDED").'
            )
        check_times("hooks.on()", times)
        endpoint = self._reader.endpoint

        def call(partition: Partition, event: dict[str, Any]) -> HookResult:
            return _checked(run(self._context(partition, event)))

        shown = "" if target is None else f", target={target!r}"
        number = endpoint.callbacks.keep(call)
        order = HookAnswer(f'hooks.on("{stage}", …{shown})', stage, number, target, times=times)
        with endpoint.lock:
            return endpoint.orders.add(order)

    def _context(self, partition: Partition, event: dict[str, Any]) -> HookContext:
        reader = Reader(self._reader.endpoint, partition)
        return HookContext(
            event, event["lifecycleStage"], event.get("hookDetails"), ClockView(reader, self._what_happened)
        )


def _checked(answer: object) -> HookResult:
    """Check a callable's answer, and return it as a document.

    None is accepted: ECS can't read that answer, and a real function may return it too.

    Raises:
        EcsFakeUsageError: the function of a hook couldn't return this answer.
    """
    document = answer if isinstance(answer, Mapping) else {"hookStatus": answer}
    status, delay = document.get("hookStatus"), document.get("callBackDelay", 0)
    unknown = sorted(str(name) for name in document if name not in MEMBERS)
    if unknown:
        raise EcsFakeUsageError(
            f"a lifecycle hook returned the unknown member {unknown[0]!r}. It returns {', '.join(MEMBERS)}."
        )
    if status is not None and status not in STATUSES:
        raise EcsFakeUsageError(f"a lifecycle hook returned {status!r}. It returns one of {', '.join(STATUSES)}.")
    if not isinstance(delay, (int, float)) or delay < 0:
        raise EcsFakeUsageError(f"a lifecycle hook returned the callBackDelay {delay!r}. It is a number of seconds.")
    return document

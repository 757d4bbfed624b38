"""Lifecycle hooks as a test answers them, in place of the Lambda functions that a deployment configuration names."""

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

    #: What a function may return: a status, or a document as Lambda returns it.
    HookResult = str | Mapping[str, object] | None

#: The stages that have hooks.
HOOK_STAGES = tuple(stage.name for stage in STAGES if stage.takes_hooks)

#: Developer Guide, "Lifecycle hooks for Amazon ECS service deployments": what a function may return.
STATUSES = ("SUCCEEDED", "FAILED", "IN_PROGRESS")
MEMBERS = ("hookStatus", "hookDetails", "callBackDelay")


@dataclass(frozen=True)
class HookContext:
    """What a callable that answers a lifecycle hook gets.

    Args:
        event: what the Lambda function is sent, so that its handler can be called: `lambda ctx: handler(ctx.event, None)`.
        stage: the stage of the deployment, such as `POST_TEST_TRAFFIC_SHIFT`.
        hook_details: the hook's `hookDetails`, or those of the previous answer.
        clock: virtual time.
    """

    event: dict[str, Any]
    stage: str
    hook_details: object
    clock: ClockView


class Hooks:
    """Answers in place of the Lambda functions of lifecycle hooks, in every account and region. A hook without an answer has SUCCEEDED.

    Args:
        reader: the handle's partition.
        timeline: what happened, for a condition that never comes true.
    """

    def __init__(self, reader: Reader, timeline: Callable[[int], str]) -> None:
        self._reader = reader
        self._timeline = timeline

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
            stage: the stage, as `lifecycleStages` of a hook has it.
            run: called with a `HookContext`; returns "SUCCEEDED", "FAILED" (the deployment is rolled back) or "IN_PROGRESS" (it is called again
                after 30 s), or the document that the function returns, with `hookStatus`, `hookDetails` and `callBackDelay`. The deployment waits
                as long as it sleeps. It may call ECS.
            target: the ARN or the name of the function in whose place it answers; None means the function of every hook.
            times: for how many hooks the order holds, or "always".

        Returns:
            the order. If it matches no hook of a deployment the test fails at its end, unless `.optional()` is appended.

        Raises:
            EcsFakeUsageError: there is no such stage, or nothing to call.
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
        return HookContext(event, event["lifecycleStage"], event.get("hookDetails"), ClockView(reader, self._timeline))


def _checked(answer: object) -> HookResult:
    """What a callable returned, if a Lambda function could return it. None passes: ECS can't read that answer, as that of a real function.

    Raises:
        EcsFakeUsageError: a Lambda function of a hook couldn't return it.
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

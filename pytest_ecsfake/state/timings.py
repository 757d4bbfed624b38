"""How long a thing stays in a state: `timings="realistic"`, `"instant"`, or a mapping of states to seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pytest_ecsfake.clock import SECOND
from pytest_ecsfake.did_you_mean import did_you_mean
from pytest_ecsfake.errors import EcsFakeUsageError

#: The states that a mapping may give a time, and what ends with it. Who asks for the delay of another one adds it here.
STATES = {
    "PROVISIONING": "a task gets its network interface",
    "PENDING": "a task pulls its images",
    "ACTIVATING": "a task whose containers have started comes to run",
    "RUNNING": "a task that was told to stop still shows the status that it had",
    "DEACTIVATING": "a task behind a load balancer is drained of connections",
    "STOPPING": "the containers of a task end, after a tenth of it, and ECS learns of that",
    "DEPROVISIONING": "a task loses its network interface",
    "COMPLETION": "a container ends that another one waits for (COMPLETE, SUCCESS)",
    "HEALTH_CHECK": "a container's first health check passes; realistically its interval",
    "START_FAILURE": "ECS gives up on an image or a secret that it can't get",
    "EXECUTE_COMMAND_AGENT": "the agent for ExecuteCommand is ready",
    "AGENT_UPDATE": "an update of a container agent comes one stage further",
    "SCHEDULING": "the service scheduler takes up what was asked of a service",
    "SETTLING": "a running task without a health check counts as healthy for its service",
    "START_THROTTLE": "a service whose tasks failed to start tries again; realistically the longer the more have failed",
    "PLACEMENT_RETRY": "a service tries again to place a task that found no place",
    "BAKE_TIME": "a deployment has baked, or the next step of a traffic shift comes; realistically what its configuration says",
    "TRAFFIC_SHIFT": "traffic has been shifted",
    "CREATE_IN_PROGRESS": "a capacity provider of Managed Instances becomes ACTIVE",
    "UPDATE_IN_PROGRESS": "the attachments of a cluster change, or the settings of a capacity provider",
    "DELETE_IN_PROGRESS": "a task definition or a capacity provider is deleted",
}


@dataclass(frozen=True, slots=True)
class Timings:
    """The delays of one fake.

    Args:
        ordered: `"realistic"` keeps the delays of the stage tables, `"instant"` lets nothing take time, and a mapping such as
            `{"PROVISIONING": 2, "PENDING": 0.5}` gives seconds by state and leaves the other states realistic.

    Raises:
        EcsFakeUsageError: a mapping names a state that there isn't.
    """

    ordered: Literal["realistic", "instant"] | Mapping[str, float] = "realistic"

    def __post_init__(self) -> None:
        if isinstance(self.ordered, Mapping):
            for state in self.ordered:
                if state not in STATES:
                    hint = did_you_mean(state, STATES)
                    raise EcsFakeUsageError(
                        f'timings has no state "{state}".{hint} The states are {", ".join(STATES)}.'
                    )

    def delay(self, state: str, realistic: int) -> int:
        """Microseconds that a thing stays in `state`, one of `STATES`, which realistically takes `realistic`."""
        if self.ordered == "realistic":
            return realistic
        if isinstance(self.ordered, Mapping):
            return round(self.ordered[state] * SECOND) if state in self.ordered else realistic
        return 0

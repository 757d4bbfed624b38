"""How long a resource stays in a state: `timings="realistic"`, `"instant"`, or a mapping of states to seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pytest_ecsfake.clock import SECOND
from pytest_ecsfake.did_you_mean import did_you_mean
from pytest_ecsfake.errors import EcsFakeUsageError

#: The states that a mapping may give a delay, and what happens at the end of the delay. Code that asks for a new delay adds its state here.
STATES = {
    "PROVISIONING": "a task gets its network interface",
    "PENDING": "a task pulls its images",
    "ACTIVATING": "a task whose containers have started becomes RUNNING",
    "RUNNING": "a task that was asked to stop leaves the status that it had",
    "DEACTIVATING": "a task behind a load balancer is drained of connections",
    "STOPPING": "ECS learns that the containers of a task have ended, which they do after a tenth of it",
    "DEPROVISIONING": "a task loses its network interface",
    "COMPLETION": "a container that another one waits for (COMPLETE, SUCCESS) ends",
    "HEALTH_CHECK": "a container's first health check passes; realistically its interval",
    "START_FAILURE": "ECS gives up on an image or a secret that it can't get",
    "EXECUTE_COMMAND_AGENT": "the agent for ExecuteCommand is ready",
    "AGENT_UPDATE": "an update of a container agent reaches its next stage",
    "SCHEDULING": "the service scheduler acts on a request",
    "SETTLING": "a running task without a health check counts as healthy for its service",
    "START_THROTTLE": "a service whose tasks failed to start tries again; realistically the delay grows with the failures",
    "PLACEMENT_RETRY": "a service tries again to place a task that couldn't be placed",
    "BAKE_TIME": "a deployment has baked, or the next step of a traffic shift begins; realistically as configured",
    "TRAFFIC_SHIFT": "traffic has been shifted",
    "EXPRESS_PROVISIONING": "a part that ECS manages for an Express service is ACTIVE; realistically by its kind",
    "EXPRESS_DEPROVISIONING": "such a part is DELETED; realistically by its kind",
    "CREATE_IN_PROGRESS": "a capacity provider of Managed Instances or a gateway route becomes ACTIVE",
    "UPDATE_IN_PROGRESS": "the attachments of a cluster, or the settings of a capacity provider, a gateway or a gateway route, have changed",
    "INSTANCE_LAUNCH": "a Managed Instance that ECS launches registers",
    "INSTANCE_REGISTRATION": "a Managed Instance that is REGISTERING becomes ACTIVE",
    "SCALE_IN": "an idle Managed Instance is deregistered; realistically as configured",
    "INSTANCE_DEREGISTRATION": "a Managed Instance that is DEREGISTERING is terminated",
    "DAEMON_DEPLOYMENT": "a daemon's deployment that is PENDING or STOP_REQUESTED goes on",
    "DAEMON_RETRY": "a daemon's task that failed to start is tried again",
    "DELETE_IN_PROGRESS": "a task definition, a capacity provider or a gateway route is deleted",
}


@dataclass(frozen=True, slots=True)
class Timings:
    """The delays of one fake.

    Args:
        ordered: `"realistic"` uses the delays of the stage tables, `"instant"` makes every delay 0, and a mapping such as
            `{"PROVISIONING": 2, "PENDING": 0.5}` gives seconds by state and leaves the other states realistic.

    Raises:
        EcsFakeUsageError: the mapping names an unknown state.
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
        """The delay in microseconds for a state.

        Args:
            state: one of `STATES`.
            realistic: the realistic delay, in microseconds.
        """
        if self.ordered == "realistic":
            return realistic
        if isinstance(self.ordered, Mapping):
            return round(self.ordered[state] * SECOND) if state in self.ordered else realistic
        return 0

"""What a refused call may not change."""

from __future__ import annotations

import pickle
from typing import Any


def kept(region: Any) -> bytes:
    """All that a region keeps, the ids that come next among it; not the indexes of its stores, which are made when they are first asked for."""
    own = [
        region.clusters,
        region.capacity_providers,
        region.task_definitions,
        region.daemon_task_definitions,
        region.gateways,
        region.gateway_associations,
        region.gateway_routes,
    ]
    of_clusters = [
        (
            region.tasks_in(each),
            region.services_in(each),
            region.container_instances_in(each),
            region.waiting_tasks_in(each),
            region.daemons_in(each),
        )
        for each in region.clusters
    ]
    beside = (region.ids, region.namespaces, region.account_settings, region.exec_sessions, region.alarms)
    past_and_future = (len(region.journal), region.clock.now, region.clock.next_due())
    return pickle.dumps((beside, past_and_future, [list(store) for stores in (own, *of_clusters) for store in stores]))

"""All faults in the order in which they are lived through."""

from __future__ import annotations

from tests.faults import channels, records, schedulers, sources, stores, upstreams, workers
from tests.faults.catalogue import Fault

_PLANTED = tuple(fault for fault in sources.FAULTS if fault.plant is not None)

IN_PLAIN_PROCESSES: tuple[Fault, ...] = (
    *(fault for fault in sources.FAULTS if fault.plant is None),
    *workers.FAULTS,
    *upstreams.FAULTS,
    *records.FAULTS,
    *channels.FAULTS,
    *stores.FAULTS,
    *_PLANTED,
)
"""What was planted when the city came up is harvested last."""

IN_AIRFLOW: tuple[Fault, ...] = schedulers.FAULTS
ALL = (*IN_PLAIN_PROCESSES, *IN_AIRFLOW)
NAMES = tuple(fault.name for fault in ALL)

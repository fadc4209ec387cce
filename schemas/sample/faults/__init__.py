"""Every named way to break a valid record, to show what the judgement finds."""

from __future__ import annotations

from types import MappingProxyType

from schemas.sample.faults import beside, case, content, envelope, flow, garbage, permit, project
from schemas.sample.faults.fault import Fault, FaultDoesNotApplyError, collected

FAULTS = MappingProxyType(
    collected(
        *(
            fault
            for part in (envelope, content, flow, project, case, permit, garbage, beside)
            for fault in part.FAULTS.values()
        )
    )
)
"""All faults by name."""

__all__ = ["FAULTS", "Fault", "FaultDoesNotApplyError"]

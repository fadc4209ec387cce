"""Intermediary services: from when to when one ran."""

from __future__ import annotations

from datetime import datetime

from validators.dossier.course import Span
from validators.dossier.dossier import Dossier
from validators.dossier.row import Row

SERVICE_STEPS = "SPGL_ZJFWSXBLGCXXB"
_NUMBER = "ZJFWSXSLBM"
_STARTED, _DONE = "1", "2"


def span_of_service(service: Row, dossier: Dossier, now: datetime) -> Span | None:
    """From its start to its completion, or to ``now`` while it runs; None before it starts."""
    number = service.text(_NUMBER)
    steps = [row for row in dossier.of(SERVICE_STEPS) if number and row.text(_NUMBER) == number]
    starts = [at for row in steps if row.text("BLZT") == _STARTED and (at := row.time("BLSJ"))]
    ends = [at for row in steps if row.text("BLZT") == _DONE and (at := row.time("BLSJ"))]
    if not starts:
        return None
    return min(starts), max(ends) if ends else now

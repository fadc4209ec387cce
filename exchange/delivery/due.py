"""What there is to do on a way up, asked at once: a pass that finds nothing costs one question."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from exchange.delivery.resolve import ABANDONED_AFTER
from exchange.delivery.send import Upstream
from exchange.store.connection import Store
from exchange.store.queries import load

Q = load("delivery")


@dataclass(frozen=True, slots=True)
class Due:
    """Whether there are versions left in sending, to be asked for, to be sent, to be answered.

    Others may take them first: whoever acts on it locks what he finds.
    """

    abandoned: bool
    unknown: bool
    queued: bool
    sent: bool
    invalidations: bool


def what_is_due(store: Store, upstream: Upstream, *, now: datetime) -> Due:
    """What is due now for one version of the standard. Raises StoreUnreachableError only."""
    asked = {
        "standard": upstream.standard.version,
        "now": now,
        "before": now - ABANDONED_AFTER,
    }
    (found,) = store.execute(Q["what_is_due"], asked)
    return Due(**found)

"""Keep the ledger beside other work: seal what was written every few seconds.

Any number of rounds may do it at once; one of them works, the others go by.
"""

from __future__ import annotations

import logging
import threading
from datetime import datetime

from exchange.errors import TryLaterError
from exchange.ledger.seal import seal
from exchange.rounds.loop import now
from exchange.rounds.wiring import Exchange

LOG = logging.getLogger(__name__)
EVERY_S = 2.0


def keep_ledger(exchange: Exchange, *, until: datetime, stop: threading.Event) -> None:
    """Seal every two seconds until ``until``; what fails is logged and tried again."""
    while not stop.is_set() and now() < until:
        try:
            seal(exchange.store, now=now())
        except TryLaterError as error:
            LOG.warning("the ledger is not sealed: %s", error)
        except Exception:
            LOG.exception("the ledger is not sealed; it will be tried again")
        stop.wait(min(EVERY_S, max(0.0, (until - now()).total_seconds())))

"""Keep the ledger beside other work: seal and add up what was written, anchor each day.

Any number of rounds may do it at once; one of them works, the others go by.
"""

from __future__ import annotations

import logging
import threading
from datetime import date, datetime, timedelta

from exchange.errors import StopError, TryLaterError
from exchange.ledger.anchor import SETTLED_AFTER, Anchor, issue
from exchange.ledger.balance import fold
from exchange.ledger.chain import Q
from exchange.ledger.seal import seal
from exchange.ledger.signing import read_key
from exchange.rounds.loop import now
from exchange.rounds.wiring import Exchange, opened
from exchange.settings import Settings
from exchange.store.passwords import write_private
from exchange.store.upkeep import coming_months

LOG = logging.getLogger(__name__)
EVERY_S = 2.0


def keep_ledger(exchange: Exchange, *, until: datetime, stop: threading.Event) -> None:
    """Every two seconds until ``until``: seal, add up, and see that yesterday has its anchor.

    What fails is logged and tried again.
    """
    anchored = None
    while not stop.is_set() and now() < until:
        try:
            seal(exchange.store, now=now())
            fold(exchange.store)
            day = last_day(exchange, now())
            if day != anchored:
                _make_months(exchange, now())
                anchor_day(exchange, day, now=now())
                anchored = day
        except (TryLaterError, StopError) as error:
            LOG.warning("the ledger is not kept: %s", error)
        except Exception:
            LOG.exception("the ledger is not kept; it will be tried again")
        stop.wait(min(EVERY_S, max(0.0, (until - now()).total_seconds())))


def anchor_day(exchange: Exchange, day: date, *, now: datetime) -> Anchor:
    """The anchor of a day, kept as a file in the state folder too if the day is over."""
    key = read_key(exchange.settings.signing_key)
    made = issue(exchange.store, day, exchange.policy(now).zone, key, now=now)
    if made.content["complete"]:
        folder = exchange.settings.state / "anchors"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"anchor-{day}.json"
        if not path.exists():
            write_private(path, made.to_json())
    return made


def anchor_of(settings: Settings, day: date | None, *, now: datetime) -> Anchor:
    """The anchor of a day, None: of yesterday, after sealing what is there."""
    with opened(settings, work="ledger") as exchange:
        seal(exchange.store, now=now)
        return anchor_day(exchange, day or last_day(exchange, now), now=now)


def _make_months(exchange: Exchange, now: datetime) -> None:
    """Have the coming months of the journey made; the program itself may not."""
    first, last = coming_months(now)
    with exchange.store.transaction() as conn:
        conn.execute(Q["make_months"], {"first": first, "last": last})


def last_day(exchange: Exchange, now: datetime) -> date:
    """The last day that is over and settled."""
    local = (now - SETTLED_AFTER).astimezone(exchange.policy(now).zone)
    return local.date() - timedelta(days=1)

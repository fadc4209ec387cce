"""A day in the life of three bodies, told into the ledger."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.ledgers import Ledger, finding

ZONE = ZoneInfo("Asia/Shanghai")
DAY = datetime(2026, 11, 20, tzinfo=ZONE)


@pytest.fixture
def told(ledger: Ledger) -> Ledger:
    """20 November 2026.

    襄城区: eleven versions; nine pass, of them six in 60 s, one in 10 minutes, one never confirmed;
    two are returned, one for two properties; one record was stock. 樊城区: four versions, all
    right, confirmed in 20 s. 保康县: nothing that day.
    """
    _xiangcheng(ledger)
    _fancheng(ledger)
    ledger.body("420626", "保康县")
    return ledger


def _xiangcheng(ledger: Ledger) -> None:
    body = ledger.body("420602", "襄城区")
    start = DAY + timedelta(hours=9)
    ledger.version(body, [body, "first-contact"], at=DAY - timedelta(days=30))
    for number in range(6):
        _way(ledger, body, f"Q{number}", event=start, took=60)
    _way(ledger, body, "slow", event=start, took=600)
    _way(ledger, body, "lost", event=start, took=None)
    _way(ledger, body, "stock", event=DAY - timedelta(days=300), took=30, pulled=start)
    for number, findings in enumerate(
        ([finding()], [finding("COM-013/LXLX"), finding("COM-033/XMTZJE")])
    ):
        version = ledger.version(body, [body, f"bad{number}"], at=start, occurred=start)
        ledger.judge(body, [(version, "returned", findings)], at=start + timedelta(seconds=5))


def _fancheng(ledger: Ledger) -> None:
    body = ledger.body("420606", "樊城区")
    ledger.version(body, [body, "first-contact"], at=DAY - timedelta(days=30))
    for number in range(4):
        _way(ledger, body, f"F{number}", event=DAY + timedelta(hours=23), took=20)


def _way(
    ledger: Ledger,
    body: str,
    key: str,
    *,
    event: datetime,
    took: float | None,
    pulled: datetime | None = None,
) -> None:
    """One version from its event to its confirmation, ``took`` seconds later, or never."""
    at = pulled or event + timedelta(seconds=2)
    version = ledger.version(body, [body, key], at=at, occurred=event)
    ledger.judge(body, [(version, "queued", [])], at=at + timedelta(seconds=1))
    if took is not None:
        ledger.confirm(version, at=max(at, event) + timedelta(seconds=took - 2))

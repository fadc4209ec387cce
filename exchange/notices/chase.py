"""Chase: close what is mended, notify what is due, remind, mark overdue, draft, deliver.

Every step on every case is a transaction of its own. A run that is killed leaves whole steps behind
it, the next run does the rest; two runs at once share the work. A case or a channel that fails is
named in the summary and passed over, the others go on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from exchange.notices.channels import Channel, FolderChannel
from exchange.notices.circular import draft_due, write_draft
from exchange.notices.days import OFFICE_ZONE, day_of
from exchange.notices.deliver import deliver_next
from exchange.notices.issue import CaseFailedError, Desk, Done
from exchange.notices.office import PolicyOf
from exchange.store.connection import Conn, Store
from exchange.store.queries import load

Q = load("notices")
DOCUMENTS, OUTBOX, CIRCULARS = "documents", "notices", "circulars"
"""Folders under the state folder: issued documents for good, what bodies fetch, drafts."""

Step = Callable[[Conn, datetime, list[int]], Done | None]


@dataclass(slots=True)
class ChaseSummary:
    """What one round came to, by number of the notice or by case."""

    notified: list[str] = field(default_factory=list)
    reminded: list[str] = field(default_factory=list)
    closed: list[int] = field(default_factory=list)
    overdue: list[int] = field(default_factory=list)
    delivered: list[str] = field(default_factory=list)
    circular: str | None = None
    failures: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    def __str__(self) -> str:
        """One line for a log, in the words of the office."""
        told = [
            f"发出整改通知 {len(self.notified)} 份",
            f"催办 {len(self.reminded)} 份",
            f"办结 {len(self.closed)} 件",
            f"新逾期 {len(self.overdue)} 件",
            f"送达 {len(self.delivered)} 份",
        ]
        if self.circular:
            told.append(f"起草通报 {self.circular}")
        if self.failures:
            told.append(f"失败 {len(self.failures)} 项：{'；'.join(self.failures)}")
        return "，".join(told)


def chase(store: Store, state: Path, policy_of: PolicyOf, now: datetime) -> ChaseSummary:
    """One round over all cases. ``state`` is the state folder of the installation."""
    desk = Desk(policy_of, state / DOCUMENTS)
    summary = ChaseSummary()
    for done in _each(store, desk.close_settled, now, summary):
        summary.closed.append(done.case)
    for done in _each(store, desk.issue_due, now, summary):
        if done.number is None:
            summary.closed.append(done.case)
        else:
            summary.notified.append(done.number)
    with store.transaction() as conn:
        late = conn.execute(
            Q["mark_overdue"], {"today": day_of(now), "zone": OFFICE_ZONE.key}
        ).fetchall()
        summary.overdue.extend(row["id"] for row in late)
    for step in (desk.remind_failed_again, desk.remind_of_deadline):
        summary.reminded.extend(
            done.number for done in _each(store, step, now, summary) if done.number
        )
    _circulate(store, state / CIRCULARS, policy_of, now, summary)
    _deliver(store, state, now, summary)
    return summary


def _each(store: Store, step: Step, now: datetime, summary: ChaseSummary) -> list[Done]:
    """Repeat a step until it finds nothing; cases that fail are passed over and named."""
    done: list[Done] = []
    passed_over: list[int] = []
    while True:
        try:
            with store.transaction() as conn:
                one = step(conn, now, passed_over)
        except CaseFailedError as error:
            passed_over.append(error.case)
            summary.failures.append(str(error))
            continue
        if one is None:
            return done
        done.append(one)


def _circulate(
    store: Store, folder: Path, policy_of: PolicyOf, now: datetime, summary: ChaseSummary
) -> None:
    today = day_of(now)
    with store.transaction() as conn:
        drafted = draft_due(conn, policy_of, now)
    with store.transaction() as conn:
        path = folder / f"{today.isoformat()}.html"
        if drafted or not path.exists():
            write_draft(conn, folder, today)
    summary.circular = drafted.isoformat() if drafted else None


def _deliver(store: Store, state: Path, now: datetime, summary: ChaseSummary) -> None:
    channels: dict[str, Channel] = {"folder": FolderChannel(state / OUTBOX)}
    passed_over: list[int] = []
    while True:
        with store.transaction() as conn:
            one = deliver_next(conn, state / DOCUMENTS, channels, now, passed_over)
        if one is None:
            return
        if one.error is None:
            summary.delivered.append(one.number)
        else:
            passed_over.append(one.notice)
            summary.failures.append(one.error)

"""Issue notices: one case per transaction, from the number to the documents.

Within one transaction the case is locked, the number drawn, the documents written under the hash of
their content, and the notice recorded. Killed anywhere, either all of it has happened or nothing
has: a number that was not committed is free again, a file that nobody refers to harms nobody. Two
runs at once pass each other's cases by and wait for each other's numbers.

Every step takes at most one case and returns None when there is none left; cases that are
``passed_over`` (they failed in this run) are left alone.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from exchange.notices import document, workbook
from exchange.notices.casefile import Case, Item, items_of, open_ones
from exchange.notices.days import day_of
from exchange.notices.number import next_number
from exchange.notices.office import PolicyOf, office_of, terms_of
from exchange.notices.paper import Kind, Occasion, Paper
from exchange.notices.remind import step_due
from exchange.store.connection import Conn
from exchange.store.documents import keep
from exchange.store.queries import load

Q = load("notices")
CHANNEL = "folder"


@dataclass(frozen=True, slots=True)
class Done:
    """What happened to one case; ``number`` is None when nothing had to be written to the body."""

    case: int
    number: str | None


class CaseFailedError(Exception):
    """Writing about one case failed; ``case`` is left as it was, the others go on."""

    def __init__(self, case: int, why: Exception) -> None:
        self.case = case
        super().__init__(f"case {case}: {why}")


@dataclass(frozen=True, slots=True)
class Desk:
    """What issuing needs beside the store: the policies and the folder of issued documents."""

    policy_of: PolicyOf
    documents: Path

    def issue_due(
        self, conn: Conn, now: datetime, passed_over: Collection[int] = ()
    ) -> Done | None:
        """Notify the body of the next case that has collected long enough.

        A case whose records are all mended by now is closed without a notice.
        """
        case = _take(conn, "due_case", passed_over, now=now)
        if case is None:
            return None
        with _one_case(case):
            items = open_ones(items_of(conn, case.id))
            if not items:
                conn.execute(Q["close_case"], {"case": case.id, "now": now})
                return Done(case.id, None)
            return self._notify(conn, case, items, now)

    def remind_failed_again(
        self, conn: Conn, now: datetime, passed_over: Collection[int] = ()
    ) -> Done | None:
        """Tell the body of the next case which of its new pushes failed again."""
        case = _take(conn, "untold_case", passed_over, now=now)
        if case is None:
            return None
        with _one_case(case):
            items = open_ones(items_of(conn, case.id))
            number = self._send(conn, "reminder", case, items, now, occasion="failed_again")
            return Done(case.id, number)

    def remind_of_deadline(
        self, conn: Conn, now: datetime, passed_over: Collection[int] = ()
    ) -> Done | None:
        """Send the next reminder that the policy's escalation asks for, each step once per case."""
        for row in conn.execute(Q["cases_to_remind"], {"passed_over": list(passed_over)}):
            policy = self.policy_of(row["body"], now)
            step = step_due(
                policy.escalation,
                row["deadline"],
                day_of(row["notified_at"]),
                day_of(now),
                row["steps"],
                policy.calendar,
            )
            case = None if step is None else _take(conn, "case_to_remind", (), case=row["id"])
            if step is None or case is None:
                continue
            with _one_case(case):
                items = open_ones(items_of(conn, case.id))
                sent = conn.execute(Q["reminded"], {"case": case.id, "step": step}).fetchone()
                if sent is not None or not items:
                    continue
                occasion: Occasion = "due_soon" if step < 0 else "overdue"
                number = self._send(
                    conn, "reminder", case, items, now, occasion=occasion, step=step
                )
                return Done(case.id, number)
        return None

    def close_settled(
        self, conn: Conn, now: datetime, passed_over: Collection[int] = ()
    ) -> Done | None:
        """Close the next case whose records are all mended; tell the body if it had a notice."""
        case = _take(conn, "settled_case", passed_over)
        if case is None:
            return None
        with _one_case(case):
            items = items_of(conn, case.id)
            if open_ones(items):
                raise NotSettledError("a record joined it meanwhile; the next round looks again")
            conn.execute(Q["close_case"], {"case": case.id, "now": now})
            if case.number is None:
                return Done(case.id, None)
            return Done(case.id, self._send(conn, "closing", case, items, now))

    def _notify(self, conn: Conn, case: Case, items: Sequence[Item], now: datetime) -> Done:
        policy = self.policy_of(case.body, now)
        office, terms = office_of(policy), terms_of(policy, now)
        number = next_number(conn, office.sign, now)
        case = replace(
            case,
            state="notified",
            number=number,
            notified_at=now,
            deadline=terms.deadline,
            provisional=terms.provisional,
            basis=terms.basis,
        )
        conn.execute(Q["notify_case"], {**asdict(case), "case": case.id, "now": now})
        self._write(conn, Paper("rectification", number, case, office, items, now))
        return Done(case.id, number)

    def _send(
        self,
        conn: Conn,
        kind: Kind,
        case: Case,
        items: Sequence[Item],
        now: datetime,
        *,
        occasion: Occasion = "",
        step: int | None = None,
    ) -> str:
        office = office_of(self.policy_of(case.body, now))
        number = next_number(conn, office.sign, now)
        self._write(conn, Paper(kind, number, case, office, items, now, occasion), step)
        return number

    def _write(self, conn: Conn, paper: Paper, step: int | None = None) -> None:
        """Keep the documents of a notice and record it, undelivered yet."""
        files: dict[str, bytes] = {f"{paper.number}.html": document.render(paper)}
        if paper.lines:
            files[f"{paper.number}.xlsx"] = workbook.render(paper)
        text = json.dumps(paper.to_json(), ensure_ascii=False, indent=1)
        files[f"{paper.number}.json"] = text.encode()
        record: dict[str, Any] = {
            "documents": [
                {"name": name, "sha256": keep(self.documents, content), "bytes": len(content)}
                for name, content in files.items()
            ],
            "told": {str(item.id): item.version for item in paper.items},
        }
        if step is not None:
            record["step"] = step
        conn.execute(
            Q["insert_notice"],
            {
                "case": paper.case.id,
                "kind": paper.kind,
                "number": paper.number,
                "now": paper.at,
                "channel": CHANNEL,
                "files": json.dumps(record, ensure_ascii=False),
            },
        )


class NotSettledError(Exception):
    """A case was about to be closed and turned out to have an open record."""


@contextmanager
def _one_case(case: Case) -> Iterator[None]:
    """Name the case in whatever goes wrong, so that a run can pass it over and go on."""
    try:
        yield
    except Exception as error:
        raise CaseFailedError(case.id, error) from error


def _take(conn: Conn, query: str, passed_over: Collection[int], **facts: object) -> Case | None:
    row = conn.execute(Q[query], {**facts, "passed_over": list(passed_over)}).fetchone()
    return None if row is None else Case.of(row)

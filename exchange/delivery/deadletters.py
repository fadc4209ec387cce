"""Dead letters: deliveries that cannot go on by themselves and wait for a person, without an end.

Three kinds. ``refused``: the way up will never take the row and no known refusal says why.
``exhausted``: the ladder was climbed to its last rung. ``unreadable``: our own program cannot read
or write it. They stay in the balance as waiting; a person sends them again or returns them to the
body, and both is audited.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from exchange.delivery.refusal import refuse
from exchange.errors import RefusedError
from exchange.store.connection import Conn
from exchange.store.queries import load
from schemas import Standard, Table
from schemas.personal import mask_field, mask_text

Q = load("deadletters")
Kind = Literal["refused", "exhausted", "unreadable"]
KINDS: Mapping[str, str] = {
    "refused": "上级接口拒收且无对应规则",
    "exhausted": "多次重试未成功",
    "unreadable": "本系统无法读取",
}
REASON_LENGTH = 280


class NotADeadLetterError(RefusedError):
    """Dead letter {letter} does not wait for a decision: there is none, or somebody has decided.

    Look at `exchange deadletters list`.
    """


def bury(conn: Conn, reasons: Mapping[int, str], kind: Kind, now: datetime) -> None:
    """Versions, with the reason of each, go no further until a person decides."""
    if not reasons:
        return
    texts = [reason.replace("\x00", "␀")[:REASON_LENGTH] for reason in reasons.values()]
    letters = {"ids": list(reasons), "reasons": texts}
    conn.execute(Q["bury"], letters)
    conn.execute(Q["insert_dead_letters"], letters | {"kind": kind, "now": now})


def waiting(
    conn: Conn, *, body: str | None = None, letters: Sequence[int] | None = None, limit: int = 1000
) -> list[dict[str, Any]]:
    """The dead letters that wait for a decision, oldest first."""
    ids = None if letters is None else list(letters)
    return conn.execute(Q["dead_letters"], {"body": body, "ids": ids, "limit": limit}).fetchall()


def preview(conn: Conn, table: Table | None, version: int) -> list[dict[str, Any]]:
    """The rows that were to be written, step by step, with what is personal masked."""
    steps = conn.execute(Q["payloads_of"], {"version": version}).fetchall()
    return [dict(step) | {"payload": masked(table, step["payload"])} for step in steps]


def masked(table: Table | None, row: Mapping[str, Any]) -> dict[str, str | None]:
    """A row as it may be shown; columns that the table does not know are masked as free text."""
    shown: dict[str, str | None] = {}
    for code, value in row.items():
        field = table.by_code.get(code) if table else None
        text = None if value is None else str(value)
        if text is not None:
            text = mask_text(text) if field is None else mask_field(field, text)
        shown[code] = text
    return shown


def replay(conn: Conn, letter: int, *, who: str, now: datetime) -> int:
    """Send it again: back to the queue, due now; returns the version. Raises NotADeadLetterError.

    Replaying doubles nothing: whatever was tried before is asked for first.
    """
    row = _locked(conn, letter)
    conn.execute(Q["open_refused_steps"], {"id": row["id"]})
    conn.execute(Q["replay_dead"], {"id": row["id"], "now": now, "who": who})
    _decided(conn, row, "replay", who, now)
    return int(row["id"])


def give_back(
    conn: Conn, letter: int, standard: Standard, *, who: str, now: datetime, collect_until: datetime
) -> int:
    """Return it to its body as a case; returns the version. Raises NotADeadLetterError."""
    row = _locked(conn, letter)
    table = standard.table(row["table_code"])
    refuse(conn, row, table, row["reason"], None, now=now, collect_until=collect_until)
    _decided(conn, row, "return", who, now)
    return int(row["id"])


def _locked(conn: Conn, letter: int) -> dict[str, Any]:
    row = conn.execute(Q["dead_version"], {"letter": letter}).fetchone()
    if row is None:
        raise NotADeadLetterError(letter=letter)
    return row


def _decided(
    conn: Conn,
    row: Mapping[str, Any],
    decision: Literal["replay", "return"],
    who: str,
    now: datetime,
) -> None:
    made = {"letter": row["letter"], "decision": decision, "who": who, "now": now}
    conn.execute(Q["decide_dead_letter"], made)
    detail = {"kind": row["kind"], "reason": row["reason"], "version": row["id"]}
    conn.execute(
        Q["audit_decision"],
        {
            "who": who,
            "did": f"dead letter: {decision}",
            "object": f"dead_letter/{row['letter']}",
            "detail": json.dumps(detail, ensure_ascii=False),
        },
    )

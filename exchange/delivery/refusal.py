"""What a refusal from above means: a finding for the county, a hold, or a blind spot of ours.

Each text of the higher platform is mapped to a clause where the upstream file knows it. A record
that passed here and was refused there is always listed: it shows what our rules do not see.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from connectors.upstream import RefusalText
from exchange.store.cases import Returned, join_case, open_items
from exchange.store.connection import Conn
from exchange.store.queries import load
from schemas import Table
from validators import Finding

Q = load("delivery")
RULE = "UPS-001"
REASON_LENGTH = 300


def meaning(reason: str, known: Sequence[RefusalText]) -> RefusalText | None:
    """The first known refusal whose pattern is found in the text."""
    return next((one for one in known if re.search(one.pattern, reason)), None)


def names_itself(table: Table, row: Mapping[str, str | None]) -> bool:
    """Whether one of the references of a row leads to the row."""
    return any(
        reference.table == table.code
        and all(row.get(code) for code in reference.fields)
        and [row.get(code) for code in reference.fields]
        == [row.get(code) for code in reference.to_fields]
        for reference in table.references
    )


def refuse(
    conn: Conn,
    row: Mapping[str, Any],
    table: Table,
    reason: str,
    known: RefusalText | None,
    *,
    now: datetime,
    collect_until: datetime,
) -> None:
    """Return a version that the higher platform refused: state, finding, case."""
    text = reason.replace("\x00", "␀")
    invalidated = conn.execute(Q["has_sent_invalidation"], {"version": row["id"]}).fetchone()
    assert invalidated is not None
    finding = _finding(row, table, text, known, invalidated=invalidated["sent"])
    conn.execute(
        Q["version_refused"], {"id": row["id"], "reason": f"上级退回：{text}"[:REASON_LENGTH]}
    )
    conn.execute(
        Q["insert_finding"],
        {
            "version": row["id"],
            "now": now,
            "rule": finding.rule,
            "dimension": "accuracy",
            "clause": finding.clause,
            "detail": json.dumps(finding.to_json(), ensure_ascii=False),
        },
    )
    feed = {"body": row["body"], "standard": row["standard"], "table": row["table_code"]}
    pushes = open_items(conn, **feed, versions=[(row["id"], row["record_key"], row["local_key"])])
    returned = Returned(row["id"], row["record_key"], row["local_key"], key_in_doubt=True)
    join_case(conn, [returned], pushes, **feed, now=now, collect_until=collect_until)


def note_blind_spot(conn: Conn, version: int, reason: str, known: RefusalText | None) -> None:
    """What we passed and they refused; without a known meaning it has to be mapped by a person."""
    text = reason.replace("\x00", "␀")
    rule = known.clause if known else None
    conn.execute(Q["insert_blind_spot"], {"version": version, "reason": text, "rule": rule})


def _finding(
    row: Mapping[str, Any],
    table: Table,
    reason: str,
    known: RefusalText | None,
    *,
    invalidated: bool,
) -> Finding:
    raw = row["raw"]
    why = "本级校验已通过，但上级平台按其规则退回；该记录尚未进入国家系统。"
    if invalidated:
        why += "更正前的内容已先行报失效，更正入库前上级可能没有该记录的有效数据，请优先处理。"
    return Finding(
        rule=RULE,
        version=1,
        consequence="reject",
        table=table.code,
        table_name=table.name,
        row=row["id"],
        key={code: raw.get(code) for code in table.key},
        fields=(),
        field_names=(),
        value=None,
        expected=None,
        message=f"上级平台校验未通过：{reason}",
        why=why,
        fix="请按上级平台给出的原因核对并更正该记录后重新推送；对原因有疑问的，请联系市级平台。",
        where=row["place"],
        clause=known.clause if known else "上级平台反馈",
        owner="county",
        siblings=(),
    )

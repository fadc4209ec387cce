"""Write what a review means: findings opened and closed, case items joined and completed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from exchange.judging.verdict import as_json, stamp_number
from exchange.store.cases import Returned, complete, join_case
from exchange.store.connection import Conn
from exchange.store.queries import load
from schemas.policy import Policy
from validators.dossier.dossier import Dossier
from validators.dossier.engine import DossierJudgement, DossierVerdict
from validators.finding import Finding
from validators.judgement import Stamp

Q = load("dossiers")
AT_LEAST = timedelta(minutes=1)
MENDED = "已补齐，不再存在"
REPLACED = "所在记录已有新版本或已撤回"
CHANGED = "情况有变，见新的问题"
EXCUSED = "依豁免决定不再要求整改"
NO_LONGER_EXCUSED = "豁免已终止，待再次核查"
"""Why a finding was closed, as it is kept and shown."""


def write_verdicts(
    conn: Conn,
    standard: str,
    dossier: Dossier,
    judgement: DossierJudgement,
    stamp: Stamp,
    policy: Policy,
    *,
    now: datetime,
) -> tuple[int, int]:
    """Write one dossier's answers in the caller's transaction; how many findings opened, closed.

    A finding that is to be mended is closed only when all rows that the rule reads are confirmed
    upstream; until then the dossier is looked at again.
    """
    again = judgement.again
    named = {"standard": standard, "kind": dossier.kind, "key": dossier.key}
    number = stamp_number(conn, stamp)
    facts = {"now": now, "again_at": again, "stamp": number}
    found = conn.execute(Q["reviewed"], named | facts).fetchone()
    assert found is not None
    open_ones = {
        (row["rule"], row["version_id"]): row
        for row in conn.execute(Q["open_findings"], {"dossier": found["id"]})
    }
    opened: list[tuple[DossierVerdict, Finding]] = []
    closed: list[tuple[int, int, str]] = []
    waiting = False
    for verdict in judgement.verdicts:
        known = open_ones.pop((verdict.rule.code, verdict.anchor.version), None)
        if verdict.answer.outcome == "unchecked":
            why = None if known is None else _turned(known, verdict)
            if known is not None and why is not None:
                closed.append((known["finding_id"], known["version_id"], why))
            continue
        finding = verdict.finding
        if known is not None and finding is not None:
            if (known["message"], known["consequence"]) == (finding.message, finding.consequence):
                continue
            freed = finding.waived is not None and known["consequence"] == "rectify"
            why = EXCUSED if freed else CHANGED
            closed.append((known["finding_id"], known["version_id"], why))
        elif known is not None:
            if known["consequence"] == "rectify" and not verdict.backed:
                waiting = True
                continue
            closed.append((known["finding_id"], known["version_id"], MENDED))
        if finding is not None:
            opened.append((verdict, finding))
    closed += [(row["finding_id"], row["version_id"], REPLACED) for row in open_ones.values()]
    for finding_id, _, why in closed:
        conn.execute(Q["close_finding"], {"finding": finding_id, "why": why, "now": now})
    for verdict, finding in opened:
        _open(conn, found["id"], verdict, finding, now)
    _join_cases(conn, standard, opened, policy, now)
    complete(conn, [version for _, version, _ in closed], excused=EXCUSED, now=now)
    if waiting:
        soon = now + max(timedelta(seconds=policy.dossiers.settle_s), AT_LEAST)
        sooner = {**facts, "again_at": min(again or soon, soon)}
        conn.execute(Q["reviewed"], named | sooner)
    return len(opened), len(closed)


def _turned(known: Mapping[str, Any], verdict: DossierVerdict) -> str | None:
    """Why a finding that cannot be made anew now stands no longer: a waiver began or ended."""
    if verdict.excused:
        return EXCUSED if known["consequence"] == "rectify" else None
    return NO_LONGER_EXCUSED if known["waived"] else None


def _open(
    conn: Conn, dossier: int, verdict: DossierVerdict, finding: Finding, now: datetime
) -> None:
    conn.execute(
        Q["open_finding"],
        {
            "dossier": dossier,
            "version": verdict.anchor.version,
            "now": now,
            "rule": finding.rule,
            "rule_version": finding.version,
            "consequence": finding.consequence,
            "dimension": verdict.rule.dimension,
            "clause": finding.clause,
            "detail": as_json(finding),
        },
    )


def _join_cases(
    conn: Conn,
    standard: str,
    opened: list[tuple[DossierVerdict, Finding]],
    policy: Policy,
    now: datetime,
) -> None:
    """What is to be mended joins the case of the body whose row shows it."""
    ids = {verdict.anchor.version for verdict, one in opened if one.consequence == "rectify"}
    if not ids:
        return
    for row in conn.execute(Q["records_of"], {"ids": sorted(ids)}).fetchall():
        join_case(
            conn,
            [Returned(row["id"], row["record_key"], None, key_in_doubt=False)],
            [],
            body=row["body"],
            standard=standard,
            table=row["table_code"],
            now=now,
            collect_until=now + timedelta(seconds=policy.collect_for_s),
        )

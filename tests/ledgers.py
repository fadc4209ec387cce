"""A ledger told by hand: versions, verdicts and cases as the stages write them, at chosen times."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from exchange.store.cases import Returned, Settled, join_case, open_items, settle
from exchange.store.connection import Store
from schemas import load
from validators.finding import Finding

COLLECT = timedelta(seconds=60)


@dataclass
class Ledger:
    """Writes into one exchange database; ``store`` is the program's own way in, for what is tested.

    ``owner`` may set the time of a step of the journey, which the program cannot.
    """

    store: Store
    owner: Store
    standard: str = "3.0"
    table: str = "SPGL_XMJBXXB"
    numbers: count[int] = field(default_factory=lambda: count(1))

    def body(self, code: str, name: str) -> str:
        """A body that sends data."""
        with self.owner.transaction() as conn:
            conn.execute(
                "insert into body (code, name, divisions, connector) values (%s, %s, %s, 'x')",
                (code, name, [code[:6]]),
            )
        return code

    def version(
        self,
        body: str,
        key: Sequence[str],
        *,
        at: datetime,
        occurred: datetime | None = None,
        revision: int = 1,
        table: str | None = None,
        local_key: str | None = None,
    ) -> int:
        """A landed version, pulled at ``at``."""
        code = table or self.table
        number = next(self.numbers)
        with self.owner.transaction() as conn:
            batch = conn.execute(
                "insert into batch (body, standard, table_code, origin, landed_at, rows_read,"
                " rows_new, rows_replayed, content_hash)"
                " values (%s, %s, %s, 'test', %s, 1, 1, 0, '') returning id",
                (body, self.standard, code, at),
            ).fetchone()
            assert batch is not None
            found = conn.execute(
                "insert into version (body, standard, table_code, table_order, record_key,"
                " revision, local_key, content_hash, valid, batch_id, place, raw, state,"
                " state_reason, occurred_at, committed_at, pulled_at)"
                " values (%s, %s, %s, %s, %s, %s, %s, %s, true, %s, %s, '{}', 'landed', '收讫',"
                " %s, %s, %s) returning id",
                (
                    body, self.standard, code, load(self.standard).table(code).order,
                    json.dumps(list(key), ensure_ascii=False), revision,
                    local_key or f"L-{number}", str(number).encode(), batch["id"],
                    f"第{number}行", occurred, occurred, at,
                ),
            ).fetchone()  # fmt: skip
            assert found is not None
            version = int(found["id"])
            self._dated(conn, [version], at)
        return version

    def judge(
        self,
        body: str,
        verdicts: Sequence[tuple[int, str, Sequence[Finding]]],
        *,
        at: datetime,
        table: str | None = None,
    ) -> None:
        """One judgement: (version, state it goes to, findings); the faulty join the body's case."""
        code = table or self.table
        states = [state for _, state, _ in verdicts]
        with self.owner.transaction() as conn:
            stamp = conn.execute(
                "insert into stamp (standard, overlay, ruleset, codelists, engine)"
                " values ('3.0', '', 'r1', 'c1', 'e1')"
                " on conflict (standard, overlay, ruleset, codelists, engine)"
                " do update set engine = excluded.engine returning id"
            ).fetchone()
            assert stamp is not None
            judgement = conn.execute(
                "insert into judgement (at, body, standard, table_code, stamp_id, records, passed,"
                " failed, held, outcomes) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, '{}')"
                " returning id",
                (
                    at, body, self.standard, code, stamp["id"], len(states),
                    sum(state not in {"returned", "held"} for state in states),
                    states.count("returned"), states.count("held"),
                ),
            ).fetchone()  # fmt: skip
            assert judgement is not None
            for version, state, findings in verdicts:
                for one in findings:
                    conn.execute(
                        "insert into finding (version_id, judgement_id, at, rule, rule_version,"
                        " consequence, dimension, clause, detail)"
                        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
                        (
                            version, judgement["id"], at, one.rule, one.version, one.consequence,
                            DIMENSIONS.get(one.rule, "completeness"), one.clause,
                            json.dumps(one.to_json(), ensure_ascii=False),
                        ),
                    )  # fmt: skip
                conn.execute(
                    "update version set state = %s, state_reason = 'test', state_at = %s,"
                    " judged_at = %s, stamp_id = %s where id = %s",
                    (state, at, at, stamp["id"], version),
                )
            self._dated(conn, [version for version, _, _ in verdicts], at)
            self._case(conn, body, code, verdicts, at)

    def move(self, version: int, *states: str, at: datetime) -> None:
        """Lead a version through these states, all at ``at``; ``confirmed`` gets its stamps."""
        with self.owner.transaction() as conn:
            for state in states:
                conn.execute(
                    "update version set state = %s, state_reason = 'test', state_at = %s,"
                    " sent_at = case when %s = 'sent' then %s else sent_at end,"
                    " confirmed_at = case when %s = 'confirmed' then %s else confirmed_at end"
                    " where id = %s",
                    (state, at, state, at, state, at, version),
                )
                self._dated(conn, [version], at)

    def confirm(self, version: int, *, at: datetime) -> None:
        """Send and confirm a queued version; items that it mends are settled."""
        self.move(version, "sending", "sent", "confirmed", at=at)
        with self.owner.transaction() as conn:
            row = conn.execute("select * from version where id = %s", (version,)).fetchone()
            assert row is not None
            mended = Settled(
                version, row["body"], row["standard"], row["table_code"], row["record_key"],
                row["local_key"], "confirmed",
            )  # fmt: skip
            settle(conn, [mended], now=at)

    def look(
        self,
        version: int,
        *,
        at: datetime,
        outcome: str,
        failing: bool | None = None,
        waived: Mapping[str, str] | None = None,
    ) -> None:
        """An address of the version was opened, or not; a failing look has its finding."""
        with self.owner.transaction() as conn:
            number = None
            if failing or (failing is None and outcome != "ok"):
                row = conn.execute(
                    "insert into finding (version_id, judgement_id, at, rule, rule_version,"
                    " consequence, dimension, clause, detail) values"
                    " (%s, null, %s, 'PRC-026/link_cannot_be_opened', 1, 'advice',"
                    " 'accessibility', 'PRC-026', %s) returning id",
                    (version, at, json.dumps({"waived": waived}, ensure_ascii=False)),
                ).fetchone()
                assert row is not None
                number = row["id"]
            conn.execute(
                "insert into link_probe (version_id, field, at, outcome, finding_id)"
                " values (%s, 'FJLJ', %s, %s, %s)",
                (version, at, outcome, number),
            )

    def rows(self, query: str, *parameters: object) -> list[dict[str, Any]]:
        """The rows of a query."""
        with self.owner.transaction() as conn:
            return conn.execute(query.encode(), parameters).fetchall()

    def _case(
        self,
        conn: Any,
        body: str,
        table: str,
        verdicts: Sequence[tuple[int, str, Sequence[Finding]]],
        at: datetime,
    ) -> None:
        keys = {
            row["id"]: row
            for row in conn.execute(
                "select id, record_key, local_key from version where id = any(%s)",
                ([version for version, _, _ in verdicts],),
            )
        }
        feed = {"body": body, "standard": self.standard, "table": table}
        versions = [(id_, row["record_key"], row["local_key"]) for id_, row in keys.items()]
        pushes = open_items(conn, **feed, versions=versions)
        faulty = [
            Returned(version, keys[version]["record_key"], keys[version]["local_key"], False)
            for version, _, findings in verdicts
            if any(one.consequence != "advice" for one in findings)
        ]
        join_case(conn, faulty, pushes, **feed, now=at, collect_until=at + COLLECT)

    def _dated(self, conn: Any, versions: Sequence[int], at: datetime) -> None:
        conn.execute(
            "update journey set at = %s where id in"
            " (select max(id) from journey where version_id = any(%s) group by version_id)",
            (at, list(versions)),
        )


DIMENSIONS = {
    "COM-001/XMMC": "completeness",
    "COM-013/LXLX": "normativity",
    "COM-033/XMTZJE": "accuracy",
    "REF-001/GCDM": "consistency",
    "TIM-001/SBSJ": "timeliness",
}


def finding(rule: str = "COM-001/XMMC", **changed: Any) -> Finding:
    """A finding as the rules make it; the row's key and everything else can be given."""
    facts: dict[str, Any] = {
        "rule": rule,
        "version": 1,
        "consequence": "reject",
        "table": "SPGL_XMJBXXB",
        "table_name": "项目基本信息表",
        "row": 1,
        "key": {"XZQHDM": "420602", "GCDM": "2026-420602-47-01-000001"},
        "fields": ("XMMC",),
        "field_names": ("项目名称",),
        "value": None,
        "expected": "非空文字",
        "message": "项目名称（XMMC）为空。",
        "why": "项目名称是必填字段，缺少时上级平台不予接收。",
        "fix": "在业务系统中补录项目名称后重新推送。",
        "where": "第1行",
        "clause": "3.0 表 项目基本信息表 XMMC（必填）",
        "owner": "county",
    }
    return Finding(**(facts | changed))

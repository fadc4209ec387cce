"""What does not agree: each kind has a name and an owner, and is kept and shown until it agrees."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from exchange.store.connection import Conn
from exchange.store.queries import load

Q = load("reconciling")
Owner = Literal["county", "city", "upstream"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A way of not agreeing: whose it is, what it is called, what is to be done."""

    owner: Owner
    name: str
    advice: str


KINDS: Mapping[str, Kind] = {
    "vanished": Kind(
        "county", "地方未经撤回删除了记录", "请地方补回该记录，或按规定先报失效再补报"
    ),
    "changed_at_source": Kind(
        "county",
        "地方把记录改回了旧内容，未留下新的变更时间",
        "请地方核对该记录，按规定重新推送",
    ),
    "not_in_ledger": Kind("city", "已比对过的来源行在台账中没有版本", "请系统维护人员立即核查台账"),
    "no_delivery": Kind("city", "台账为已入库，却没有成功的上报", "请系统维护人员立即核查台账"),
    "lost_upstream": Kind(
        "upstream", "已上报的记录在上级平台不存在", "请上级平台核查；确认后重新上报"
    ),
    "changed_upstream": Kind(
        "upstream", "上级平台中的内容与上报时不同", "请上级平台说明由谁、为何改动"
    ),
    "verdict_changed": Kind(
        "upstream", "已入库的记录后来被上级平台退回", "请上级平台说明原因；按退回处理"
    ),
    "unknown_upstream": Kind("upstream", "上级平台中有不是本系统上报的记录", "请上级平台核查来源"),
}
"""The kinds that are stored. What is only not there yet is counted and not stored."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One record that does not agree."""

    kind: str
    record_key: str
    version: int | None
    detail: Mapping[str, Any] = field(default_factory=dict)


def keep(
    conn: Conn, feed: Mapping[str, Any], found: Sequence[Difference], *, now: datetime
) -> None:
    """Open those that are new and mark the others as seen again, without waiting for each."""
    conn.cursor().executemany(
        Q["keep_difference"],
        [
            {
                **feed,
                "record_key": one.record_key,
                "kind": one.kind,
                "owner": KINDS[one.kind].owner,
                "version": one.version,
                "detail": json.dumps(one.detail, ensure_ascii=False),
                "now": now,
            }
            for one in found
        ],
    )


def resolve(conn: Conn, feed: Mapping[str, Any], kinds: Iterable[str], *, now: datetime) -> None:
    """Those of these kinds that were not seen at ``now`` agree again."""
    conn.execute(Q["resolve_unseen"], {**feed, "kinds": list(kinds), "now": now})


def open_differences(conn: Conn, bodies: Sequence[str]) -> list[dict[str, Any]]:
    """All that stand, of these bodies, oldest first."""
    rows = conn.execute(Q["open_differences"], {"bodies": list(bodies)}).fetchall()
    return [dict(row) for row in rows]


def accept(conn: Conn, numbers: Sequence[int], *, who: str, why: str, now: datetime) -> list[int]:
    """A person takes these differences as explained; kept in the audit. Returns the accepted."""
    given = {"ids": list(numbers), "who": who, "why": why, "now": now}
    return [int(row["id"]) for row in conn.execute(Q["accept_differences"], given)]


def vanished_until(
    conn: Conn, body: str, table_code: str | None, before: datetime
) -> list[dict[str, Any]]:
    """The records of a body, and of one table if given, that were found vanished before a time."""
    asked = {"body": body, "table_code": table_code, "before": before}
    return conn.execute(Q["vanished_until"], asked).fetchall()

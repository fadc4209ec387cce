"""The watch: is the promise kept now, and if not, who is slow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from exchange.rounds.wiring import Exchange, opened
from exchange.settings import Settings
from exchange.store.queries import load

Q = load("ledger")
COMPARING = load("sweeping")
HOPS = {
    "landed": "等待校验（本系统）",
    "queued": "等待上报（本系统）",
    "sending": "上报中（本系统）",
    "unknown": "核实上报结果（上级平台）",
    "sent": "等待上级校验（上级平台）",
    "dead": "无法投递待处理（本系统）",
}
NEVER_READ = timedelta(minutes=5)
MISSED_LATELY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Breach:
    """One way in which the promise is broken now: which body, which hop, for how many seconds."""

    body: str
    name: str
    hop: str
    seconds: float
    records: int
    advice: str

    def __str__(self) -> str:
        """The breach as one line for people."""
        count = f"，{self.records} 条" if self.records else ""
        return (
            f"{self.name}（{self.body}）：{self.hop}已 {self.seconds:.0f} 秒{count}。{self.advice}"
        )


def watch(settings: Settings, *, now: datetime) -> list[Breach]:
    """All breaches of the policy's clock at this moment; empty when the promise is kept."""
    with opened(settings, work="watch") as exchange:
        limit = exchange.policy(now).clock_limit
        return [
            *_slow_records(exchange, limit, now),
            *_silent_feeds(exchange, now),
            *_missed(exchange, now),
            *_vanished(exchange, now),
        ]


def _slow_records(exchange: Exchange, limit: timedelta, now: datetime) -> list[Breach]:
    with exchange.store.transaction() as conn:
        rows = conn.execute(Q["oldest_open_now"], {"now": now}).fetchall()
    return [
        Breach(
            row["body"],
            row["name"],
            HOPS[row["oldest_state"]],
            float(row["oldest_s"]),
            row["open"],
            "请运行 ./run exchange ledger slow 查看是哪些记录",
        )
        for row in rows
        if row["oldest_s"] > limit.total_seconds()
    ]


def _silent_feeds(exchange: Exchange, now: datetime) -> list[Breach]:
    with exchange.store.transaction() as conn:
        rows = conn.execute(Q["failing_feeds"], {"before": now - NEVER_READ}).fetchall()
    return [
        Breach(
            row["body"],
            row["name"],
            "读取失败",
            (now - row["failing_since"]).total_seconds(),
            0,
            f"最近的错误：{row['last_error']}",
        )
        for row in rows
    ]


def _missed(exchange: Exchange, now: datetime) -> list[Breach]:
    """Rows that the pull did not bring and the comparing found within the last hour."""
    with exchange.store.transaction() as conn:
        given = {"since": now - MISSED_LATELY}
        rows = conn.execute(COMPARING["missed_lately"], given).fetchall()
    return [
        Breach(
            row["body"],
            row["name"],
            f"增量读取有漏（{row['tables']}），已由比对补收，发现至今",
            (now - row["at"]).total_seconds(),
            row["missed"],
            f"请运行 ./run exchange sweep --show --body {row['body']} 查看漏读率，"
            "并请对方核对变更时间列，或改用变更队列",
        )
        for row in rows
    ]


def _vanished(exchange: Exchange, now: datetime) -> list[Breach]:
    """Records gone from the source without a withdrawal."""
    with exchange.store.transaction() as conn:
        rows = conn.execute(COMPARING["vanished_now"]).fetchall()
    return [
        Breach(
            row["body"],
            row["name"],
            "前置库中有记录未经撤回而消失，发现至今",
            (now - row["since"]).total_seconds(),
            row["records"],
            f"请运行 ./run exchange reconcile --show --body {row['body']} 查看是哪些记录，"
            "请对方补回，或按规定撤回",
        )
        for row in rows
    ]

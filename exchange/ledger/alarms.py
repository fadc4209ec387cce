"""Alarms: what is wrong, who is hit, since when, and the command that the runbook begins with.

An alarm is raised once and stays one alarm until what it says was not seen for a while.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from exchange.store.connection import Conn
from exchange.store.queries import load

Q = load("alarms")
OVER_AFTER = timedelta(seconds=120)
TEXT_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of alarm: its name, and the first command of ``docs/runbooks/<kind>.md``.

    ``{subject}`` in the command is replaced by what the alarm is about.
    """

    name: str
    command: str


KINDS: Mapping[str, Kind] = {
    "oldest-record": Kind("超过时限仍未入库", "./run exchange ledger slow --body {subject}"),
    "source-unreadable": Kind("读取失败", "./run exchange sync --body {subject} --once"),
    "source-clock": Kind("源端时钟偏差", "./run exchange clocks --body {subject}"),
    "window-missed": Kind("增量读取有漏", "./run exchange sweep --show --body {subject}"),
    "vanished": Kind("记录未经撤回而消失", "./run exchange reconcile --show --body {subject}"),
    "dirty-flood": Kind("大面积不合格，暂缓校验", "./run exchange status"),
    "upstream-down": Kind("上级平台不可用", "./run exchange status"),
    "backlog": Kind("积压待上报", "./run exchange status"),
    "dead-letters": Kind("记录无法投递", "./run exchange deadletters list --body {subject}"),
    "not-in-effect": Kind("上级暂无有效记录", "./run exchange ledger gaps --body {subject}"),
    "reference-cycle": Kind("记录互相引用", "./run exchange ledger show {subject}"),
    "blind-spots": Kind("上级退回原因未对应规则", "./run exchange blindspots"),
    "ledger-unsealed": Kind("台账封存滞后", "./run exchange ledger seal"),
    "ledger-broken": Kind("台账核验不符", "./run exchange ledger prove --show"),
    "ledger-unproved": Kind("台账未按时核验", "./run exchange ledger prove"),
    "disk-low": Kind("磁盘空间不足，已放慢或停止拉取", "df -h"),
}


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that is wrong now: of which kind, about whom, for how many seconds, in words."""

    kind: str
    subject: str
    name: str
    text: str
    seconds: float

    @property
    def command(self) -> str:
        """What to type first."""
        return KINDS[self.kind].command.format(subject=self.subject)

    def __str__(self) -> str:
        """The alarm as one line for people."""
        return f"{self.name}：{self.text}。请运行 {self.command}（docs/runbooks/{self.kind}.md）"


def keep(conn: Conn, present: Sequence[Alarm], now: datetime) -> None:
    """Write down what is wrong now, and clear what has not been seen for two minutes."""
    if present:
        conn.execute(
            Q["raise_alarms"],
            {
                "now": now,
                "kinds": [one.kind for one in present],
                "subjects": [one.subject for one in present],
                "names": [one.name for one in present],
                "texts": [one.text[:TEXT_LENGTH] for one in present],
                "commands": [one.command for one in present],
                "seconds": [float(one.seconds) for one in present],
            },
        )
    conn.execute(Q["clear_alarms"], {"now": now, "before": now - OVER_AFTER})


def open_alarms(conn: Conn) -> list[dict[str, Any]]:
    """The alarms that stand, the oldest first, as the store has them."""
    return conn.execute(Q["open_alarms"]).fetchall()


def alarms_since(conn: Conn, since: datetime, limit: int = 100) -> list[dict[str, Any]]:
    """The alarms raised since a time or still standing, the newest first."""
    return conn.execute(Q["alarms_since"], {"since": since, "limit": limit}).fetchall()

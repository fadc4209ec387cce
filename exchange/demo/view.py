"""The demo on the terminal: one table, a row per county, and the balance below it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from exchange.delivery.lanes import Lane
from exchange.demo.figures import Figures
from exchange.rounds.status import Latency

COLUMNS = (
    ("received", "收讫\nreceived"),
    ("passed", "校验通过\npassed"),
    ("returned", "退回\nreturned"),
    ("held", "等上级\nheld"),
    ("waiting", "在途\nwaiting"),
    ("confirmed", "入库\nconfirmed"),
)


def table(figures: Figures, title: str) -> Table:
    """The table of all bodies with its sum."""
    shown = Table(title=title, show_footer=True, header_style="bold", title_justify="left")
    rows = figures.status.bodies
    shown.add_column("单位\nbody", footer="合计 total", no_wrap=True)
    for name, heading in COLUMNS:
        shown.add_column(heading, footer=str(sum(row[name] for row in rows)), justify="right")
    cases = f"{figures.opened}/{figures.closed}"
    shown.add_column("整改 开/结\ncases", footer=cases, justify="right", no_wrap=True)
    seconds = _seconds(figures.latency)
    shown.add_column("时效 秒\np50/p95/p99", footer=seconds, justify="right", no_wrap=True)
    for row in rows:
        latency = figures.status.latency.get(row["code"])
        shown.add_row(
            _name(row),
            *(str(row[name]) for name, _ in COLUMNS),
            f"{row['cases_opened']}/{row['cases_closed']}",
            _seconds(latency),
        )
    return shown


def screen(figures: Figures, title: str, news: list[str], where: str) -> RenderableType:
    """The whole view: table, balance, what happened lately, where to look further."""
    total = figures.total
    unaccounted = total["unaccounted"]
    balance = Text(
        f"收讫 {total['acknowledged']} = 入库 {total['confirmed']} + 在途 {total['waiting']}"
        f" + 等上级 {total['held']} + 退回 {total['returned']} + 撤回 {total['withdrawn']}"
        f" + 被取代 {total['superseded']}；去向不明 {unaccounted} (unaccounted)",
        style="bold red" if unaccounted else "bold green",
    )
    lanes = [Text(_lane(lane), "red" if lane.open_until else "cyan") for lane in figures.lanes]
    alarms = [
        Text(f"！ {alarm['name']}：{alarm['text']} → {alarm['command']}", "bold red")
        for alarm in figures.alarms
    ]
    told = [Text(line, "yellow") for line in news]
    return Group(table(figures, title), balance, *lanes, *alarms, *told, where)


def _lane(lane: Lane) -> str:
    """A way up: what waits, and when the backlog will have drained."""
    if not lane.backlog:
        ends = "无积压 no backlog"
    elif lane.eta_s is None:
        ends = f"积压 backlog {lane.backlog}，暂不能估计 no estimate"
    else:
        ends = f"积压 backlog {lane.backlog}，约 {lane.eta_s:.0f} 秒办完 ETA"
    paused = "，暂停 paused" if lane.open_until else ""
    return f"↑ {lane.upstream} 待报 {lane.fresh} 在途 {lane.in_flight} {ends}{paused}"


def _name(row: Mapping[str, Any]) -> Text:
    """The name of the body; red, with the number of its tables, while some cannot be read."""
    if row["failing"]:
        return Text(f"{row['name']} ✗{row['failing']}", style="red")
    return Text(row["name"])


def _seconds(latency: Latency | None) -> str:
    if latency is None or latency.p99 is None:
        return "–"
    return f"{latency.p50:.1f}/{latency.p95:.1f}/{latency.p99:.1f}"

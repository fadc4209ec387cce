"""Everything at a glance: promise, ways up with the end of their backlog, alarms."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import click

from exchange.delivery.lanes import Lane
from exchange.ledger.clocks import HOPS
from exchange.notices.days import by_office_clock
from exchange.rounds.promise import Promise, promise
from exchange.rounds.wiring import opened
from exchange.settings import Settings


@click.command()
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
def status(form: str) -> int:
    """Whether the promise is kept now, who is slow, what waits and until when; 1 when it is not.

    \b
    Example: exchange status
             exchange status --format json
    """
    with opened(Settings.read(), work="status") as exchange:
        found = promise(exchange, now=datetime.now(UTC))
    if form == "json":
        click.echo(json.dumps(found.to_json(), ensure_ascii=False))
    else:
        click.echo("\n".join(_lines(found)))
    return 0 if found.kept else 1


def _lines(found: Promise) -> list[str]:
    lines = ["承诺兑现 / kept" if found.kept else "承诺未兑现 / broken"]
    if found.unreadable:
        lines[0] += f"；{len(found.unreadable)} 个单位暂不能读取"
    for body in found.bodies:
        hop = f"{HOPS[body.slowest].name}（{body.owner}）" if body.slowest else "–"
        lines.append(
            f"{'✓' if body.kept else '✗'} {body.name}（{body.body}） 时限 {body.allowed_s:.0f} 秒  "
            f"在途 {body.open} 超时 {body.overdue}  用时最多：{hop}"
        )
        if body.failing_s is not None:
            what = f"{body.unreadable}已 {body.failing_s:.0f} 秒不能读取：{body.last_error}"
            lines.append(f"    {what}")
    lines += [lane_line(lane) for lane in found.lanes]
    lines += [
        f"暂缓校验 {row['name']}（{row['body']}）：{row['waiting']} 条，"
        f"下次试校验 {by_office_clock(row['trial_at']):%H:%M:%S}"
        for row in found.aside
    ]
    lines += [f"无法投递 {row['name']}（{row['body']}）：{row['letters']} 条" for row in found.dead]
    lines += [
        f"！ {alarm['name']}：{alarm['text']}"
        f"  自 {by_office_clock(alarm['raised_at']):%m-%d %H:%M:%S}"
        f"\n    {alarm['command']}    docs/runbooks/{alarm['kind']}.md"
        for alarm in found.standing
    ]
    return [*lines, str(found.disk)]


def lane_line(lane: Lane) -> str:
    """A way up in one line: what waits in each lane, and when the backlog will have drained."""
    if not lane.backlog:
        eta = "无积压"
    elif lane.eta_s is None:
        eta = "暂不能估计何时办完"
    else:
        eta = f"每秒 {lane.per_second:.1f} 条，约 {lane.eta_s:.0f} 秒办完"
    state = f"暂停（{lane.last_error}）" if lane.open_until else "正常"
    return (
        f"↑ {lane.upstream} {state}  时限内 {lane.fresh} 积压 {lane.backlog} "
        f"在途 {lane.in_flight}  {eta}"
    )

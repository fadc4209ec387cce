"""Who used the minutes: per body and hop, and the slowest records; 1 when the promise is broken."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import click

from exchange.ledger.clocks import HOPS, BodyClock, body_clocks, record_clocks
from exchange.rounds.promise import clocks_of
from exchange.rounds.wiring import opened
from exchange.settings import Settings


@click.command()
@click.option("--body", help="Only this body.")
@click.option("--hours", type=float, default=1, show_default=True, help="How far back.")
@click.option("--records", type=int, default=0, show_default=True, help="So many slowest records.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
def clocks(body: str | None, hours: float, records: int, form: str) -> int:
    """Each body's clock: in time or not, median and 95th percentile of each hop, whose they are.

    Times are set right by the offset of the source's clock; negative spans are counted (时间倒置),
    never clipped.

    \b
    Example: exchange clocks --body 420602 --records 5
             exchange clocks --hours 24 --format json
    """
    now = datetime.now(UTC)
    since = now - timedelta(hours=hours)
    with (
        opened(Settings.read(), work="clocks") as exchange,
        exchange.store.transaction() as conn,
    ):
        known = clocks_of(exchange, now)
        if body is not None and body not in known:
            raise click.BadParameter(f"no county file for {body}; there are: {', '.join(known)}")
        wanted = {code: clock for code, clock in known.items() if body in {None, code}}
        found = body_clocks(conn, wanted, since=since, now=now)
        slowest = record_clocks(conn, since=since, body=body, limit=records) if records else []
    if form == "json":
        answer = {"bodies": [one.to_json() for one in found], "records": slowest}
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        for one in found:
            _print(one)
        for row in slowest:
            hops = "  ".join(f"{HOPS[hop].name} {row[hop]}" for hop in HOPS)
            click.echo(
                f"#{row['id']} {row['body']} {row['table_code']}  共 {row['total']} 秒  {hops}"
            )
    return 0 if all(one.kept for one in found) else 1


def _print(one: BodyClock) -> None:
    rule = "业务发生起" if one.kind == "event" else "推送周期"
    click.echo(
        f"{'✓' if one.kept else '✗'} {one.name}（{one.body}） {rule} {one.allowed_s:.0f} 秒  "
        f"入库 {one.confirmed} 及时 {one.in_time} 迟 {one.late}  在途 {one.open} 超时 {one.overdue}"
        + (f"  最久 {one.oldest_s:.0f} 秒" if one.oldest_s is not None else "")
        + (f"  时间倒置 {one.skewed}" if one.skewed else "")
        + (f"  写入程序时钟至少快 {one.ahead_s:.0f} 秒" if one.ahead_s is not None else "")
        + (f"  时钟偏差 {one.offset_s:+.1f} 秒" if one.offset_s is not None else "")
    )
    for hop, (middle, high) in one.hops.items():
        mark = " ←" if hop == one.slowest else ""
        click.echo(f"    {HOPS[hop].name}（{HOPS[hop].owner}） {middle:.1f} / {high:.1f} 秒{mark}")
    if one.last_error:
        click.echo(f"    读取失败：{one.last_error}")

"""How often each rule fired lately, at how many bodies, and on which days."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta

import click

from exchange.judging.fired import Fired
from exchange.judging.fired import fired as read
from exchange.notices.days import OFFICE_ZONE, by_office_clock
from exchange.settings import Settings
from exchange.store.addresses import app_url
from exchange.store.connection import Store


@click.command()
@click.argument("codes", nargs=-1)
@click.option("--days", type=float, default=7, show_default=True, help="How far back.")
@click.option("--all", "every", is_flag=True, help="Also the rules that did not fire.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
def fired(codes: tuple[str, ...], days: float, every: bool, form: str) -> None:
    """List the rules that fired, or those whose code begins with one of CODES, most often first.

    \b
    Example: exchange fired --days 30
             exchange fired PRJ-005 --format json
    """
    since = datetime.now(UTC) - timedelta(days=days)
    with (
        closing(Store(app_url(Settings.read()), by="fired")) as store,
        store.transaction() as conn,
    ):
        found = read(conn, codes, since=since, zone=OFFICE_ZONE)
    shown = [one for one in found if every or one.failed]
    if form == "json":
        click.echo(json.dumps([one.to_json() for one in shown], ensure_ascii=False))
        return
    for one in shown:
        click.echo(_line(one))
    if not shown:
        click.echo(f"无：{len(found)} 条规则运行过，均未触发 / none of {len(found)} rules fired")


def _line(one: Fired) -> str:
    last = "–" if one.last_at is None else f"{by_office_clock(one.last_at):%m-%d %H:%M}"
    days = " ".join(f"{day:%m-%d}×{times}" for day, times in one.days.items())
    return (
        f"{one.rule:48} 未通过 {one.failed}  通过 {one.passed}  不适用 {one.not_applicable}  "
        f"未检查 {one.not_checked}  {one.bodies} 个单位  最近 {last}  {days}"
    )

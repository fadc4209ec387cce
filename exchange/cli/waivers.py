"""Excuse a body from a rule until a day, under a name; list and revoke."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

import click

from exchange.settings import Settings
from exchange.store.addresses import app_url
from exchange.store.connection import Conn, Store
from exchange.waivers import register
from validators.record import wall_time
from validators.ruleset import rule_codes

STATES = {"in_force": "生效中", "future": "未生效", "expired": "已到期", "revoked": "已撤销"}
_who = click.option("--who", required=True, help="Who gives this command; goes into the audit.")


@click.group()
def waivers() -> None:
    """Waivers: findings that ride along as advice, marked 豁免, until their day.

    \b
    Example: exchange waivers list
    """


@waivers.command()
@click.option("--body", required=True, help="Code of the body that is excused.")
@click.option("--rule", required=True, help="Code of the rule.")
@click.option("--reason", required=True, help="Why; shown with every finding.")
@click.option("--signer", required=True, help="Who answers for it; shown with every finding.")
@click.option("--from", "from_day", help="First day (YYYY-MM-DD); default: today.")
@click.option("--until", "until_day", required=True, help="Last day (YYYY-MM-DD).")
@_who
def add(
    body: str,
    rule: str,
    reason: str,
    signer: str,
    from_day: str | None,
    until_day: str,
    who: str,
) -> None:
    """Excuse a body from a rule; what stands because of it is judged again.

    \b
    Example: exchange waivers add --body 420602 --rule LIM-010/promise_exceeds_statute
               --reason 系统升级 --signer 市工改办主任 --until 2026-12-31 --who zhangsan
    """
    now = datetime.now(UTC)
    first = _day("--from", from_day) if from_day else wall_time(now).date()
    request = register.Request(body, rule, reason, signer, first, _day("--until", until_day))
    with _opened() as conn:
        added = register.add(conn, request, rules=rule_codes(), who=who, now=now)
    click.echo(
        f"waiver {added.number} holds from {request.from_day} until {request.until_day}; "
        f"{added.judged_again} records and {added.dossiers} dossiers are judged again"
    )


@waivers.command("list")
@click.option("--body", help="Only of this body.")
@click.option("--all", "everything", is_flag=True, help="Expired and revoked ones, too.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
def show(body: str | None, everything: bool, form: str) -> None:
    """The waivers in force or to come.

    \b
    Example: exchange waivers list --all
    """
    today = wall_time(datetime.now(UTC)).date()
    with _opened() as conn:
        found = register.listed(conn, body=body, today=today, everything=everything)
    if form == "json":
        click.echo(json.dumps(found, ensure_ascii=False, default=str))
        return
    for row in found:
        ended = f"，{row['revoked_by']}撤销" if row["revoked_by"] else ""
        click.echo(
            f"{row['id']:>5}  {STATES[row['state']]}  {row['body']} {row['body_name']}  "
            f"{row['rule']}  {row['from_day']} 至 {row['until_day']}  "
            f"{row['signer']}签批：{row['reason']}（{row['added_by']}登记{ended}）"
        )


@waivers.command()
@click.argument("number", type=int)
@_who
def revoke(number: int, who: str) -> None:
    """End waiver NUMBER now; dossiers that its rule stands against are judged again.

    \b
    Example: exchange waivers revoke 3 --who zhangsan
    """
    with _opened() as conn:
        dossiers = register.revoke(conn, number, who=who, now=datetime.now(UTC))
    click.echo(f"waiver {number} is revoked; {dossiers} dossiers are judged again")


@contextmanager
def _opened() -> Iterator[Conn]:
    store = Store(app_url(Settings.read()), by="waivers")
    try:
        with store.transaction() as conn:
            yield conn
    finally:
        store.close()


def _day(option: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{option} {text!r} is no day (YYYY-MM-DD)") from None

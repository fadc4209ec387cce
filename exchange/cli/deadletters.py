"""Deliveries that cannot go on: look at them, send them again, or return them to the body."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from exchange.delivery import deadletters as letters
from exchange.delivery.deadletters import KINDS
from exchange.notices.days import by_office_clock
from exchange.rounds.wiring import opened
from exchange.settings import Settings
from exchange.store.connection import Conn
from schemas.personal import mask_text

_format = click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
_who = click.option("--who", required=True, help="Who decides; kept in the audit, for ever.")
_letters = click.argument("numbers", nargs=-1, type=int, required=True)


@click.group()
def deadletters() -> None:
    """Look at deliveries that cannot go on, and decide what becomes of them.

    \b
    Example: exchange deadletters list
    """


@deadletters.command("list")
@click.option("--body", help="Code of a body; default: all.")
@_format
def show_list(body: str | None, form: str) -> int:
    """All that wait for a decision, the oldest first; 1 when there are any.

    \b
    Example: exchange deadletters list --body 420602 --format json
    """
    with opened(Settings.read(), work="deadletters") as exchange:
        with exchange.store.transaction() as conn:
            found = letters.waiting(conn, body=body)
        if form == "json":
            click.echo(json.dumps([_facts(row) for row in found], ensure_ascii=False))
        else:
            for row in found:
                click.echo(_line(row))
            if not found:
                click.echo("没有无法投递的记录 / none")
    return 1 if found else 0


@deadletters.command()
@click.argument("number", type=int)
@_format
def show(number: int, form: str) -> int:
    """One of them with the rows that were to be written; what is personal is masked.

    \b
    Example: exchange deadletters show 17
    """
    with (
        opened(Settings.read(), work="deadletters") as exchange,
        exchange.store.transaction() as conn,
    ):
        found = letters.waiting(conn, letters=[number])
        if not found:
            raise letters.NotADeadLetterError(letter=number)
        standard = exchange.standard(found[0]["body"], found[0]["standard"])
        table = standard.tables.get(found[0]["table_code"])
        steps = letters.preview(conn, table, found[0]["version_id"])
    if form == "json":
        click.echo(json.dumps(_facts(found[0]) | {"steps": steps}, ensure_ascii=False))
        return 0
    click.echo(_line(found[0]))
    version, attempts = found[0]["standard"], found[0]["attempt"]
    click.echo(f"标准 {version}，已试 {attempts} 次；将写入上级平台的内容：")
    for step in steps:
        click.echo(f"↑ {step['step']} {step['kind']} {step['outcome'] or '未写入'}")
        for code, value in step["payload"].items():
            if value is not None:
                click.echo(f"    {code:16} {value}")
    return 0


@deadletters.command()
@_letters
@_who
def replay(numbers: tuple[int, ...], who: str) -> int:
    """Send them again. Doubles nothing: what was tried before is asked for first.

    \b
    Example: exchange deadletters replay 17 18 --who 市工改办值班
    """
    now = datetime.now(UTC)
    return _decide(
        numbers, "重新投递", lambda _, conn, n: letters.replay(conn, n, who=who, now=now)
    )


@deadletters.command("return")
@_letters
@_who
def give_back(numbers: tuple[int, ...], who: str) -> int:
    """Return them to their bodies: each becomes a finding of a case.

    \b
    Example: exchange deadletters return 17 --who 市工改办值班
    """
    now = datetime.now(UTC)

    def decide(exchange: Any, conn: Conn, number: int) -> int:
        row = letters.waiting(conn, letters=[number])
        if not row:
            raise letters.NotADeadLetterError(letter=number)
        standard = exchange.standard(row[0]["body"], row[0]["standard"])
        policy = exchange.rulesets.policy(row[0]["body"], now)
        until = now + timedelta(seconds=policy.collect_for_s)
        return letters.give_back(conn, number, standard, who=who, now=now, collect_until=until)

    return _decide(numbers, "已退回报送单位", decide)


def _decide(numbers: tuple[int, ...], done: str, decide: Callable[[Any, Conn, int], int]) -> int:
    with opened(Settings.read(), work="deadletters") as exchange:
        for number in numbers:
            with exchange.store.transaction() as conn:
                version = decide(exchange, conn, number)
            click.echo(f"{number}：{done}，记录 #{version}")
    return 0


def _line(row: dict[str, Any]) -> str:
    return (
        f"{row['id']:8} {by_office_clock(row['at']):%m-%d %H:%M:%S} {row['name']}"
        f"（{row['body']}） {row['table_code']} #{row['version_id']}"
        f" {KINDS[row['kind']]}：{mask_text(row['reason'])}"
    )


def _facts(row: dict[str, Any]) -> dict[str, Any]:
    """What a person or a program may see of a letter: no business key, it may name a person."""
    return {
        "letter": row["id"],
        "version": row["version_id"],
        "at": row["at"].isoformat(),
        "kind": row["kind"],
        "kind_zh": KINDS[row["kind"]],
        "reason": mask_text(row["reason"]),
        "body": row["body"],
        "name": row["name"],
        "standard": row["standard"],
        "table": row["table_code"],
        "attempts": row["attempt"],
    }

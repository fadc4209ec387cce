"""Records that vanished from their source: list them, accept many at a time."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

import click

from connectors.county import load_bodies
from exchange.cli.workers import chosen_bodies
from exchange.notices.days import by_office_clock
from exchange.notices.masking import shown_key
from exchange.reconciling.differences import KINDS
from exchange.rounds import reconciling
from exchange.settings import Settings
from schemas import table_of

Command = TypeVar("Command", bound=Callable[..., int])


@click.group()
def vanished() -> None:
    """Records that their body deleted without withdrawing them.

    \b
    Example: exchange vanished list --body 420602 --until 2026-11-20
    """


def _choice(command: Command) -> Command:
    """The options by which records are chosen."""
    for option in (
        click.option("--until", type=click.DateTime(["%Y-%m-%d"]), required=True,
                     help="Those found up to the end of this day."),
        click.option("--table", help="Code of a table; default: all."),
        click.option("--body", required=True, help="Code of the body."),
    ):  # fmt: skip
        command = option(command)
    return command


@vanished.command("list")
@_choice
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
def show(body: str, table: str | None, until: datetime, form: str) -> int:
    """List the vanished records that stand, as `accept` would take them.

    \b
    Example: exchange vanished list --body 420602 --table SPGL_XMJBXXB --until 2026-11-20
    """
    chosen_bodies([body])
    now = datetime.now(UTC)
    found = reconciling.vanished(Settings.read(), body, table, until.date(), now=now)
    if form == "json":
        click.echo(json.dumps(found, ensure_ascii=False, default=str))
        return 0
    for row in found:
        click.echo(_line(row))
    name = f"{load_bodies()[body].name}（{body}）到 {until:%Y-%m-%d} 为止"
    if found:
        click.echo(
            f"{name}有 {len(found)} 条记录未经撤回而从源端消失，上级平台上的没有动。\n"
            f"{KINDS['vanished'].advice}；单位书面说明属实的，可用 vanished accept 成批了结。"
        )
    else:
        click.echo(f"{name}没有未了结的消失记录。")
    return 0


@vanished.command()
@_choice
@click.option("--reason", required=True, help="The explanation; it is kept in the audit.")
@click.option("--by", "who", required=True, help="Who answers for it.")
def accept(body: str, table: str | None, until: datetime, reason: str, who: str) -> int:
    """Take all of them as explained, all or none; ends with 1 when there are none.

    Each is in the audit by itself. Nothing is withdrawn above.

    \b
    Example: exchange vanished accept --body 420602 --table SPGL_XMJBXXB --until 2026-11-20 \
                 --reason "整批归档，已来函" --by 张某
    """
    chosen_bodies([body])
    if not reason.strip() or not who.strip():
        raise click.UsageError("--reason and --by must say something")
    taken = reconciling.accept_vanished(
        Settings.read(), body, table, until.date(), who=who, why=reason, now=datetime.now(UTC)
    )
    if taken:
        click.echo(f"已了结 {taken} 条，逐条记入审计；上级平台上的记录没有动。")
    else:
        click.echo(f"到 {until:%Y-%m-%d} 为止没有未了结的消失记录，什么也没有改。")
    return 0 if taken else 1


def _line(row: Mapping[str, Any]) -> str:
    table = table_of(row["standard"], row["table_code"])
    name = f"{table.name} {row['table_code']}" if table else row["table_code"]
    key = "，".join(f"{code}={text}" for code, text in shown_key(table, row["record_key"]).items())
    return (
        f"#{row['id']:<6} {by_office_clock(row['found_at']):%Y-%m-%d %H:%M} 发现  {name}  {key}  "
        f"地方数据主键 {row['local_key'] or '（空）'}  {row['state']}"
    )

"""Source, ledger and upstream against each other: what differs, why, and whose it is."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import click

from exchange.cli.workers import chosen_bodies
from exchange.reconciling.differences import KINDS
from exchange.rounds.reconciling import Reconciled, accept_differences, reconcile, shown
from exchange.settings import Settings

OWNERS = {"county": "地方", "city": "本系统", "upstream": "上级平台"}


@click.command("reconcile")
@click.option("--body", "bodies", multiple=True, help="Code of a body; default: all.")
@click.option("--show", is_flag=True, help="Compare nothing; show the last result and what stands.")
@click.option("--settled", type=float, default=300, help="Seconds until a sent row must be there.")
@click.option(
    "--accept", "accepted", type=int, multiple=True, help="Take a difference as explained."
)
@click.option("--who", help="With --accept: who answers for it.")
@click.option("--why", help="With --accept: the explanation; it is kept.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
def command(
    bodies: tuple[str, ...],
    show: bool,
    settled: float,
    accepted: tuple[int, ...],
    who: str | None,
    why: str | None,
    form: str,
) -> int:
    """Compare source, ledger and upstream down to the rows that differ; each with its owner.

    Ends with 1 when something is unexplained, with 2 when a side could not be compared.

    \b
    Example: exchange reconcile --body 420602 --format json
             exchange reconcile --accept 17 --who 张某 --why "地方已书面说明"
    """
    settings, chosen, now = Settings.read(), chosen_bodies(bodies), datetime.now(UTC)
    if accepted:
        if not who or not why:
            raise click.UsageError("--accept needs --who and --why")
        taken = accept_differences(settings, accepted, who=who, why=why, now=now)
        click.echo(json.dumps({"accepted": taken}))
        return 0 if len(taken) == len(set(accepted)) else 1
    if show:
        found = shown(settings, chosen)
    else:
        found = reconcile(settings, chosen, now=now, settled_for=timedelta(seconds=settled))
    if form == "json":
        answer = [one.to_json() for one in found]
        click.echo(json.dumps(answer, ensure_ascii=False, default=str))
    else:
        for one in found:
            _print(one)
    if not all(one.agrees for one in found):
        return 1
    return 2 if any(one.errors for one in found) and not show else 0


def _print(one: Reconciled) -> None:
    count = one.counts
    click.echo(
        f"{one.body:12} 来源 {count['source_rows']} 行，台账 {count['records']} 条"
        f"（{count['versions']} 版，在途 {count['not_yet']}），上报 {count['sent']}，"
        f"上级存有 {count['there']}；补收 {count['missed']}；差异 {len(one.differences)}"
    )
    for side, text in one.errors.items():
        click.echo(f"{'':12} {side}: {text}", err=True)
    for row in one.differences:
        kind = KINDS[row["kind"]]
        click.echo(
            f"{'':12} #{row['id']} {OWNERS[row['owner']]}：{kind.name}  {row['table_code']} "
            f"{row['record_key']}  {json.dumps(row['detail'], ensure_ascii=False)}\n"
            f"{'':15}{kind.advice}"
        )

"""Judge one version again as it was judged, and say whether the verdict is identical."""

from __future__ import annotations

import json

import click

from exchange.replay.groups import of_one_instant
from exchange.replay.reproduce import reproduce as judge_again
from exchange.settings import Settings
from exchange.store.addresses import app_url
from exchange.store.connection import Store


@click.command()
@click.argument("version", type=int)
@click.option(
    "--ruleset",
    help="Rules to judge with: `current`, a folder, or a past ruleset hash; default: those that "
    "the store kept with the verdict.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def reproduce(version: int, ruleset: str | None, form: str) -> int:
    """Reach the verdict on VERSION again; ends with 1 when it is different, saying why.

    VERSION is the number that `exchange ledger show` prints.

    \b
    Example: exchange reproduce 4711
    """
    settings = Settings.read()
    store = Store(app_url(settings), by="reproduce")
    try:
        with store.transaction() as conn:
            of_one_instant(conn)
            found = judge_again(conn, version, ruleset=ruleset, policy_file=settings.policy)
    finally:
        store.close()
    if form == "json":
        click.echo(json.dumps(found.to_json(), ensure_ascii=False))
    else:
        answer = "结论一致" if found.identical else "结论不同"
        click.echo(
            f"#{version}（第{found.judgement}次校验）{answer}"
            f"：规则集 {found.stamp['ruleset']}，依据 {found.inputs_hash[:16]}"
        )
        for reason in found.reasons:
            click.echo(f"  {reason}")
    return 0 if found.identical else 1

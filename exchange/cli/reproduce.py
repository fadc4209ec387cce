"""Judge one version, or its dossiers, again as then, and say whether the verdict is identical."""

from __future__ import annotations

import json

import click

from exchange.replay.groups import of_one_instant
from exchange.replay.reproduce import Reproduction
from exchange.replay.reproduce import reproduce as judge_again
from exchange.replay.reproduce_dossiers import DossierReproduction, reproduce_dossiers
from exchange.settings import Settings
from exchange.store.addresses import app_url
from exchange.store.connection import Store

KIND_NAMES = {"project": "工程", "plan": "项目", "area": "区划", "approval": "审批"}


@click.command()
@click.argument("version", type=int)
@click.option(
    "--ruleset",
    help="Rules to judge with: `current`, a folder, or a past ruleset hash; default: those that "
    "the store kept with the verdict.",
)
@click.option(
    "--dossiers",
    type=click.Choice(["last", "every"]),
    help="Not VERSION itself but the dossiers it belongs to: their last verdict, or every one.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def reproduce(version: int, ruleset: str | None, dossiers: str | None, form: str) -> int:
    """Reach the verdict on VERSION again; ends with 1 when it is different, saying why.

    VERSION is the number that `exchange ledger show` prints.

    \b
    Example: exchange reproduce 4711
    Example: exchange reproduce 4711 --dossiers last
    """
    settings = Settings.read()
    store = Store(app_url(settings), by="reproduce")
    found: list[Reproduction] | list[DossierReproduction]
    try:
        with store.transaction() as conn:
            of_one_instant(conn)
            if dossiers is None:
                found = [judge_again(conn, version, ruleset=ruleset, policy_file=settings.policy)]
            else:
                found = reproduce_dossiers(
                    conn,
                    version,
                    every=dossiers == "every",
                    ruleset=ruleset,
                    policy_file=settings.policy,
                )
    finally:
        store.close()
    if form == "json":
        told = [one.to_json() for one in found]
        whole = told[0] if dossiers is None else {"version": version, "dossiers": told}
        click.echo(json.dumps(whole, ensure_ascii=False))
    else:
        click.echo("\n".join(line for one in found for line in _lines(one)))
    return 0 if all(one.identical for one in found) else 1


def _lines(found: Reproduction | DossierReproduction) -> list[str]:
    answer = "结论一致" if found.identical else "结论不同"
    if isinstance(found, Reproduction):
        head = (
            f"#{found.version}（第{found.judgement}次校验）{answer}"
            f"：规则集 {found.stamp['ruleset']}，依据 {found.inputs_hash[:16]}"
        )
    else:
        kept = found.dossier
        head = (
            f"{KIND_NAMES[kept.kind]} {kept.key}（第{kept.judgement}次整体核查，"
            f"{len(kept.rows)}条记录，{len(kept.found)}个问题）{answer}"
            f"：规则集 {kept.stamp['ruleset']}，依据 {kept.inputs_hash.hex()[:16]}"
        )
    return [head, *(f"  {reason}" for reason in found.reasons)]

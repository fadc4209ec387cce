"""Judge past days again with other rules and say what would change."""

from __future__ import annotations

import json
import resource
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

import click

from connectors.county import load_bodies
from exchange.judging.rulesets import Rulesets
from exchange.replay import parquet
from exchange.replay.candidate import CURRENT, started
from exchange.replay.changes import CHANGES
from exchange.replay.dossiers import KeptDossier, Reader, dossiers_without_inputs
from exchange.replay.groups import Group, Period, groups, of_one_instant, without_inputs
from exchange.replay.run import replay as run_replay
from exchange.settings import Settings
from exchange.store.addresses import app_url
from exchange.store.connection import Store
from schemas.policy import Gate, load, load_file
from validators.codes import renamed
from validators.record import RECORD_ZONE

CHANGE_NAMES = dict(zip(CHANGES, ("新增不通过", "新增通过", "处理改变"), strict=True))
KIB_IN_MIB = 1024


@click.command()
@click.option("--from", "first", required=True, help="First day of landing (YYYY-MM-DD).")
@click.option("--to", "last", required=True, help="Last day of landing, included.")
@click.option(
    "--ruleset",
    default=CURRENT,
    show_default=True,
    help="Folder with validators/ or schemas/; or the beginning of a past stamp's ruleset hash.",
)
@click.option("--body", "bodies", multiple=True, help="Code of a body; default: all.")
@click.option(
    "--parquet",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Read what `exchange export landed` wrote, not the store.",
)
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
def replay(
    first: str, last: str, ruleset: str, bodies: tuple[str, ...], folder: Path | None, form: str
) -> int:
    """Judge what landed on past days again and compare with the verdicts that stand.

    Each group of records is judged with the context that was kept with its verdict, so that only
    the rules differ. Dossiers are judged again as they were judged last in these days, and counted
    apart. Ends with 1 (gate: fail) when more records, or more dossiers, newly fail than the policy
    allows (1 %), when a body falls below its level, or when a rule breaks. Code of the folder is
    run. Files hold no dossiers.

    \b
    Example: exchange replay --from 2026-11-01 --to 2026-11-20 --ruleset ../candidate
    """
    settings = Settings.read()
    period = Period(_day("--from", first), _day("--to", last), RECORD_ZONE, bodies or None)
    rulesets = Rulesets(load_bodies(), settings.policy)
    left_out = dossiers_left_out = 0
    with ExitStack() as cleanup:
        conn = None
        if folder is None or not (ruleset == CURRENT or Path(ruleset).is_dir()):
            store = Store(app_url(settings), by="replay")
            cleanup.callback(store.close)
            conn = cleanup.enter_context(store.transaction())
            of_one_instant(conn)
        candidate = cleanup.enter_context(started(ruleset, conn, policy_file=settings.policy))
        found: Iterator[Group] = iter(())
        dossiers: Iterator[KeptDossier] | None = None
        if folder is not None:
            found = (one for one in parquet.read(folder) if not bodies or one.body in bodies)
        elif conn is not None:
            left_out = without_inputs(conn, period)
            found = groups(conn, period)
            dossiers_left_out = dossiers_without_inputs(conn, period)
            dossiers = Reader(conn).between(period)
        done = run_replay(
            found,
            candidate,
            overlays=rulesets.overlays,
            gate_of=lambda body: _gate(settings, body, period.last),
            renamed=renamed(),
            dossiers=dossiers,
        )
    records = done.comparison.to_json()
    whole = None
    if done.dossiers is not None:
        whole = done.dossiers.to_json() | {"without_inputs": dossiers_left_out}
    reasons = records["reasons"] + (whole["reasons"] if whole else [])
    told = {
        "from": first,
        "to": last,
        "ruleset": ruleset,
        **records,
        "gate": "fail" if reasons else "pass",
        "reasons": reasons,
        "without_inputs": left_out,
        "dossiers": whole,
        "wall_s": round(done.wall_s, 3),
        "own_peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB_IN_MIB, 1),
    }
    click.echo(json.dumps(told, ensure_ascii=False) if form == "json" else _text(told))
    return 1 if told["gate"] == "fail" else 0


def _gate(settings: Settings, body: str, day: date) -> Gate:
    policy = load_file(settings.policy, day) if settings.policy else load(body, day)
    return policy.gate


def _day(option: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{option} {text!r} is no day (YYYY-MM-DD)") from None


def _text(told: dict[str, Any]) -> str:
    candidate = told["candidate"]
    head = (
        f"{told['from']} 至 {told['to']}，规则 {told['ruleset']}："
        f"重判 {told['records']} 条记录（{told['judgements']} 批），"
        f"新增不通过 {told['newly_failing']}，新增通过 {told['newly_passing']}"
    )
    cost = (
        f"用时 {told['wall_s']} 秒，其中规则 CPU {candidate['cpu_s']} 秒；"
        f"内存峰值 规则 {candidate['peak_mib']} MiB，本命令 {told['own_peak_mib']} MiB"
    )
    lines = [head, cost]
    if told["without_inputs"]:
        lines.append(f"另有 {told['without_inputs']} 条记录没有留存判断依据，未重判")
    for body in told["bodies"]:
        lines.append(
            f"{body['body']:14} {body['records']:>8} 条  通过率 {body['passing_before']:.2%} → "
            f"{body['passing_after']:.2%}（底线 {body['level']:.2%}）"
            f"{'  跌破底线' if body['falls_below_level'] else ''}"
        )
        lines += _rules(body)
    if told["dossiers"]:
        lines += _dossiers(told["dossiers"])
    lines += [f"! {reason}" for reason in told["reasons"]]
    return "\n".join([*lines, f"gate: {told['gate']}"])


def _dossiers(told: dict[str, Any]) -> list[str]:
    """The part on dossiers: a line of its own for each body, no share of records."""
    head = (
        f"整体核查：重判 {told['dossiers']} 个，新增须整改 {told['newly_failing']}，"
        f"新增无须整改 {told['newly_passing']}；规则 CPU {told['candidate']['cpu_s']} 秒"
    )
    lines = [head]
    if told["without_inputs"]:
        lines.append(f"另有 {told['without_inputs']} 个没有留存核查依据，未重判")
    for body in told["bodies"]:
        lines.append(f"{body['body']:14} {body['dossiers']:>8} 个")
        lines += _rules(body)
    return lines


def _rules(body: dict[str, Any]) -> list[str]:
    return [
        f"    {one['rule']:52}"
        + "  ".join(f"{CHANGE_NAMES[change]} {one[change]}" for change in CHANGES)
        for one in body["rules"]
    ]

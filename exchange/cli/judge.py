"""Judge what landed or was held and is due, then the dossiers that have settled."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime

import click

from exchange.rounds.dossiers import review_dossiers
from exchange.rounds.stragglers import judge_stragglers
from exchange.settings import Settings


@click.command()
def judge() -> int:
    """Judge every record and review every dossier that is due; 1 when a rule broke.

    A dossier (a case, a project, a flow as a whole) is due some time after its last row came.

    \b
    Example: exchange judge
    """
    judged = judge_stragglers(Settings.read(), now=datetime.now(UTC))
    reviewed = review_dossiers(Settings.read(), now=datetime.now(UTC))
    counts = {
        "records": judged.records,
        "passed": judged.passed,
        "returned": judged.failed,
        "held": judged.held,
        "broken_rules": judged.errors,
        "dossiers": asdict(reviewed),
    }
    click.echo(json.dumps(counts, ensure_ascii=False))
    return 1 if judged.errors or reviewed.errors else 0

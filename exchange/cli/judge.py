"""Judge what landed or was held and is due."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import click

from exchange.rounds.stragglers import judge_stragglers
from exchange.settings import Settings


@click.command()
def judge() -> int:
    """Judge everything that is due and print the counts; 1 when a rule broke.

    \b
    Example: exchange judge
    """
    judged = judge_stragglers(Settings.read(), now=datetime.now(UTC))
    counts = {
        "records": judged.records,
        "passed": judged.passed,
        "returned": judged.failed,
        "held": judged.held,
        "broken_rules": judged.errors,
    }
    click.echo(json.dumps(counts, ensure_ascii=False))
    return 1 if judged.errors else 0

"""Bodies that normally report a table and went quiet."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime

import click

from exchange.rounds.silence import find_silent
from exchange.settings import Settings

WHAT_TO_DO = (
    "先看该单位读取是否正常：./run exchange status；"
    "读取正常的，向该单位核实是没有业务还是没有推送。"
)
NOBODY = "无：没有哪个单位的哪张表比平时反常地没有数据。历史太短、平时就很少报送的表不判断。"


@click.command()
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
def silent(form: str) -> int:
    """Compare every body's tables with their own habit by weekday; 1 when one is silent.

    Only working days count. A body without a habit is never called silent.

    \b
    Example: exchange silent --format json
    """
    found = find_silent(Settings.read(), now=datetime.now(UTC))
    if form == "json":
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, default=str))
    else:
        for one in found:
            click.echo(str(one))
        click.echo(WHAT_TO_DO if found else NOBODY)
    return 1 if found else 0

"""Hold the store as a whole against what is expected of it, for one day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click

from exchange.rounds.expecting import expect as expect_of_the_store
from exchange.settings import Settings
from validators.record import wall_time


@click.command()
@click.option("--day", "text", help="Day (YYYY-MM-DD); default: yesterday.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Folder; default: in the state folder."
)
def expect(text: str | None, output: Path | None) -> int:
    """Volumes, freshness, uniqueness, coverage and drift of a day, as a page and as JSON.

    Ends with 1 when something is not as expected. Takes seconds to start (great-expectations).

    \b
    Example: exchange expect --day 2026-11-20
    """
    now = datetime.now(UTC)
    try:
        day = date.fromisoformat(text) if text else wall_time(now).date() - timedelta(days=1)
    except ValueError:
        raise click.BadParameter(f"--day {text!r} is no day (YYYY-MM-DD)") from None
    done = expect_of_the_store(Settings.read(), day=day, now=now, folder=output)
    for path in done.files:
        click.echo(path)
    for broken in done.broken:
        click.echo(f"不符合 {broken}")
    return 1 if done.broken else 0

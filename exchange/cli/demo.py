"""Watch a whole simulated city exchange its records, on this machine."""

from __future__ import annotations

import click

from exchange.demo.city import City
from exchange.demo.ports import Ports
from exchange.demo.run import Options, run
from exchange.demo.stopping import stop_recorded
from exchange.settings import Settings


@click.command()
@click.option("--minutes", type=click.FloatRange(min=0.1), help="End by itself after so long.")
@click.option("--headless", is_flag=True, help="Lines instead of a table that is refreshed.")
@click.option("--keep", is_flag=True, help="Go on with the world and the ledger of the last demo.")
@click.option("--without-airflow", is_flag=True, help="The same rounds in plain processes.")
@click.option(
    "--workers",
    type=click.IntRange(0, 8),
    default=0,
    help="Airflow's tasks over a queue to so many workers (CeleryExecutor); needs redis-server.",
)
@click.option("--port-base", type=int, help="Seven ports from here on; 0 takes any that are free.")
def demo(
    minutes: float | None,
    headless: bool,
    keep: bool,
    without_airflow: bool,
    workers: int,
    port_base: int | None,
) -> int:
    """Set up store, simulated counties and province, and Airflow; show what flows until Ctrl-C.

    The minutes count from when everything is up. At the end the counties stop, what is under way
    is worked off, and the last line printed is the result as JSON; exit code 0 only if nothing is
    unaccounted for and no process is left. Everything is in the folder `demo` of the state folder
    and stays there to be looked at; the next demo begins anew unless told to --keep.

    \b
    Example: exchange demo
             exchange demo --minutes 3 --headless
    """
    settings = Settings.read()
    city = City.at(settings, Ports.choose(settings, port_base), workers=workers)
    options = Options(
        minutes=minutes, headless=headless, keep=keep, with_airflow=not without_airflow
    )
    return run(city, options)


@click.command()
def stop() -> None:
    """Stop a demo that runs, or what a killed one has left running.

    \b
    Example: exchange stop
    """
    settings = Settings.read()
    stopped = stop_recorded(City.at(settings, Ports.choose(settings, None)))
    click.echo(f"stopped: {', '.join(stopped)}" if stopped else "nothing was running")

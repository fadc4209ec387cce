"""Run Airflow's own command with our configuration, database and secrets."""

from __future__ import annotations

import os
import sys
from functools import partial

import click

from exchange import airflow_service, scheduler_watch
from exchange.settings import Settings


@click.command(
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def airflow(arguments: tuple[str, ...]) -> None:
    """Run `airflow ARGUMENTS…` as this installation's Airflow; replaces this process.

    Makes and keeps the secrets in the state folder. The services are `api-server`,
    `dag-processor` and `scheduler --skip-serve-logs`; `db migrate` comes before the first start.
    The scheduler runs under watch: when it lives but shows no sign of work for a minute it is
    ended with exit code 75, for the service manager to start it again.

    \b
    Example: exchange airflow db migrate
             exchange airflow scheduler --skip-serve-logs
    """
    if arguments[:1] in {(), ("--help",), ("-h",)}:
        click.echo(click.get_current_context().get_help())
        return
    settings = Settings.read()
    os.environ.update(airflow_service.environment(settings))
    command = airflow_service.command(*arguments)
    if arguments[0] == "scheduler":
        health = partial(scheduler_watch.healthy, airflow_service.address(settings))
        say = partial(click.echo, err=True)
        sys.exit(scheduler_watch.keep(command, os.environ, health, say))
    os.execv(command[0], command)  # noqa: S606  our own interpreter; a shell would be the risk

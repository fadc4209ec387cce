"""Start, stop, watch and address the embedded PostgreSQL."""

from __future__ import annotations

import json
from pathlib import Path

import click

from exchange.settings import Settings
from exchange.store import addresses
from exchange.store.embedded import Cluster, Status
from exchange.store.keeper import keep as keep_running

_WHO = {
    "app": (addresses.APP, addresses.EXCHANGE_DATABASE),
    "owner": (addresses.OWNER, addresses.EXCHANGE_DATABASE),
    "airflow": (addresses.AIRFLOW, addresses.AIRFLOW_DATABASE),
}

_data_dir = click.option(
    "--data-dir",
    type=click.Path(path_type=Path, file_okay=False),
    help="Another store than the exchange's own, for example of a simulated world.",
)
_format = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def store() -> None:
    """Run the embedded PostgreSQL.

    \b
    Example: exchange store start
    """


@store.command()
@_data_dir
@_format
def start(data_dir: Path | None, form: str) -> None:
    """Start the server if it does not run; makes its folder on first use.

    \b
    Example: exchange store start
             exchange store start --data-dir .state/world
    """
    _tell(_cluster(data_dir).start(), form)


@store.command()
@_data_dir
def stop(data_dir: Path | None) -> None:
    """Stop the server cleanly; fine if it does not run.

    \b
    Example: exchange store stop
    """
    click.echo("stopped" if _cluster(data_dir).stop() else "was not running")


@store.command()
@_data_dir
@_format
def status(data_dir: Path | None, form: str) -> int:
    """Say whether the server runs: exit code 0 if it does, 1 if not.

    \b
    Example: exchange store status --format json
    """
    found = _cluster(data_dir).status()
    _tell(found, form)
    return 0 if found.running else 1


@store.command()
@_data_dir
def keep(data_dir: Path | None) -> None:
    """Stay in the foreground, start the server and start it again when it dies.

    Ends, and stops the server, on SIGTERM or Ctrl-C; ends too when someone else stops the server.

    \b
    Example: exchange store keep
    """
    keep_running(_cluster(data_dir), say=click.echo)


@store.command()
@_data_dir
@click.option("--who", type=click.Choice(sorted(_WHO)), default="app", show_default=True)
@click.option("--role", help="A role by its own name, with --database; for other stores.")
@click.option("--database", help="The database that --role is to reach.")
def dsn(data_dir: Path | None, who: str, role: str | None, database: str | None) -> None:
    """Print the URL of a database. It holds a password: do not keep it in a shell history or log.

    \b
    Example: exchange store dsn --who airflow
             exchange store dsn --data-dir .state/world --role postgres --database postgres
    """
    if (role is None) != (database is None):
        raise click.UsageError("--role and --database go together")
    if data_dir is None and role is None:
        settings = Settings.read()
        urls = {
            "app": addresses.app_url,
            "owner": addresses.owner_url,
            "airflow": addresses.airflow_url,
        }
        click.echo(urls[who](settings))
        return
    named_role, named_database = _WHO[who]
    click.echo(_cluster(data_dir).dsn(database or named_database, role or named_role))


def _cluster(data_dir: Path | None) -> Cluster:
    settings = Settings.read()
    if data_dir is None:
        return addresses.cluster(settings)
    return Cluster(data_dir, programs=settings.pg_bin)


def _tell(found: Status, form: str) -> None:
    if form == "json":
        facts = {
            "folder": str(found.folder),
            "running": found.running,
            "pid": found.pid,
            "port": found.port,
            "major": found.major,
        }
        click.echo(json.dumps(facts, ensure_ascii=False))
    elif found.running:
        click.echo(
            f"PostgreSQL {found.major} runs: process {found.pid}, 127.0.0.1:{found.port}, "
            f"{found.folder}"
        )
    else:
        click.echo(f"PostgreSQL does not run: {found.folder}")

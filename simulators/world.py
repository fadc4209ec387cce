"""Sets up the world: ``python -m simulators.world prepare --config world.toml``.

One database per county and generation of the standard, with a writing account for the county and a
reading one for the exchange; the province's databases, where the exchange may only insert and
read; folders for files; and the connections file that tells the exchange of all this. Can be run
again at any time. ``stop`` stops the MariaDB server that ``prepare`` started.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from schemas import load as load_standard
from simulators import accounts as account_book
from simulators import mariadb, settings
from simulators.accounts import Account, Accounts
from simulators.front_databases import (
    PostgreSQL,
    county_postgresql,
    make_mariadb,
    province_postgresql,
)
from simulators.settings import BodyPlan, World, WorldError, connection_name


def main(arguments: list[str] | None = None) -> int:
    """The command line; 0 when done, 2 with a reason when the world cannot be set up."""
    parser = argparse.ArgumentParser(prog="python -m simulators.world", description=__doc__)
    parser.add_argument("command", choices=("prepare", "stop"))
    parser.add_argument("--config", type=Path, required=True, help="world.toml")
    chosen = parser.parse_args(arguments)
    try:
        world = settings.load(chosen.config)
        if chosen.command == "stop":
            stop(world)
        else:
            for line in prepare(world):
                print(line, flush=True)
    except WorldError as error:
        print(f"world: {error}", file=sys.stderr)
        return 2
    return 0


def prepare(world: World) -> Iterator[str]:
    """Makes everything that is missing; gives a line of progress for each part done."""
    accounts = account_book.load(world)
    postgres = PostgreSQL(world.postgres_dsn)
    server = _mariadb(world)
    if isinstance(server, str):
        yield server
    for body in world.bodies.values():
        if body.delivers == "database":
            for standard in body.standards:
                yield _county(body, standard, accounts, postgres, server)
        elif body.delivers == "files":
            world.drop_folder(body.code).mkdir(parents=True, exist_ok=True, mode=0o700)
            yield f"{body.code} {body.name}: 文件夹 drop/{body.code}"
        account_book.save(world, accounts)
    for standard, form in world.forms.items():
        yield _province(world, standard, form, accounts, postgres)
    account_book.save(world, accounts)
    account_book.write_connections(world.connections, connections(world, accounts))
    account_book.save(world, accounts)
    yield f"connections: {world.connections}"


def stop(world: World) -> None:
    """Stops the MariaDB server of this world, if it runs."""
    if world.mariadb_port is not None:
        mariadb.MariaDB(world.folder / "mariadb", world.mariadb_port).stop()


def connections(world: World, accounts: Accounts) -> dict[str, str]:
    """What the exchange is told: connection names and addresses, with its own accounts only."""
    urls = {name: account.url() for name, account in accounts.readers.items()}
    for name, account in accounts.senders.items():
        urls[name] = account.url(port=world.front_port)
    for standard, form in world.forms.items():
        if form == "gateway":
            name = connection_name("province", standard)
            urls[name] = f"http://127.0.0.1:{world.gateway_port}"
            urls[f"{name}_secret"] = accounts.secret("gateway")
    for body in world.bodies.values():
        if body.delivers == "files":
            urls.update(
                (connection_name(f"county_{_plain(body.code)}", standard), str(folder))
                for standard, folder in drop_folders(world, body).items()
            )
        elif body.delivers == "intake":
            urls[f"intake_{_plain(body.code)}_token"] = accounts.secret(f"intake_{body.code}")
    return urls


def drop_folders(world: World, body: BodyPlan) -> dict[str, Path]:
    """Where a body puts its files, by version of the standard."""
    return {standard: world.drop_folder(body.code) for standard in body.standards}


def _mariadb(world: World) -> mariadb.MariaDB | str:
    """The running MariaDB server, or the sentence that says why there is none."""
    wanted = [body for body in world.bodies.values() if body.server == "mariadb"]
    names = "、".join(body.name for body in wanted)
    if world.mariadb_port is None:
        return f"!! MariaDB is not configured: {names} get PostgreSQL instead"
    if mariadb.find() is None:
        return f"!! mariadbd is not installed (`./run parts`): {names} get PostgreSQL instead"
    server = mariadb.MariaDB(world.folder / "mariadb", world.mariadb_port)
    server.start()
    return server


def _county(
    body: BodyPlan,
    standard: str,
    accounts: Accounts,
    postgres: PostgreSQL,
    server: mariadb.MariaDB | str,
) -> str:
    """One front database of one county; the kind of server once chosen stays."""
    name = connection_name(f"county_{_plain(body.code)}", standard)
    before = accounts.writers.get(name)
    kind = before.server if before else body.server
    if kind == "mariadb" and isinstance(server, mariadb.MariaDB):
        host, port = "127.0.0.1", server.port
        writer, reader = (
            Account(
                "mariadb", host, port, name, f"{name}_{role}", accounts.secret(f"{name}_{role}")
            )
            for role in ("writer", "reader")
        )
        made = make_mariadb(server, writer, reader, load_standard(standard))
    else:
        writer, reader = (
            postgres.account(name, f"{name}_{role}", accounts.secret(f"{name}_{role}"))
            for role in ("writer", "reader")
        )
        postgres.make(writer, reader, "select")
        made = postgres.tables(writer, load_standard(standard), county_postgresql)
    accounts.writers[name], accounts.readers[name] = writer, reader
    return f"{body.code} {body.name} {standard}: {writer.server} {name}, {made} tables made"


def _province(
    world: World, standard: str, form: str, accounts: Accounts, postgres: PostgreSQL
) -> str:
    """The province's database for one version: front tables, or the services' own storage."""
    name = connection_name("province", standard)
    owner = postgres.account(name, f"{name}_owner", accounts.secret(f"{name}_owner"))
    accounts.province[name] = owner
    if form == "gateway":
        postgres.make(owner, None, "")
        return f"{world.province} {standard}: HTTP services on port {world.gateway_port}"
    sender = postgres.account(name, f"{name}_sender", accounts.secret(f"{name}_sender"))
    accounts.senders[name] = sender
    postgres.make(owner, sender, "select, insert")
    made = postgres.tables(owner, load_standard(standard), province_postgresql)
    return f"{world.province} {standard}: front database {name}, {made} tables made"


def _plain(code: str) -> str:
    """A body's code as part of a name of a database or connection."""
    return code.replace("-", "_")


if __name__ == "__main__":
    sys.exit(main())

"""The province as a process: ``python -m simulators.province --config world.toml``.

Runs until SIGTERM: a judge and a port for each version of the standard, and the HTTP services.
``audit`` prints what it holds and whether anything came twice, as JSON; 0 when nothing did.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from pathlib import Path

from schemas import load as load_standard
from simulators import accounts as account_book
from simulators import settings
from simulators.accounts import Accounts
from simulators.province.audit import audit
from simulators.province.tables import ProvinceTables, form_of
from simulators.settings import World, WorldError, connection_name


def main(arguments: list[str] | None = None) -> int:
    """The command line; 0 after a proper stop, 1 when the audit finds something, 2 on errors."""
    parser = argparse.ArgumentParser(prog="python -m simulators.province", description=__doc__)
    parser.add_argument("command", nargs="?", choices=("run", "audit"), default="run")
    parser.add_argument("--config", type=Path, required=True, help="world.toml")
    chosen = parser.parse_args(arguments)
    try:
        world = settings.load(chosen.config)
        accounts = account_book.need(world)
    except WorldError as error:
        print(f"province: {error}", file=sys.stderr)
        return 2
    if chosen.command == "audit":
        return show_audit(world, accounts)
    from simulators.province.process import Province  # the web framework takes a second to import

    asyncio.run(Province(world, accounts).run())
    return 0


def show_audit(world: World, accounts: Accounts) -> int:
    """Prints the audit of every version as one JSON object; 1 if anything came twice."""
    found = {}
    for version, form in world.forms.items():
        tables = ProvinceTables(
            accounts.province[connection_name("province", version)],
            load_standard(version),
            form_of(form),
        )
        found[version] = audit(tables)
        tables.close()
    twice = sum(it["duplicates"]["keys"] + it["duplicates"]["contents"] for it in found.values())
    print(json.dumps({"standards": found, "duplicates": twice}, ensure_ascii=False, indent=1))
    return 1 if twice else 0


if __name__ == "__main__":
    sys.exit(main())

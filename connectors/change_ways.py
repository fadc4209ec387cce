"""The ways in which a front database can tell its changes, by the name in the body's file."""

from __future__ import annotations

from typing import Any

from connectors.change_queue import ChangeQueue
from connectors.county import Body
from connectors.front_changes import ChangeFeed, FedDatabase
from connectors.log_slot import LogSlot
from schemas import Table

_OF_SLOT = ("slot", "publication")


def told_by(
    way: str,
    addresses: tuple[str, str],
    body: Body,
    tables: tuple[Table, ...],
    options: dict[str, Any],
) -> FedDatabase:
    """The front database at the first address, told by what is at the second.

    ``way`` is ``queue``, ``slot`` or ``binlog``.
    """
    rest = {name: value for name, value in options.items() if name not in _OF_SLOT}
    address, changes = addresses
    feed: ChangeFeed
    if way == "queue":
        feed = ChangeQueue(body.code, changes, schema=options.get("schema"))
    elif way == "binlog":
        # Its library is loaded only where a body asks for it.
        from connectors.log_binlog import BinaryLog

        feed = BinaryLog(body.code, changes, tables, unique=options.get("unique"))
    else:
        named = {name: options[name] for name in _OF_SLOT if name in options}
        feed = LogSlot(body.code, changes, tables, unique=options.get("unique"), **named)
    return FedDatabase(feed, body.code, address, tables, **rest)

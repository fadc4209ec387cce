"""What a statement touches, as PostgreSQL tells it: no busy machine makes it more."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import psycopg

_SETTINGS = (
    "load 'auto_explain'",
    "set auto_explain.log_min_duration = 0",
    "set auto_explain.log_analyze = on",
    "set auto_explain.log_buffers = on",
    "set auto_explain.log_timing = off",
    "set auto_explain.log_format = 'json'",
    "set auto_explain.log_level = 'notice'",
    "set client_min_messages = 'notice'",
    "set plan_cache_mode = 'force_generic_plan'",
    # as every connection of the exchange
    "set random_page_cost = 1.1",
)


class KeptPlans:
    """A superuser's connection that keeps the plan of each statement from its first call on.

    Fill in nothing through it: that renews plans.
    """

    def __init__(self, conn: psycopg.Connection) -> None:
        self._conn = conn
        self._said: list[str] = []
        conn.add_notice_handler(lambda notice: self._said.append(notice.message_primary or ""))
        for setting in _SETTINGS:
            conn.execute(setting.encode())

    def touched(
        self, statement: bytes, given: Mapping[str, Any], *, before: bytes | None = None
    ) -> int:
        """Pages, and rows that were looked at; nothing stays done.

        What is to be said ``before`` in the same transaction is not counted.
        """
        with self._conn.transaction(force_rollback=True):
            if before is not None:
                self._conn.execute(before)
            self._said.clear()
            self._conn.execute(statement, given, prepare=True)
        told = json.loads(
            next(text for text in self._said if "plan:" in text).partition("plan:")[2]
        )
        plan: dict[str, Any] = told["Plan"]
        looked_at = sum(
            node.get(kind, 0) * node["Actual Loops"]
            for node in nodes(plan)
            for kind in ("Actual Rows", "Rows Removed by Join Filter", "Rows Removed by Filter")
        )
        return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] + looked_at)


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The nodes of a plan."""
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)

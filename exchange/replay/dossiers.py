"""Verdicts on dossiers as they were kept: rows with their states, moment, waivers, what was said.

Read one at a time; what a division has set up is remembered while its projects follow one another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from exchange.judging.dossier_inputs import STATES
from exchange.replay.groups import FETCH, Period
from exchange.store.connection import Conn
from exchange.store.queries import load
from validators.dossier.row import Row
from validators.inputs import restored

Q = load("replay")
_STATE_OF = {letter: state for state, letter in STATES.items()}


class Found(NamedTuple):
    """A finding of a kept verdict: its rule, the row it hangs on, and what tells its text."""

    rule: str
    version: int
    consequence: str
    digest: str


@dataclass(frozen=True, slots=True)
class KeptDossier:
    """One verdict on one dossier, with what it rested on; ``area`` is what the division set up.

    ``content`` and ``area_content`` are the hashes under which the rows are kept (the second one
    None without such rows); ``context`` is as ``validators.inputs`` writes it.
    """

    judgement: int
    moment: datetime
    body: str
    standard: str
    kind: str
    key: str
    stamp: Mapping[str, str]
    context: Any
    rows: Sequence[Row]
    content: bytes
    area: Sequence[Row]
    area_content: bytes | None
    inputs_hash: bytes
    answers_hash: bytes
    found: Sequence[Found]

    def to_json(self) -> dict[str, Any]:
        """What a judgement needs of it, but for the area."""
        return {
            "kind": self.kind,
            "key": self.key,
            "context": self.context,
            "rows": rows_as_json(self.rows),
        }


class Reader:
    """Reads kept verdicts within one transaction."""

    def __init__(self, conn: Conn) -> None:
        self._conn = conn
        self._area: tuple[bytes | None, Sequence[Row]] = (None, ())

    def between(self, period: Period) -> Iterator[KeptDossier]:
        """The last verdict of a period on each dossier, those of one area one after another."""
        with self._conn.cursor("dossiers") as cursor:
            cursor.itersize = FETCH
            for row in cursor.execute(Q["dossier_judgements_between"], period.parameters()):
                yield self._kept(row)

    def of_version(self, version: int, *, every: bool = False) -> list[KeptDossier]:
        """The last verdict, or ``every`` one, on each dossier that a version belongs to."""
        asked = {"version": version, "every": every}
        return [
            self._kept(row)
            for row in self._conn.execute(Q["dossier_judgements_of"], asked).fetchall()
        ]

    def _kept(self, row: Mapping[str, Any]) -> KeptDossier:
        if row["area"] != self._area[0]:
            self._area = (row["area"], self._rows(row["area_versions"], row["area_states"]))
        return KeptDossier(
            judgement=row["id"],
            moment=_moment(row["context"]),
            body=row["body"],
            standard=row["standard"],
            kind=row["kind"],
            key=row["key"],
            stamp=row["stamp"],
            context=row["context"],
            rows=self._rows(row["versions"], row["states"]),
            content=row["content"],
            area=self._area[1],
            area_content=row["area"],
            inputs_hash=row["inputs_hash"],
            answers_hash=row["answers_hash"],
            found=[Found(*one) for one in row["found"]],
        )

    def _rows(self, versions: Sequence[int] | None, states: str | None) -> list[Row]:
        if not versions or not states:
            return []
        asked = {"ids": sorted(set(versions))}
        by_id = {row["id"]: row for row in self._conn.execute(Q["versions_of"], asked)}
        return [
            Row(
                version=number,
                body=by_id[number]["body"],
                table=by_id[number]["table_code"],
                values=by_id[number]["raw"],
                arrived=by_id[number]["pulled_at"],
                state=_STATE_OF[letter],
                where=by_id[number]["place"],
            )
            for number, letter in zip(versions, states, strict=True)
        ]


def dossiers_without_inputs(conn: Conn, period: Period) -> int:
    """How many dossiers were judged in a period and only before inputs were kept."""
    row = conn.execute(Q["dossiers_without_inputs"], period.parameters()).fetchone()
    return int(row["dossiers"]) if row else 0


def rows_as_json(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Rows for a candidate."""
    return [
        {
            "version": row.version,
            "body": row.body,
            "table": row.table,
            "values": dict(row.values),
            "arrived": row.arrived.isoformat(),
            "state": row.state,
            "where": row.where,
        }
        for row in rows
    ]


def _moment(context: Any) -> datetime:
    moment: datetime = restored(context)["moment"]
    return moment

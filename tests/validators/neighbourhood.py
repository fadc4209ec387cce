"""Rows around a record, kept in memory: what the exchange would look up for a judgement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from schemas import Standard
from schemas.values import canonical
from validators import Context, Lookup, Record, Scene
from validators.neighbours import Neighbour, Standing
from validators.plan import Plan
from validators.registry import cells_read

FIRST_NEIGHBOUR = 1000
"""Numbers of neighbours begin here, so that they are none of the records judged."""

Values = Mapping[str, str | None]


def neighbours(
    standard: Standard, rows: Iterable[tuple[str, Values]], standing: Standing = "passed"
) -> list[Neighbour]:
    """Rows of tables of this standard, as rows that have passed if nothing else is said."""
    found = []
    for at, (code, row) in enumerate(rows):
        read = cells_read(standard.tables[code])
        cells = {name: cell for name, cell in row.items() if name in read}
        found.append(Neighbour(FIRST_NEIGHBOUR + at, code, cells, standing))
    return found


def related(
    standard: Standard, lookups: Iterable[Lookup], there: Sequence[Neighbour]
) -> dict[Lookup, list[Neighbour]]:
    """For each lookup the rows that it names, the newest first."""
    return {
        lookup: [one for one in reversed(there) if _named_by(standard, lookup, one)]
        for lookup in lookups
    }


def context_of(
    standard: Standard, plan: Plan, record: Record, scene: Scene, now: datetime
) -> Context:
    """The context in which a scene's row is judged."""
    there = neighbours(standard, scene.others, "waiting" if scene.together else "passed")
    earlier = [
        Neighbour(FIRST_NEIGHBOUR - at, plan.table.code, row, "accepted", row.get("SJYXBS") != "0")
        for at, row in enumerate(scene.earlier, 1)
    ]
    return Context(
        body="",
        divisions=frozenset(),
        now=now,
        grace_over=frozenset({record.id}) if scene.overdue else frozenset(),
        related=related(standard, plan.needs([record]).related, there),
        previous={record.id: earlier},
    )


def _named_by(standard: Standard, lookup: Lookup, one: Neighbour) -> bool:
    if one.table != lookup.table:
        return False
    fields = standard.tables[one.table].by_code
    return all(
        canonical(fields[code], one.values.get(code)) == canonical(fields[code], value)
        for code, value in zip(lookup.fields, lookup.values, strict=True)
    )

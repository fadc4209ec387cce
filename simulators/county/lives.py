"""What a body has to tell: its set-up once, then projects without end, from ``schemas.sample``.

Everything is told in groups: rows that leave together, in this order. A record that is withdrawn
and sent anew is one group. Addresses of the samples lie under ``.example`` and lead nowhere; those
of a body with an archive lead there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from random import Random

from schemas import Field, Standard, Table
from schemas.sample import flow_setup, story, valid
from simulators.county.journal import Record, Step
from simulators.settings import BodyPlan

LOCAL_KEY = "DFSJZJ"
_DAYS_BACK = (420, 640)
_SETUP_DAYS_BACK = 700
_TOGETHER = 2
_FIRST_NUMBER = 1000
_LONE_SETS = 10
_NOWHERE = re.compile(r"https://[^/]+\.example(?=/|\Z)")

Group = tuple[Step, ...]


def setup(body: BodyPlan, standard: Standard, now: datetime) -> list[Group]:
    """The flows, stages, items and links that the body's projects refer to."""
    if body.tells:
        return []
    at = (now - timedelta(days=_SETUP_DAYS_BACK)).replace(tzinfo=None, microsecond=0)
    events = flow_setup(standard, body.division, Random(body.division), at)
    return _groups(body, ((event.table, event.record) for event in events))


def more(body: BodyPlan, standard: Standard, number: int, now: datetime) -> list[Group]:
    """The next part of what the body tells; the same ``number`` and day give the same rows."""
    rng = Random(f"{body.code} {standard.version} {number}")
    if body.tells:
        return _lone_records(body, standard, number, rng, now)
    return _projects(body, standard, rng, now)


def _projects(body: BodyPlan, standard: Standard, rng: Random, now: datetime) -> list[Group]:
    """Some lives of projects, told side by side; what lies after ``now`` is not told."""
    lives = []
    for _ in range(_TOGETHER):
        back = timedelta(days=rng.randint(*_DAYS_BACK))
        start = now.replace(tzinfo=None, minute=0, second=0, microsecond=0) - back
        told = story(standard, body.division, rng, start)
        lives.append(
            _groups(
                body,
                (
                    (event.table, event.record)
                    for event in told
                    if event.at < now.replace(tzinfo=None)
                ),
            )
        )
    return list(_side_by_side(lives))


def _lone_records(
    body: BodyPlan, standard: Standard, number: int, rng: Random, now: datetime
) -> list[Group]:
    """Sets of records of the tables that the body tells, each child with its parent."""
    at = now.replace(tzinfo=None, microsecond=0)
    groups: list[Group] = []
    for count in range(_LONE_SETS):
        serial = _FIRST_NUMBER + number * _LONE_SETS + count
        told: dict[str, Record] = {}
        for code in body.tells:
            table = standard.table(code)
            given: Record = {"XZQHDM": body.division}
            for reference in table.references:
                for own, parent in zip(reference.fields, reference.to_fields, strict=True):
                    if reference.table in told:
                        given[own] = told[reference.table][parent]
            given = _numbered(table, given, serial)
            told[code] = valid(standard, code, rng, given=given, at=at)
        groups += _groups(body, told.items())
    return groups


def _numbered(table: Table, given: Record, serial: int) -> Record:
    """The rest of the business key, made from a number of the body's own."""
    own = [table.by_code[code] for code in table.key if code not in given]
    return given | {field.code: _number(field, given["XZQHDM"] or "", serial) for field in own}


def _number(field: Field, division: str, serial: int) -> str:
    return str(serial) if field.type == "integer" else f"{division}{serial:06d}"


def _groups(body: BodyPlan, rows: Iterable[tuple[str, Record]]) -> list[Group]:
    """One group per record; following rows of the same record join its group."""
    groups: list[Group] = []
    for table, told in rows:
        record = _to_archive(body.archive, told) if body.archive else told
        step = Step("insert", table, record[LOCAL_KEY] or "", record)
        last = groups[-1][-1] if groups else None
        if last is not None and (last.table, last.local_key) == (step.table, step.local_key):
            groups[-1] = (*groups[-1], step)
        else:
            groups.append((step,))
    return groups


def _to_archive(archive: str, record: Record) -> Record:
    return {code: cell and _NOWHERE.sub(archive, cell) for code, cell in record.items()}


def _side_by_side(lives: list[list[Group]]) -> Iterator[Group]:
    """One group of each life in turn, until all are told."""
    for place in range(max(map(len, lives), default=0)):
        for life in lives:
            if place < len(life):
                yield life[place]

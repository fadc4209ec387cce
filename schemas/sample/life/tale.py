"""A life story while it is being told: events, and the facts later events refer to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from schemas.sample.catalogue import Item, Kind
from schemas.sample.records import valid
from schemas.standard import Standard

Record = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Event:
    """A row that a county writes at a moment (local wall time) into a table."""

    at: datetime
    table: str
    record: Record


@dataclass(slots=True)
class Tale:
    """The events told so far, of one division under one version of the standard."""

    standard: Standard
    division: str
    rng: Random
    events: list[Event] = field(default_factory=list)

    def tell(self, at: datetime, table: str, **given: str | None) -> Record | None:
        """Adds a row, with the given values and everything else drawn, and returns it.

        A table that this version lacks, or that is a province's own, is left out (None); so are
        given values whose field this version lacks. That is how one story serves every version.
        """
        found = self.standard.tables.get(table)
        if found is None or found.scope != "national":
            return None
        known = {code: value for code, value in given.items() if code in found.by_code}
        record = valid(
            self.standard, table, self.rng, given={"XZQHDM": self.division} | known, at=at
        )
        self.events.append(Event(at, table, record))
        return record

    def told(self) -> list[Event]:
        """All events in order of time; at the same moment parents before children."""
        order = {code: table.order for code, table in self.standard.tables.items()}
        return sorted(self.events, key=lambda event: (event.at, order[event.table]))


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation that answers for a part of the works; ``role`` is a code of its list."""

    role: str
    name: str
    code: str
    leader: str
    leader_id: str


@dataclass(frozen=True, slots=True)
class Building:
    """A single work of a project, the same in every stage; areas in square metres as text."""

    name: str
    code: str
    sort: str
    above: str | None
    below: str | None


@dataclass(slots=True)
class Project:
    """What later rows need to know of the project: its row, works, parties and papers so far."""

    kind: Kind
    row: Record
    owner_name: str
    owner_code: str
    contact: str
    mobile: str
    leader: str
    leader_id: str
    buildings: tuple[Building, ...] = ()
    parties: tuple[Party, ...] = ()
    papers: dict[str, str] = field(default_factory=dict)
    dates: dict[str, str] = field(default_factory=dict)

    def fact(self, code: str) -> str:
        """A filled value of the project row."""
        return self.row.get(code) or ""

    @property
    def unit(self) -> dict[str, str | None]:
        """The columns by which a row names its project and engineering unit."""
        return {"XMDM": self.row["XMDM"], "GCDM": self.row["GCDM"]}

    @property
    def owner(self) -> dict[str, str | None]:
        """The columns by which a permit names the owner and its person in charge."""
        return {
            "JSDW": self.owner_name,
            "JSDWDM": self.owner_code,
            "JSDWLX": "1",
            "JSDWXMFZR": self.leader,
            "JSFZRZJHM": self.leader_id,
            "JSFZRZJLX": "1",
            "JSFZRLXDH": self.mobile,
            "LXR": self.contact,
            "LXRSJH": self.mobile,
        }


@dataclass(frozen=True, slots=True)
class Case:
    """A case that has run its course; times are local wall time.

    ``finished`` is the moment of the decision, ``closed`` that of the last step: a revocation comes
    after the decision.
    """

    item: Item
    number: str
    batch: str | None
    received: datetime
    accepted: datetime | None
    finished: datetime
    closed: datetime
    passed: bool
    office: str
    office_code: str
    paper: str | None = None

    @property
    def unit(self) -> dict[str, str | None]:
        """The column by which a row names its case."""
        return {"SPSXSLBM": self.number}

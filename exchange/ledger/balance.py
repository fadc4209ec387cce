"""The balance: every acknowledged version is in exactly one place, at any second.

The store counts with every change, so a balance costs the same whatever is stored. A recount counts
everything anew, looks through every journey, and tells where the two differ.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields

from exchange.store.connection import Conn, Store
from exchange.store.queries import load

Q = load("ledger")
BUCKETS = ("confirmed", "waiting", "held", "returned", "withdrawn", "superseded")


@dataclass(frozen=True, slots=True)
class Line:
    """The balance of one table of one body, in versions.

    ``acknowledged`` comes from the batches' own counts, the buckets from the versions' states; what
    the buckets do not explain is ``unaccounted`` and must be 0.
    """

    body: str
    standard: str
    table_code: str
    acknowledged: int
    confirmed: int
    waiting: int
    held: int
    returned: int
    withdrawn: int
    superseded: int
    unaccounted: int


@dataclass(frozen=True, slots=True)
class Balance:
    """All lines, and what a recount found.

    ``broken_journeys`` are versions whose journey has a gap, ``miscounted`` the lines that the
    recount has otherwise than the running count; each is unaccounted for, too.
    """

    lines: tuple[Line, ...]
    broken_journeys: tuple[int, ...] = ()
    miscounted: tuple[Line, ...] = ()
    recounted: bool = False

    @property
    def unaccounted(self) -> int:
        """How many acknowledged versions the ledger cannot explain; anything but 0 is an alarm."""
        lines = sum(abs(line.unaccounted) for line in self.lines)
        return lines + len(self.broken_journeys) + len(self.miscounted)

    def total(self) -> dict[str, int]:
        """The sums over all lines, by bucket."""
        return {
            name: sum(getattr(line, name) for line in self.lines)
            for name in ("acknowledged", *BUCKETS)
        } | {"unaccounted": self.unaccounted}

    def to_json(self) -> dict[str, object]:
        """The balance as one JSON object."""
        return {
            "total": self.total(),
            "lines": [asdict(line) for line in self.lines],
            "broken_journeys": list(self.broken_journeys),
            "miscounted": [asdict(line) for line in self.miscounted],
            "recounted": self.recounted,
        }


def balance(conn: Conn, *, bodies: Iterable[str] | None = None, full: bool = False) -> Balance:
    """The balance of these bodies (default: of all), as one consistent picture.

    With ``full`` it is counted anew beside the running count, in a pass over all versions and
    journeys; without, its cost does not depend on what is stored.
    """
    wanted = None if bodies is None else set(bodies)
    conn.execute("set transaction isolation level repeatable read, read only")
    lines = _lines(conn, "balance", wanted)
    if not full:
        return Balance(lines)
    anew = _lines(conn, "recount", wanted)
    broken = tuple(
        row["version_id"]
        for row in conn.execute(Q["broken_journeys"])
        if wanted is None or row["body"] in wanted
    )
    return Balance(lines, broken, tuple(sorted(set(anew) ^ set(lines), key=str)), recounted=True)


def _lines(conn: Conn, statement: str, wanted: set[str] | None) -> tuple[Line, ...]:
    names = [field.name for field in fields(Line)]
    return tuple(
        Line(**{name: row[name] for name in names})
        for row in conn.execute(Q[statement])
        if wanted is None or row["body"] in wanted
    )


def fold(store: Store) -> int:
    """Add the changes that were counted since the last time to the sums; returns how many.

    Changes nothing that anybody reads; it keeps reading cheap. One works, others go by.
    """
    with store.transaction() as conn:
        found = conn.execute(Q["fold"]).fetchone()
    return int(found["fold_tally"]) if found else 0

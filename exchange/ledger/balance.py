"""The balance: every acknowledged version is in exactly one place, at any second."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields

from exchange.store.connection import Conn
from exchange.store.queries import load

Q = load("ledger")
BUCKETS = ("confirmed", "waiting", "held", "returned", "withdrawn", "superseded")


@dataclass(frozen=True, slots=True)
class Line:
    """The balance of one table of one body, in versions.

    ``acknowledged`` comes from the batches' own counts, the buckets from the versions; what the
    buckets do not explain is ``unaccounted`` and must be 0.
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
    """All lines, and the versions whose journey has a gap (each is unaccounted for, too)."""

    lines: tuple[Line, ...]
    broken_journeys: tuple[int, ...]

    @property
    def unaccounted(self) -> int:
        """How many acknowledged versions the ledger cannot explain; anything but 0 is an alarm."""
        return sum(abs(line.unaccounted) for line in self.lines) + len(self.broken_journeys)

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
        }


def balance(conn: Conn, *, bodies: Iterable[str] | None = None) -> Balance:
    """The balance of these bodies (default: of all), as one consistent picture.

    Runs in one transaction that sees a single moment; costs a pass over versions and journeys.
    """
    wanted = None if bodies is None else set(bodies)
    conn.execute("set transaction isolation level repeatable read, read only")
    names = [field.name for field in fields(Line)]
    lines = tuple(
        Line(**{name: row[name] for name in names})
        for row in conn.execute(Q["balance"])
        if wanted is None or row["body"] in wanted
    )
    broken = tuple(
        row["version_id"]
        for row in conn.execute(Q["broken_journeys"])
        if wanted is None or row["body"] in wanted
    )
    return Balance(lines, broken)

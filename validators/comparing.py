"""Comparisons made ready to run: which rows they need, and what follows from those found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from schemas import Table
from validators.answers import Answer
from validators.neighbours import NOT_IN_FILE, OFFLINE, Against, Found, Later, Link, Neighbour, Seen
from validators.record import Lookup
from validators.row import Layout, Row, RowFunction
from validators.rowwise import compile_row, compile_tuples
from validators.rule import Compares, Follows, Rule
from validators.together import RowsTogether


class _Reader:
    """One link, read from rows of a table; shared by the rules of a plan that have the link."""

    def __init__(self, link: Link, layout: Layout, tables: Mapping[str, Table]) -> None:
        self.name = link.name
        self._tables = tuple(code for code in link.tables if code in tables)
        self._fields = link.fields
        self._values = compile_tuples(link.values, layout)

    def of(self, rows: Sequence[Row]) -> list[tuple[Lookup, ...]]:
        """The rows that each row names; none when one of the values is empty."""
        asked = self._values(rows)
        known = {values: self._named(values) for values in set(asked)}
        return [known[values] for values in asked]

    def _named(self, values: tuple[Any, ...]) -> tuple[Lookup, ...]:
        if None in values or "" in values:
            return ()
        return tuple(Lookup(table, self._fields, values) for table in self._tables)

    def of_all(self, batch: RowsTogether) -> Sequence[tuple[Lookup, ...]]:
        """The same for all rows of a batch, read once."""
        if self not in batch.kept:
            batch.kept[self] = self.of(batch.rows)
        lookups: Sequence[tuple[Lookup, ...]] = batch.kept[self]
        return lookups


class Links:
    """The links of a table's rules, each read once for all rules that have it."""

    def __init__(self, layout: Layout, tables: Mapping[str, Table]) -> None:
        self.layout, self.tables = layout, tables
        self._readers: dict[Link, _Reader] = {}

    def readers(self, links: Sequence[Link]) -> tuple[_Reader, ...]:
        """What reads these links."""
        for link in links:
            if link not in self._readers:
                self._readers[link] = _Reader(link, self.layout, self.tables)
        return tuple(self._readers[link] for link in links)


class Comparison:
    """A rule of kind ``Compares``, ready to run."""

    def __init__(self, rule: Rule, check: Compares, links: Links) -> None:
        self._rule, self._judge = rule, check.judge
        self._table, self._tables = links.layout.table, links.tables
        self._when = None if check.when is None else compile_row(check.when, links.layout)
        self._readers = links.readers(check.links)
        named = {code for link in check.links for code in link.tables if code in self._tables}
        self.in_file = named == {self._table.code} and not check.by_absence

    def needs(self, batch: RowsTogether) -> Iterator[Lookup]:
        """The neighbours that the answers for these rows need."""
        rows = batch.seen_by(self._rule)
        if self._when is None and not batch.withdraws:
            for reader in self._readers:
                for named in set(reader.of_all(batch)):
                    yield from named
            return
        for lookups in (reader.of_all(batch) for reader in self._readers):
            for row, named in zip(rows, lookups, strict=True):
                if named and row is not None and _applies(self._when, row):
                    yield from named

    def evaluate(self, batch: RowsTogether) -> list[Answer]:
        """The answer for each record."""
        rows, when = batch.seen_by(self._rule), self._when
        beside = self._beside(batch)
        return [
            None
            if row is None or (when is not None and when(row) is not True)
            else self._answer(batch, at, beside)
            for at, row in enumerate(rows)
        ]

    def waits(self, batch: RowsTogether, answers: Sequence[Answer]) -> Iterator[Any]:
        """The records whose answer is still open, with the rows that could decide it."""
        for at, answer in enumerate(answers):
            if isinstance(answer, Later):
                lookups = (reader.of_all(batch)[at] for reader in self._readers)
                yield at, tuple(lookup for named in lookups for lookup in named)

    def _answer(self, batch: RowsTogether, at: int, beside: _Beside) -> Answer:
        if not beside.names_others(at):
            return None
        alone = batch.context.one_file
        found = None if alone and not self.in_file else beside.found(batch, at)
        if found is None:
            return OFFLINE
        reply = self._judge(found.row, found)
        if alone and isinstance(reply, Later):
            return NOT_IN_FILE
        return _told(batch, self._rule, at, reply) if isinstance(reply, Against) else reply

    def _beside(self, batch: RowsTogether) -> _Beside:
        """The rows beside those of the batch, read once for all rules with the same links."""
        if self._readers not in batch.kept:
            batch.kept[self._readers] = _Beside(self._readers, self._table, self._tables, batch)
        beside: _Beside = batch.kept[self._readers]
        return beside


class _Beside:
    """The rows beside each row of a batch, by the names of some links."""

    def __init__(
        self,
        readers: Sequence[_Reader],
        table: Table,
        tables: Mapping[str, Table],
        batch: RowsTogether,
    ) -> None:
        self._table, self._tables = table, tables
        self._named = [(reader.name, reader.of_all(batch)) for reader in readers]
        self._found: dict[int, Found] = {}

    def names_others(self, at: int) -> bool:
        """Whether the row at this position names any."""
        return any(lookups[at] for _, lookups in self._named)

    def found(self, batch: RowsTogether, at: int) -> Found | None:
        """What it names; None where nobody could look."""
        related = batch.context.related
        if related is None:
            return None
        found = self._found.get(at)
        if found is None:
            by_name = {
                name: self._neighbours(batch, related, lookups[at])
                for name, lookups in self._named
                if lookups[at]
            }
            found = self._found[at] = Found(_own(batch, at, self._table), by_name, batch.kept)
        return found

    def _neighbours(
        self,
        batch: RowsTogether,
        related: Mapping[Lookup, Sequence[Neighbour]],
        lookups: tuple[Lookup, ...],
    ) -> Sequence[Seen]:
        if not related:
            return ()
        rows: Sequence[Seen] | None = batch.kept.get(lookups)
        if rows is None:
            rows = batch.kept[lookups] = [
                _seen(one, self._tables[one.table])
                for lookup in lookups
                for one in related.get(lookup, ())
            ]
        return rows


class Succession:
    """A rule of kind ``Follows``, ready to run."""

    def __init__(self, rule: Rule, check: Follows, layout: Layout) -> None:
        self._rule, self._judge, self._table = rule, check.judge, layout.table
        self._when = None if check.when is None else compile_row(check.when, layout)

    def evaluate(self, batch: RowsTogether) -> list[Answer]:
        """The answer for each record."""
        rows = batch.seen_by(self._rule)
        return [self._answer(batch, at, row) for at, row in enumerate(rows)]

    def _answer(self, batch: RowsTogether, at: int, row: Row | None) -> Answer:
        if row is None or not _applies(self._when, row):
            return None
        if batch.context.previous is None:
            return OFFLINE
        earlier = [_seen(one, self._table) for one in earlier_of(batch, at)]
        reply = self._judge(_own(batch, at, self._table), earlier)
        return _told(batch, self._rule, at, reply) if isinstance(reply, Against) else reply


def earlier_of(batch: RowsTogether, at: int) -> Sequence[Neighbour]:
    """The earlier versions of the record at this position, the newest first."""
    return (batch.context.previous or {}).get(batch.records[at].id, ())


def _applies(when: RowFunction | None, row: Row) -> bool:
    return when is None or when(row) is True


def _own(batch: RowsTogether, at: int, table: Table) -> Seen:
    key = ("own", at)
    if key not in batch.kept:
        record = batch.records[at]
        overdue = record.id in batch.context.grace_over
        batch.kept[key] = Seen(table, record.values, id=record.id, overdue=overdue)
    own: Seen = batch.kept[key]
    return own


def _seen(one: Neighbour, table: Table) -> Seen:
    return Seen(table, one.values, id=one.id, standing=one.standing, valid=one.valid)


def _told(batch: RowsTogether, rule: Rule, at: int, reply: Against) -> bool:
    """The answer that a broken rule is; what the finding will say is noted."""
    batch.notes[rule.code, at] = reply.note
    if reply.expected is not None:
        batch.meant[rule.code, at] = reply.expected
    return False

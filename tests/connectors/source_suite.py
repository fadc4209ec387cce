"""What every source must do, whatever it talks to: one suite, subclassed once per connector.

A subclass gives the fixture ``world``: the other side, as a county would handle it.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

import pytest

from connectors.base import Page, RefusedError, Source, SourceRow, TryLaterError
from schemas import Table, load

STANDARD = load("3.0")
PROJECTS = STANDARD.table("SPGL_XMJBXXB")
STAGES = STANDARD.table("SPGL_SPJDXXB")
DIRT = [
    "0000-00-00",
    "2026-02-30",
    "１２３",
    "𠮷野家",
    "😀 emoji",
    "  blanks  ",
    "line\nbreak",
    'quote " and , comma',
    "-",
]
Row = dict[str, str | None]


class World(ABC):
    """The other side of a source."""

    body = "420602"

    @abstractmethod
    def source(self) -> Source:
        """A source that reads this world, opened anew."""

    @abstractmethod
    def put(self, table: Table, rows: Sequence[Mapping[str, str | None]]) -> None:
        """Have these rows delivered by the body; all at once."""

    @abstractmethod
    def drop_column(self, table: Table, column: str) -> None:
        """The body loses a column of a table."""

    @abstractmethod
    def go_away(self) -> None:
        """The body cannot be reached any more."""


def project(number: int, **changes: str | None) -> Row:
    """A row of the projects' table, filled in every column, different for every number."""
    row: Row = {
        code: f"{code.lower()}-{number}"
        for code in PROJECTS.columns
        if code not in {"LSH", "SJSCZT", "SBYY"}
    }
    row |= {"DFSJZJ": f"L{number:06}", "SJYXBS": "1", "SJSCZT": "0", "SBYY": None, "LSH": None}
    return row | changes


def stage(number: int) -> Row:
    """A row of the stages' table."""
    row: Row = {code: f"{code}-{number}" for code in STAGES.columns if code != "LSH"}
    return row | {"DFSJZJ": f"S{number:06}", "SJYXBS": "1"}


class Taker:
    """Pulls as the landing does: lands each page with its mark, then says so."""

    def __init__(self, world: World, page_rows: int = 100) -> None:
        self.world = world
        self.page_rows = page_rows
        self.mark: dict[str, Any] | None = None
        self.marks: dict[str, Any] = {}
        self.source = world.source()
        self.rows: list[SourceRow] = []

    def pull(self, table: Table = PROJECTS, pages: int | None = None) -> list[SourceRow]:
        """One pull, at most ``pages`` pages of it; the rows that came."""
        came: list[SourceRow] = []
        for page in islice(self.source.pages(table, self.mark, page_rows=self.page_rows), pages):
            self.land(page)
            came.extend(page.rows)
        return came

    def sweep(self, table: Table = PROJECTS) -> list[SourceRow]:
        """A pull only if the source says that the table has stirred."""
        stirred = self.source.stirred([STAGES, table], {table.code: self.mark, STAGES.code: None})
        return self.pull(table) if table in stirred else []

    def again(self) -> None:
        """Open the source anew, as another process does."""
        self.source.close()
        self.source = self.world.source()

    def landed(self) -> list[str]:
        """The local keys landed so far, in order, each once."""
        return list(dict.fromkeys(str(row.values["DFSJZJ"]) for row in self.rows))

    def land(self, page: Page) -> None:
        """Take one page with its mark and tell the source."""
        assert len(page.rows) <= self.page_rows
        assert page.source_clock is None or page.source_clock.tzinfo is not None
        self.mark = json.loads(json.dumps(page.mark))
        self.rows.extend(page.rows)
        self.source.done(page)


class SourceSuite:
    """The promises of ``connectors.base.Source``."""

    def test_everything_comes_as_it_is(self, world: World) -> None:
        """Every row comes once, in order, every cell as the body has it, with a name for people."""
        rows = [project(number) for number in range(7)]
        world.put(PROJECTS, rows)
        came = Taker(world).pull()
        assert len(came) == 7
        for row, given in zip(came, rows, strict=True):
            given_cells = {code: text for code, text in given.items() if text is not None}
            assert {code: row.values[code] for code in given_cells} == given_cells
            assert set(row.values) <= set(PROJECTS.columns)
            assert row.values["SBYY"] is None
            assert row.where
            assert row.defects == ()

    def test_dirt_survives(self, world: World) -> None:
        """Impossible dates, full-width digits, rare characters and blanks come unchanged."""
        world.put(PROJECTS, [project(n, XMMC=text) for n, text in enumerate(DIRT)])
        assert [row.values["XMMC"] for row in Taker(world).pull()] == DIRT

    def test_marks_resume_after_every_page(self, world: World) -> None:
        """Whoever stops after any page and comes back with its mark misses nothing."""
        world.put(PROJECTS, [project(number) for number in range(25)])
        taker = Taker(world, page_rows=4)
        for _ in range(30):
            taker.pull(pages=1)
            taker.again()
        assert taker.landed() == [f"L{number:06}" for number in range(25)]

    def test_nothing_new_gives_nothing(self, world: World) -> None:
        """A second pull over an unchanged source brings no row, also in another process."""
        world.put(PROJECTS, [project(number) for number in range(9)])
        taker = Taker(world, page_rows=4)
        taker.pull()
        assert taker.pull() == []
        taker.again()
        assert taker.pull() == []

    def test_what_comes_later_comes(self, world: World) -> None:
        """Rows delivered after a pull come with the next one."""
        taker = Taker(world)
        assert taker.pull() == []
        for number in range(3):
            world.put(PROJECTS, [project(number)])
            taker.pull()
        assert taker.landed() == ["L000000", "L000001", "L000002"]

    def test_reading_only_what_stirs_misses_nothing(self, world: World) -> None:
        """Whoever reads only the tables that have stirred gets every row all the same."""
        taker = Taker(world)
        for number in range(4):
            world.put(PROJECTS, [project(number)])
            taker.sweep()
            taker.sweep()
        assert taker.landed() == [f"L{number:06}" for number in range(4)]

    def test_a_broken_table_harms_no_other(self, world: World) -> None:
        """A table that lost a column is refused by name; the others are read as before."""
        world.put(PROJECTS, [project(1)])
        world.drop_column(PROJECTS, "XMMC")
        world.put(STAGES, [stage(1)])
        with pytest.raises(RefusedError, match="XMMC") as caught:
            Taker(world).pull()
        assert (caught.value.body, caught.value.table) == (world.body, PROJECTS.code)
        assert len(Taker(world).pull(STAGES)) == 1

    def test_a_source_that_is_away_means_later(self, world: World) -> None:
        """A source that cannot be reached is a TryLaterError that names the body."""
        world.go_away()
        with pytest.raises(TryLaterError, match=world.body):
            Taker(world).pull()

    def test_check_is_content(self, world: World) -> None:
        """A source in order gives no warnings, and can be closed twice."""
        source = world.source()
        assert source.check() == []
        source.close()
        source.close()

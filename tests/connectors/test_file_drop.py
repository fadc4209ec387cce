"""Files dropped by a body keep the promises of all sources, and are put away when landed."""

from __future__ import annotations

import csv
import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import openpyxl
import pytest

from connectors.base import RefusedError
from connectors.file_drop import FileDrop
from schemas import Table
from schemas.self_check import SelfCheck
from tests.connectors.source_suite import (
    PROJECTS,
    STAGES,
    SourceSuite,
    Taker,
    World,
    project,
)


class DropWorld(World):
    """A body that writes one file per delivery."""

    body = "420600-zrzy"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.folder.mkdir()
        self.lost: set[str] = set()
        self.number = 0
        self.later = 10.0

    def source(self) -> FileDrop:
        """The folder, seen some seconds later."""
        return FileDrop(
            self.body,
            self.folder,
            (STAGES, PROJECTS),
            clock=lambda: self.folder.stat().st_ctime + self.later,
        )

    def put(self, table: Table, rows: Sequence[Mapping[str, str | None]]) -> None:
        """One file with these rows."""
        self.number += 1
        columns = [code for code in table.columns if code not in self.lost and code in rows[0]]
        self.write(self.folder / f"{table.code}_{self.number:03}", columns, rows)

    def write(
        self, path: Path, columns: list[str], rows: Sequence[Mapping[str, str | None]]
    ) -> None:
        """A CSV in GB18030."""
        with path.with_suffix(".csv").open("w", encoding="gb18030", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            writer.writerows([[row.get(code) for code in columns] for row in rows])

    def drop_column(self, table: Table, column: str) -> None:
        """Further files and those waiting lack the column."""
        self.lost.add(column)
        for path in self.folder.glob(f"{table.code}*"):
            path.unlink()
        self.put(table, [project(1)])

    def go_away(self) -> None:
        """The folder is not mounted."""
        self.folder.rename(self.folder.with_name("elsewhere"))


class XlsxWorld(DropWorld):
    """The same with XLSX and the Chinese column names."""

    def write(
        self, path: Path, columns: list[str], rows: Sequence[Mapping[str, str | None]]
    ) -> None:
        """A workbook whose cells are all text."""
        table = next(t for t in (STAGES, PROJECTS) if path.name.startswith(t.code))
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.append([table.by_code[code].name for code in columns])
        for row in rows:
            sheet.append([row.get(code) for code in columns])
        book.save(path.with_suffix(".xlsx"))


class TestCsv(SourceSuite):
    """CSV files."""

    @pytest.fixture
    def world(self, tmp_path: Path) -> DropWorld:
        """A body with a folder."""
        return DropWorld(tmp_path / "drop")


class TestXlsx(SourceSuite):
    """XLSX files."""

    @pytest.fixture
    def world(self, tmp_path: Path) -> XlsxWorld:
        """A body with a folder."""
        return XlsxWorld(tmp_path / "drop")


@pytest.fixture
def world(tmp_path: Path) -> DropWorld:
    """A body with a folder."""
    return DropWorld(tmp_path / "drop")


def names(folder: Path) -> list[str]:
    """The files of a folder."""
    return sorted(path.name for path in folder.glob("*") if path.is_file())


def test_a_landed_file_moves_to_done(world: DropWorld) -> None:
    """A file moves when its last page is landed, and not before; equal names get a number."""
    world.put(PROJECTS, [project(n) for n in range(5)])
    taker = Taker(world, page_rows=2)
    taker.pull(pages=2)
    assert names(world.folder) == ["SPGL_XMJBXXB_001.csv"]
    taker.pull()
    assert names(world.folder) == []
    world.number = 0
    world.put(PROJECTS, [project(9)])
    taker.pull()
    assert names(world.folder / "done") == ["SPGL_XMJBXXB_001-2.csv", "SPGL_XMJBXXB_001.csv"]


def test_killed_between_landing_and_moving(world: DropWorld) -> None:
    """The mark knows that a file is landed: it is only moved, its rows do not come again."""
    world.put(PROJECTS, [project(1)])
    taker = Taker(world)
    page = next(taker.source.pages(PROJECTS, None))
    taker.mark = page.mark
    taker.again()
    assert taker.pull() == []
    assert names(world.folder / "done") == ["SPGL_XMJBXXB_001.csv"]


def test_unfinished_files_wait(world: DropWorld) -> None:
    """Parts, hidden files and files changed a moment ago are left until they are complete."""
    world.put(PROJECTS, [project(1)])
    whole = world.folder / "SPGL_XMJBXXB_001.csv"
    part = whole.rename(world.folder / "SPGL_XMJBXXB_001.csv.part")
    assert Taker(world).pull() == []
    part.rename(whole)
    world.later = 1.0
    assert Taker(world).pull() == []
    world.later = 10.0
    assert len(Taker(world).pull()) == 1


def test_a_bad_file_is_put_aside_with_a_reason(world: DropWorld) -> None:
    """A file that cannot be read is refused by name with a reason; the good one is landed."""
    (world.folder / "SPGL_XMJBXXB_000.csv").write_bytes(os.urandom(5000))
    world.put(PROJECTS, [project(1)])
    taker = Taker(world)
    with pytest.raises(RefusedError, match=r"SPGL_XMJBXXB_000\.csv") as caught:
        taker.pull()
    assert caught.value.body == world.body
    assert len(taker.rows) == 1
    reason = world.folder / "rejected" / "SPGL_XMJBXXB_000.csv.reason.txt"
    assert "解码" in reason.read_text("utf-8")
    assert names(world.folder) == []
    assert taker.pull() == []


def test_a_table_that_the_standard_lacks(world: DropWorld) -> None:
    """A file named after no table, or of a kind we do not take, is refused and put aside."""
    (world.folder / "SPGL_NOSUCH_1.csv").write_text("a,b\n1,2\n")
    (world.folder / "SPGL_XMJBXXB_1.xls").write_bytes(b"old")
    source = world.source()
    assert len(source.check()) == 1
    with pytest.raises(RefusedError, match=r"SPGL_NOSUCH_1\.csv.*标准中的表"):
        list(source.pages(STAGES, None))
    assert "SPGL_NOSUCH_1.csv" in names(world.folder / "rejected")
    with pytest.raises(RefusedError, match=r"不接收 \.xls"):
        list(source.pages(PROJECTS, None))


def test_the_code_of_a_self_check_goes_with_its_file(world: DropWorld) -> None:
    """The code beside a file is recognised when it is of this file, and is put away with it."""
    world.put(PROJECTS, [project(1)])
    path = world.folder / "SPGL_XMJBXXB_001.csv"
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    code = SelfCheck.of(ruleset="a" * 16, passed=1, failed=0, sha256=sha256, rows="b" * 64).code
    beside = path.with_name(f"{path.name}.zc")
    beside.write_text("ZC1-made-up")
    (page,) = world.source().pages(PROJECTS, None)
    assert page.self_check == ("ZC1-made-up", False)
    beside.write_text(f"{code}\n")
    (page,) = world.source().pages(PROJECTS, None)
    assert page.self_check == (code, True)
    world.source().done(page)
    assert names(world.folder / "done") == [path.name, f"{path.name}.zc"]

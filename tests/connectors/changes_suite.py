"""What every source must do that is told which rows changed, beyond what all sources must."""

from __future__ import annotations

from datetime import datetime

from connectors.base import Page
from schemas import Table
from tests.connectors.front_suite import FrontWorld
from tests.connectors.source_suite import PROJECTS, STAGES, SourceSuite, Taker, project, stage
from tests.connectors.times_suite import TimesSuite


class ChangesSuite(SourceSuite, TimesSuite):
    """Nothing is lost between telling and landing; deletes and silent edits are told."""

    def test_what_was_not_landed_comes_again(self, world: FrontWorld) -> None:
        """A page that was read and never landed is given again, by this source or the next."""
        taker = read_whole(world)
        world.put(PROJECTS, [project(n) for n in range(3)])
        for _ in range(2):
            page = next(iter(taker.source.pages(PROJECTS, taker.mark)))
            assert len(page.rows) == 3
        taker.again()
        assert len(taker.pull()) == 3
        assert taker.pull() == []

    def test_deletes_are_told(self, world: FrontWorld) -> None:
        """A row that is gone is named by its key and, as far as it is told, by its place."""
        world.put(PROJECTS, [project(n) for n in range(3)])
        taker = read_whole(world)
        places = {row.values["DFSJZJ"]: row.where for row in taker.rows}
        world.run(f"DELETE FROM {{}} WHERE {world.q('DFSJZJ')} = 'L000001'")
        (page,) = pages(taker)
        assert page.rows == ()
        (gone,) = page.gone
        assert gone.key == ("2",)
        assert places["L000001"].startswith(gone.where)
        assert pages(taker) == []

    def test_edits_that_leave_the_change_time(self, world: FrontWorld) -> None:
        """A row edited long after, with its change time as it was, comes with its new content."""
        world.put(PROJECTS, [project(n) for n in range(3)], datetime(2020, 1, 1))  # noqa: DTZ001  wall time
        taker = read_whole(world)
        world.run(
            f"UPDATE {{}} SET {world.q('XMMC')} = '改名', {world.q('GXSJ')} = {world.q('GXSJ')}"
            f" WHERE {world.q('DFSJZJ')} = 'L000001'"
        )
        ((row,),) = [page.rows for page in pages(taker)]
        assert (row.values["DFSJZJ"], row.values["XMMC"]) == ("L000001", "改名")

    def test_each_table_has_its_own(self, world: FrontWorld) -> None:
        """Changes of one table wait while another is read, however often."""
        taker = read_whole(world)
        world.put(STAGES, [stage(1)])
        world.put(PROJECTS, [project(1)])
        assert stirred(taker) == [STAGES, PROJECTS]
        assert len(taker.pull()) == 1
        assert stirred(taker) == [STAGES]
        (page,) = pages(taker, STAGES)
        assert len(page.rows) == 1
        assert stirred(taker) == []


def read_whole(world: FrontWorld) -> Taker:
    """A taker that has read everything that is there."""
    world.options["overlap"] = 1
    taker = Taker(world)
    taker.pull()
    assert taker.mark is not None
    assert taker.mark["fed"]
    pages(taker, STAGES)
    return taker


def stirred(taker: Taker) -> list[Table]:
    """The tables in which something may have changed since what was landed."""
    marks = {PROJECTS.code: taker.mark, STAGES.code: taker.marks.get(STAGES.code)}
    return taker.source.stirred([STAGES, PROJECTS], marks)


def pages(taker: Taker, table: Table = PROJECTS) -> list[Page]:
    """The pages that come now, each settled as landed."""
    came = []
    mark = taker.mark if table is PROJECTS else taker.marks.get(table.code)
    for page in taker.source.pages(table, mark):
        came.append(page)
        if table is PROJECTS:
            taker.mark = page.mark
        else:
            taker.marks[table.code] = page.mark
        taker.source.done(page)
    return came

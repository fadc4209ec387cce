"""What every way of telling changes must survive: equal times, late commits, wrong clocks."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.connectors.front_suite import FrontWorld
from tests.connectors.source_suite import PROJECTS, Taker, project

MINUTES = timedelta(minutes=10)


class TimesSuite:
    """Nothing is missed, whatever the change times say; with the overlap as it ships."""

    def test_ten_thousand_in_one_second(self, world: FrontWorld) -> None:
        """Rows of one second, in many transactions while they are read, all come."""
        world.options.pop("overlap")
        taker = Taker(world, page_rows=1000)
        at = world.now()
        for start in range(0, 10_000, 2000):
            world.put(PROJECTS, [project(n) for n in range(start, start + 2000)], at)
            taker.sweep()
        taker.sweep()
        assert len(taker.landed()) == 10_000

    def test_commits_two_minutes_late(self, world: FrontWorld) -> None:
        """A row stamped 120 s before it can be seen comes, though later rows were read long ago."""
        world.options.pop("overlap")
        taker = Taker(world)
        world.put(PROJECTS, [project(1)])
        taker.sweep()
        with world.owner() as held:
            world.insert(held, PROJECTS, [project(2)], world.now() - timedelta(seconds=120))
            world.put(PROJECTS, [project(3)])
            taker.sweep()
            assert "L000002" not in taker.landed()
        full_look(taker)
        assert sorted(taker.landed()) == ["L000001", "L000002", "L000003"]

    @pytest.mark.parametrize("skew", [-MINUTES, MINUTES])
    def test_clocks_ten_minutes_wrong(self, world: FrontWorld, skew: timedelta) -> None:
        """Two writers, one with a clock ten minutes off: every row of both comes."""
        world.options.pop("overlap")
        taker = Taker(world)
        for number in range(4):
            world.put(PROJECTS, [project(2 * number)])
            taker.sweep()
            world.put(PROJECTS, [project(2 * number + 1)], world.now() + skew)
            taker.sweep()
        full_look(taker)
        assert sorted(taker.landed()) == [f"L{number:06}" for number in range(8)]


def full_look(taker: Taker) -> None:
    """What the source does by itself every tenth of its overlap, or whenever it is opened anew."""
    taker.again()
    taker.sweep()

"""The fault catalogue: every entry in one running city, under load, judged over all history."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.faults.all_faults import IN_AIRFLOW, IN_PLAIN_PROCESSES
from tests.faults.catalogue import Fault, Result, Stage, live
from tests.faults.city import PACE_BESIDE_OTHERS
from tests.faults.results import FILE, keep
from tests.faults.schedulers import hand_over
from tests.faults.stage import running_city

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """The city in which the faults happen one after the other, started once.

    Not in pytest's own folder: a run that is killed may leave a small disk mounted, which pytest
    could not clean away.
    """
    wanted = {item.name.partition("[")[2].rstrip("]") for item in request.session.items}
    pace = 1 if FILE in os.environ else PACE_BESIDE_OTHERS
    with (
        TemporaryDirectory(prefix="spgl-faults-") as folder,
        running_city(Path(folder), pace) as made,
    ):
        for fault in IN_PLAIN_PROCESSES:
            if fault.plant is not None and fault.name in wanted:
                fault.plant(made)
        yield made


def lived(stage: Stage, fault: Fault) -> Result:
    """The fault lived through, and once more where all that failed was to see it in time.

    What was lost, came twice or was told by nobody is never tried again.
    """
    result = live(stage, fault)
    broken = result.lost or result.duplicated or result.unexpected
    if not result.good and not broken and fault.plant is None:
        result = replace(live(stage, fault), again=result.why)
    keep(result)
    return result


@pytest.mark.parametrize("fault", IN_PLAIN_PROCESSES, ids=lambda fault: fault.name)
def test_fault(stage: Stage, fault: Fault) -> None:
    """Nothing is lost, comes twice or was told by nobody, and the city mends itself."""
    result = lived(stage, fault)
    assert result.good, told(result)


def told(result: Result) -> str:
    """What a fault that was not lived through says, the first time included."""
    return "\n".join(map(str, filter(None, (result.to_json(), result.why, result.again))))


@pytest.fixture(scope="module")
def airflow_stage(stage: Stage) -> Stage:
    """The same city, in which Airflow has taken over the loops."""
    hand_over(stage)
    return stage


@pytest.mark.airflow
@pytest.mark.skipif(
    FILE not in os.environ, reason="under Airflow only by ./run faults; test_kills shows the same"
)
@pytest.mark.parametrize("fault", IN_AIRFLOW, ids=lambda fault: fault.name)
def test_fault_under_airflow(airflow_stage: Stage, fault: Fault) -> None:
    """The same promise when Airflow runs the work and dies, or runs it twice."""
    result = lived(airflow_stage, fault)
    assert result.good, told(result)

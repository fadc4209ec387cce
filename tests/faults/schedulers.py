"""Faults of Airflow: its scheduler killed, doubled, a task's process killed.

The same city goes on with the same work; Airflow takes over the loops from the plain processes.
"""

from __future__ import annotations

import urllib.request
from contextlib import suppress
from dataclasses import replace

import psutil
import psycopg

from exchange import airflow_service
from exchange.store import addresses
from tests.faults.catalogue import Fault, Stage
from tests.faults.city import LOOPS, FaultCity

_AT = "420602"
UP_S = 300
_SECOND = "airflow-scheduler-2"
_SCHEDULERS = """
select count(*) from job where job_type = 'SchedulerJob' and state = 'running'
    and latest_heartbeat > now() - interval '20 seconds'
"""


def scheduler_under(watch: int) -> int:
    """The process id of the scheduler that runs under the watch with this process id."""
    (scheduler,) = psutil.Process(watch).children()
    return scheduler.pid


def hand_over(stage: Stage) -> None:
    """Ends the plain loops and starts Airflow in their place."""
    city = stage.city
    done = city.run("airflow", "db", "migrate")
    if done.returncode:
        raise AssertionError(done.stderr[-2000:])
    programs = city.city.airflow()
    scheduler = programs.pop("airflow-scheduler")
    for program in programs.values():
        city.launch(program)
    city.wait(lambda: _answers(city), UP_S, "Airflow's server to answer")
    city.launch(scheduler)
    city.end(*LOOPS)
    (record,) = stage.hand.lines(_AT, 1)
    stage.hand.say(_AT, record)
    stage.hand.wait_for(record, last="confirmed", seconds=UP_S)


def scheduler_killed(stage: Stage) -> None:
    """The scheduler and what it runs die by kill -9 while tasks are at work."""
    before = stage.hand.lines(_AT, 20)
    stage.hand.say(_AT, *before)
    watch = stage.city.pid("airflow-scheduler")
    assert watch is not None
    stage.city.kill_pid(scheduler_under(watch))
    after = stage.hand.lines(_AT, 20)
    stage.hand.say(_AT, *after)
    stage.hand.wait_for(*before, *after, last="confirmed", seconds=300)


def scheduler_hangs(stage: Stage) -> None:
    """The scheduler is stopped in the middle of its work and never resumed; its tasks are killed.

    So it is for a scheduler that lost its store while tasks run: alive, and starting nothing.
    """
    watch = stage.city.pid("airflow-scheduler")
    assert watch is not None
    scheduler = psutil.Process(scheduler_under(watch))
    scheduler.suspend()
    for process in scheduler.children(recursive=True):
        stage.city.kill_pid(process.pid)
    records = stage.hand.lines(_AT, 20)
    stage.hand.say(_AT, *records)
    stage.hand.wait_for(*records, last="confirmed", seconds=300)
    if scheduler.is_running():
        raise AssertionError("the scheduler that hung was left alive")


def task_killed(stage: Stage) -> None:
    """The process of a delivering task dies by kill -9; Airflow runs the task again."""
    newest = "select split_part(by, ':', 2)::int from journey where by like 'deliver@%%'"
    pid = stage.hand.count(f"{newest} order by id desc limit 1")
    records = stage.hand.lines(_AT, 20)
    stage.hand.say(_AT, *records)
    stage.city.kill_pid(pid)
    stage.hand.wait_for(*records, last="confirmed", seconds=300)
    if stage.hand.count(f"{newest} order by id desc limit 1") == pid:
        raise AssertionError("the killed process went on working")


def two_schedulers(stage: Stage) -> None:
    """A second scheduler runs beside the first over the same flows."""
    first = stage.city.city.airflow()["airflow-scheduler"]
    stage.city.launch(replace(first, name=_SECOND))
    with psycopg.connect(addresses.airflow_url(stage.city.city.settings), autocommit=True) as conn:
        stage.city.wait(
            lambda: (conn.execute(_SCHEDULERS).fetchone() or [0])[0] >= 2,
            120,
            "two schedulers to be at work",
        )
    records = stage.hand.lines(_AT, 40)
    stage.hand.say(_AT, *records)
    stage.hand.wait_for(*records, last="confirmed", seconds=300)
    stage.city.end(_SECOND)


def _answers(city: FaultCity) -> bool:
    address = airflow_service.address(city.city.settings)
    with suppress(OSError), urllib.request.urlopen(f"{address}api/v2/monitor/health", timeout=2):
        return True
    return False


FAULTS = (
    Fault("airflow-task-killed", "Airflow 任务进程被杀（目录之外）", task_killed),
    Fault("scheduler-killed", "Airflow 调度器被 kill -9", scheduler_killed),
    Fault("scheduler-hangs", "Airflow 调度器活着却不调度（目录之外）", scheduler_hangs),
    Fault("two-schedulers", "两个调度器同时运行", two_schedulers),
)

"""Faults of the workers: killed to the line, swapped, doubled, frozen past their lease."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

import psutil
import psycopg

from tests.faults.catalogue import Fault, Stage

_AT = "420602"
_FROZEN_S = 2.0


def struck_at(point: str, rows: int = 40) -> Callable[[Stage], None]:
    """A story: under a burst of rows the process that reaches ``point`` dies there."""

    def story(stage: Stage) -> None:
        records = stage.hand.lines(_AT, rows)
        stage.city.traps.arm(point)
        stage.hand.say(_AT, *records)
        stage.city.struck(point, 120)
        stage.hand.wait_for(*records, last="confirmed", seconds=180)

    return story


def ruleset_swapped(stage: Stage) -> None:
    """The policy changes while a batch is judged: one worker is new already, the other still old.

    The old worker dies in the middle of the batch, so that one batch is judged under both.
    """
    stamps = "select count(distinct stamp_id) from judgement where id > %s"
    last = stage.hand.count("select coalesce(max(id), 0) from judgement")
    policy = stage.city.city.settings.policy
    assert policy is not None
    text = policy.read_text("utf-8")
    days = next(line for line in text.splitlines() if line.startswith("days = "))
    policy.write_text(text.replace(days, f"days = {int(days.split()[-1]) + 1}", 1), "utf-8")
    records = stage.hand.lines(_AT, 60)
    stage.hand.say(_AT, *records[:30])
    stage.city.launch(stage.city.loop("pull-new"))
    stage.city.spring("judged-not-committed", 120)
    stage.hand.say(_AT, *records[30:])
    stage.hand.wait_for(*records, last="confirmed", seconds=180)
    stage.city.end("pull-new")
    seen = stage.hand.count(stamps, last)
    standards = stage.hand.count(
        "select count(distinct standard) from judgement where id > %s", last
    )
    if seen <= standards:
        raise AssertionError(f"the ruleset was never swapped: {seen} stamps, {standards} standards")


def same_task_twice(stage: Stage) -> None:
    """Every loop runs a second time beside itself, over the same bodies and the same outbox."""
    twins = ("pull-twin", "deliver-twin", "slow-twin")
    for name in twins:
        stage.city.launch(stage.city.loop(name))
    records = stage.hand.lines(_AT, 60)
    began = stage.hand.count("select count(*) from journey")
    stage.hand.say(_AT, *records)
    stage.hand.wait_for(*records, last="confirmed", seconds=180)
    pids = {stage.city.pid(name) for name in ("pull-twin", "deliver-twin")}

    def both_at_work() -> bool:
        return all(
            stage.hand.count(
                "select count(*) from journey where id > %s and by like %s", began, f"%:{pid}"
            )
            for pid in pids
        )

    stage.city.wait(both_at_work, 90, "the twins to do some of the work")
    stage.city.end(*twins)


def paused(stage: Stage) -> None:
    """A sender and a puller are frozen in mid-transaction, their leases end, then they go on.

    The lease is the server's limit on idle transactions (120 s). Time is compressed: the server is
    made to end the frozen session at once, exactly as it does when that limit is over.
    """
    for point in ("claimed-not-sent", "sent-not-recorded", "landed-not-committed"):
        records = stage.hand.lines(_AT, 10)
        stage.city.traps.arm(point, "pause")
        stage.hand.say(_AT, *records)
        pid = stage.city.struck(point, 120, strike="pause")
        try:
            time.sleep(_FROZEN_S)
            ended = _end_lease(stage, pid)
            if point != "landed-not-committed":
                # Somebody else does the work of the frozen one.
                stage.hand.wait_for(*records, last="confirmed", seconds=180)
        finally:
            os.kill(pid, signal.SIGCONT)
        stage.hand.wait_for(*records, last="confirmed", seconds=180)
        if not ended:
            raise AssertionError(f"{point}: no frozen session was found in the store")


def _end_lease(stage: Stage, pid: int) -> int:
    """What the store does with sessions of the frozen process that idle in their transactions."""
    ports = [one.laddr.port for one in psutil.Process(pid).net_connections("tcp")]
    with psycopg.connect(stage.city.superuser_dsn(), autocommit=True) as conn:
        return len(
            conn.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where state <> 'idle' and wait_event = 'ClientRead' and client_port = any(%s)",
                [ports],
            ).fetchall()
        )


FAULTS = (
    Fault(
        "puller-killed-before-commit",
        "收讫写入后、提交前，拉取进程被杀",
        struck_at("landed-not-committed"),
    ),
    Fault(
        "puller-killed-after-commit",
        "收讫提交后、下一步之前，拉取进程被杀",
        struck_at("landed-and-committed"),
    ),
    Fault("judge-killed-mid-batch", "校验进行中进程被杀", struck_at("judged-not-committed")),
    Fault("ruleset-swapped-mid-batch", "一批校验中途更换规则", ruleset_swapped),
    Fault(
        "sender-killed-before-send",
        "领取后、写入上级前，上报进程被杀",
        struck_at("claimed-not-sent"),
    ),
    Fault(
        "sender-killed-after-send-before-ack",
        "写入上级后、记下之前，上报进程被杀",
        struck_at("sent-not-recorded"),
    ),
    Fault("same-task-twice", "每个循环同时跑两份", same_task_twice),
    Fault("worker-paused-then-resumed", "进程冻结到租期之后再恢复", paused),
)

"""Faults of the platform above: silent after a commit, late, lying, down, refusing."""

from __future__ import annotations

import time

from tests.faults.catalogue import Fault, Stage
from tests.faults.hand import LINES, PROJECT

_AT = "420602"
_LATE_S = 8
_HOUR = "interval '1 hour'"


def timeout_but_committed(stage: Stage) -> None:
    """Writes are taken and committed above, the answer never comes."""
    swallowed = _events(stage, "never answered") + _events(stage, "answer swallowed")
    records = stage.hand.lines(_AT, 10)
    stage.city.province(mode="timeout-after-commit", share=0.7, hang=2)
    stage.city.take_effect()
    stage.hand.say(_AT, *records)
    stage.city.wait(
        lambda: (
            _events(stage, "never answered") + _events(stage, "answer swallowed") > swallowed + 2
        ),
        90,
        "answers to be swallowed",
    )
    stage.city.province()
    stage.hand.wait_for(*records, last="confirmed", seconds=180)


def rejects_late(stage: Stage) -> None:
    """Rows are taken, and refused only a good while later; what is mended goes up again."""
    records = stage.hand.lines(_AT, 5)
    stage.city.province("3.0", mode="late", wait=_LATE_S)
    stage.city.take_effect()
    stage.hand.say(_AT, *records)
    stage.hand.wait_for(*records, last="sent", seconds=60)
    stage.city.province("3.0", mode="refusing")
    stage.hand.wait_for(*records, last="returned", seconds=90)
    stage.city.province("3.0")
    stage.city.take_effect()
    for record in records:
        stage.hand.change(_AT, LINES, record, KZXWJSM="按退回原因更正。")
    stage.hand.wait_for(*records, last="confirmed", seconds=180)


def lies(stage: Stage) -> None:
    """The platform says it took rows and loses them; half a minute later they are asked for."""
    lost = _events(stage, "lost")
    records = stage.hand.lines(_AT, 12)
    stage.city.province(mode="lying", share=0.5)
    stage.city.take_effect()
    stage.hand.say(_AT, *records)
    stage.city.wait(lambda: _events(stage, "lost") > lost + 2, 90, "rows to be lost above")
    stage.city.province()
    stage.hand.wait_for(*records, last="confirmed", seconds=240)


def down_for_an_hour(stage: Stage) -> None:
    """Nothing listens above for an hour; everything waits and goes up afterwards, nothing twice.

    Time is compressed: it is really down for some seconds, in which retries climb their ladder and
    the breaker opens; then every time that the outbox waits for is set back by one hour, so that
    all is as after that hour, still down; then the platform comes back.
    """
    records = stage.hand.lines(_AT, 20)
    stage.city.province(mode="down")
    stage.city.take_effect()
    stage.hand.say(_AT, *records)
    stage.city.wait(
        lambda: stage.hand.count("select count(*) from upstream where failures >= 3"),
        90,
        "the breaker to open",
    )
    with stage.city.store(owner=True) as conn:
        conn.execute(f"update version set next_try_at = next_try_at - {_HOUR}".encode())
        conn.execute(f"update upstream set open_until = open_until - {_HOUR}".encode())
    time.sleep(3)
    if any(states[-1:] == ["confirmed"] for states in stage.hand.states(*records)):
        raise AssertionError("something was confirmed while nothing listened above")
    stage.city.province()
    stage.hand.wait_for(*records, last="confirmed", seconds=240)


def parent_rejected(stage: Stage) -> None:
    """A project is refused above; its children wait, and go by themselves when it is mended."""
    project, children = stage.hand.project(_AT)
    stage.city.province("3.0", mode="refusing")
    stage.city.take_effect()
    stage.hand.write(_AT, [(PROJECT, project)])
    stage.hand.wait_for(project, last="returned", seconds=90)
    stage.city.province("3.0")
    stage.city.take_effect()
    stage.hand.write(_AT, children)
    rows = [record for _, record in children]
    stage.hand.wait_for(*rows, last="held", seconds=90)
    stage.hand.change(_AT, PROJECT, project, XMMC=f"{project['XMMC']}（更正）")
    stage.hand.wait_for(project, last="confirmed", seconds=120)
    stage.hand.wait_for(*rows, last="confirmed", seconds=120)


def _events(stage: Stage, word: str) -> int:
    """How often the province has said something with this word."""
    path = stage.city.city.state / "simulate" / "province.events.jsonl"
    return sum(word in line for line in path.read_text("utf-8").splitlines())


FAULTS = (
    Fault("upstream-timeout-but-committed", "上级已写入但不答复", timeout_but_committed),
    Fault("upstream-rejects-late", "上级先收下，过后才退回", rejects_late),
    Fault("upstream-lies-success", "上级称已收下却丢失", lies),
    Fault("upstream-down-1h", "上级停机一小时（时间压缩）", down_for_an_hour),
    Fault("parent-rejected-children-waiting", "上级记录被退回，下级记录等待", parent_rejected),
)

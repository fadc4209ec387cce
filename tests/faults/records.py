"""Faults in what records live through: repeated failures, withdrawals, corrections in a race."""

from __future__ import annotations

from schemas import load
from simulators.province.tables import ProvinceTables
from tests.faults.catalogue import Fault, Stage
from tests.faults.hand import LINES, Record
from tests.faults.witness import key_of

_AT = "420602"
_LATE_S = 6


def duplicate_after_failure(stage: Stage) -> None:
    """A faulty row comes twice more, then the right one, and that one again and again."""
    (right,) = stage.hand.lines(_AT, 1)
    faulty = right | {"KZXWJMC": None}
    stage.hand.say(_AT, faulty)
    stage.hand.wait_for(right, last="returned", seconds=90)
    stage.hand.say(_AT, faulty)
    stage.hand.say(_AT, faulty)
    _replayed(stage, right, versions=1)
    stage.hand.say(_AT, right)
    stage.hand.wait_for(right, last="confirmed", seconds=90)
    stage.hand.say(_AT, right)
    stage.hand.say(_AT, right)
    _replayed(stage, right, versions=2)
    _holds(stage, right, rows=1)


def withdraw_then_resubmit(stage: Stage) -> None:
    """Withdrawn and told again at once, apart and in one transaction: one row holds in the end."""
    first, second = stage.hand.lines(_AT, 2)
    stage.hand.say(_AT, first, second)
    stage.hand.wait_for(first, second, last="confirmed", seconds=90)
    gone: Record = {"SJYXBS": "0", "SJWXYY": "填报有误，先行撤回。"}
    stage.hand.say(_AT, first | gone)
    stage.hand.say(_AT, first)
    stage.hand.say(_AT, second | gone, second)
    for record in (first, second):
        stage.city.wait(
            lambda record=record: (
                stage.hand.states(record)[0]  # type: ignore[misc]
                == ["withdrawn", "confirmed", "confirmed"]
                or _counts(stage, record) == (2, 1, 1)
            ),
            120,
            f"the withdrawal and the resubmission to go up: {stage.hand.states(record)}",
        )
    _holds(stage, first, rows=1)
    _holds(stage, second, rows=1)


def correction_races_refusal(stage: Stage) -> None:
    """A correction comes while the first version is above and about to be refused."""
    records = stage.hand.lines(_AT, 4)
    stage.city.province("3.0", mode="late", wait=_LATE_S)
    stage.city.take_effect()
    stage.hand.say(_AT, *records)
    stage.hand.wait_for(*records, last="sent", seconds=60)
    mended = [
        stage.hand.change(_AT, LINES, record, KZXWJSM="退回之前已更正。") for record in records
    ]
    stage.city.province("3.0", mode="refusing")
    stage.city.wait(
        lambda: all(
            states[0] in {"returned", "superseded"} for states in stage.hand.states(*records)
        ),
        90,
        "the first versions to be refused",
    )
    stage.city.province("3.0")
    stage.city.wait(
        lambda: all(
            states[-1] in {"confirmed", "returned"} for states in stage.hand.states(*records)
        ),
        120,
        "the corrections to be answered",
    )
    for record, states in zip(mended, stage.hand.states(*records), strict=True):
        _holds(stage, record, rows=int(states[-1] == "confirmed"))


def _replayed(stage: Stage, record: Record, *, versions: int) -> None:
    """Everything told so far has been read: a row told after it has arrived; so many versions."""
    (after,) = stage.hand.lines(_AT, 1)
    stage.hand.say(_AT, after)
    stage.hand.wait_for(after, last="confirmed", seconds=90)
    (states,) = stage.hand.states(record)
    if len(states) != versions:
        raise AssertionError(f"{versions} versions expected, there are {states}")


def _counts(stage: Stage, record: Record) -> tuple[int, int, int]:
    """Valid rows above, invalidating rows above, valid rows in effect; all of them decided."""
    table = load("3.0").table(LINES)
    tables = ProvinceTables(stage.city.accounts.province["province_v3"], load("3.0"), "front")
    try:
        rows = tables.rows(LINES, {code: record[code] for code in table.key})
    finally:
        tables.close()
    if any(row["SJSCZT"] not in {"2", "3"} for row in rows):
        return -1, -1, -1
    valid = [row for row in rows if row["SJYXBS"] != "0" and row["SJSCZT"] == "3"]
    gone = [row for row in rows if row["SJYXBS"] == "0" and row["SJSCZT"] == "3"]
    return len(valid), len(gone), len(valid) - len(gone)


def _holds(stage: Stage, record: Record, *, rows: int) -> None:
    """So many rows of the record's key are in effect above."""
    assert key_of(load("3.0").table(LINES), record) is not None
    in_effect = _counts(stage, record)[2]
    if in_effect != rows:
        raise AssertionError(f"{in_effect} rows in effect above, {rows} expected")


FAULTS = (
    Fault("duplicate-after-failure", "退回后原样重报，更正后又重报", duplicate_after_failure),
    Fault("withdraw-then-resubmit", "撤回后立即重报", withdraw_then_resubmit),
    Fault("correction-races-refusal", "更正与退回同时到达", correction_races_refusal),
)

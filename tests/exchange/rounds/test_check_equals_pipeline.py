"""The same faulty file through `exchange check` and through the pipeline: the same findings."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest

from connectors.file_drop import FileDrop
from exchange.landing.land import Feed
from exchange.landing.pull import Pulled, pull
from exchange.ledger.balance import balance
from schemas.sample import FAULTS, valid
from tests.exchange.records import BODY, FLOW, NOW, PROJECT, World
from validators import discover
from validators.rule import Compares, Follows

pytestmark = pytest.mark.database
ROOT = Path(__file__).parents[3]
STEP = "SPGL_XMSPSXBLXXXXB"
NOT_IN_A_FILE = {"huge_cell"}  # 30 MB: the reader's own tests have it
Rows = list[dict[str, str | None]]


def faulty_flows(world: World) -> Rows:
    """A good flow and one for each fault that the table can have, with keys of their own."""
    table, rng, rows = world.standard.table(FLOW), Random(5), []
    names = [name for name in sorted(FAULTS) if name not in NOT_IN_A_FILE]
    for number, name in enumerate(["", *names]):
        given = {"XZQHDM": BODY, "SPLCBM": f"LC{number}", "DFSJZJ": f"local-{number}"}
        row = valid(world.standard, FLOW, rng, given=given)
        if not name:
            rows.append(row)
        elif FAULTS[name].applies(table, row):
            rows.append(FAULTS[name].apply(table, row, rng))
    return rows


def write_csv(path: Path, columns: tuple[str, ...], rows: Rows, encoding: str = "utf-8") -> None:
    """Write rows as a county would export them."""
    with path.open("w", encoding=encoding, errors="replace", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)


def pulled(world: World, folder: Path, table: str) -> Pulled:
    """One sweep over the folder, then judgement."""
    declared = world.standard.table(table)
    source = FileDrop(BODY, folder, (declared,), settle=0)
    found = pull(world.store, source, [Feed(BODY, world.standard, declared)], clock=lambda: NOW)
    world.judge()
    return found


def checked(path: Path, table: str) -> dict[str, Any]:
    """What the command says about a file, as a user calls it."""
    command = [
        *(sys.executable, "-m", "exchange", "check", str(path), "--table", table),
        *("--body", BODY, "--standard", "3.0", "--format", "json", "--at", NOW.isoformat()),
    ]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode in {0, 1}, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def essence(finding: dict[str, Any]) -> str:
    """A finding without the number by which the place of judging names the row."""
    kept = ("rule", "version", "consequence", "fields", "value", "expected", "message", "where")
    return json.dumps([finding[name] for name in kept], ensure_ascii=False)


def test_same_findings_offline_and_in_the_pipeline(world: World, tmp_path: Path) -> None:
    """Every fault of a table is found alike by the command and by the pipeline, same stamp.

    What only shows beside rows of the store is not checked offline, and the report says so.
    """
    rows = faulty_flows(world)
    assert len(rows) > 25
    path = tmp_path / f"{FLOW}_1.csv"
    write_csv(path, world.standard.table(FLOW).columns, rows)
    report = checked(path, FLOW)
    pulled(world, tmp_path, FLOW)
    offline = sorted(essence(one) for one in report["findings"])
    found = [row["detail"] for row in world.rows("select detail from finding")]
    beside = {rule.code for rule in discover() if isinstance(rule.check, Compares | Follows)}
    online = sorted(essence(detail) for detail in found if detail["rule"] not in beside)
    assert offline == online
    assert {detail["rule"] for detail in found} & beside == {"PRO-001/withdrawal_of_nothing"}
    assert report["counts"]["not_checked"] >= len(rows)
    assert len({one["rule"] for one in report["findings"]}) > 15
    (stamp,) = world.rows("select standard, overlay, ruleset, codelists, engine from stamp")
    assert stamp == report["stamp"]


def test_rows_of_one_file_are_compared_as_in_the_pipeline(world: World, tmp_path: Path) -> None:
    """Second receipts, steps after the end, near duplicates: the command finds what intake finds.

    In a batch that arrives whole, with nothing before it.
    """
    base = valid(world.standard, STEP, Random(3), given={"XZQHDM": BODY})
    told = [("1", 9), ("1", 10), ("3", 11), ("8", 11), ("11", 13), ("11", 14), ("8", 15), ("9", 16)]
    steps = [
        {**base, "BLZT": status, "BLSJ": f"2026-03-02 {hour:02}:00:00", "DFSJZJ": f"BL-{at}"}
        for at, (status, hour) in enumerate(told)
    ]
    flow = world.flow()
    projects = [
        dict(world.project(flow, XMDM=code, GCDM=f"{code}-01", DFSJZJ=code, XMMC=name))
        | {"JSDWDM": "91420602MA49A1B26D"}
        for code, name in [
            ("2306-420602-04-01-100000", "一小"),
            ("2306-420602-04-01-100001", "一 小"),
        ]
    ]
    for table, rows, least in ((STEP, steps, 4), (PROJECT, projects, 1)):
        path = tmp_path / f"{table}_1.csv"
        write_csv(path, world.standard.table(table).columns, rows)
        report = checked(path, table)
        pulled(world, tmp_path, table)
        within = world.rulesets.of(BODY, "3.0", NOW).plan(table).in_file
        offline = [essence(one) for one in report["findings"] if one["rule"] in within]
        found = world.rows("select detail from finding where detail ->> 'table' = %s", table)
        online = [essence(row["detail"]) for row in found if row["detail"]["rule"] in within]
        assert sorted(offline) == sorted(online)
        assert len({one["rule"] for one in report["findings"]} & within) >= least


def test_the_good_row_among_the_bad_goes_on(world: World, tmp_path: Path) -> None:
    """Garbage in a file costs only its own rows: the good one is queued, all are accounted for."""
    rows = faulty_flows(world)
    write_csv(tmp_path / f"{FLOW}_1.csv", world.standard.table(FLOW).columns, rows, "gb18030")
    pulled(world, tmp_path, FLOW)
    states = world.rows("select state, record_key from version order by id")
    assert states[0]["state"] == "queued"
    assert len(states) >= len(rows) - 2
    with world.store.transaction() as conn:
        assert balance(conn, full=True).unaccounted == 0


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        (f"{FLOW}_bin.csv", b"\x00\xff\xfe\x80PNG\x89" * 500, ""),
        (f"{FLOW}_head.csv", "姓名,年龄\n张三,5\n".encode(), "表头"),
        (f"{FLOW}_x.xlsx", b"PK\x03\x04 not a workbook", ""),
        ("SPGL_NOSUCH_1.csv", b"A,B\n1,2\n", "SPGL_NOSUCH"),
    ],
)
def test_a_file_that_is_no_table_is_refused_by_name(
    world: World, tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    """Binary, wrong header, broken workbook, unknown table: named in a rejection, moved aside."""
    (tmp_path / name).write_bytes(content)
    write_csv(tmp_path / f"{FLOW}_z.csv", world.standard.table(FLOW).columns, [world.flow()])
    for _ in range(3):
        pulled(world, tmp_path, FLOW)
    rejections = world.rows("select body, message from rejection")
    assert any(name in row["message"] or words in row["message"] for row in rejections)
    assert (tmp_path / "rejected" / name).exists()
    assert world.states(FLOW) == ["queued"]


def test_ragged_rows_are_findings_of_their_own(world: World, tmp_path: Path) -> None:
    """A row with too many cells is landed, returned with a finding, and harms no other."""
    columns = world.standard.table(FLOW).columns
    flow = world.flow()
    other = flow | {"SPLCBM": "LC-B", "DFSJZJ": "local-b"}
    ragged, good = (",".join(row.get(code) or "" for code in columns) for row in (flow, other))
    text = f"{','.join(columns)}\n{ragged},多,余\n{good}\n"
    (tmp_path / f"{FLOW}_1.csv").write_text(text, "utf-8")
    pulled(world, tmp_path, FLOW)
    assert sorted(world.states(FLOW)) == ["queued", "returned"]
    (finding,) = world.rows("select detail from finding where rule like 'LND%'")
    assert "第2行" in finding["detail"]["where"]


def test_unknown_division_is_a_finding(world: World, tmp_path: Path) -> None:
    """A project of a division that nobody knows is returned, naming the code."""
    row = world.project(world.flow(), XZQHDM="999999")
    write_csv(tmp_path / f"{PROJECT}_1.csv", world.standard.table(PROJECT).columns, [row])
    pulled(world, tmp_path, PROJECT)
    found = world.rows("select detail from finding where consequence = 'reject'")
    assert any("999999" in row["detail"]["message"] for row in found)

"""``exchange check``: files judged offline, in four forms, and how it ends."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from random import Random

import jsonschema
import openpyxl
import polars as pl
import pytest
import xlsxwriter

from connectors.county import load_bodies
from exchange.cli import main
from exchange.judging import files, long_files
from exchange.judging.rulesets import Rulesets
from exchange.settings import ROOT
from schemas import load, policy
from schemas.sample import valid
from tests.goldens import FOLDER, assert_golden
from tests.validators.judging import NOW
from validators import Context, Record, judge

PROJECTS = FOLDER / "check" / "projects.csv"
JUDGE = ["--table", "SPGL_XMJBXXB", "--body", "420602", "--at", "2026-11-22T12:00:00"]
CALL = [*JUDGE, "--lang", "zh"]


def settled(report: str) -> str:
    """A report without the hashes, which change with every rule."""
    report = re.sub(r"ZC1-[0-9a-f]{8}-(.*)-[0-9a-f]{8}\b", r"ZC1-‹rules›-\1-‹check›", report)
    report = re.sub(r"\b[0-9a-f]{64}\b", "‹sha256›", report)
    report = re.sub(r"@[0-9a-f]{8}\b", "@‹overlay›", report)
    return re.sub(r"\b[0-9a-f]{16}\b", "‹hash›", report)


def checked(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """How the command ends and what it prints."""
    ended = main(["check", *arguments])
    return ended, capsys.readouterr().out


@pytest.fixture
def clean_file(tmp_path: Path) -> Path:
    """A workbook of one valid project, with Chinese names as header."""
    table = load("3.0").table("SPGL_XMJBXXB")
    row = valid(load("3.0"), table.code, Random(3), given={"XZQHDM": "420602"})
    path = tmp_path / "好.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for at, field in enumerate(table.fields):
            sheet.write_string(0, at, field.name)
            sheet.write_string(1, at, row[field.code] or "")
    return path


@pytest.mark.parametrize(("form", "ending"), [("text", "txt"), ("json", "json"), ("html", "html")])
def test_report_is_as_it_was_read(
    form: str, ending: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The report on a faulty GB18030 file is the one that was looked at."""
    ended, printed = checked(capsys, str(PROJECTS), *CALL, "--format", form)
    assert ended == 1
    if form == "json":
        printed = json.dumps(json.loads(printed), ensure_ascii=False, indent=1) + "\n"
    assert_golden(f"check/projects.{ending}", settled(printed))


def test_workbook_marks_the_cells(tmp_path: Path) -> None:
    """The workbook lists the findings, and colours and comments the bad cells of a copy."""
    place = tmp_path / "report.xlsx"
    assert main(["check", str(PROJECTS), *CALL, "--format", "xlsx", "-o", str(place)]) == 1
    lines = []
    for sheet in openpyxl.load_workbook(place):
        lines.append(f"## {sheet.title} {sheet.dimensions}")
        for row in sheet.iter_rows():
            for cell in row:
                told = [str(cell.value or "")]
                if cell.comment:
                    told += [str(cell.fill.fgColor.rgb), cell.comment.text]
                if sheet.title != "数据标注" or cell.comment:
                    lines.append(f"{cell.coordinate} {' | '.join(told)}")
    assert_golden("check/projects.xlsx.txt", settled("\n".join(lines)) + "\n")


def test_workbook_is_the_same_file_every_time(tmp_path: Path) -> None:
    """The same file under the same stamp gives the same bytes."""
    for name in ("a", "b"):
        main(["check", str(PROJECTS), *CALL, "--format", "xlsx", "-o", str(tmp_path / name)])
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_clean_file_ends_with_zero(clean_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A workbook without faults ends with 0 and says so."""
    ended, printed = checked(capsys, str(clean_file), *CALL)
    assert ended == 0
    assert "没有发现问题" in printed


def test_json_has_the_published_shape(clean_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One object a file with stamp, input, counts and findings; the counts cover rules × rows."""
    ended, printed = checked(capsys, str(PROJECTS), str(clean_file), *CALL, "--format", "json")
    assert ended == 1
    first, second = (json.loads(line) for line in printed.splitlines())
    assert list(first) == ["stamp", "input", "self_check", "counts", "findings"]
    assert list(first["stamp"]) == ["standard", "overlay", "ruleset", "codelists", "engine"]
    assert list(first["input"]) == ["file", "table", "rows", "sha256"]
    assert list(first["counts"]) == ["pass", "fail", "not_applicable", "not_checked"]
    rules = sum(second["counts"].values())
    assert sum(first["counts"].values()) == rules * first["input"]["rows"]
    assert first["counts"]["fail"] == len(first["findings"])
    assert second["findings"] == []


def test_same_findings_as_the_pipeline(capsys: pytest.CaptureFixture[str]) -> None:
    """The engine of the pipeline finds in the same rows what the file's report says."""
    _, printed = checked(capsys, str(PROJECTS), *CALL, "--format", "json")
    offline = {(each["row"], each["rule"]) for each in json.loads(printed)["findings"]}
    names = {field.name: field.code for field in load("3.0").table("SPGL_XMJBXXB").fields}
    with PROJECTS.open(encoding="gb18030", newline="") as file:
        rows = [
            {names[name]: cell or None for name, cell in row.items()}
            for row in csv.DictReader(file)
        ]
    ruleset = Rulesets(load_bodies()).of("420602", "3.0", NOW)
    parents = dict.fromkeys(ruleset.lookups("SPGL_XMJBXXB", rows), "accepted")
    within = Context("420602", frozenset({"420602"}), NOW.replace(month=11), parents)  # type: ignore[arg-type] # fromkeys widens the literal
    records = [Record(at, row) for at, row in enumerate(rows, start=2)]
    verdicts = judge(ruleset, "SPGL_XMJBXXB", records, within).records
    assert {(found.row, found.rule) for each in verdicts for found in each.findings} == offline


def test_folder_for_several_files(tmp_path: Path, clean_file: Path) -> None:
    """Several files go to a folder, one report each, named after the file."""
    folder = tmp_path / "reports"
    ended = main(
        ["check", str(PROJECTS), str(clean_file), *CALL, "--format", "html", "-o", str(folder)]
    )
    assert ended == 1
    assert {path.name for path in folder.iterdir()} == {"projects.csv.html", "好.xlsx.html"}


def test_page_needs_nothing_from_outside(capsys: pytest.CaptureFixture[str]) -> None:
    """The page holds no script and no address, and its policy forbids loading anything."""
    _, page = checked(capsys, str(PROJECTS), *CALL, "--format", "html")
    assert "default-src 'none'" in page
    assert not re.search(r"<script|<link|<img|https?://|url\(", page)


def test_values_in_the_page_are_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Markup in a cell is shown, not run."""
    table = load("3.0").table("SPGL_XMJBXXB")
    row = valid(load("3.0"), table.code, Random(3), given={"XZQHDM": "420602"})
    row["XMMC"] = "<script>alert(1)</script>"
    path = tmp_path / "x.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, table.columns)
        writer.writeheader()
        writer.writerow(row)
    _, page = checked(capsys, str(path), *CALL, "--format", "html")
    assert "<script" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--table", "SPGL_NOSUCH"], "SPGL_NOSUCH"),
        (["--table", "SPGL_XMJBXXB", "--standard", "9.9"], "9.9"),
        (["--table", "SPGL_XMJBXXB", "--body", "999999"], "999999"),
        (["--table", "SPGL_XMJBXXB", "--at", "gestern"], "gestern"),
        (["--table", "SPGL_XMSPSXBLXXB"], "SPGL_XMSPSXBLXXB"),
    ],
    ids=["table", "standard", "body", "time", "header"],
)
def test_what_cannot_run_ends_with_two(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong question is refused with its name and ends with 2."""
    assert main(["check", str(PROJECTS), *arguments]) == 2
    assert told in capsys.readouterr().err


def test_binary_garbage_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is no table ends with 2 and the name of the file."""
    path = tmp_path / "垃圾.csv"
    path.write_bytes(Random(1).randbytes(5000))
    assert main(["check", str(path), *CALL]) == 2
    assert "垃圾.csv" in capsys.readouterr().err


def test_json_is_of_the_published_schema(capsys: pytest.CaptureFixture[str]) -> None:
    """What is printed satisfies the schema in the reference, waived findings too."""
    _, printed = checked(capsys, str(PROJECTS), *CALL, "--format", "json")
    schema = json.loads((ROOT / "docs/reference/check-report.schema.json").read_text("utf-8"))
    told = json.loads(printed)
    told["findings"][0]["waived"] = {
        "consequence": "reject", "reason": "升级", "signer": "张主任", "from": "2026-11-01",
        "until": "2026-12-31",
    }  # fmt: skip
    jsonschema.validate(told, schema)
    del told["findings"][1]["fix"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(told, schema)


@pytest.mark.parametrize("form", ["text", "html", "xlsx"])
def test_english_report_says_what_stays_chinese(
    form: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By LANG the labels are English, every one of them; the rules' own words are not."""
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    target = tmp_path / f"report.{form}"
    assert main(["check", str(PROJECTS), *JUDGE, "--format", form, "-o", str(target)]) == 1
    if form == "xlsx":
        sheets = openpyxl.load_workbook(target).sheetnames
        assert sheets == ["About", "Problems", "Marked data"]
        return
    text = target.read_text("utf-8")
    assert "What rules say (problem, reason, how to mend) is in Chinese" in text
    assert "cannot be reported, must be corrected" in text
    assert "规则集" not in text


NOT_NEEDED = (
    "airflow", "great_expectations", "jinja2", "numpy", "pandas", "pandera", "polars", "psycopg",
    "pyarrow", "requests", "sqlalchemy", "xlsxwriter",
)  # fmt: skip


def test_a_small_file_needs_no_large_package() -> None:
    """The command starts quickly: of large packages none is imported for a CSV and its JSON."""
    code = (
        "import sys; from exchange.cli import main\n"
        f"main(['check', *sys.argv[1:]]); print(sorted({set(NOT_NEEDED)!r} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(PROJECTS), *CALL, "--format", "json", "-o", os.devnull],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "[]"


@pytest.fixture
def parquet(tmp_path: Path) -> Path:
    """The faulty file as Parquet."""
    names = {field.name: field.code for field in load("3.0").table("SPGL_XMJBXXB").fields}
    with PROJECTS.open(encoding="gb18030", newline="") as file:
        rows = [
            {names[name]: cell or None for name, cell in row.items()}
            for row in csv.DictReader(file)
        ]
    path = tmp_path / "projects.parquet"
    pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String)).write_parquet(path)
    return path


def test_parquet_says_what_csv_says(parquet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same rows in another form: the same findings, self-check of rows included."""
    _, first = checked(capsys, str(PROJECTS), *CALL, "--format", "json")
    _, second = checked(capsys, str(parquet), *CALL, "--format", "json")
    one, other = json.loads(first), json.loads(second)
    assert one["findings"] == other["findings"]
    assert one["counts"] == other["counts"]
    assert one["self_check"].split("-")[5] == other["self_check"].split("-")[5]


def lines_of(path: Path) -> list[str]:
    """A list of findings for programs, in an order of its own."""
    head, *lines = path.read_text("utf-8").splitlines()
    assert head == "rule,row,fields"
    return sorted(line.replace('"', "") for line in lines)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_long_files(
    kind: str,
    parquet: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Judged piece by piece: counts complete, the list cut short and said so, all for programs."""
    path = PROJECTS if kind == "csv" else parquet
    short, long = tmp_path / "short.csv", tmp_path / "long.csv"
    json_form = [*CALL, "--format", "json"]
    _, whole = checked(capsys, str(path), *json_form, "--findings", str(short))
    monkeypatch.setattr(files, "LONG", 3)
    monkeypatch.setattr(long_files, "LISTED", 5)
    monkeypatch.setattr(long_files, "RECORDS", 4)
    ended, cut = checked(capsys, str(path), *json_form, "--findings", str(long))
    one, other = json.loads(whole), json.loads(cut)
    assert ended == 1
    for name in ("pass", "fail"):  # rows are compared by key only: more is not checked
        assert other["counts"][name] <= one["counts"][name]
    assert sum(other["counts"].values()) == sum(one["counts"].values())
    assert len(other["findings"]) == 5
    assert other["not_listed"] == other["counts"]["fail"] - 5
    jsonschema.validate(
        other, json.loads((ROOT / "docs/reference/check-report.schema.json").read_text("utf-8"))
    )
    assert other["self_check"].split("-")[5] == "0" * 12
    told = set(lines_of(short)) - set(lines_of(long))
    within = Rulesets(load_bodies()).of("420602", "3.0", NOW).plan("SPGL_XMJBXXB").in_file
    assert {line.split(",")[0] for line in told} <= within
    assert len(lines_of(long)) == other["counts"]["fail"]
    for form in ("text", "html"):
        _, printed = checked(capsys, str(path), *CALL, "--format", form)
        assert f"问题过多，只列出最前面的一部分：5 / {other['counts']['fail']}" in printed
    assert (
        main(["check", str(path), *CALL, "--format", "xlsx", "-o", str(tmp_path / "r.xlsx")]) == 1
    )
    cover = openpyxl.load_workbook(tmp_path / "r.xlsx")["说明"]
    assert any("只列出最前面的一部分" in str(cell.value) for cell in cover["B"])


def test_a_rule_that_the_installation_left_out_is_left_out_here_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With a policy pack of one's own a file is judged as the pipeline would judge it."""

    def found() -> set[str]:
        _, printed = checked(capsys, str(PROJECTS), *CALL, "--format", "json")
        return {each["rule"] for each in json.loads(printed)["findings"]}

    before = found()
    code = min(before)
    text = (policy.ROOT / "420600.toml").read_text("utf-8")
    off = f'[editions.rules_off]\n"{code}" = "试运行期间不查"\n\n[articles.6]'
    (tmp_path / "own.toml").write_text(text.replace("[articles.6]", off, 1), "utf-8")
    monkeypatch.setenv("SPGL_POLICY", str(tmp_path / "own.toml"))
    assert found() == before - {code}

"""The offline check: runs from its folder on a bare Python and says what the exchange says."""

from __future__ import annotations

import csv
import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
import xlsxwriter

from exchange.cli import main
from exchange.offline.pack import NotEmptyError, build
from schemas.self_check import SelfCheck
from tests.goldens import FOLDER

PROJECTS = FOLDER / "check" / "projects.csv"
CALL = ["--table", "SPGL_XMJBXXB", "--body", "420602", "--at", "2026-11-22T12:00:00"]
TEXTS = {".py", ".toml", ".html", ".txt", ".cmd", ".sh", ".sha256", ".md", ".rst", ""}


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder, built once."""
    folder = tmp_path_factory.mktemp("pack") / "自查工具"
    build(folder)
    return folder


def offline(pack: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """The check on a Python without environment, site packages or our folder."""
    command = [sys.executable, "-I", "-S", str(pack / "check.py"), *arguments]
    return subprocess.run(command, check=False, capture_output=True, env={}, cwd="/")


def book(folder: Path) -> Path:
    """The same projects as a workbook."""
    path = folder / "项目.xlsx"
    lines = list(csv.reader(PROJECTS.read_text("gb18030").splitlines()))
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as made:
        sheet = made.add_worksheet()
        for row, line in enumerate(lines[:4]):
            for column, cell in enumerate(line):
                sheet.write_string(row, column, cell)
    return path


def test_it_says_what_the_exchange_says(
    pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """On CSV and XLSX the JSON is the same to the letter: stamp, counts, findings, code."""
    files = [str(PROJECTS), str(book(tmp_path))]
    done = offline(pack, *files, *CALL, "--format", "json")
    assert done.stderr.decode() == ""
    assert done.returncode == main(["check", *files, *CALL, "--format", "json"]) == 1
    assert done.stdout.decode() == capsys.readouterr().out


def test_every_form_of_report_is_there(pack: Path, tmp_path: Path) -> None:
    """Page and workbook are made, too, and the code file beside the data."""
    data = tmp_path / "SPGL_XMJBXXB_1.csv"
    data.write_bytes(PROJECTS.read_bytes())
    for form in ("html", "xlsx"):
        target = tmp_path / f"report.{form}"
        arguments = ["--format", form, "-o", str(target), "--self-check"]
        done = offline(pack, str(data), *CALL, *arguments)
        assert (done.returncode, done.stderr) == (1, b"")
        assert target.stat().st_size > 5000
    said = SelfCheck.read((tmp_path / "SPGL_XMJBXXB_1.csv.zc").read_text("utf-8"))
    assert said is not None
    assert said.is_of_file(hashlib.sha256(data.read_bytes()).hexdigest())


def test_it_is_text_and_whole(pack: Path) -> None:
    """No file is for one platform only, and the manifest names all of them."""
    files = {path for path in pack.rglob("*") if path.is_file()}
    assert {path.suffix for path in files} - TEXTS == set()
    listed = (pack / "MANIFEST.sha256").read_text("utf-8").splitlines()
    named = {pack / line.partition("  ")[2]: line.partition("  ")[0] for line in listed}
    assert set(named) == files - {pack / "MANIFEST.sha256"}
    some = pack / "lib/validators/engine.py"
    assert named[some] == hashlib.sha256(some.read_bytes()).hexdigest()
    assert "自查码" in (pack / "使用说明.txt").read_text("utf-8-sig")


def test_nothing_old_stays_in_it(pack: Path) -> None:
    """A folder that holds something is refused."""
    with pytest.raises(NotEmptyError):
        build(pack)


def test_the_shape_of_the_code_is_told_from_a_slip() -> None:
    """A code reads back; one changed sign makes it none."""
    code = SelfCheck.of(ruleset="a" * 16, passed=9, failed=1, sha256="b" * 64, rows="c" * 64).code
    assert SelfCheck.read(code) is not None
    assert SelfCheck.read(code.replace("-9-", "-8-")) is None
    assert SelfCheck.read("ZC1") is None

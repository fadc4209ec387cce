"""Files that mean harm, or were broken on the way: a refusal with its reason, or rows with defects.

Never a crash, a reader that stands still, or memory without bound.
"""

from __future__ import annotations

import io
import os
import resource
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors import file_xlsx, xlsx_parts, xlsx_plain
from connectors.base import RefusedError, SourceRow
from connectors.file_reading import read_file
from exchange.settings import ROOT
from schemas import load

TABLE = load("3.0").table("SPGL_SPLCXXB")
NEEDED = [field.code for field in TABLE.fields if not field.receiver]
HEADER = ",".join(NEEDED)
LINE = ",".join(f"{code}值" for code in NEEDED)
MEMORY = 2 << 30
"""Bytes of address space that reading any of the hostile files may take, program included."""


def book() -> bytes:
    """A workbook with texts, numbers, times, a formula and an error."""
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.append(NEEDED)
    for at in range(4):
        sheet.append([f"{code}{at}" for code in NEEDED[:-4]] + [at, 0.5, "=1+1", "#N/A"])
    sheet.cell(2, 3).number_format = "yyyy-mm-dd"
    sheet.cell(3, 8, 46082.75).number_format = "yyyy-mm-dd h:mm:ss"
    data = io.BytesIO()
    made.save(data)
    return data.getvalue()


def dbf(fields: list[tuple[str, str, int]], body: bytes, record: int | None = None) -> bytes:
    """A DBF file of these fields (name, type, width); ``record`` is the width that it claims."""
    width = 1 + sum(field[2] for field in fields) if record is None else record
    head = bytes([3, 126, 1, 2]) + struct.pack("<LHH", 1, 33 + 32 * len(fields), width) + bytes(20)
    for name, kind, size in fields:
        head += name.encode().ljust(11, b"\0") + kind.encode() + bytes(4) + bytes([size, 0])
        head += bytes(14)
    return head + b"\r" + body


CODES = [(code[:10], "C", 20) for code in NEEDED]
GOOD = {
    "csv": f"{HEADER}\r\n{LINE}\r\n{LINE}\r\n".encode(),
    "xlsx": book(),
    "dbf": dbf(CODES, b"".join(b" " + b"x".ljust(20) * len(CODES) for _ in range(3)) + b"\x1a"),
}


def packed(change: Callable[[str, bytes], bytes]) -> bytes:
    """The workbook with its parts changed."""
    data = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(GOOD["xlsx"])) as source,
        zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            target.writestr(name, change(name, source.read(name)))
    return data.getvalue()


def with_part(ending: str, content: bytes) -> bytes:
    """The workbook with one part replaced."""
    return packed(lambda name, old: content if name.endswith(ending) else old)


def sheet_of(rows: bytes) -> bytes:
    """The workbook with these rows in its sheet."""
    start = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    )
    return with_part("sheet1.xml", start + rows + b"</sheetData></worksheet>")


def lying() -> bytes:
    """A workbook whose list of parts says that a part of 30 MB has ten bytes."""
    data = bytearray(with_part("styles.xml", b"0123456789"))
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = bytes(1_000_000)
    bomb = b"".join(packer.compress(block) for _ in range(30)) + packer.flush()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        part = next(one for one in archive.infolist() if one.filename.endswith("styles.xml"))
        central = archive.start_dir
    local = data[part.header_offset : part.header_offset + 30 + len(part.filename)]
    entry = data.index(part.filename.encode(), central) - 46
    end = data.rindex(b"PK\x05\x06")
    directory, tail = data[central:end], data[end:]
    struct.pack_into("<L", directory, entry - central + 20, len(bomb))
    struct.pack_into("<L", directory, entry - central + 42, central)
    del data[central:]
    data += local + bomb
    struct.pack_into("<L", tail, 16, len(data))
    return bytes(data + directory + tail)


HOSTILE: dict[str, tuple[str, Callable[[], bytes], str | None]] = {
    # name: (kind, the file, the reason of the refusal or None where it is read)
    "commas": ("csv", lambda: HEADER.encode() + b"\n" + b"," * 3_000_000, "个以上的逗号"),
    "one column many times": ("csv", lambda: b"XMDM," * 150_000, "不是"),
    "one known column many times": (
        "csv",
        lambda: (NEEDED[0] + ",").encode() * 400_000 + b"\n",
        "标准之外的列",
    ),
    "header twice": ("csv", lambda: HEADER.encode() + b"," + HEADER.encode(), "重复的列"),
    "header of one long word": (
        "csv",
        lambda: b"A" * 5_000_000 + f",{HEADER}\n".encode(),
        "标准之外",
    ),
    "open quote": ("csv", lambda: HEADER.encode() + b'\n"' + b"x" * 5_000_000, "双引号"),
    "quote storm": ("csv", lambda: f"{HEADER}\n".encode() + b'""' * 2_000_000, None),
    "quotes and commas": ("csv", lambda: f"{HEADER}\n".encode() + b'",' * 999_999, "双引号"),
    "NULs": ("csv", lambda: f"{HEADER}\n".encode() + bytes(3_000_000), None),
    "no line ends": ("csv", lambda: HEADER.encode() + b"x" * 65_000_000, "不是以换行分隔"),
    "short rows": ("csv", lambda: f"{HEADER}\n".encode() + b"1\n" * 20_000, None),
    "lone carriage returns": ("csv", lambda: HEADER.encode() + b"\r" + b"x\r" * 20_000, None),
    "record of no width": ("dbf", lambda: dbf(CODES, b"x" * 9, record=0), "记录长度"),
    "fields of no width": (
        "dbf",
        lambda: dbf([(name, "C", 0) for name, _, _ in CODES], b" " * 1_000_000),
        "记录长度",
    ),
    "fields without end": ("dbf", lambda: dbf(CODES * 90, b"")[:-1], "没有结尾"),
    "records of nothing": ("dbf", lambda: dbf(CODES, b"\0" * 2_000_000), None),
    "cut in the header": ("dbf", lambda: GOOD["dbf"][:11], "不是有效的 DBF"),
    "cut in a field": ("dbf", lambda: GOOD["dbf"][:50], "没有结尾"),
    "cut in a record": ("dbf", lambda: GOOD["dbf"][:-150], None),
    "parts without number": (
        "xlsx",
        lambda: many_parts(xlsx_parts.PARTS_LIMIT + 1),
        "个部分组成",
    ),
    "bomb that lies": ("xlsx", lying, "解压后"),
    "bomb in the structure": (
        "xlsx",
        lambda: with_part("styles.xml", b"<a/>" * 6_000_000),
        "结构部分",
    ),
    "rare compression": ("xlsx", lambda: repacked(zipfile.ZIP_LZMA), "压缩方式"),
    "nested elements": ("xlsx", lambda: sheet_of(b"<row>" * 1_000_000), "嵌套过深"),
    "formulas without number": (
        "xlsx",
        lambda: sheet_of((b"<row>" + b"<c><f/></c>" * 15_000 + b"</row>") * 14),
        "公式和错误值超过",
    ),
    "an endless error": (
        "xlsx",
        lambda: sheet_of(b'<row><c t="e"><v>' + b"#N/A" * 5_000_000 + b"</v></c></row>"),
        "无法读取",
    ),
    "cells without place": ("xlsx", lambda: sheet_of(b"<row>" + b"<c/>" * 200_000 + b"</row>"), ""),
    "row far away": (
        "xlsx",
        lambda: sheet_of(b'<row r="99999999999999999999"><c><v>1</v></c></row>'),
        "范围过大",
    ),
    "row without number": (
        "xlsx",
        lambda: sheet_of(b'<row r="x"><c><v>1</v></c></row>'),
        "无法读取",
    ),
    "row of 5000 digits": (
        "xlsx",
        lambda: sheet_of(b'<row r="' + b"9" * 5_000 + b'"/>'),
        "无法读取",
    ),
    "style that is not there": (
        "xlsx",
        lambda: sheet_of(b'<row><c s="4294967295"><v>1</v></c></row>'),
        "表头",
    ),
    "text that is not there": (
        "xlsx",
        lambda: sheet_of(b'<row><c t="s"><v>99999999</v></c></row>'),
        "",
    ),
    "texts that claim to be many": (
        "xlsx",
        lambda: packed(
            lambda name, old: (
                old.replace(b"uniqueCount=", b'count="4294967295" uniqueCount=')
                if name.endswith("sharedStrings.xml")
                else old
            )
        ),
        "",
    ),
    "last moment of the calendar": (
        "xlsx",
        lambda: packed(
            lambda name, old: (
                old.replace(b"46082.75", b"2958465.999999") if name.endswith("sheet1.xml") else old
            )
        ),
        None,
    ),
    "not a ZIP": ("xlsx", lambda: b"PK\x03\x04" + bytes(100), "不是有效的 XLSX"),
}


def many_parts(number: int) -> bytes:
    """A ZIP file of empty parts."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as target:
        for at in range(number):
            target.writestr(str(at), b"")
    return data.getvalue()


def repacked(method: int) -> bytes:
    """The workbook in another compression."""
    data = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(GOOD["xlsx"])) as source,
        zipfile.ZipFile(data, "w", method) as target,
    ):
        for name in source.namelist():
            target.writestr(name, source.read(name))
    return data.getvalue()


def read(path: Path) -> list[SourceRow] | str:
    """The rows of a file, or why it is refused; nothing else may happen."""
    try:
        return list(read_file(path, TABLE).rows)
    except RefusedError as error:
        return str(error)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file(name: str, tmp_path: Path) -> None:
    """Each is refused with the reason that names it, or read with its damage as defects."""
    kind, made, reason = HOSTILE[name]
    path = tmp_path / f"a.{kind}"
    path.write_bytes(made())
    told = read(path)
    if reason is None:
        assert isinstance(told, list), told
    elif reason:
        assert isinstance(told, str)
        assert reason in told
        assert path.name in told


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(
    kind=st.sampled_from([*GOOD]),
    cut=st.floats(0.02, 1),
    changes=st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=12)), max_size=6),
)
def test_damaged_files(
    tmp_path_factory: pytest.TempPathFactory,
    kind: str,
    cut: float,
    changes: list[tuple[float, bytes]],
) -> None:
    """Files cut short or with bytes changed anywhere are read or refused, no more."""
    data = bytearray(damaged(GOOD[kind], changes))
    path = tmp_path_factory.mktemp("damaged") / f"a.{kind}"
    path.write_bytes(data[: int(len(data) * cut) + 1])
    told = read(path)
    assert isinstance(told, str) or len(told) <= len(data)


XML = st.one_of(
    st.binary(max_size=12),
    st.sampled_from(
        [
            b"<c>", b"</c>", b"<v>", b"</v>", b"<row>", b"</row>", b'r="ZZZ9"', b't="s"', b't="e"',
            b't="b"', b't="d"', b't="inlineStr"', b's="99"', b"99999999999", b"-1", b"1e999",
            b"<f/>", b"&#0;", b"&x;", b"<!--", b"<![CDATA[", b"\xff\xfe", b'r="A0"',
            b'r="A1048577"', b"NaN",
        ]
    ),
)  # fmt: skip


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(
    ending=st.sampled_from(
        [
            "sheet1.xml",
            "sheet1.xml",
            "workbook.xml",
            "workbook.xml.rels",
            "styles.xml",
            "Types].xml",
        ]
    ),
    changes=st.lists(st.tuples(st.floats(0, 1), XML), min_size=1, max_size=8),
)
def test_damaged_parts(
    tmp_path_factory: pytest.TempPathFactory, ending: str, changes: list[tuple[float, bytes]]
) -> None:
    """A sound package around damaged parts: both readers of workbooks read it or refuse it."""
    path = tmp_path_factory.mktemp("damaged") / "a.xlsx"
    path.write_bytes(
        packed(lambda name, old: damaged(old, changes) if name.endswith(ending) else old)
    )
    read(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(file_xlsx, "workbooks", xlsx_plain)
        read(path)


def damaged(data: bytes, changes: list[tuple[float, bytes]]) -> bytes:
    """The bytes with pieces written over them, here and there."""
    broken = bytearray(data)
    for place, piece in changes:
        at = int(place * len(broken))
        broken[at : at + len(piece)] = piece
    return bytes(broken)


def test_memory_is_bounded(tmp_path: Path) -> None:
    """A process that may have two gigabytes reads all of them, one after the other."""
    for at, (kind, made, _) in enumerate(HOSTILE.values()):
        (tmp_path / f"{at}.{kind}").write_bytes(made())
    code = (
        "import sys; from pathlib import Path\n"
        "from tests.connectors.test_hostile_files import read\n"
        "print(sum(read(path) is not None for path in Path(sys.argv[1]).iterdir()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) == len(HOSTILE)

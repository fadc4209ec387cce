"""Every body's file loads, and a wrong file says what is wrong where."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.base import RefusedError, StopError
from connectors.connections import Connections
from connectors.county import (
    BodyFileError,
    dealt,
    load_bodies,
    names_in_short,
    open_source,
    read_body,
    source_modules,
)
from schemas import load

GOOD = """
name = "某县"
divisions = ["420602"]
effective_from = 2026-01-01
connector = "front_database"
every = "PT2S"
[[contacts]]
office = "某局"
duty = "推送"
[feeds."3.0"]
connection = "county_420602_v3"
cursor = "GXSJ"
"""


def written(folder: Path, text: str, name: str = "420602.toml") -> Path:
    """A body's file with this content."""
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_all_bodies_load() -> None:
    """The eleven bodies of the city are there with their feeds and rhythm."""
    bodies = load_bodies()
    assert len(bodies) == 11
    assert bodies["420602"].name == "襄城区"
    assert set(bodies["420606"].feeds) == {"3.0", "2.0"}
    assert bodies["420626"].feed("2.0").options["cursor"] == "GXSJ"
    assert bodies["420600-zrzy"].connector == "file_drop"
    assert all(timedelta(0) < body.every <= timedelta(minutes=1) for body in bodies.values())
    assert all(body.connector in source_modules() for body in bodies.values())


def test_an_installation_may_have_its_files_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder that SPGL_COUNTIES names is read instead; one without files is an error."""
    written(tmp_path, GOOD, "999999.toml")
    monkeypatch.setenv("SPGL_COUNTIES", str(tmp_path))
    assert load_bodies().keys() == {"999999"}
    monkeypatch.setenv("SPGL_COUNTIES", str(tmp_path / "nothing"))
    with pytest.raises(BodyFileError, match="expected a file such as"):
        load_bodies()


def test_tables_of_a_feed() -> None:
    """Without a list a feed has all national tables, parents first; with one only those."""
    standard = load("3.0")
    tables = load_bodies()["420602"].feed("3.0").tables_of(standard)
    assert {table.scope for table in tables} == {"national"}
    assert [table.order for table in tables] == sorted(table.order for table in tables)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (('every = "PT2S"', 'every = "2s"'), "every: expected a time such as PT2S"),
        (('every = "PT2S"', ""), "every: expected a time such as PT2S or PT1M, but it is missing"),
        (('"front_database"', '"carrier_pigeon"'), "connector: expected one of file_drop"),
        (('["420602"]', '["42060"]'), "divisions: expected a list of six-digit codes"),
        (('[feeds."3.0"]', '[feeds."9.9"]'), 'feeds."9.9": expected a version'),
        (
            ('connection = "county_420602_v3"', ""),
            'feeds."3.0".connection: expected a text, but it is missing',
        ),
        (('duty = "推送"', ""), "contacts[0].duty: expected a text, but it is missing"),
        (("effective_from = 2026-01-01", 'effective_from = "soon"'), "effective_from: expected"),
        (('name = "某县"', 'nmae = "某县"'), "nmae: expected one of the known keys"),
    ],
)
def test_wrong_file_names_file_and_key(
    tmp_path: Path, change: tuple[str, str], expected: str
) -> None:
    """A mistake in a body's file is reported with the file, the key and what is allowed."""
    with pytest.raises(BodyFileError) as caught:
        read_body(written(tmp_path, GOOD.replace(*change)))
    assert str(caught.value).startswith(f"420602.toml: {expected}")


def test_file_name_is_the_code(tmp_path: Path) -> None:
    """A file whose name is no division code is refused."""
    with pytest.raises(BodyFileError, match="file name"):
        read_body(written(tmp_path, GOOD, "xiangcheng.toml"))


def test_unknown_feed_and_connection(tmp_path: Path) -> None:
    """A version that the body does not deliver and a connection that is not stored are named."""
    body = read_body(written(tmp_path, GOOD))
    with pytest.raises(RefusedError, match=r"420602: delivers no standard '2.0', only 3.0"):
        open_source(body, load("2.0"), Connections({}))
    with pytest.raises(StopError, match="SPGL_CONN_COUNTY_420602_V3"):
        open_source(body, load("3.0"), Connections({}))


@pytest.mark.parametrize(
    ("links", "key"),
    [
        ('allow = "http://x/"', "links.allow"),
        ('allow = ["ftp://x/"]', "links.allow"),
        ('allow = ["http://x/a/"]\nattachment = "http://x/a/"', "links.attachment"),
        ('allow = ["http://x/a/"]\nattachment = "http://y/{ID}"', "links.attachment"),
        ("deny = []", "links"),
    ],
)
def test_addresses_that_cannot_be_allowed_are_refused(tmp_path: Path, links: str, key: str) -> None:
    """The list of addresses holds addresses; the template for attachments lies inside it."""
    path = written(tmp_path, f"{GOOD}\n[links]\n{links}\n")
    with pytest.raises(BodyFileError, match=f"{key}: expected"):
        read_body(path)


def test_addresses_are_allowed_by_the_file_only(tmp_path: Path) -> None:
    """Without [links] nothing may be contacted; with it what lies under it."""
    assert not read_body(written(tmp_path, GOOD)).links.allows("http://x/a/1")
    allowed = written(tmp_path, f'{GOOD}\n[links]\nallow = ["http://X:80/a"]\n')
    assert read_body(allowed).links.allows("http://x/a/1")
    assert not read_body(allowed).links.allows("http://x/ab")


def test_bodies_are_dealt_out_whole(tmp_path: Path) -> None:
    """Every body is in one hand, no hand is empty, and each is named by its bodies."""
    bodies = {
        code: replace(read_body(written(tmp_path, GOOD)), code=code, name=f"甲{code}")
        for code in ("420602", "420606", "420607")
    }
    assert dealt(bodies, 2) == [
        {"codes": ["420602", "420607"], "names": "甲420602、甲420607"},
        {"codes": ["420606"], "names": "甲420606"},
    ]
    assert [hand["codes"] for hand in dealt(bodies, 5)] == [[code] for code in sorted(bodies)]


def test_many_names_fit_where_they_are_shown() -> None:
    """Few names stand in full; of many the first and their number; one endless name is cut."""
    assert names_in_short(["襄城区", "樊城区"]) == "襄城区、樊城区"
    many = names_in_short([f"单位{number:03}" for number in range(250)])
    assert many.startswith("单位000、单位001、")
    assert many.endswith("等250个单位")
    assert 190 <= len(many) <= 200
    assert len(names_in_short(["长" * 300, "短"])) == 200

"""A valid record of every table of every version."""

from datetime import date, datetime
from random import Random

import pytest

import schemas
from schemas import check_digits, overlay
from schemas.sample import WRITTEN_AT, UnknownFieldError, valid
from schemas.sample.draft import Draft
from schemas.sample.fields import HABITUAL, NOT_OURS, holds, make
from schemas.values import parse

TABLES = [
    (version, table.code)
    for version in schemas.versions()
    for table in schemas.load(version).in_order
]
SEEDS = range(5)


def filled(record: dict[str, str | None]) -> dict[str, str]:
    """The record with empty text for empty cells."""
    return {code: text or "" for code, text in record.items()}


def records(version: str, code: str) -> list[dict[str, str | None]]:
    """Records of a table by several seeds."""
    standard = schemas.load(version)
    return [valid(standard, code, Random(seed)) for seed in SEEDS]


@pytest.mark.parametrize(("version", "code"), TABLES)
def test_has_every_column_and_all_that_is_mandatory(version: str, code: str) -> None:
    """Every column is there; mandatory and met conditional fields are filled, types are right."""
    standard = schemas.load(version)
    table = standard.table(code)
    for record in records(version, code):
        assert tuple(record) == table.columns
        draft = Draft(standard, table, Random(0), record, WRITTEN_AT, make)
        for field in table.fields:
            text = record[field.code]
            assert text != ""
            if field.code in NOT_OURS:
                assert text is None
            elif field.required == "M":
                assert text is not None, field.code
            elif field.when and field.code not in HABITUAL:
                assert (text is not None) == holds(draft, field.when), field.code
            if text is not None:
                parse(field, text)
                assert field.length is None or len(text) <= field.length


@pytest.mark.parametrize(("version", "code"), TABLES)
def test_codes_are_of_their_lists(version: str, code: str) -> None:
    """A coded value is of its list where the list has values, and fits the list's pattern."""
    standard = schemas.load(version)
    for record in records(version, code):
        for field in standard.table(code).fields:
            listed = standard.codelists.get(field.codelist or "")
            text = record[field.code]
            if listed is None or text is None or not listed.complete:
                continue
            parts = text.split(",") if listed.multi_value else [text]
            assert set(parts) <= set(listed.values), field.code


def test_same_seed_same_record() -> None:
    """The same seed gives the same record, another seed another."""
    standard = schemas.load("3.0")
    first, again, other = (valid(standard, "SPGL_XMJBXXB", Random(seed)) for seed in (7, 7, 8))
    assert first == again
    assert first != other


def test_given_values_stand_and_the_rest_fits_them() -> None:
    """A given value is kept; sums, orders and conditions are made to fit it."""
    standard = schemas.load("3.0")
    given = {"ZJZMJ": "1000.00"}
    permit = filled(valid(standard, "SPGL_JZGCSGXKXXB", Random(1), given=given))
    assert float(permit["DSJZMJ"]) + float(permit["DXJZMJ"]) == 1000
    finished = valid(standard, "SPGL_XMJBXXB", Random(1), given={"XMSFWQBJ": "1"})
    assert finished["XMWQBJSJ"] == "2026-03-10 10:30:00"
    invalid = valid(standard, "SPGL_XMJBXXB", Random(1), given={"SJYXBS": "0"})
    assert invalid["SJWXYY"]


def test_an_unknown_field_is_refused() -> None:
    """A given value without a field is an error that names it, not silently dropped."""
    with pytest.raises(UnknownFieldError, match="NICHTDA"):
        valid(schemas.load("3.0"), "SPGL_XMJBXXB", Random(1), given={"NICHTDA": "1"})


def test_cross_field_rules_of_the_project() -> None:
    """Planned start before end, unit code begins with the project code, source fits the flow."""
    for seed in range(20):
        row = filled(valid(schemas.load("3.0"), "SPGL_XMJBXXB", Random(seed)))
        assert date.fromisoformat(row["NKGSJ"]) < date.fromisoformat(row["NJCSJ"])
        assert row["GCDM"].startswith(row["XMDM"])
        assert len(row["XMDM"]) == 24
        assert (row["XMTZLY"] == "1") == (row["SPLCLX"] in {"1", "2"})
        assert (row["CD"] != "") == (row["SFXXGC"] == "1")
        longitude, latitude = map(float, row["XMJWDZB"].split(","))
        assert 73 < longitude < 136
        assert 3 < latitude < 54


def test_identifiers_have_right_check_digits() -> None:
    """Credit, identity, project and certificate codes end in the check digit of their body."""
    standard = schemas.load("3.0")
    party = filled(valid(standard, "SPGL_ZRZTXXB", Random(3)))
    assert check_digits.uscc(party["DWTYSHXYDM"][:17]) == party["DWTYSHXYDM"][17]
    assert check_digits.resident(party["FZRZJHM"][:17]) == party["FZRZJHM"][17]
    digits = party["XMDM"].replace("-", "")
    assert check_digits.mod_11_10(digits[:-1]) == digits[-1]
    given = {"SPJGLX": "10"}
    paper = filled(valid(standard, "SPGL_XMSPSXPFWJXXB", Random(3), given=given))
    *parts, check = paper["ZZBS"].removeprefix("1.2.156.3005.2.").split(".")
    assert check_digits.mod_37_36("".join(parts)) == check


def test_the_time_of_writing_bounds_business_times() -> None:
    """Nothing that happened lies after the given time of writing."""
    at = datetime(2025, 6, 3, 9, 0)  # noqa: DTZ001 – wall time, as records have it
    step = valid(schemas.load("3.0"), "SPGL_XMSPSXBLXXXXB", Random(1), at=at)
    assert step["BLSJ"] == "2025-06-03 09:00:00"


def test_an_overlay_that_asks_for_more_gets_more() -> None:
    """Under an overlay that makes a conditional field mandatory the record fills it."""
    asking = overlay.parse(
        "420699",
        'name = "测试县"\nexample = true\n[[fields]]\ntable = "SPGL_XMSPSXBLTBCXXXB"\n'
        'field = "TBCXMC"\nrequired = "M"\nbasis = "本县要求"\n',
    )
    standard = overlay.apply_all(schemas.load("3.0"), [asking])
    for seed in SEEDS:
        assert valid(standard, "SPGL_XMSPSXBLTBCXXXB", Random(seed))["TBCXMC"]

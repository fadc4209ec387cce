"""Overlays: what they may do, what they may not, and which version holds for whom on a day."""

from __future__ import annotations

from datetime import date

import pytest

from schemas import UnknownStandardError, load, versions
from schemas.overlay import (
    LooseningError,
    OverlayError,
    apply,
    apply_all,
    overlays,
    parse,
    read,
    standard_for,
    versions_for,
)

ITEM = 'table = "SPGL_XMJBXXB"\n'


@pytest.mark.parametrize("version", versions())
@pytest.mark.parametrize("name", overlays())
def test_every_overlay_fits_the_versions_that_have_its_tables(name: str, version: str) -> None:
    """Each shipped overlay applies to each version; entries for other versions are left out."""
    assert apply(load(version), [name]).overlay.startswith(f"{name}@")


def test_the_chain_of_province_and_city_is_stamped_and_tightens() -> None:
    """The stamp names the overlays; limits of both levels hold, the national text is untouched."""
    standard = standard_for(("420000", "420600"), "3.0")
    project = standard.table("SPGL_XMJBXXB").by_code
    assert standard.overlay.startswith("420000+420600@")
    assert project["XMDM"].length == 24
    assert project["XMMC"].length == 500
    assert standard.table("SPGL_XMSPSXBLXXB").by_code["LXRSJH"].length == 11
    assert load("3.0").table("SPGL_XMJBXXB").by_code["XMDM"].length is None
    assert load("3.0").overlay == ""


def test_a_field_becomes_mandatory_below() -> None:
    """What the nation leaves open a city may demand, and then surely."""
    overlay = parse("420600", f'name = "x"\n[[fields]]\n{ITEM}field = "GCFW"\nrequired = "M"')
    field = apply_all(load("3.0"), [overlay]).table("SPGL_XMJBXXB").by_code["GCFW"]
    assert (field.required, field.required_confidence) == ("M", "high")
    assert load("3.0").table("SPGL_XMJBXXB").by_code["GCFW"].required == "O"


def test_columns_of_the_receiver_get_no_width() -> None:
    """Serial number and failure reason are the higher platform's business."""
    for table in standard_for(("420000",), "3.0").tables.values():
        assert all(field.length is None for field in table.fields if field.receiver)


def test_an_extra_field_comes_last_and_only_once() -> None:
    """A county's own column is added; adding a column of the standard is refused."""
    table = standard_for(("411325",), "3.0").table("SPGL_XMJBXXB")
    assert table.columns[-1] == "YZLTDZ"
    again = parse(
        "411325",
        f'name = "x"\n[[extra]]\n{ITEM}code = "XMMC"\nname = "x"\nname_en = "x"\n'
        'type = "string"\nrequired = "O"\n',
    )
    with pytest.raises(OverlayError, match="is there already"):
        apply_all(load("3.0"), [again])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ('field = "XZQHDM"\nlength = 12\n', "length 12 after 6"),
        ('field = "XMMC"\nrequired = "O"\n', "required O after M"),
        ('field = "JSXZ"\nprecision = 12\n', "precision 12 after 10"),
        ('field = "XZQHDM"\nformat = "^.*$"\n', "format is already given"),
        ('field = "JSXZ"\ncodelist = "SF"\n', "codelist is already given"),
    ],
)
def test_loosening_a_field_is_refused(change: str, message: str) -> None:
    """The error names the overlay, the field and what was tried."""
    overlay = parse("420602", f'name = "x"\n[[fields]]\n{ITEM}{change}')
    with pytest.raises(LooseningError, match=f"420602 loosens SPGL_XMJBXXB.*{message}"):
        apply_all(load("2.0"), [overlay])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[codelists.SF.values]\n"2" = {name = "不详"}', "new value '2' in a complete list"),
        ('[codelists.SF.values]\n"1" = {name = "否"}', "cannot become"),
        ("[codelists.SF]\ncomplete = false", "made incomplete"),
    ],
)
def test_loosening_a_code_list_is_refused(text: str, message: str) -> None:
    """A complete list takes no new value, no new meaning, and stays complete."""
    with pytest.raises(LooseningError, match=message):
        apply_all(load("3.0"), [parse("420600", f'name = "x"\n{text}')])


def test_a_list_is_completed_and_its_hash_moves() -> None:
    """A province that publishes the missing values makes the list able to reject."""
    overlay = parse(
        "420000",
        'name = "x"\n[codelists.SYFW]\ncomplete = true\n'
        '[codelists.SYFW.values]\n"1" = {name = "全省"}\n"2" = {name = "全市"}',
    )
    standard = apply_all(load("3.0"), [overlay])
    assert standard.codelists["SYFW"].complete
    assert dict(standard.codelists["SYFW"].values) == {"1": "全省", "2": "全市"}
    assert standard.codelists_hash != load("3.0").codelists_hash
    assert standard_for(("420000",), "3.0").codelists_hash == load("3.0").codelists_hash


@pytest.mark.parametrize("names", [("420600", "420000"), ("420000", "411325"), ("420000",) * 2])
def test_the_order_is_province_city_county(names: tuple[str, ...]) -> None:
    """An overlay that does not lie inside the one before it is refused."""
    with pytest.raises(OverlayError, match="province, city, county"):
        standard_for(names, "3.0")


def test_unknown_names_are_answered_with_what_there_is() -> None:
    """A wrong overlay, table, field, list or change says what to correct."""
    with pytest.raises(OverlayError, match="420600"):
        read("999999")
    for text, message in (
        ('[[fields]]\ntable = "SPGL_X"\nfield = "A"', "does not have"),
        (f'[[fields]]\n{ITEM}field = "NIX"\nlength = 1', "does not have"),
        ("[codelists.NIX]\ncomplete = true", "does not have"),
        (f'[[fields]]\n{ITEM}field = "XMMC"\nlenght = 1', "unknown change 'lenght'"),
    ):
        with pytest.raises(ValueError, match=message):
            apply_all(load("3.0"), [parse("420600", f'name = "x"\n{text}')])


def test_which_version_on_this_day_for_this_body() -> None:
    """Only versions that the body reports and that are in force; both while they overlap."""
    assert versions_for(["3.0", "2.0"], date(2026, 11, 20)) == ("2.0", "3.0")
    assert versions_for(["3.0"], date(2026, 11, 20)) == ("3.0",)
    assert versions_for(["2.0", "3.0"], date(2019, 1, 1)) == ("2.0",)
    assert versions_for(["2.0"], date(2017, 1, 1)) == ()
    with pytest.raises(UnknownStandardError):
        versions_for(["9.9"], date(2026, 11, 20))


def test_an_overlay_moves_the_day_a_version_comes_into_force() -> None:
    """A deployment begins a version later and ends the old one; never earlier than the nation."""
    late = parse("420000", 'name = "x"\n[in_force."3.0"]\nfrom = 2023-06-01\nto = 2030-01-01\n')
    early = parse("420000", 'name = "x"\n[in_force."3.0"]\nfrom = 2001-01-01\n')
    moved = apply_all(load("3.0"), [late])
    assert (moved.in_force_from, moved.in_force_to) == (date(2023, 6, 1), date(2030, 1, 1))
    assert apply_all(load("3.0"), [early]).in_force_from == load("3.0").in_force_from

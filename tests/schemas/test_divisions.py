"""Divisions: lookup, parents, abolished codes and zones."""

from __future__ import annotations

import pytest

from schemas.divisions import (
    UnknownDivisionError,
    children,
    covers,
    division,
    divisions,
    full_name,
    name,
    parent,
)


def test_every_parent_is_in_the_list_and_codes_are_six_digits() -> None:
    """The list is a tree."""
    for each in divisions().known.values():
        assert len(each.code) == 6
        assert each.code.isdigit()
        assert each.parent is None or each.parent in divisions().known
    for zone in divisions().zones:
        assert zone.parent in divisions().known


def test_the_nine_counties_of_a_city() -> None:
    """襄阳 has three districts, three counties and three county-level cities."""
    below = children("420600")
    assert len(below) == 9
    assert {each.level for each in below} == {"district", "county", "county_level_city"}
    assert parent("420602") == "420600"
    assert full_name("420602") == "湖北省襄阳市襄城区"
    assert name("999999") == full_name("999999") == "999999"


def test_abolished_and_unknown_codes_say_so() -> None:
    """Old data gets an answer that helps: when it ended, and what took over."""
    with pytest.raises(UnknownDivisionError, match="abolished in 2001; use 420607"):
        division("420621")
    with pytest.raises(UnknownDivisionError, match="not in the list"):
        division("350128")


def test_what_the_list_covers() -> None:
    """Around 襄阳 the list is whole, in another province it is not there."""
    assert covers("420699")
    assert covers("420603")
    assert not covers("350128")
    assert not covers("420199")

from __future__ import annotations

import pytest

from exchange.notices.masking import mask_key, shown_key
from schemas import load

DESIGNERS = load("3.0").table("SPGL_KCSJRYXXB")


def test_a_document_number_in_a_key_is_masked() -> None:
    """The one table with a person in its key shows four and two digits of the number."""
    key = shown_key(DESIGNERS, '["420602","G1","S1","420602199001011234","1"]')
    assert key["RYZJHM"] == "4206************34"
    assert key["GCDM"] == "G1"
    assert mask_key(DESIGNERS, key) == key


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ('["","DFSJZJ","local-1"]', {"DFSJZJ": "local-1"}),
        ('["","第3行","0123456789abcdef01234567"]', {}),
        ('["","DFSJZJ","13812345678"]', {"DFSJZJ": "138****5678"}),
    ],
)
def test_records_without_a_whole_key(stored: str, shown: dict[str, str]) -> None:
    """The local key stands in for a key that was not complete; a content hash tells nobody."""
    assert shown_key(DESIGNERS, stored) == shown


def test_a_table_that_is_no_longer_known_still_shows_its_key() -> None:
    """Without the declaration the parts are numbered; numbers of people are known by their form."""
    assert shown_key(None, '["420602","13812345678"]') == {"键1": "420602", "键2": "138****5678"}

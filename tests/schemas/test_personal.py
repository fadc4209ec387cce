"""Masking: how much is kept, that it never fails, and which fields it is for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import load
from schemas.personal import PersonalKind, kind_of, mask, mask_field, mask_text


@pytest.mark.parametrize(
    ("kind", "text", "shown"),
    [
        ("resident_id", "420602197001010012", "4206************12"),
        ("phone", "13800001234", "138****1234"),
        ("phone", "0710-3606060", "071*****6060"),
        ("name", "诸葛亮", "诸**"),
        ("name", "王", "*"),
        ("resident_id", "无", "*"),
        ("resident_id", "", ""),
    ],
)
def test_masked_forms(kind: PersonalKind, text: str, shown: str) -> None:
    """Enough is kept to recognise one's own entry, not enough to use it."""
    assert mask(kind, text) == shown


@given(st.sampled_from(["resident_id", "phone", "name"]), st.text(max_size=40))
def test_masking_hides_a_third_keeps_the_length_and_is_stable(
    kind: PersonalKind, text: str
) -> None:
    """Whatever the text: same length, at least a third hidden, and twice is once."""
    shown = mask(kind, text)
    assert len(shown) == len(text)
    assert shown.count("*") * 3 >= len(text)
    assert mask(kind, shown) == shown


def test_fields_are_told_by_their_names() -> None:
    """The contact of an instance is personal, its department is not."""
    instance = load("3.0").table("SPGL_XMSPSXBLXXB").by_code
    assert kind_of(instance["LXRSJH"]) == "phone"
    assert kind_of(instance["LXR"]) == "name"
    assert kind_of(instance["SPBMMC"]) is None
    assert mask_field(instance["LXRSJH"], "13800001234") == "138****1234"
    assert mask_field(instance["SPBMMC"], "住建局") == "住建局"


def test_numbers_inside_free_text_are_masked() -> None:
    """An opinion that quotes a person's numbers is shown without them."""
    text = "经办人420602197001010012，电话13800001234，文号2026001。"
    assert mask_text(text) == "经办人4206************12，电话138****1234，文号2026001。"

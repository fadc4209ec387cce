"""Identifiers: every listed example, the computed right value, and no time for evil text."""

from __future__ import annotations

from datetime import date

import pytest

from schemas.identifiers import UnknownIdentifierError, check, identifiers, normalise

TODAY = date(2026, 11, 22)
GOOD = [(each.id, text) for each in identifiers().values() for text in each.valid]
BAD = [(each.id, text) for each in identifiers().values() for text in each.invalid]


@pytest.mark.parametrize(("identifier", "text"), GOOD)
def test_valid_examples_pass(identifier: str, text: str) -> None:
    """Every example listed as valid has no problem, on the day of the list."""
    assert check(identifier, text, today=TODAY) is None


@pytest.mark.parametrize(("identifier", "text"), BAD)
def test_invalid_examples_fail_with_a_chinese_message(identifier: str, text: str) -> None:
    """Every example listed as invalid has a problem that says in Chinese what it is."""
    problem = check(identifier, text)
    assert problem is not None
    assert any("一" <= character <= "鿿" for character in problem.message)
    assert problem.severity in {"error", "warning"}


@pytest.mark.parametrize(
    ("identifier", "text", "reason", "expected", "severity"),
    [
        ("uscc", "91420602MA49A1B26E", "checksum", "91420602MA49A1B26D", "error"),
        ("uscc", "９１420602 ma49a1b26d", "format", "91420602MA49A1B26D", "error"),
        ("org_code", "01115867-2", "checksum", "01115867-1", "warning"),
        ("resident_id", "110105194912310021", "checksum", "1101************2X", "error"),
        (
            "investment_project_code",
            "2306-420602-04-01-123451",
            "checksum",
            "2306-420602-04-01-123450",
            "warning",
        ),
        (
            "investment_project_code",
            "23064206020401123450",
            "format",
            "2306-420602-04-01-123450",
            "error",
        ),
        ("mobile_phone", "+86 138-0000-1234", "format", "138****1234", "warning"),
        ("admin_division", "420621", "abolished", "420607", "error"),
        ("industry_code", "E7010", "format", "K7010", "error"),
        ("coordinates", "32.009,112.144", "swapped", "112.144,32.009", "error"),
    ],
)
def test_the_right_value_is_computed_where_it_can_be(
    identifier: str, text: str, reason: str, expected: str, severity: str
) -> None:
    """A wrong check digit, order or form comes with what it should have been."""
    problem = check(identifier, text)
    assert problem is not None
    assert (problem.reason, problem.expected, problem.severity) == (reason, expected, severity)


def test_nothing_personal_is_in_a_problem() -> None:
    """Neither message nor expected value gives away the number of a person's document."""
    for text in (
        "110105194912310021",
        "１１０１０５１９４９１２３１００２Ｘ",
        "411325190002290015",
    ):
        problem = check("resident_id", text)
        assert problem is not None
        assert "19491231" not in problem.message + (problem.expected or "")


def test_old_project_codes_have_no_check_digit() -> None:
    """Codes that begin with a year are of the old form and pass as they are."""
    assert check("investment_project_code", "2020-330327-48-01-167360") is None


def test_an_area_outside_the_list_cannot_be_told_wrong() -> None:
    """A division of another province is not called non-existent, only not listed."""
    outside, inside = check("admin_division", "350128"), check("admin_division", "420699")
    assert outside is not None
    assert inside is not None
    assert outside.reason == "unlisted"
    assert outside.severity == "warning"
    assert inside.reason == "unknown"
    assert inside.severity == "error"


def test_a_boundary_of_many_points_is_one() -> None:
    """All its points are looked at, however many there are."""
    boundary = "112.140000,32.020000;" * 500
    assert check("coordinates", boundary, division="420602") is None
    assert check("coordinates", f"{boundary}0,0", division="420602") is not None


def test_coordinates_are_held_against_the_city_of_the_record() -> None:
    """A point in Wuhan is in the country but not in 襄阳: a warning."""
    assert check("coordinates", "114.30,30.60") is None
    problem = check("coordinates", "114.30,30.60", division="420602")
    assert problem is not None
    assert problem.severity == "warning"
    assert "襄阳市" in problem.message


def test_dates_inside_must_not_lie_in_the_future_when_today_is_known() -> None:
    """Without a day only the calendar is asked."""
    assert check("event_time", "2026-11-23 00:00:00") is None
    assert check("event_time", "2026-11-23 00:00:00", today=TODAY) is not None
    assert check("event_time", "2026-02-30 00:00:00") is not None


@pytest.mark.parametrize("identifier", list(identifiers()))
def test_full_width_digits_and_line_ends_never_slip_through(identifier: str) -> None:
    """Patterns take ASCII digits only and the whole text."""
    for text in identifiers()[identifier].valid:
        wide = text.translate({ord(d): ord(d) + 0xFEE0 for d in "0123456789"})
        if wide != text and identifier not in {"engineering_code", "parallel_instance_code"}:
            assert check(identifier, wide) is not None
        if identifier != "coordinates":
            assert check(identifier, text + "\n") is not None


@pytest.mark.timeout(60)
@pytest.mark.parametrize("identifier", list(identifiers()))
def test_evil_text_is_answered(identifier: str) -> None:
    """Long repetitions are answered by every pattern: none tries all ways, which would not end."""
    for evil in (
        "0" * 50_000,
        "0," * 25_000,
        "1.2." * 12_000,
        "0100," * 10_000,
        "112.1,32.1;" * 5_000,
    ):
        check(identifier, evil)
        check(identifier, evil + "!")


def test_normal_forms_are_stable_and_unknown_ids_are_named() -> None:
    """Normalising twice changes nothing; an unknown identifier lists the known ones."""
    for identifier, text in GOOD:
        assert normalise(identifier, normalise(identifier, text)) == normalise(identifier, text)
    with pytest.raises(UnknownIdentifierError, match="uscc"):
        check("isbn", "1")

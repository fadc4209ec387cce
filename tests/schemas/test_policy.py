"""Policy packs: each one holds together, the right one is found, defaults say that they are."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest

from schemas.calendar import Deadline
from schemas.policy import (
    ROOT,
    BadPolicyError,
    NoPolicyError,
    codes,
    load,
    load_file,
    read,
)

DAY = date(2026, 11, 20)


@pytest.mark.parametrize("code", codes())
def test_every_pack_loads_and_cites_only_articles_it_has(code: str) -> None:
    """All editions of a shipped pack are whole; their articles name the document."""
    for policy in read(ROOT / f"{code}.toml"):
        assert policy.articles
        assert all(article.document for article in policy.articles.values())
        assert policy.zone.key == policy.time_zone


@pytest.mark.parametrize("body", ["420600", "420602", "420600-zrzy"])
def test_a_body_follows_the_pack_of_its_city(body: str) -> None:
    """A county or department without a pack of its own is under the city's."""
    policy = load(body, DAY)
    assert policy.code == "420600"
    assert policy.clock.kind == "event"
    assert policy.clock_limit == timedelta(minutes=5)
    assert not policy.clock.is_default
    assert policy.articles[policy.clock.article].number == "第七条"


def test_days_to_mend_are_our_default_and_say_so() -> None:
    """No public text gives the number of days: five, one when critical, marked as default."""
    policy = load("420600", DAY)
    assert policy.days_to_mend() == 5
    assert policy.days_to_mend(critical=True) == 1
    assert policy.rectification.is_default
    assert policy.article(policy.rectification.article).number == "第八条"


def test_a_county_may_differ_in_clock_addressee_and_who_circulates() -> None:
    """The same questions have other answers elsewhere; nothing of it is in code."""
    city, county = load("420600", DAY), load("411325", DAY)
    assert county.clock.kind == "push_period"
    assert (city.addressee, county.addressee) == ("body", "department")
    assert county.circular_issuer != county.notice_issuer
    assert {step.action for step in county.escalation} == {"remind", "report_up"}
    assert city.digest != county.digest


def test_no_pack_or_not_yet_in_force_is_an_error_that_helps() -> None:
    """An unknown division and a day before the rule each get their own message."""
    with pytest.raises(NoPolicyError, match=r"110000.*420600.*add schemas/policy"):
        load("110000", DAY)
    with pytest.raises(NoPolicyError, match="holds from 2021-12-20"):
        load("420602", date(2020, 1, 1))


def test_an_edition_takes_over_on_its_day(tmp_path: Path) -> None:
    """A pack outside the repository with two editions: the later one holds from its first day."""
    old = (ROOT / "420600.toml").read_text("utf-8")
    start = old.index("[[editions]]")
    end = old.index("[articles.6]")
    new = old[start:end].replace("2021-12-20", "2027-01-01").replace("\ndays = 5", "\ndays = 3")
    pack = tmp_path / "pack.toml"
    pack.write_text(old[:end] + new + old[end:], "utf-8")
    assert load_file(pack, date(2026, 12, 31)).rectification.days == 5
    assert load_file(pack, date(2027, 1, 1)).rectification.days == 3
    assert load_file(pack, DAY).digest != load_file(pack, date(2027, 1, 1)).digest


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("accessibility = 5", "accessibility = 6", "add up to 100"),
        ("accessibility = 5", "beauty = 5", "must name"),
        ('article = "7"', 'article = "99"', "not given: 99"),
        ("critical_days = 1", "critical_days = 9", "must not exceed"),
        (
            "[editions.clock]",
            "[editions.rules_off]\nPRJ-005 = ' '\n[editions.clock]",
            "reason for PRJ-005",
        ),
    ],
)
def test_a_pack_that_contradicts_itself_is_refused(
    tmp_path: Path, old: str, new: str, problem: str
) -> None:
    """The error names the pack and what is wrong."""
    pack = tmp_path / "bad.toml"
    pack.write_text((ROOT / "420600.toml").read_text("utf-8").replace(old, new), "utf-8")
    with pytest.raises(BadPolicyError, match=f"policy bad: .*{problem}"):
        read(pack)


@pytest.mark.parametrize("code", codes())
def test_the_sign_of_an_issuer_makes_a_lawful_document_number(code: str) -> None:
    """A sign (代字) has Chinese characters only, as document numbers ask."""
    entry = tomllib.loads((ROOT / f"{code}.toml").read_text("utf-8"))
    for edition in entry["editions"]:
        for issuer in ("notice_issuer", "circular_issuer"):
            assert all("一" <= sign <= "鿿" for sign in edition[issuer]["sign"])


def test_an_official_table_beside_the_pack_makes_a_year_certain(tmp_path: Path) -> None:
    """A pack can name a table of working days: its years count over those that ship."""
    pack = tmp_path / "pack.toml"
    pack.write_text((ROOT / "420600.toml").read_text("utf-8"), "utf-8")
    before = load_file(pack, DAY)
    assert before.calendar.add(date(2027, 2, 5), 1).provisional
    named = tmp_path / "named.toml"
    named.write_text('calendar = "days.toml"\n' + pack.read_text("utf-8"), "utf-8")
    (tmp_path / "days.toml").write_text(
        '[years.2027]\noff = [["2027-02-06", "2027-02-12"]]\nwork = ["2027-02-13"]\n', "utf-8"
    )
    after = load_file(named, DAY)
    assert after.calendar.add(date(2027, 2, 5), 1) == Deadline(date(2027, 2, 13), provisional=False)
    assert after.calendar.knows(date(2026, 5, 9))
    assert after.digest != before.digest


def test_an_official_table_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """The error names the table and where it must lie."""
    pack = tmp_path / "pack.toml"
    pack.write_text('calendar = "no.toml"\n' + (ROOT / "420600.toml").read_text("utf-8"), "utf-8")
    with pytest.raises(BadPolicyError, match=r"no\.toml.*beside the pack"):
        read(pack)

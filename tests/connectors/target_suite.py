"""What every target must do, whatever it talks to: one suite, subclassed once per connector.

A subclass gives the fixture ``province``: the other side, as the province would handle it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import pytest

from connectors.base import Outgoing, Target, TryLaterError
from schemas import Table, load

STANDARD = load("3.0")
PROJECTS = STANDARD.table("SPGL_XMJBXXB")
STEPS = STANDARD.table("SPGL_XMSPSXBLXXXXB")
_TEXT = {
    "integer": "1",
    "decimal": "12",
    "date": "2026-01-02",
    "datetime": "2026-01-02 03:04:05",
}


def values(table: Table, number: int, **changes: str | None) -> dict[str, str | None]:
    """A row with text of the right type in every column, different for every number."""
    row: dict[str, str | None] = {
        code: _TEXT.get(field.type, f"{code[:4]}{number}"[: field.length])
        for code, field in table.by_code.items()
    }
    row |= {"LSH": None, "SBYY": None, "SJSCZT": "0", "SJYXBS": "1", "SJWXYY": None}
    if "CD" in table.by_code:
        row["CD"] = "12.50"
    row["DFSJZJ"] = f"L{number:06}"
    row[table.key[1]] = f"KEY{number:06}"
    return row | changes


def outgoing(
    number: int, *, prior: int = 0, tried: bool = False, table: Table = PROJECTS, **changes: Any
) -> Outgoing:
    """The row as a delivery of the same number."""
    lsh = changes.pop("lsh", None)
    return Outgoing(number, values(table, number, **changes), prior, lsh, tried)


class Province(ABC):
    """The other side of a target."""

    @abstractmethod
    def target(self, *, losing_answers: bool = False) -> Target:
        """A target that writes here; with ``losing_answers`` writes arrive, answers do not."""

    @abstractmethod
    def rows(self, table: Table = PROJECTS) -> list[dict[str, Any]]:
        """All rows there, oldest first."""

    @abstractmethod
    def decide(self, lsh: str, status: int, reason: str | None) -> None:
        """The province's verdict on a project's row."""

    @abstractmethod
    def go_away(self) -> None:
        """The province cannot be reached any more."""

    def poison(self) -> dict[str, Any]:
        """Changes that make a row impossible to take."""
        return {"XZQHDM": "4206020000"}


class TargetSuite:
    """The promises of ``connectors.base.Target``."""

    def test_a_row_arrives_as_it_is(self, province: Province) -> None:
        """Every column arrives with its meaning; serial number and reason are left to them."""
        (result,) = province.target().send(PROJECTS, [outgoing(1)])
        (there,) = province.rows()
        assert (result.outcome, result.delivery) == ("sent", 1)
        assert result.lsh == str(there["LSH"])
        assert there["DFSJZJ"] == "L000001"
        assert str(there["SJSCZT"]) == "0"
        assert there["SBYY"] is None
        assert float(there["CD"]) == 12.5

    def test_sent_again_is_written_once(self, province: Province) -> None:
        """A row that may have arrived before is found, not written a second time."""
        target = province.target()
        (first,) = target.send(PROJECTS, [outgoing(1)])
        (second,) = target.send(PROJECTS, [outgoing(1, tried=True)])
        assert (second.outcome, second.lsh) == ("already", first.lsh)
        assert len(province.rows()) == 1

    def test_the_same_content_on_purpose(self, province: Province) -> None:
        """With ``prior`` equal rows there the same content is written once more, and told apart."""
        target = province.target()
        target.send(PROJECTS, [outgoing(1)])
        (result,) = target.send(PROJECTS, [outgoing(1, prior=1)])
        assert result.outcome == "sent"
        lshs = [str(row["LSH"]) for row in province.rows()]
        (there,) = target.ask(PROJECTS, [outgoing(1, prior=1)])
        assert (there.count, list(there.lshs)) == (2, lshs)
        first, second = (
            target.verdicts(PROJECTS, [outgoing(1, prior=prior)])[0] for prior in (0, 1)
        )
        assert [first.lsh, second.lsh] == lshs

    def test_fewer_than_prior_is_for_asking(self, province: Province) -> None:
        """When upstream has fewer equal rows than we put there, nothing is written blindly."""
        (result,) = province.target().send(PROJECTS, [outgoing(1, prior=1)])
        assert result.outcome == "unknown"
        assert province.rows() == []

    def test_a_poisonous_row_harms_no_other(self, province: Province) -> None:
        """Of twenty rows the one that cannot be taken is refused with a reason, the rest arrive."""
        rows = [outgoing(n) for n in range(20)]
        rows[7] = outgoing(7, **province.poison())
        results = province.target().send(PROJECTS, rows)
        assert [r.delivery for r in results] == list(range(20))
        assert [r.outcome for r in results] == ["sent"] * 7 + ["refused"] + ["sent"] * 12
        assert results[7].reason
        assert len(province.rows()) == 19

    def test_verdicts(self, province: Province) -> None:
        """Status and reason come back by content and by serial number; a missing row is None."""
        target = province.target()
        sent = target.send(PROJECTS, [outgoing(n) for n in range(4)])
        lshs = [result.lsh or "" for result in sent]
        province.decide(lshs[1], 2, "项目名称与代码不符")
        province.decide(lshs[2], 3, None)
        asked = [outgoing(n) for n in range(3)] + [outgoing(n, lsh=lshs[n]) for n in range(3)]
        verdicts = target.verdicts(PROJECTS, [*asked, outgoing(9), outgoing(9, lsh="9" * 18)])
        assert [v.status for v in verdicts] == [0, 2, 3, 0, 2, 3, None, None]
        assert [v.lsh for v in verdicts[:6]] == lshs[:3] * 2
        assert verdicts[1].reason == verdicts[4].reason == "项目名称与代码不符"
        assert verdicts[2].reason is None

    def test_what_means_the_same_is_the_same(self, province: Province) -> None:
        """1.50 and 1.5, a date with midnight, empty and missing are the same content."""
        target = province.target()
        target.send(PROJECTS, [outgoing(1)])
        same = outgoing(1, tried=True, CD="12.5", SBSJ="2026-01-02 03:04:05", SJWXYY="")
        (result,) = target.send(PROJECTS, [same])
        assert result.outcome == "already"
        (other,) = target.ask(PROJECTS, [outgoing(1, CD="12.6")])
        assert other.count == 0

    def test_the_invalidating_row_is_another(self, province: Province) -> None:
        """A row with SJYXBS 0 is not the valid row with the same key, and both arrive."""
        target = province.target()
        invalid = values(PROJECTS, 1, SJYXBS="0", SJWXYY="错")
        rows = [outgoing(1), Outgoing(2, invalid, prior=0)]
        assert [r.outcome for r in target.send(PROJECTS, rows)] == ["sent", "sent"]
        assert [found.count for found in target.ask(PROJECTS, rows)] == [1, 1]

    def test_keys_with_times_and_numbers(self, province: Province) -> None:
        """A table whose key holds typed columns works the same."""
        target = province.target()
        rows = [outgoing(n, table=STEPS) for n in range(3)]
        assert {r.outcome for r in target.send(STEPS, rows)} == {"sent"}
        assert [found.count for found in target.ask(STEPS, rows)] == [1, 1, 1]
        assert [v.status for v in target.verdicts(STEPS, rows)] == [0, 0, 0]

    def test_many_rows_at_once(self, province: Province) -> None:
        """Several hundred rows go and are asked for in chunks; one result each, in order."""
        target = province.target()
        rows = [outgoing(n) for n in range(350)]
        assert {r.outcome for r in target.send(PROJECTS, rows)} == {"sent"}
        assert [found.delivery for found in target.ask(PROJECTS, rows)] == list(range(350))
        assert {v.status for v in target.verdicts(PROJECTS, rows)} == {0}
        assert len(province.rows()) == 350

    def test_a_lost_answer_is_unknown_until_asked(self, province: Province) -> None:
        """A timeout after the write arrived: unknown; asking finds the row; nothing twice."""
        target = province.target(losing_answers=True)
        (result,) = target.send(PROJECTS, [outgoing(1)])
        assert result.outcome == "unknown"
        calm = province.target()
        assert calm.ask(PROJECTS, [outgoing(1)])[0].count == 1
        (again,) = calm.send(PROJECTS, [outgoing(1, tried=True)])
        assert again.outcome == "already"
        assert len(province.rows()) == 1

    def test_away_means_later(self, province: Province) -> None:
        """A province that cannot be reached: TryLaterError, for all three questions."""
        province.go_away()
        target = province.target()
        for call in (target.send, target.ask, target.verdicts):
            with pytest.raises(TryLaterError):
                call(PROJECTS, [outgoing(1)])
        target.close()

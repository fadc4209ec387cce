"""What a body can leave out of the life of a project, by name: every row it sends is right.

A fault breaks a row; an omission leaves rows away, so that only the whole shows that something is
missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from schemas.sample.life.tale import Event

_STEPS = "SPGL_XMSPSXBLXXXXB"
_PROJECT = "SPGL_XMJBXXB"


@dataclass(frozen=True, slots=True)
class Omission:
    """Rows that are left out; ``statement`` says in Chinese what then is missing.

    ``clauses`` are those of the standard that the rest violates as a whole.
    """

    name: str
    statement: str
    clauses: tuple[str, ...]
    leaves_out: Callable[[Event], bool]

    def apply(self, events: Iterable[Event]) -> list[Event]:
        """The events without those that are left out."""
        return [event for event in events if not self.leaves_out(event)]


def _table(*codes: str) -> Callable[[Event], bool]:
    return lambda event: event.table in codes


def _step(status: str) -> Callable[[Event], bool]:
    return lambda event: event.table == _STEPS and event.record.get("BLZT") == status


def _finish(event: Event) -> bool:
    """The project sent again as finished: the withdrawal of the old row and the new one."""
    again = event.record.get("XMSFWQBJ") == "1" or event.record.get("SJYXBS") == "0"
    return event.table == _PROJECT and again


_ALL = (
    Omission("no_receipt", "没有报接件步骤。", ("INS-013",), _step("1")),
    Omission("no_acceptance", "没有报受理步骤。", ("CMP-004",), _step("3")),
    Omission("no_handling", "没有报开始办理步骤。", ("PRC-034",), _step("8")),
    Omission(
        "no_materials",
        "没有报申请材料。",
        ("INS-014", "PRC-031"),
        _table("SPGL_XMSQCLJQTFJXXB", "SPGL_XMQTFJXXB"),
    ),
    Omission("no_document", "没有报批复文件。", ("PRC-020",), _table("SPGL_XMSPSXPFWJXXB")),
    Omission(
        "no_special_procedure", "没有报特别程序信息。", ("PRC-014",), _table("SPGL_XMSPSXBLTBCXXXB")
    ),
    Omission("no_permit_row", "没有报施工许可信息。", ("PER-003",), _table("SPGL_JZGCSGXKXXB")),
    Omission("no_parties", "没有报责任主体。", ("PER-004",), _table("SPGL_ZRZTXXB")),
    Omission("no_check", "没有报承诺的监管记录。", ("PER-027",), _table("SPGL_GZCNZBJJGXXB")),
    Omission("no_finish", "没有重报项目完全办结。", ("PRJ-026",), _finish),
)
OMISSIONS: dict[str, Omission] = {one.name: one for one in _ALL}
"""All omissions by name."""

"""A notice before it is written out: who says what to whom about which records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

from exchange.notices.casefile import Case, Item
from exchange.notices.office import Office

Kind = Literal["rectification", "reminder", "closing"]
Occasion = Literal["", "failed_again", "due_soon", "overdue"]
TITLES: Mapping[Kind, str] = {
    "rectification": "关于限期整改工程建设项目审批数据问题的通知",
    "reminder": "关于催办工程建设项目审批数据整改的通知",
    "closing": "关于工程建设项目审批数据整改办结的通知",
}
CLIP = 160
"""Characters of a value or text that a notice shows; the county has the whole of it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One finding as a line of the list: the record it is about and the finding itself."""

    item: Item
    finding: Mapping[str, Any]

    def text(self, name: str) -> str:
        """A text of the finding, shortened to what a notice shows; empty when it has none."""
        return clipped(self.finding.get(name))

    @property
    def key(self) -> str:
        """The business key as people read it; the local key, or the place, where it has none."""
        key: Mapping[str, str] = self.finding.get("key") or self.item.key
        if key:
            return "，".join(f"{code}={clipped(text)}" for code, text in key.items())
        return clipped(self.item.local_key or self.item.place)

    @property
    def fields(self) -> str:
        """The fields with their Chinese names: 项目名称 XMMC."""
        codes: Sequence[str] = self.finding.get("fields") or ()
        names: Sequence[str] = self.finding.get("field_names") or codes
        return "、".join(
            name if name == code else f"{name} {code}"
            for code, name in zip(codes, names, strict=False)
        )

    @property
    def blocks(self) -> bool:
        """Whether the record is not passed on before it is mended."""
        return self.finding.get("consequence") == "reject"

    @property
    def waiver(self) -> str:
        """Who excused the body from the rule and until when; empty where nobody did."""
        waived: Mapping[str, str] | None = self.finding.get("waived")
        return f"豁免：{waived['signer']}签批，至{waived['until']}" if waived else ""


@dataclass(frozen=True)
class Paper:
    """A notice with its number; ``items`` are the records it is about, open or, at the end, mended.

    ``occasion`` tells a reminder why it is written.
    """

    kind: Kind
    number: str
    case: Case
    office: Office
    items: Sequence[Item]
    at: datetime
    occasion: Occasion = ""

    @property
    def title(self) -> str:
        """The title without the name of the office."""
        return TITLES[self.kind]

    @cached_property
    def lines(self) -> list[Line]:
        """All findings of all items that have to be mended, in the order of the items."""
        return [line for line in self._all if not line.waiver]

    @cached_property
    def waived(self) -> list[Line]:
        """The findings on the same records that somebody has excused: told, not to be mended."""
        return [line for line in self._all if line.waiver]

    @cached_property
    def _all(self) -> list[Line]:
        return [Line(item, finding) for item in self.items for finding in item.findings]

    @cached_property
    def by_table(self) -> list[tuple[str, str, int, int, int]]:
        """Per table: name, code, records, findings that block, findings to be mended by the day."""
        records = Counter((item.table_name, item.table) for item in self.items)
        blocking = Counter(line.item.table for line in self.lines if line.blocks)
        others = Counter(line.item.table for line in self.lines if not line.blocks)
        return [
            (name, code, count, blocking[code], others[code])
            for (name, code), count in records.items()
        ]

    def to_json(self) -> dict[str, Any]:
        """The notice for the programs of the body, one entry per record that has to be mended."""
        return {
            "notice": self.number,
            "kind": self.kind,
            "case": self.case.id,
            "body": self.case.body,
            "issued_at": self.at.isoformat(),
            "deadline": self.case.deadline.isoformat() if self.case.deadline else None,
            "deadline_provisional": self.case.provisional,
            "items": [
                {
                    "table": item.table,
                    "standard": item.standard,
                    "key": dict(item.key),
                    "local_key": item.local_key,
                    "pushes": item.pushes,
                    "findings": [dict(finding) for finding in item.findings],
                }
                for item in self.items
                if item.resolved_at is None
            ],
        }


def clipped(value: object) -> str:
    """The text as a notice shows it: at most CLIP characters, empty for None."""
    text = "" if value is None else str(value)
    return text if len(text) <= CLIP else f"{text[:CLIP]}…（共{len(text)}字）"

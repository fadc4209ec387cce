"""The content of a row as both sides compare it: all columns but the technical ones, canonical.

Two rows are the same content when every such column means the same value: 1.50 and 1.5, a date
with and without midnight, empty and missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from connectors.base import TECHNICAL_COLUMNS, Found, Outgoing, SendResult, UpstreamVerdict
from schemas import Table
from schemas.values import canonical

Content = tuple[str, ...]
Row = Mapping[str, str | None]

VALIDITY = "SJYXBS"


def content_of(table: Table, row: Row) -> Content:
    """The canonical cells of a row, in the order of the standard."""
    return tuple(
        canonical(field, row.get(code))
        for code, field in table.by_code.items()
        if code not in TECHNICAL_COLUMNS
    )


def address_of(table: Table, row: Row) -> dict[str, str | None]:
    """The cells by which a row is looked for while its serial number is unknown."""
    codes = [*table.key, *([VALIDITY] if VALIDITY in table.by_code else [])]
    return {code: row.get(code) or None for code in codes}


def fold_address(table: Table, address: Row) -> Content:
    """The address in canonical form, to tell which addresses are the same."""
    return tuple(canonical(table.by_code[code], text) for code, text in address.items())


@dataclass(frozen=True, slots=True)
class UpstreamRow:
    """A row as it is upstream: serial number, status, reason of refusal and content."""

    lsh: str | None
    status: str | None
    reason: str | None
    content: Content

    @classmethod
    def of(cls, table: Table, row: Row) -> UpstreamRow:
        """From all columns as text."""
        return cls(row.get("LSH"), row.get("SJSCZT"), row.get("SBYY"), content_of(table, row))


def found_among(table: Table, row: Outgoing, present: Iterable[UpstreamRow]) -> list[UpstreamRow]:
    """The rows with the same content, oldest first by serial number."""
    content = content_of(table, row.values)
    same = [there for there in present if there.content == content]
    return sorted(same, key=lambda there: (len(there.lsh or ""), there.lsh or ""))


def changed_columns(table: Table, row: Outgoing, there: UpstreamRow) -> list[str]:
    """The columns, with their names, in which a row differs from what was sent."""
    codes = [code for code in table.by_code if code not in TECHNICAL_COLUMNS]
    sent = content_of(table, row.values)
    return [
        f"{code}（{table.by_code[code].name}）"
        for code, ours, theirs in zip(codes, sent, there.content, strict=True)
        if ours != theirs
    ]


def found(row: Outgoing, same: Sequence[UpstreamRow]) -> Found:
    """How often the row is there."""
    return Found(row.delivery, len(same), tuple(there.lsh for there in same if there.lsh))


def verdict(row: Outgoing, same: Sequence[UpstreamRow]) -> UpstreamVerdict:
    """What upstream says of the row: with equal rows before it, the one that comes after those."""
    there = same[row.prior] if len(same) > row.prior else None
    if there is None:
        return UpstreamVerdict(row.delivery, None, None, None)
    return verdict_of(row, there)


def verdict_of(row: Outgoing, there: UpstreamRow) -> UpstreamVerdict:
    """What upstream says in this very row; a status that is no number counts as none yet."""
    status = (there.status or "").strip()
    return UpstreamVerdict(
        row.delivery,
        int(status) if status.lstrip("-").isdigit() else 0,
        there.lsh,
        there.reason or None,
    )


def missing_prior(row: Outgoing, count: int) -> SendResult:
    """Upstream has fewer equal rows than we put there: it lost some, or our count is wrong."""
    reason = f"上级现有 {count} 条相同内容的记录，少于此前报送的 {row.prior} 条，未再写入"
    return SendResult(row.delivery, "unknown", reason=reason)

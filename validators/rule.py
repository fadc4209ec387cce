"""A rule: what it demands, of which tables, with what consequence, and what people read of it.

A rule is declared once and holds no code of the engine. Its ``check`` is one of six kinds:

- ``Holds``: an expression over one row, from the standard's tables or written by hand;
- ``Refers``: a parent must be there, from the references of a table;
- ``Unique``: no second valid row with the same key in the batch;
- ``ReadWell``: reading the row lost nothing (landing defects);
- ``Compares``: the row agrees with other rows that it names;
- ``Follows``: the row may follow the earlier versions of its record.

Codes are for ever: a code is never used again for something else; when a meaning changes, the
version goes up. The code is ``<clause>/<what>``: the clause (or the common clause of its kind, see
``validators.derived``), then the field, or the name of the fault for a hand-written rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from schemas import Reference
from validators.expression import Expression
from validators.neighbours import Found, Link, Reply, Seen

Severity = Literal["error", "warning", "info"]
Consequence = Literal["reject", "rectify", "advice"]
Dimension = Literal[
    "normativity", "completeness", "accuracy", "consistency", "timeliness", "accessibility"
]
Owner = Literal["county", "department", "platform", "upstream"]

CONSEQUENCES: Mapping[Severity, Consequence] = {
    "error": "reject",
    "warning": "rectify",
    "info": "advice",
}
CONSEQUENCE_NAMES: Mapping[Consequence, str] = {
    "reject": "不予上报，改正后重报",
    "rectify": "已上报，限期整改",
    "advice": "提示核查",
}
DIMENSION_NAMES: Mapping[Dimension, str] = {  # GB/T 36344
    "normativity": "规范性",
    "completeness": "完整性",
    "accuracy": "准确性",
    "consistency": "一致性",
    "timeliness": "时效性",
    "accessibility": "可访问性",
}
OWNER_NAMES: Mapping[Owner, str] = {
    "county": "数据上报单位",
    "department": "审批部门",
    "platform": "工程审批系统运维单位",
    "upstream": "上级平台",
}


@dataclass(frozen=True)
class Holds:
    """The condition must be true in every row to which ``when`` applies.

    A condition that cannot be told (None) does not apply; see ``validators.expression``.
    """

    condition: Expression
    when: Expression | None = None


@dataclass(frozen=True)
class Refers:
    """The row that the reference points to must be known; one that is on its way is waited for."""

    reference: Reference


@dataclass(frozen=True)
class Unique:
    """At most one valid row has these values, in a batch and beside what was taken before.

    A row that withdraws its predecessor ends it, so that withdrawing and sending again is not a
    fault. With ``local`` the fields are the county's own key: rows that share it may be states of
    one row changed in place and are a fault only in one document or when their business keys
    differ.
    """

    fields: tuple[str, ...]
    local: bool = False


@dataclass(frozen=True)
class ReadWell:
    """Reading the row met no defect of this code; with None, none that no other rule names."""

    defect: str | None


@dataclass(frozen=True)
class Compares:
    """The row and the rows that the links name agree, by a pure function.

    Asked only of rows to which ``when`` applies and that have a value for every field of at least
    one link; offline it is not checked, but among the rows of one document where the links stay in
    its table. ``by_absence``: it may blame a row because another is not there, so that a part of
    the rows says nothing. See ``validators.neighbours`` and ``validators.one_file``.
    """

    links: tuple[Link, ...]
    judge: Callable[[Seen, Found], Reply]
    when: Expression | None = None
    by_absence: bool = False


@dataclass(frozen=True)
class Follows:
    """The row may follow the earlier versions of the same record, by a pure function.

    The versions are those that arrived before, the newest first; none for a record that is new.
    """

    judge: Callable[[Seen, Sequence[Seen]], Reply]
    when: Expression | None = None


@dataclass(frozen=True)
class Scene:
    """An example with more than one row: the row judged, others as (table, cells), its own past.

    ``overdue``: the grace for what is still to arrive is over. ``together``: the others arrived
    with the row judged and have not passed yet.
    """

    row: Mapping[str, str | None]
    others: tuple[tuple[str, Mapping[str, str | None]], ...] = ()
    earlier: tuple[Mapping[str, str | None], ...] = ()
    overdue: bool = False
    together: bool = False


Check = Holds | Refers | Unique | ReadWell | Compares | Follows
Example = Mapping[str, str | None] | Scene


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule of the catalogue.

    ``tables`` is empty when the rule is for every table that has its ``fields``; ``fields`` are the
    cells a finding points at. ``versions`` limits it to versions of the standard; empty is all.
    ``message`` and a textual ``expected`` are templates: ``{FIELD}`` is the shown value of a cell.
    ``expected`` may also be an expression, evaluated on the failing row. From the wrong text of the
    first field ``suggest`` makes a proposal and ``detail`` a sentence that ends the message.
    ``milder`` says why the consequence is milder than that of the clause, where it is.
    ``on_withdrawal`` keeps the rule for rows that only withdraw an earlier one: their content is
    that of the faulty row and must not be judged again.

    The examples are rows by field, or scenes of several rows, run as tests: ``good`` passes,
    ``bad`` fails, ``beside`` is not touched by the rule; in ``open`` scenes it is not answered yet;
    ``boundary`` are rows at the edge, with whether they pass.
    """

    code: str
    version: int = 1
    kind: str
    tables: tuple[str, ...] = ()
    fields: tuple[str, ...]
    versions: tuple[str, ...] = ()
    clause: str
    statement: str
    severity: Severity
    milder: str = ""
    dimension: Dimension
    owner: Owner = "county"
    message: str
    expected: str | Expression | None = None
    suggest: Callable[[str], str | None] | None = None
    detail: Callable[[str], str | None] | None = None
    why: str
    fix: str
    check: Check
    on_withdrawal: bool = False
    good: tuple[Example, ...] = ()
    bad: tuple[Example, ...] = ()
    beside: tuple[Example, ...] = ()
    open: tuple[Scene, ...] = ()
    boundary: tuple[tuple[Example, bool], ...] = ()

    @property
    def consequence(self) -> Consequence:
        """What a failing record meets."""
        return CONSEQUENCES[self.severity]

    @property
    def hand_written(self) -> bool:
        """True for a rule of ``validators/rules``, which brings its examples with it."""
        return bool(self.bad)

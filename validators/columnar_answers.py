"""The rules of one table over the columns of one batch.

All conditions are evaluated in one ``select``. A kind of rule that columns cannot express, and a
rule whose function breaks, is left to the row engine; ``Columns.answers`` then gives None.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Protocol, runtime_checkable

import numpy as np
import polars as pl

from schemas import Field, Table
from validators.columnar import Compiled, Need, NotColumnarError
from validators.columnar_cells import Cells, put
from validators.columnar_conditions import compiled_of
from validators.columnar_forms import sure
from validators.columnar_keys import KeptKeys, Positions, distinct, repeated
from validators.columnar_uniqueness import clashes
from validators.columnwise import Columnwise, answers_as_columns
from validators.expression import (
    Call,
    Expression,
    reads,
)
from validators.neighbours import LOCAL_KEY, OFFLINE
from validators.parents import Parents
from validators.plan import Batch, Entry, Plan
from validators.record import Record
from validators.row import Layout
from validators.rowwise import compile_row
from validators.rule import Compares, Follows, Holds, ReadWell, Refers, Rule, Unique
from validators.uniqueness import place_note

_OPTIMIZED = pl.QueryOptFlags.none().update(comm_subexpr_elim=True)  # what rules share, once


@runtime_checkable
class Many(Protocol):
    """Records that are faster read together than one by one."""

    def some(self, positions: Sequence[int], fields: Collection[str] | None) -> list[Record]:
        """The records at these positions, with these cells."""

    def numbers(self, positions: Sequence[int]) -> list[int]:
        """The numbers of the records at these positions."""

    def wheres(self, positions: Sequence[int]) -> list[str]:
        """Where the records at these positions stood in their file."""


class Columns:
    """The columns of one batch with the masks of all conditions."""

    def __init__(self, plan: Plan, cells: Cells, batch: Batch) -> None:
        self._plan, self._cells, self._batch = plan, cells, batch
        self._broken: set[str] = set()
        self._reasons: dict[str, pl.Series] = {}
        self._masks = self._selected()

    @cached_property
    def withdrawn(self) -> pl.Series | None:
        """The rows that only withdraw an earlier one; None when there are none."""
        if self._plan.layout.value("SJYXBS") is None:
            return None
        found = (self._cells.value("SJYXBS") == 0).fill_null(value=False)
        return found if found.any() else None

    def answers(self, entry: Entry) -> Columnwise | None:
        """The answers of a rule; None where only the row engine can give them."""
        rule = entry.rule
        try:
            match rule.check:
                case Holds():
                    return self._holds(entry)
                case Refers(reference):
                    return self._refers(rule, Parents(reference, self._plan.layout))
                case Unique() if self._offline:
                    return self._unique(entry, rule.check)
                case Compares() | Follows() if self._offline and not self._in_file(rule):
                    return self._not_compared(rule)
                case ReadWell() if not self._batch.defective:
                    return Columnwise(self._every(value=True))
                case _:
                    return None
        except Exception:  # noqa: BLE001 - the row engine finds out which records broke the rule
            return None

    @cached_property
    def as_rows(self) -> Batch:
        """The same batch with its rows read whole, for a rule that columns cannot answer."""
        batch = self._batch
        read = self._plan.batch(batch.records, batch.context)
        return replace(batch, rows=read.rows, judged=read.judged, part=False)

    @property
    def _offline(self) -> bool:
        """Whether rows can be compared with no others than those of the batch."""
        context = self._batch.context
        return context.previous is None and (context.one_file or context.related is None)

    def _in_file(self, rule: Rule) -> bool:
        """Whether the rows of the document are compared with one another, by the row engine."""
        return self._batch.context.related is not None and rule.code in self._plan.in_file

    def _every(self, *, value: bool) -> pl.Series:
        return pl.Series([value], dtype=pl.Boolean).new_from_index(0, self._cells.rows)

    # ------------------------------------------------------------------ conditions

    def _selected(self) -> dict[str, pl.Series]:
        """The masks of all conditions, evaluated together over the columns they need."""
        compiled = compiled_of(self._plan)
        needs = {name: need for one in compiled.values() for name, need in one.needs.items()}
        quick = self._prepared(needs.values())
        columns = {"": self._every(value=True)}
        for code, one in compiled.items():
            for name, need in one.needs.items():
                if name in columns or code in self._broken:
                    continue
                try:
                    columns[name] = self._made(need, quick.get(name), told=one.told == name)
                except Exception:  # noqa: BLE001 - the rule is left to the row engine
                    self._broken.add(code)
        masks = {
            f"{part} {code}": expression
            for code, one in compiled.items()
            if code not in self._broken
            for part, expression in _parts(one)
        }
        asked = pl.DataFrame(columns).lazy().select("", **masks)
        return asked.collect(optimizations=_OPTIMIZED).to_dict(as_series=True)

    def _prepared(self, needs: Collection[Need]) -> dict[str, pl.Series]:
        """What polars can tell of the texts alone, for all needs at once."""
        quick: dict[str, pl.Expr] = {}
        for need in needs:
            if need.kind == "fits":
                quick[need.name] = pl.col(need.field).str.len_bytes() <= need.most
            elif isinstance(need.node, Call):
                form = sure(need.node)
                if form is not None:
                    quick[need.name] = form
        values = dict.fromkeys(need.field for need in needs if need.kind in {"value", "code"})
        return self._cells.prepare(values, quick)

    def _made(self, need: Need, quick: pl.Series | None, *, told: bool) -> pl.Series:
        match need.kind:
            case "fits":
                assert quick is not None
                return _fits(self._cells.text(need.field), quick, need.most)
            case "constant":
                assert need.node is not None
                return self._alone(need.node)
            case "asked":
                assert need.node is not None
                return self._asked(need, need.node, quick, told=told)
            case _:
                column: pl.Series = getattr(self._cells, need.kind)(need.field)
                return column

    def _alone(self, node: Expression) -> pl.Series:
        """A node that no cell decides: the same in every row."""
        row = self._plan.layout.rows([Record(0, {})], self._batch.context)[0]
        answer = compile_row(node, self._plan.layout)(row)
        dtype = pl.Boolean if answer is None else None
        return pl.Series([answer], dtype=dtype).new_from_index(0, self._cells.rows)

    def _asked(
        self, need: Need, node: Expression, sure: pl.Series | None, *, told: bool
    ) -> pl.Series:
        """A node answered by the row engine, once for each distinct content that it reads.

        Rows that are ``sure`` are not asked for.
        """
        names = sorted(reads(node) & set(self._plan.table.by_code))
        if not names:
            return self._alone(node)
        if sure is not None and sure.all():
            return sure
        texts = [self._cells.text(name) for name in names]
        places = None if sure is None else (~sure).arg_true()
        if places is not None:
            texts = [column[places] for column in texts]
        first, spread = distinct(texts)
        small = Layout(replace(self._plan.table, fields=_fields(self._plan.table, names)))
        contents = zip(*(column[first] for column in texts), strict=True)
        records = [Record(0, dict(zip(names, row, strict=True))) for row in contents]
        function = compile_row(node, small)
        answers = [function(row) for row in small.rows(records, self._batch.context)]
        mask, reasons = answers_as_columns(answers)
        if reasons is not None:
            if not told:
                raise NotColumnarError("a reason inside a condition")
            why = reasons[spread]
            self._reasons[need.name] = why if places is None else put(self._empty, places, why)
        answered = mask[spread]
        return answered if sure is None else put(sure, places, answered)

    def _holds(self, entry: Entry) -> Columnwise | None:
        code, compiled = entry.rule.code, compiled_of(self._plan)
        if code in self._broken or code not in compiled:
            return None
        one = compiled[code]
        mask, reasons = self._masks[f"mask {code}"], None
        if one.told is not None and one.told in self._reasons:
            reasons = self._reasons[one.told]
            if one.applies is not None:
                applies = self._masks[f"applies {code}"].fill_null(value=False)
                reasons = reasons.set(~applies, None)
        mask, reasons = self._standing(entry.rule, mask, reasons)
        odd = self._odd(code, one)
        if odd is None:
            return Columnwise(mask, reasons)
        answers = entry.evaluate(self._part(odd, None))
        told, why = answers_as_columns(answers)
        mask = put(mask, odd, told)
        if why is not None or reasons is not None:
            why = why if why is not None else self._empty.head(len(odd))
            reasons = put(self._empty if reasons is None else reasons, odd, why)
        return Columnwise(mask, reasons)

    def _not_compared(self, rule: Rule) -> Columnwise | None:
        """A comparison that nobody could make: which rows it would have been made for."""
        if rule.code in self._broken:
            return None
        asked = self._masks[f"mask {rule.code}"].fill_null(value=False)
        reasons = pl.Series([OFFLINE]).new_from_index(0, self._cells.rows).set(~asked, None)
        return Columnwise(*self._standing(rule, asked.set(asked | ~asked, None), reasons))

    def _standing(
        self, rule: Rule, mask: pl.Series, reasons: pl.Series | None
    ) -> tuple[pl.Series, pl.Series | None]:
        """Rows that only withdraw are left out, but for rules that are kept for them."""
        if rule.on_withdrawal or self.withdrawn is None:
            return mask, reasons
        kept = None if reasons is None else reasons.set(self.withdrawn, None)
        return mask.set(self.withdrawn, None), kept

    def _odd(self, code: str, one: Compiled) -> Positions | None:
        """The rows on which columns cannot decide the rule."""
        hard = [self._cells.hard[name] for name in one.hard if name in self._cells.hard]
        for at in range(len(one.guards)):
            guard = self._masks[f"guard {at} {code}"]
            if guard.any():
                hard.append(guard.arg_true().to_numpy().astype(np.int64))
        return np.unique(np.concatenate(hard)) if hard else None

    # ------------------------------------------------------------------ references, duplicates

    def _refers(self, rule: Rule, parents: Parents) -> Columnwise:
        """References are looked up once for each distinct content."""
        codes = [self._code(name) for name in parents.fields]
        context = self._batch.context
        filled = pl.Series(~np.any([column.is_null() for column in codes], axis=0))
        mask = self._every(value=True).set(~filled, None)
        reasons = self._empty
        asked = filled
        if isinstance(context.parents, KeptKeys):
            asked = filled & ~context.parents.surely_there(parents.table, parents.to_fields, codes)
        places = asked.arg_true()
        if len(places):
            told, why = self._looked_up(parents, [one[places] for one in codes], places)
            mask = put(mask, places, told)
            if why is not None:
                reasons = put(reasons, places, why)
        return Columnwise(*self._standing(rule, mask, reasons))

    def _looked_up(
        self, parents: Parents, codes: Sequence[pl.Series], places: pl.Series
    ) -> tuple[pl.Series, pl.Series | None]:
        first, spread = distinct(codes)
        contents = zip(*(column[first] for column in codes), strict=True)
        lookups = [parents.named(row) for row in contents]
        context = self._batch.context
        early, early_why = answers_as_columns([parents.told(one, context) for one in lookups])
        late, late_why = answers_as_columns(
            [parents.told(one, context, late=True) for one in lookups]
        )
        if not context.grace_over or (late.eq_missing(early).all() and early_why is None):
            return early[spread], None if early_why is None else early_why[spread]
        numbers = self._numbers(places.to_list())
        over = pl.Series([number in context.grace_over for number in numbers])
        nothing = pl.Series([None], dtype=pl.String).new_from_index(0, len(lookups))
        masks = late[spread], early[spread]
        whys = [(nothing if why is None else why).gather(spread) for why in (late_why, early_why)]
        return masks[0].zip_with(over, masks[1]), whys[0].zip_with(over, whys[1])

    def _unique(self, entry: Entry, check: Unique) -> Columnwise | None:
        """Rows that no other shares its key with are told at once, the others by the row engine."""
        codes = [self._code(name) for name in check.fields]
        lacking = [
            column.is_null()
            for name, column in zip(check.fields, codes, strict=True)
            if self._plan.table.by_code[name].required == "M"
        ]
        mask = self._every(value=True)
        for empty in lacking:
            if empty.any():
                mask = mask.set(empty, None)
        shared = repeated(codes)
        if not lacking:  # nobody knows here what the rule says of rows without any of the fields
            bare = np.flatnonzero(np.all([column.is_null() for column in codes], axis=0))
            shared = np.union1d(shared, bare)
        mask, _ = self._standing(entry.rule, mask, None)
        if len(shared):
            told = self._sharing(entry, check, codes, shared)
            if told is None:
                return None
            mask = put(mask, shared, told)
        return Columnwise(mask)

    def _sharing(
        self, entry: Entry, check: Unique, codes: Sequence[pl.Series], shared: Positions
    ) -> pl.Series | None:
        """The answers for rows that share their key; None where only the row engine tells them."""
        context, notes = self._batch.context, self._batch.notes
        leaves = self.withdrawn is not None and self.withdrawn[shared].any()
        if leaves or (check.local and context.related):
            part = self._part(shared, {*check.fields, *self._plan.table.key, LOCAL_KEY, "SJYXBS"})
            told, why = answers_as_columns(entry.evaluate(part))
            for (code, at), note in part.notes.items():
                notes[code, int(shared[at])] = note
            return told if why is None else None
        known = self._plan.table.by_code
        found = clashes(
            [column[shared] for column in codes],
            [
                self._code(one)[shared]
                for one in (self._plan.table.key if check.local else [LOCAL_KEY])
            ],
            [known[one].required == "M" for one in check.fields],
            always=context.one_file and not check.local,
        )
        wheres = self._wheres(shared[found.earlier].tolist())
        for at, where in zip(shared[found.places].tolist(), wheres, strict=True):
            notes[entry.rule.code, at] = place_note(where)
        return found.mask

    def _part(self, places: Positions, fields: Collection[str] | None) -> Batch:
        """The batch of the records at these places; with ``fields`` other cells count as empty."""
        records = self._batch.records
        at = places.tolist()
        some = (
            records.some(at, fields) if isinstance(records, Many) else [records[one] for one in at]
        )
        return self._plan.batch(some, self._batch.context, fields)

    def _numbers(self, places: Sequence[int]) -> list[int]:
        records = self._batch.records
        if isinstance(records, Many):
            return records.numbers(places)
        return [records[at].id for at in places]

    def _wheres(self, places: Sequence[int]) -> list[str]:
        records = self._batch.records
        if isinstance(records, Many):
            return records.wheres(places)
        return [records[at].where for at in places]

    @cached_property
    def _empty(self) -> pl.Series:
        return pl.Series([None], dtype=pl.String).new_from_index(0, self._cells.rows)

    def _code(self, name: str) -> pl.Series:
        return self._cells.code(name) if name in self._plan.table.by_code else self._empty


def _parts(one: Compiled) -> Iterator[tuple[str, pl.Expr]]:
    yield "mask", one.mask
    if one.told is not None and one.applies is not None:
        yield "applies", one.applies
    for at, guard in enumerate(one.guards):
        yield f"guard {at}", guard


def _fits(texts: pl.Series, short: pl.Series, most: int) -> pl.Series:
    """Whether texts have no more than so many characters; ``short`` have no more bytes."""
    if short.all():
        return short
    longer = (~short).arg_true()
    return put(short, longer, texts[longer].str.len_chars() <= most)


def _fields(table: Table, names: Sequence[str]) -> tuple[Field, ...]:
    return tuple(entry for entry in table.fields if entry.code in names)

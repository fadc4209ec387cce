"""Code lists: a coded value stands in its list, each value of a multi-value field for itself.

A list that is known in full rejects. A list with gaps never does: a value that it knows passes, any
other is not checked; where such a list has a known form, that form is checked by
``validators.derived.formats``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from functools import lru_cache

from schemas import CodeList, Field
from schemas.values import canonical
from validators.citation import Citation
from validators.derived.draft import Draft, called, content, plain
from validators.expression import Expression, code, text
from validators.rule import Holds, Rule

PREFIX = "COM-013"
IMPLIED = Citation(PREFIX, "凡规定代码表的字段，取值必须在代码表内，多值字段逐个校验。", "error")
INCOMPLETE = "代码表不完整"
SEPARATOR = ","
STATUS = "SJSCZT"
"""The upload status has a list, and a stricter rule for those who write it: COM-007."""
_LONGEST = 64
_SHOWN = 24


def rules(draft: Draft) -> Iterator[Rule]:
    """One rule for each coded field whose list is complete or has at least no known form."""
    for entry in content(draft.table):
        codes = draft.standard.codelists.get(entry.codelist or "")
        listed_form = codes is not None and not codes.complete and codes.pattern is not None
        if codes is not None and not listed_form and entry.code != STATUS:
            yield _rule(draft, entry, codes)


def _rule(draft: Draft, entry: Field, codes: CodeList) -> Rule:
    cited = draft.cite((entry.code,), ("dictionary",), IMPLIED)
    allowed = plain(listed(codes))
    return Rule(
        code=draft.code(PREFIX, entry.code),
        kind="dictionary",
        tables=(draft.table.code,),
        fields=(entry.code,),
        clause=cited.clause,
        statement=f"{called(entry)}的取值须在代码表“{codes.name}”内"
        + ("，多个值以半角逗号分隔。" if codes.multi_value else "。"),
        severity=cited.severity,
        dimension="normativity",
        owner="county",
        message=f"{called(entry)}的取值“{{{entry.code}}}”不在代码表“{codes.name}”内。",
        expected=f"允许的取值：{allowed}",
        suggest=nearest(codes),
        why="代码表以外的取值上级平台无法识别，会校验失败。",
        fix=f"对照代码表“{codes.name}”选择正确的代码后重新推送，填代码而不填名称。",
        check=Holds(_condition(entry, codes)),
        on_withdrawal=entry.code in {"SJYXBS"},
    )


def _condition(entry: Field, codes: CodeList) -> Expression:
    known = frozenset(codes.values)
    if codes.multi_value:
        return text(entry.code).through("all in list", _each_in(known, complete=codes.complete))
    if not codes.complete:
        return code(entry.code).through("in known part of list", _in_part(known))
    if entry.type == "string":
        return text(entry.code).is_in(*known)
    # Asked of the text, so that 是 in a column of numbers is a wrong code and not a wrong number.
    return text(entry.code).through("in list", _in_list(entry, known))


def _each_in(known: frozenset[str], *, complete: bool) -> Callable[[str], bool | str]:
    def check(value: str) -> bool | str:
        if all(part in known for part in value.split(SEPARATOR)):
            return True
        return False if complete else INCOMPLETE

    return check


def _in_list(entry: Field, known: frozenset[str]) -> Callable[[str], bool]:
    return lambda value: value in known or canonical(entry, value) in known


def _in_part(known: frozenset[str]) -> Callable[[str], bool | str]:
    return lambda value: True if value in known else INCOMPLETE


def listed(codes: CodeList) -> str:
    """The list as one line for people, cut where it would be too long to read."""
    entries = [f"{value}（{name}）" if name else value for value, name in codes.values.items()]
    cut = entries[:_SHOWN]
    return "、".join(cut) + (f"等{len(entries)}个" if len(entries) > len(cut) else "")


def nearest(codes: CodeList) -> Callable[[str], str | None]:
    """A function that proposes the code that was probably meant."""
    by_name = {name: value for value, name in codes.values.items() if name}

    @lru_cache(maxsize=256)
    def propose(value: str) -> str | None:
        bare = unicodedata.normalize("NFKC", value).strip()
        meant = _meant(bare, codes, by_name)
        if meant is None:
            return None
        name = codes.values.get(meant)
        return f"{meant}（{name}）" if name else meant

    return lambda value: propose(value) if len(value) <= _LONGEST else None


def _meant(bare: str, codes: CodeList, by_name: dict[str, str]) -> str | None:
    if bare in codes.values:
        return bare
    if bare in by_name:
        return by_name[bare]
    part = [value for name, value in by_name.items() if len(bare) > 1 and bare in name]
    if len(part) == 1:
        return part[0]
    shorn = bare.lstrip("0") or bare
    if shorn in codes.values:
        return shorn
    close = get_close_matches(bare, by_name, n=1, cutoff=0.6)
    if close:
        return by_name[close[0]]
    near = get_close_matches(bare, codes.values, n=1, cutoff=0.8)
    return near[0] if near else None

"""Formats of text fields: the form that the table or the code list gives, where no list decides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from re import compile as compile_pattern

from schemas import Field
from validators.citation import Citation
from validators.derived.codes import SEPARATOR
from validators.derived.draft import Draft, called, content, plain
from validators.derived.identifiers import is_code_of_unit, is_phone
from validators.expression import Expression, code, text
from validators.rule import Holds, Rule

PREFIX = "STD-104"
STATED = Citation(PREFIX, "标准数据表规定了格式的字段，内容应符合该格式。", "error")
LIST_FORM = Citation(PREFIX, "取值应符合其代码表的编码形式。", "warning")
_LAYOUTS = frozenset({"yyyy-MM-dd", "yyyy-MM-dd HH:mm:ss"})


def rules(draft: Draft) -> Iterator[Rule]:
    """One rule for each field with a form that no other kind of rule checks."""
    for entry in content(draft.table):
        codes = draft.standard.codelists.get(entry.codelist or "")
        if codes is not None and codes.complete:
            continue
        if codes is not None and codes.pattern is not None and entry.code != "XZQHDM":
            several = codes.multi_value
            yield _rule(draft, entry, codes.pattern, LIST_FORM, several=several)
        elif entry.format is not None and not _checked_elsewhere(draft, entry):
            yield _rule(draft, entry, entry.format, STATED, several=False)


def _checked_elsewhere(draft: Draft, entry: Field) -> bool:
    return (
        entry.format in _LAYOUTS
        or entry.code == "XZQHDM"
        or is_code_of_unit(draft, entry)
        or is_phone(draft, entry)
    )


def _rule(draft: Draft, entry: Field, pattern: str, implied: Citation, *, several: bool) -> Rule:
    cited = draft.cite((entry.code,), ("dictionary", "format"), implied)
    form = plain(pattern.removeprefix("^").removesuffix("$"))
    each = "，多个值以半角逗号分隔" if several else ""
    return Rule(
        code=draft.code(PREFIX, entry.code),
        kind="format",
        tables=(draft.table.code,),
        fields=(entry.code,),
        clause=cited.clause,
        statement=f"{called(entry)}应符合规定的编码形式{each}。",
        severity=cited.severity,
        dimension="normativity",
        owner="county",
        message=f"{called(entry)}的值“{{{entry.code}}}”不符合规定的编码形式。",
        expected=f"形式：{form}{each}",
        why="编码形式不符，上级平台无法识别该值。",
        fix=f"对照标准核对{entry.name}，填写规定形式的编码后重新推送。",
        check=Holds(_condition(entry, pattern, several=several)),
    )


def _condition(entry: Field, pattern: str, *, several: bool) -> Expression:
    if several:
        return text(entry.code).through("each has form", _each(pattern))
    if entry.type == "string":
        return text(entry.code).matches(pattern)
    return code(entry.code).matches(pattern)


def _each(pattern: str) -> Callable[[str], bool]:
    match = compile_pattern(pattern).fullmatch

    def check(value: str) -> bool:
        return all(match(part) for part in value.split(SEPARATOR))

    return check

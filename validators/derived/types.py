"""Types: the text of a number is a number, that of a date or time is one of the calendar."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

from schemas import Field
from schemas.values import NotOfTypeError, parse
from validators.citation import Citation
from validators.derived.draft import Draft, called, content
from validators.expression import Readable
from validators.rule import Holds, Rule

TIME_PREFIX = "COM-015"
NUMBER_PREFIX = "STD-103"
IMPLIED_NUMBER = Citation(NUMBER_PREFIX, "数值字段应为半角数字书写的数值。", "error")
IMPLIED_TIME = Citation(TIME_PREFIX, "日期、时间应为合法值。", "error")

_NAMES = {"integer": "整数", "decimal": "数值", "date": "日期", "datetime": "时间"}
_FORMS = {
    "integer": "整数（半角数字，不含空格、千分位和单位）",
    "decimal": "数值（半角数字，可带小数点，不含空格、千分位和单位）",
    "date": "日期 yyyy-MM-dd，且为日历中存在的日期",
    "datetime": "时间 yyyy-MM-dd HH:mm:ss，且为日历中存在的时间",
}
_DATE_PARTS = re.compile(
    r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?"
    r"(?:[ T]{0,2}([0-9]{1,2})[:时]([0-9]{1,2})(?:[:分]([0-9]{1,2})秒?)?(?:\.0{1,9})?)?"
)
_LONGEST = 64


def rules(draft: Draft) -> Iterator[Rule]:
    """One rule for each field of the table that is not text."""
    for entry in content(draft.table):
        if entry.type in {"date", "datetime"}:
            yield _rule(draft, entry, TIME_PREFIX, ("format",), IMPLIED_TIME)
        elif entry.type != "string" and not _listed(draft, entry):
            yield _rule(draft, entry, NUMBER_PREFIX, (), IMPLIED_NUMBER)


def _listed(draft: Draft, entry: Field) -> bool:
    """True for a coded number whose list is complete: the rule on the list tells more."""
    codes = draft.standard.codelists.get(entry.codelist or "")
    return codes is not None and codes.complete


def _rule(
    draft: Draft, entry: Field, prefix: str, kinds: tuple[str, ...], implied: Citation
) -> Rule:
    cited = draft.cite((entry.code,), kinds, implied)
    return Rule(
        code=draft.code(prefix, entry.code),
        kind="format",
        tables=(draft.table.code,),
        fields=(entry.code,),
        clause=cited.clause,
        statement=f"{called(entry)}应为{_FORMS[entry.type]}。",
        severity=cited.severity,
        dimension="normativity",
        owner="platform",
        message=f"{called(entry)}的值“{{{entry.code}}}”不是合法的{_NAMES[entry.type]}。",
        expected=_FORMS[entry.type],
        suggest=proposal(entry),
        why="上级平台按字段类型接收数据，不合类型的值无法写入前置库，也无法参与计算和比对。",
        fix="按规定格式更正后重新推送；如为系统导出格式所致，请系统运维单位调整导出。",
        check=Holds(Readable(entry.code)),
        on_withdrawal=True,
    )


def proposal(entry: Field) -> Callable[[str], str | None]:
    """A function that proposes how the text was meant, where only its writing is unusual."""

    def propose(text: str) -> str | None:
        if len(text) > _LONGEST:
            return None
        plain = unicodedata.normalize("NFKC", text).strip()
        meant = _as_time(entry, plain) if entry.type in {"date", "datetime"} else _as_number(plain)
        try:
            parse(entry, meant)
        except NotOfTypeError:
            return None
        return meant

    return propose


def _as_number(text: str) -> str:
    bare = text.replace(",", "").replace(" ", "")
    whole, point, part = bare.partition(".")
    return whole if point and not part.strip("0") else bare


def _as_time(entry: Field, text: str) -> str:
    found = _DATE_PARTS.fullmatch(text)
    if found is None:
        return text
    year, *rest = (int(part) if part else 0 for part in found.groups())
    month, day, hour, minute, second = rest
    date = f"{year:04}-{month:02}-{day:02}"
    if entry.type == "date" or found.group(4) is None:
        return date  # a time without its clock part cannot be proposed: parse refuses it
    return f"{date} {hour:02}:{minute:02}:{second:02}"

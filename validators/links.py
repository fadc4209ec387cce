"""The rule on addresses that cannot be opened: it needs a look over the network, not the engine.

The look is made elsewhere (``connectors.link_probe``); here is what the rule says and how a finding
is worded, as for every other rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from schemas import Table
from schemas.personal import kind_of
from validators.finding import Finding
from validators.record import Record
from validators.rule import Consequence, Dimension, Owner
from validators.shown import Shown


@dataclass(frozen=True, slots=True)
class LinkRule:
    """A rule whose answer is seen over the network; texts as in ``validators.rule.Rule``.

    For every table that has an address in one of its fields: which ones, the body's file says.
    """

    code: str = "PRC-026/link_cannot_be_opened"
    version: int = 1
    tables: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    kind: str = "availability"
    clause: str = "PRC-026"
    statement: str = "附件编号或电子证照路径应可访问、文件可打开。"
    consequence: Consequence = "advice"
    milder: str = "探测只说明当时从市级网络看到的情况，可能是一时的网络问题。"
    dimension: Dimension = "accessibility"
    owner: Owner = "platform"
    why: str = "详情页面、电子文档的地址和参数不正确，上级点开看不到内容，材料等于没有共享。"
    fix: str = "请在市级网络环境下打开该地址核对；地址或参数有误的更正重报，服务异常的尽快恢复。"


LINK_RULE = LinkRule()


def link_finding(
    table: Table,
    values: Mapping[str, str | None],
    *,
    row: int,
    where: str,
    field: str,
    seen: str,
) -> Finding:
    """The finding for one address of a row; ``seen`` says in Chinese what the look came to."""
    personal = {entry.code: kind_of(entry) for entry in table.fields}
    shown = Shown(table, personal, Record(row, values, where=where))
    name = table.by_code[field].name if field in table.by_code else field
    rule = LINK_RULE
    return Finding(
        rule=rule.code,
        version=rule.version,
        consequence=rule.consequence,
        table=table.code,
        table_name=table.name,
        row=row,
        key=shown.key,
        fields=(field,),
        field_names=(name,),
        value=shown[field] or None,
        expected="能够打开，内容与文件类型相符",
        message=f"{name}所指的地址{seen}。",
        why=rule.why,
        fix=rule.fix,
        where=shown.where,
        clause=rule.clause,
        owner=rule.owner,
    )

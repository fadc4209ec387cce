"""How each field of a record is filled: by table and code, by code, or by its kind."""

from __future__ import annotations

from schemas.sample import codes, names
from schemas.sample.draft import DAY, SECOND, Draft
from schemas.sample.fields import case, fire, flow, permit, project
from schemas.sample.fields.maker import Maker
from schemas.sample.places import counties
from schemas.standard import Condition, Field

#: Columns that the receiver or the database fills, never the county.
NOT_OURS = frozenset({"LSH", "SBYY", "SCSJ", "GXSJ"})
#: Conditional fields that offices fill whatever the condition: a reason belongs to every step.
HABITUAL = frozenset({"BLYJ"})
_PHONES = ("SJH", "LXDH", "LXRDH")
_PERSONS = ("LXR", "FZR")
_IDENTITY_DOCUMENT = ("ZJLX",)


def make(draft: Draft, field: Field) -> str | None:
    """The value of a field of a record that nobody gave."""
    if field.code in NOT_OURS or field.receiver:
        return None
    if field.when and not _asked(draft, field, field.when):
        return None
    maker = _MAKERS.get(f"{draft.table.code}.{field.code}") or _MAKERS.get(field.code)
    return maker(draft) if maker else _by_kind(draft, field)


def _asked(draft: Draft, field: Field, when: Condition) -> bool:
    """Whether a conditional field is to be filled: by its condition, an overlay, or good habit."""
    return field.required == "M" or field.code in HABITUAL or holds(draft, when)


def holds(draft: Draft, when: Condition) -> bool:
    """Whether the condition of a conditional field is met by this record."""
    value = draft.text(when.field)
    return value in when.values if when.values is not None else value != ""


def _by_kind(draft: Draft, field: Field) -> str | None:
    """The value of a field without a maker of its own: by list, by ending of its code, by type."""
    listed = draft.standard.codelists.get(field.codelist or "")
    if listed is not None and listed.code == "SF":
        return draft.rng.choice("01")
    if listed is not None and listed.values:
        return draft.rng.choice(sorted(listed.values))
    if listed is not None or field.code.endswith(_IDENTITY_DOCUMENT):
        return "1"
    if field.code.endswith(("TYSHXYDM", "XYDM")):
        return codes.company(draft.rng, draft.text("XZQHDM"))
    if field.code.endswith(_PHONES):
        return codes.mobile(draft.rng)
    if field.code.endswith(_PERSONS):
        return names.person(draft.rng)
    match field.type:
        case "integer" | "decimal":
            return str(draft.rng.randint(1, 9))
        case "date":
            return draft.at.strftime(DAY)
        case "datetime":
            return draft.at.strftime(SECOND)
        case "string":
            return f"{field.name}符合规定" if field.required == "M" else None


def _division(draft: Draft) -> str:
    return draft.rng.choice(counties())


_ENVELOPE: dict[str, Maker] = {
    "DFSJZJ": lambda draft: codes.key(draft.rng),
    "XZQHDM": _division,
    "SJYXBS": lambda _: "1",
    "SJWXYY": lambda _: "数据录入有误，作废后重新报送。",
    "SJSCZT": lambda _: "0",
}


def _merged(*parts: dict[str, Maker]) -> dict[str, Maker]:
    """All makers in one; a field made in two places is an error of this package."""
    merged: dict[str, Maker] = {}
    for part in parts:
        if twice := merged.keys() & part.keys():
            raise ValueError(f"fields made in two places: {', '.join(sorted(twice))}")
        merged |= part
    return merged


_MAKERS = _merged(_ENVELOPE, flow.MAKERS, project.MAKERS, case.MAKERS, permit.MAKERS, fire.MAKERS)

"""One case from receipt to finish: row, materials, steps, consultations, procedures, document."""

from __future__ import annotations

from datetime import datetime, timedelta

from schemas.sample import codes, names
from schemas.sample.catalogue import FIRST_VERSION, Item
from schemas.sample.fields.case import PROCEDURES
from schemas.sample.life import courses
from schemas.sample.life.courses import Course, Step
from schemas.sample.life.flows import assessment_unit
from schemas.sample.life.tale import Case, Project, Tale
from schemas.sample.worktime import soon

_SPARE_DAYS = 3
_NO_RESULT = "99"
_UNACCEPTED = frozenset({courses.DECLINED, courses.REFUSED})


def handle(
    tale: Tale,
    project: Project,
    item: Item,
    received: datetime,
    *,
    course: Course = Course.PASSED,
    batch: str | None = None,
) -> Case:
    """Tells one case of an item for a project; ``batch`` is the code of its parallel batch."""
    number = codes.serial(tale.rng, tale.division, received, "BJ")
    department = codes.department(tale.division, item.department)
    office_code = codes.office(tale.division, department)
    told = courses.steps(tale.rng, course, received, item.limit)
    times = dict(told)
    end = next(((s, at) for s, at in told if s in courses.FINISHES), told[-1])
    unit = project.unit | {"SPSXSLBM": number}
    tale.tell(
        received,
        "SPGL_XMSPSXBLXXB",
        **unit,
        **_row(tale, project, item, batch),
        SPBMBM=office_code,
        SPBMMC=department,
    )
    _materials(tale, item, unit, received)
    _steps(tale, item, unit, told, department)
    if courses.SPECIAL in times:
        _procedure(tale, unit, times[courses.SPECIAL])
    for name in item.consulted if courses.HANDLING in times else ():
        _consultation(tale, unit, name, times[courses.HANDLING], end[1])
    passed = end[0] in {courses.PASSED, courses.DEFICIENT}
    paper = _document(tale, item, unit, end[1]) if passed else None
    return Case(
        item=item,
        number=number,
        batch=batch,
        received=received,
        accepted=times.get(courses.ACCEPTED),
        finished=end[1],
        closed=told[-1][1],
        passed=passed and course is not Course.REVOKED,
        office=department,
        office_code=office_code,
        paper=paper,
    )


def joint_material(tale: Tale, project: Project, batch: str, item: Item, at: datetime) -> None:
    """One material handed in for a whole parallel batch: it names the batch, no case (PRC-029)."""
    tale.tell(
        at,
        "SPGL_XMSQCLJQTFJXXB",
        **project.unit,
        SPSXSLBM=None,
        BLSPSLBM=batch,
        CLMLBH=item.material_code(tale.division, 0),
        CLMC=item.materials[0],
    )
    tale.tell(
        at, "SPGL_XMQTFJXXB", **project.unit, SPSXSLBM=None, BLSPSLBM=batch, FJMC=item.materials[0]
    )


def _row(tale: Tale, project: Project, item: Item, batch: str | None) -> dict[str, str | None]:
    """What the case row says beside its number and department."""
    row: dict[str, str | None] = {
        "SPSXBM": item.code(tale.division),
        "SPSXBBH": FIRST_VERSION,
        "SPLCBM": project.fact("SPLCBM"),
        "SPLCBBH": project.fact("SPLCBBH"),
        "BLSPSLBM": batch,
        "SXBLSX": str(item.limit),
        "LXR": project.contact,
        "LXRSJH": project.mobile,
    }
    if item.commitment:
        row["SXGZCNZSPQK"] = "申请人已书面承诺，实行告知承诺制审批。"
    if item.commitment and project.fact("SFWCQYPG") == "1":
        row["QYPGDYBM"] = assessment_unit(tale.division)
        row["YYQYPGQK"] = "直接应用区域评估成果，简化申报材料。"
    return row


def _materials(tale: Tale, item: Item, unit: dict[str, str | None], at: datetime) -> None:
    for place, name in enumerate(item.materials):
        catalogued = item.material_code(tale.division, place)
        tale.tell(at, "SPGL_XMSQCLJQTFJXXB", **unit, CLMLBH=catalogued, CLMC=name)
        tale.tell(at, "SPGL_XMQTFJXXB", **unit, FJMC=name)


def _steps(
    tale: Tale, item: Item, unit: dict[str, str | None], told: list[Step], department: str
) -> None:
    handler = names.person(tale.rng)
    for status, at in told:
        tale.tell(
            at,
            "SPGL_XMSPSXBLXXXXB",
            **unit,
            BLZT=status,
            BLCS=item.office,
            BLR=handler,
            DWMC=department,
        )


def _procedure(tale: Tale, unit: dict[str, str | None], at: datetime) -> None:
    sort = tale.rng.choice(sorted(PROCEDURES))
    days = courses.SPECIAL_DAYS + tale.rng.randint(1, _SPARE_DAYS)
    tale.tell(
        at,
        "SPGL_XMSPSXBLTBCXXXB",
        **unit,
        TBCX=sort,
        TBCXMC=PROCEDURES[sort],
        TBCXSX=str(days),
    )


def _consultation(
    tale: Tale, unit: dict[str, str | None], name: str, start: datetime, end: datetime
) -> None:
    """An answer of another department, at a moment between the start of handling and the end."""
    half = start + timedelta(seconds=int((end - start).total_seconds()) // 2)
    department = codes.department(tale.division, name)
    tale.tell(
        min(soon(tale.rng, start), half),
        "SPGL_XMSPSXZQYJXXB",
        **unit,
        BLDWMC=department,
        BLDWDM=codes.office(tale.division, department),
    )


def _document(tale: Tale, item: Item, unit: dict[str, str | None], at: datetime) -> str | None:
    """The document of a passed case; returns its number, None where the item leaves no result."""
    if item.result == _NO_RESULT:
        return None
    row = tale.tell(
        at,
        "SPGL_XMSPSXPFWJXXB",
        **unit,
        SPJGLX=item.result,
        PFWJBT=f"关于{item.name.removesuffix('核发')}的决定",
    )
    return row["PFWH"] if row else None

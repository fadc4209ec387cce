"""The review of construction drawings: its row, steps and the people who surveyed and designed."""

from __future__ import annotations

from datetime import timedelta

from schemas.sample import codes, names
from schemas.sample.catalogue import FIRST_VERSION
from schemas.sample.draft import DAY, SECOND
from schemas.sample.life.permits import keep, works
from schemas.sample.life.tale import Case, Project, Tale

_SURVEYOR, _DESIGNER = "1", "2"


def review(tale: Tale, project: Project, case: Case) -> None:
    """Tells a passed review: row, works, steps from start to pass, and people per speciality."""
    keep(tale, project, case, "drawings")
    number = codes.serial(tale.rng, tale.division, case.received, "ST")
    start = case.accepted or case.received
    first = start + (case.finished - start) / 2
    first = first.replace(microsecond=0)
    unit = project.unit | {"STYWBH": number}
    designer = next(party for party in project.parties if party.role == _DESIGNER)
    row = tale.tell(
        case.finished,
        "SPGL_SGTSJWJSCXXB",
        **unit,
        SPSXBM=case.item.code(tale.division),
        SPSXBBH=FIRST_VERSION,
        JSDW=project.owner_name,
        JSTYSHXYDM=project.owner_code,
        SJDW=designer.name,
        SJTYSHXYDM=designer.code,
        SJDWXMFZR=designer.leader,
        SJDWXMFZRHM=designer.leader_id,
        SCHGSBH=project.papers["drawings"],
        SCKSRQ=start.strftime(DAY),
        CSWCSJ=first.strftime(SECOND),
        SCTGSJ=case.finished.strftime(SECOND),
    )
    if row is None:
        return
    works(tale, project, case, number)
    handler = names.person(tale.rng)
    moments = (start, first, case.finished)
    for status, at in enumerate(moments, start=1):
        tale.tell(
            case.finished + timedelta(seconds=status),
            "SPGL_SGTSJWJSCXXXXB",
            **unit,
            BLZT=str(status),
            BLR=handler,
            BLSJ=at.strftime(SECOND),
        )
    _people(tale, project, case, unit)


def _people(tale: Tale, project: Project, case: Case, unit: dict[str, str | None]) -> None:
    building = project.buildings[0].code
    for speciality, sort in (("1", _SURVEYOR), ("2", _DESIGNER), ("3", _DESIGNER)):
        tale.tell(
            case.finished,
            "SPGL_KCSJRYXXB",
            **unit,
            DTBM=building if sort == _DESIGNER else None,
            RYLX=sort,
            RYZYLX=speciality,
        )

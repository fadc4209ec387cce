"""The beginning and the end of a project: its row, units, boundary, early opinions; its finish."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from schemas.sample import codes, names
from schemas.sample.catalogue import FIRST_VERSION, Kind
from schemas.sample.draft import SECOND
from schemas.sample.life.tale import Building, Party, Project, Tale
from schemas.sample.places import place
from schemas.sample.worktime import later, soon

_LINES = "2"
_INDUSTRIAL = "6"
#: Responsible parties by the code of list DWLX_ZRZT, and the trade in their name.
_TRADES = {"1": "岩土工程勘察", "2": "建筑设计", "3": "建设工程", "4": "工程监理"}
#: The same roles in the older list DWLX_V2 of units.
_OLDER_ROLES = {"1": "3", "2": "4", "3": "2", "4": "5"}


def begin(tale: Tale, kind: Kind, at: datetime) -> tuple[Project, datetime]:
    """Opens a project; returns it and the moment from which its first case can be received."""
    rng = tale.rng
    row = tale.tell(
        at,
        "SPGL_XMJBXXB",
        SPLCBM=kind.flow_code(tale.division),
        SPLCBBH=FIRST_VERSION,
        SPLCLX=kind.flow_type,
        SFXXGC="1" if kind.flow_type == _LINES else "0",
        SFWCQYPG="1" if kind.flow_type == _INDUSTRIAL else "0",
    )
    if row is None:
        raise ValueError(f"standard {tale.standard.version} has no project table to tell of")
    project = Project(
        kind=kind,
        row=row,
        owner_name=row.get("JSDW") or names.company(rng, place(tale.division).name, "建设投资"),
        owner_code=row.get("JSDWDM") or codes.company(rng, tale.division),
        contact=names.person(rng),
        mobile=codes.mobile(rng),
        leader=names.person(rng),
        leader_id=codes.resident(rng, tale.division),
        parties=_parties(tale),
    )
    project.buildings = _buildings(tale, project)
    _units(tale, project, at)
    return project, _preparations(tale, project, at)


def finish(tale: Tale, project: Project, at: datetime) -> None:
    """Marks the project as finished by the protocol: the old row withdrawn, a new one sent.

    Both rows keep business key and local key; the new one is told a second later (PRJ-026).
    """
    old = dict(project.row)
    tale.tell(
        at, "SPGL_XMJBXXB", **old | {"SJYXBS": "0", "SJWXYY": "项目已完全办结，更新项目信息。"}
    )
    then = at + timedelta(seconds=1)
    closed = {"XMSFWQBJ": "1", "XMWQBJSJ": at.strftime(SECOND)}
    tale.tell(then, "SPGL_XMJBXXB", **old | closed)


def _parties(tale: Tale) -> tuple[Party, ...]:
    city = place(tale.division).city
    return tuple(
        Party(
            role=role,
            name=names.company(tale.rng, city, trade),
            code=codes.company(tale.rng, tale.division),
            leader=names.person(tale.rng),
            leader_id=codes.resident(tale.rng, tale.division),
        )
        for role, trade in _TRADES.items()
    )


def _buildings(tale: Tale, project: Project) -> tuple[Building, ...]:
    code = project.fact("XMDM")
    if project.kind.flow_type == _LINES:
        return (Building("主线工程", codes.building(code, 1), "3101", None, None),)
    count = tale.rng.randint(1, 3)
    share = Decimal(project.fact("JZMJ")) / count
    above, below = share * Decimal("0.8"), share * Decimal("0.2")
    return tuple(
        Building(
            f"{number}号楼", codes.building(code, number), "0101", f"{above:.2f}", f"{below:.2f}"
        )
        for number in range(1, count + 1)
    )


def _units(tale: Tale, project: Project, at: datetime) -> None:
    """The units of the project, where the version keeps them in a table of their own."""
    owner = ("1", project.owner_name, project.owner_code)
    others = [(_OLDER_ROLES[party.role], party.name, party.code) for party in project.parties]
    for role, name, code in (owner, *others):
        tale.tell(at, "SPGL_XMDWXXB", **project.unit, DWLX=role, DWMC=name, DWTYSHXYDM=code)


def _preparations(tale: Tale, project: Project, at: datetime) -> datetime:
    """Boundary and early opinions; returns the moment of the last."""
    at = soon(tale.rng, at)
    tale.tell(at, "SPGL_XMYDHXJZXXB", **project.unit, JZWJXH="1")
    number = codes.serial(tale.rng, tale.division, at, "QQ")
    for office in ("自然资源和规划局", "生态环境局"):
        at = later(tale.rng, at, 1)
        department = codes.department(tale.division, office)
        tale.tell(
            at,
            "SPGL_XMQQYJXXB",
            **project.unit,
            QQYJSLBM=number,
            BLDWMC=department,
            BLDWDM=codes.office(tale.division, department),
        )
    return soon(tale.rng, at)

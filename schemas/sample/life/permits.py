"""What a passed case leaves behind in a table of its own: permits, filings, works, parties."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from schemas.sample import codes
from schemas.sample.draft import DAY
from schemas.sample.life.tale import Case, Project, Tale

Areas = dict[str, str | None]


def areas(project: Project) -> Areas:
    """The sums of the buildings' areas, which permits and filings must equal (PER-011, PER-012)."""
    above = sum((Decimal(each.above or 0) for each in project.buildings), Decimal(0))
    below = sum((Decimal(each.below or 0) for each in project.buildings), Decimal(0))
    if not above:
        return {"ZJZMJ": None, "DSJZMJ": None, "DXJZMJ": None, "RFMJ": None}
    return {
        "ZJZMJ": f"{above + below:.2f}",
        "DSJZMJ": f"{above:.2f}",
        "DXJZMJ": f"{below:.2f}",
        "RFMJ": f"{below / 4:.2f}",
    }


def works(tale: Tale, project: Project, case: Case, paper: str) -> None:
    """The responsible parties and single works of a case; ``paper`` is the number they go with."""
    at, unit = case.finished, project.unit | case.unit | {"XKBABH": paper}
    for party in project.parties:
        tale.tell(
            at,
            "SPGL_ZRZTXXB",
            **unit,
            DWLX=party.role,
            DWMC=party.name,
            DWTYSHXYDM=party.code,
            FZRXM=party.leader,
            FZRZJHM=party.leader_id,
        )
    for building in project.buildings:
        own: dict[str, str | None] = {"DSJZMJ": building.above, "DXJZMJ": building.below}
        tale.tell(
            at,
            "SPGL_XMDTXXB",
            **unit,
            **(own if building.above else {}),
            DTMC=building.name,
            DTBM=building.code,
            GCYT=building.sort,
        )


def land(tale: Tale, project: Project, case: Case) -> None:
    """The land planning permit; mode and area of the land are those of the project (PER-028)."""
    keep(tale, project, case, "land")
    tale.tell(
        case.finished,
        "SPGL_JSYDGHXKXXB",
        **project.unit,
        **case.unit,
        YDGHXKZBH=project.papers["land"],
        XMMC=project.fact("XMMC"),
        YDDW=project.owner_name,
        YDTYSHXYDM=project.owner_code,
        FZJG=case.office,
        YDWZ=project.fact("JSDD"),
        YDMJ=project.fact("YDMJ"),
        TDHQFS=project.fact("TDHQFS"),
        LXR=project.contact,
        LXRSJH=project.mobile,
    )


def planning(tale: Tale, project: Project, case: Case) -> None:
    """The construction planning permit."""
    keep(tale, project, case, "planning")
    tale.tell(
        case.finished,
        "SPGL_JSGCGHXKXXB",
        **project.unit,
        **case.unit,
        **project.owner,
        YDGHXKZBH=project.papers.get("land"),
        GCGHXKZBH=project.papers["planning"],
        XMMC=project.fact("XMMC"),
        FZJG=case.office,
        JSWZ=project.fact("JSDD"),
        JSGM=project.fact("JSGMJNR"),
    )


def construction(tale: Tale, project: Project, case: Case) -> None:
    """The construction permit with its parties and works."""
    keep(tale, project, case, "construction")
    row = tale.tell(
        case.finished,
        "SPGL_JZGCSGXKXXB",
        **project.unit,
        **case.unit,
        **project.owner,
        **areas(project),
        YDGHXKZBH=project.papers.get("land"),
        GCGHXKZBH=project.papers.get("planning"),
        SCHGSBH=project.papers.get("drawings"),
        SGXKZBH=project.papers["construction"],
        JSXZ=project.fact("JSXZ"),
        FZJG=case.office,
        GCMC=project.fact("XMMC"),
        JSDZ=project.fact("JSDD"),
        XMJWDZB=project.fact("XMJWDZB") or None,
        JSGM=project.fact("JSGMJNR"),
        LXDH=project.mobile,
    )
    if row:
        works(tale, project, case, project.papers["construction"])


def completion(tale: Tale, project: Project, case: Case) -> None:
    """The completion filing with its parties and works; built after the permit, ended before it."""
    keep(tale, project, case, "completion")
    ended = case.received - timedelta(days=12)
    row = tale.tell(
        case.finished,
        "SPGL_JSGCJGYSBAXXB",
        **project.unit,
        **case.unit,
        **project.owner,
        **areas(project),
        SCHGSBH=project.papers.get("drawings"),
        SGXKZBH=project.papers.get("construction"),
        JGYSBABH=project.papers["completion"],
        BAJG=case.office,
        GCMC=project.fact("XMMC"),
        JSDZ=project.fact("JSDD"),
        XMJWDZB=project.fact("XMJWDZB") or None,
        JSGM=project.fact("JSGMJNR"),
        KGRQ=(ended - timedelta(days=tale.rng.randint(150, 260))).strftime(DAY),
        JGRQ=ended.strftime(DAY),
    )
    if row:
        works(tale, project, case, project.papers["completion"])


def keep(tale: Tale, project: Project, case: Case, paper: str) -> None:
    """Draws the number of a paper and remembers it with its day."""
    project.papers[paper] = codes.permit(tale.rng, tale.division, case.finished, paper)
    project.dates[paper] = case.finished.strftime(DAY)

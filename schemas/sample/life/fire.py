"""Fire design review, fire acceptance and the filing of fire acceptance."""

from __future__ import annotations

from datetime import timedelta

from schemas.sample.draft import DAY
from schemas.sample.life.permits import areas, keep, works
from schemas.sample.life.tale import Case, Project, Tale


def design_review(tale: Tale, project: Project, case: Case) -> None:
    """The opinion on the fire design; its document number serves the later acceptance."""
    paper = case.paper or case.number
    project.papers["fire_design"] = paper
    project.dates["fire_design"] = case.finished.strftime(DAY)
    _tell(tale, project, case, "SPGL_JSGCXFSJSCXXB", paper)


def acceptance(tale: Tale, project: Project, case: Case) -> None:
    """The fire acceptance of special construction works, which names the design review."""
    _tell(
        tale,
        project,
        case,
        "SPGL_JSGCXFYSXXB",
        case.paper or case.number,
        TSGCXFSJSCWH=project.papers.get("fire_design"),
        SCHGRQ=project.dates.get("fire_design"),
    )


def filing(tale: Tale, project: Project, case: Case) -> None:
    """The filing of the fire acceptance of other works."""
    keep(tale, project, case, "fire_filing")
    _tell(
        tale,
        project,
        case,
        "SPGL_JSGCXFYSBAXXB",
        project.papers["fire_filing"],
        BABBH=project.papers["fire_filing"],
    )


def _tell(
    tale: Tale, project: Project, case: Case, table: str, paper: str, **own: str | None
) -> None:
    row = tale.tell(
        case.finished,
        table,
        **project.unit,
        **case.unit,
        **project.owner,
        **own,
        ZJZMJ=areas(project)["ZJZMJ"],
        GCMC=project.fact("XMMC"),
        GCDZ=project.fact("JSDD"),
        JSXZ=project.fact("JSXZ"),
        GCTZE=project.fact("ZTZE"),
        SQRQ=case.received.strftime(DAY),
        SCDW=case.office,
        LXPFWJ=project.papers.get("initiation"),
        LXPFRQ=project.dates.get("initiation"),
        YDGHXKWJ=project.papers.get("land"),
        YDGHXKRQ=project.dates.get("land"),
        GCGHXKZWJ=project.papers.get("planning"),
        JSGCGHXKRQ=project.dates.get("planning"),
        GCGHXKZBH=project.papers.get("planning"),
        GCGHXKRQ=project.dates.get("planning"),
        GGFZRQ=project.dates.get("planning"),
        ZMWH=project.papers.get("construction"),
        FZHPZKGRQ=project.dates.get("construction"),
        **_forms(case),
    )
    if row:
        works(tale, project, case, paper)


def _forms(case: Case) -> dict[str, str | None]:
    """The days on which the parties filled in the acceptance forms, before they applied."""
    day = (case.received - timedelta(days=3)).strftime(DAY)
    return dict.fromkeys(
        (
            "XFSYJSFWDWTBRQ", "JSDWTBRQ", "SJDWTBRQ", "JLDWTBRQ", "SGZCBDWTBRQ",
            "XFZYFBDWTBRQ", "XFLTLSJSFWDWTBRQ",
        ),
        day,
    )  # fmt: skip

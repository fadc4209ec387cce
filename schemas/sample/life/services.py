"""Around the cases: intermediary services, supervision of projects and of notified commitments."""

from __future__ import annotations

from datetime import datetime

from schemas.sample import codes
from schemas.sample.life.tale import Case, Project, Tale
from schemas.sample.worktime import later

_LIMIT = 20
#: How many commitments turn out to be kept.
_KEPT_RATE = 0.8


def intermediary(
    tale: Tale, project: Project, name: str, at: datetime, *, case: Case | None = None
) -> datetime:
    """An intermediary service from start (1) to completion (2); returns when it was complete.

    With a case the service names it, so it must begin after the case's receipt.
    """
    number = codes.serial(tale.rng, tale.division, at, "ZJ")
    unit = project.unit | {"ZJFWSXSLBM": number}
    tale.tell(
        at,
        "SPGL_ZJFWSXBLXXB",
        **unit,
        ZJFWSXMC=name,
        SPSXSLBM=case.number if case else None,
        BLSX=str(_LIMIT),
        WTR=project.owner_name,
        WTRDM=project.owner_code,
    )
    done = later(tale.rng, at, tale.rng.randint(2, _LIMIT // 2))
    for status, moment, words in (("1", at, "已接受委托，开始办理。"), ("2", done, "成果已交付。")):
        tale.tell(moment, "SPGL_ZJFWSXBLGCXXB", **unit, BLZT=status, BLYJ=words)
    return done


def commitment_check(tale: Tale, project: Project, case: Case) -> None:
    """The check, some days after the finish, whether a notified commitment was kept."""
    kept = tale.rng.random() < _KEPT_RATE
    tale.tell(
        later(tale.rng, case.finished, 8),
        "SPGL_GZCNZBJJGXXB",
        **project.unit,
        SPSXBM=case.number,
        JCBMMC=case.office,
        SFLXGZCN="1" if kept else "0",
    )


def supervision(tale: Tale, project: Project, at: datetime) -> None:
    """An anomaly found on the site after the permit, and how it was settled."""
    tale.tell(later(tale.rng, at, 25), "SPGL_XMJGXXB", **project.unit)

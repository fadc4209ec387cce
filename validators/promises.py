"""What was promised: the limits of items and stages, in working days, as other rows say them."""

from __future__ import annotations

from validators.neighbours import Link, Seen

WORKING_DAYS = frozenset({"", "1", "工作日"})
"""Units of a limit that are working days; the printed list of units is not public."""

ITEM = Link("item", ("SPGL_SPSXJBXXB",), ("XZQHDM", "SPSXBM", "SPSXBBH"),
            ("XZQHDM", "SPSXBM", "SPSXBBH"), ("CNBJSX", "CNBJSXDW"))  # fmt: skip
"""The item that a row names, where the generation keeps items by themselves."""

STAGE_ITEM = Link("stage item", ("SPGL_SPLCJBLSXXXB", "SPGL_DFXMSPLCJDSXXXB"),
                  ("SPLCBM", "SPLCBBH", "SPSXBM", "SPSXBBH"),
                  ("SPLCBM", "SPLCBBH", "SPSXBM", "SPSXBBH"), ("SPSXBLSX",))  # fmt: skip
"""The item in its stage of a flow."""

STAGES = ("SPGL_SPJDXXB", "SPGL_DFXMSPLCJDXXB")
STAGE = Link("stage", STAGES, ("XZQHDM", "SPLCBM", "SPLCBBH", "SPJDXH"),
             ("XZQHDM", "SPLCBM", "SPLCBBH", "SPJDXH"), ("SPJDSX",))  # fmt: skip
"""The stage that a row names."""

STAGES_OF_FLOW = Link("stages", STAGES, ("SPLCBM", "SPLCBBH"), ("SPLCBM", "SPLCBBH"), ("SPJDSX",))
"""All stages of the flow that a row names."""


def promised(item: Seen | None) -> int | None:
    """The promised working days of an item row; None where they are not given in working days."""
    if item is None:
        return None
    if "SPSXBLSX" in item.table.by_code:
        own: int | None = item.value("SPSXBLSX")
        return own
    if "CNBJSX" not in item.table.by_code or item.text("CNBJSXDW") not in WORKING_DAYS:
        return None
    days: int | None = item.value("CNBJSX")
    return days


def stage_limit(stage: Seen | None) -> int | None:
    """The limit of a stage; None where it has none, as the parallel stage (limit 0)."""
    limit: int | None = None if stage is None else stage.value("SPJDSX")
    return limit or None

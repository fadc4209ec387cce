"""Who used the time: each hop of a version, how long it took and whose time that was.

Times of the source are set right by the offset of its clock seen at the pull. A negative time means
that a clock is wrong by more than that; it is shown, never cut to nought.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

Owner = Literal["body", "platform", "parent", "upstream"]
OWNERS: Mapping[Owner, str] = {
    "body": "地方",
    "platform": "本系统",
    "parent": "上级记录",
    "upstream": "上级平台",
}
STAYS: Mapping[str, tuple[str, Owner]] = {
    "landed": ("等待校验", "platform"),
    "held": ("等待上级记录", "parent"),
    "queued": ("等待上报", "platform"),
    "sending": ("上报中", "platform"),
    "unknown": ("核实上报结果", "upstream"),
    "sent": ("等待上级校验", "upstream"),
    "dead": ("无法投递待处理", "platform"),
    "returned": ("退回整改", "body"),
}
"""What a version waits for in each state that is not final, and whose time it is."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One hop: ``seconds`` to its end, or to ``now`` while it is not ended (``open``)."""

    name: str
    owner: Owner
    seconds: float
    open: bool = False

    def to_json(self) -> dict[str, object]:
        """The hop as a JSON object."""
        return {
            "name": self.name, "owner": self.owner, "seconds": round(self.seconds, 3),
            "open": self.open,
        }  # fmt: skip


def hops(
    version: Mapping[str, Any], moves: Sequence[Mapping[str, Any]], *, now: datetime
) -> list[Hop]:
    """The hops of a version, first to last, from its stamps and its moves as the store has them."""
    found = []
    occurred, committed = version["occurred_at"], version["committed_at"]
    if committed is not None:
        committed -= timedelta(seconds=version.get("clock_offset_s") or 0.0)
        if occurred is not None:
            found.append(_hop("业务发生至前置库写入", "body", occurred, committed))
    begins = moves[0]["at"] if moves else version["pulled_at"]
    if committed is not None:
        found.append(_hop("前置库写入至收讫", "platform", committed, begins))
    for move, after in zip(moves, [*moves[1:], None], strict=True):
        if move["to_state"] not in STAYS:
            continue
        name, owner = STAYS[move["to_state"]]
        ends = now if after is None else after["at"]
        found.append(_hop(name, owner, move["at"], ends, is_open=after is None))
    return found


def shares(found: Sequence[Hop]) -> dict[Owner, float]:
    """The seconds of each party, over all hops."""
    sums: dict[Owner, float] = {}
    for hop in found:
        sums[hop.owner] = sums.get(hop.owner, 0.0) + hop.seconds
    return sums


def _hop(
    name: str, owner: Owner, begins: datetime, ends: datetime, *, is_open: bool = False
) -> Hop:
    return Hop(name, owner, (ends - begins).total_seconds(), is_open)

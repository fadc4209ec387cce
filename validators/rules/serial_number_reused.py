"""重报的记录沿用了原记录的流水号。"""

from collections.abc import Sequence

from validators.expression import code, filled
from validators.neighbours import Against, Reply, Seen
from validators.rule import Follows, Rule, Scene


def _new(row: Seen, earlier: Sequence[Seen]) -> Reply:
    if not earlier or earlier[0].valid:
        return None  # not sent anew: a row changed in place keeps its number
    own = row.text("LSH")
    return True if all(one.text("LSH") != own for one in earlier) else Against("")


_ROW = {"LSH": "9", "SJYXBS": "1"}

RULE = Rule(
    code="PRO-002/serial_number_reused",
    kind="protocol",
    fields=("LSH", "SJYXBS"),
    clause="PRO-002",
    statement="作废后重报的记录，流水号应置空，由前置库重新生成。",
    severity="info",
    milder="上报时流水号由上级平台重新赋予，数据不受影响，故只提示。",
    dimension="normativity",
    message="重报的记录沿用了原记录的流水号“{LSH}”。",
    expected="流水号置空",
    why="流水号沿用时，上级平台无法区分原记录和重报的记录。",
    fix="重报时流水号置空，由前置库重新生成。",
    check=Follows(_new, when=code("SJYXBS").equals("1") & filled("LSH")),
    good=(Scene(_ROW, earlier=({"LSH": "8", "SJYXBS": "0"}, {"LSH": "7", "SJYXBS": "1"})),),
    bad=(Scene(_ROW, earlier=({"LSH": "8", "SJYXBS": "0"}, {"LSH": "9", "SJYXBS": "1"})),),
    beside=(
        Scene(_ROW),
        Scene(_ROW | {"LSH": None}, earlier=({"LSH": None, "SJYXBS": "0"},)),
        Scene(_ROW, earlier=({"LSH": "9", "SJYXBS": "1"},)),
    ),
    boundary=(
        (Scene(_ROW, earlier=({"LSH": "90", "SJYXBS": "0"}, {"LSH": None, "SJYXBS": "1"})), True),
        (Scene(_ROW, earlier=({"LSH": "9", "SJYXBS": "0"}, {"LSH": "8", "SJYXBS": "1"})), False),
    ),
)

"""Fields of fire design review, fire acceptance and its filing."""

from __future__ import annotations

from schemas.sample import codes
from schemas.sample.draft import Draft
from schemas.sample.fields.maker import Maker, amount, day, fixed, one_of


def _number(kind: str) -> Maker:
    return lambda draft: codes.permit(draft.rng, draft.text("XZQHDM"), draft.at, kind)


def _document(draft: Draft) -> str:
    return codes.document(draft.rng, draft.at)


_FILLED_IN = (
    "XFSYJSFWDWTBRQ", "JSDWTBRQ", "SJDWTBRQ", "JLDWTBRQ", "SGZCBDWTBRQ", "XFZYFBDWTBRQ",
    "XFLTLSJSFWDWTBRQ",
)  # fmt: skip

MAKERS: dict[str, Maker] = {
    **dict.fromkeys(_FILLED_IN, day(-16)),
    "BABBH": lambda draft: codes.serial(draft.rng, draft.text("XZQHDM"), draft.at, "XF"),
    "SQRQ": day(-12),
    "GCTZE": amount(800, 60000),
    "LXPFWJ": _document,
    "LXPFRQ": day(-420),
    "YDGHXKWJ": _number("land"),
    "YDGHXKRQ": day(-360),
    "GCGHXKZWJ": _number("planning"),
    "JSGCGHXKRQ": day(-300),
    "GCGHXKRQ": day(-300),
    "GGFZRQ": day(-300),
    "TSGCXFSJSCWH": _document,
    "SCHGRQ": day(-240),
    "ZMWH": _number("construction"),
    "FZHPZKGRQ": day(-200),
    "LSXJZPZWJ": fixed(None),
    "SFFC": fixed("0"),
    "TSXFSJ": fixed("0"),
    "SFJQXXF": fixed("0"),
    "TSJSGCQX": one_of("3", "4", "5", "7", "10", "12", "3,12"),
    "SFBHZXZSGC": one_of("0", "0", "1"),
    "ZXBW": one_of("顶棚、墙面、地面", "门厅及公共走道"),
    "ZXMJ": amount(200, 5000),
    "ZXSZCS": one_of("1层至3层", "1层"),
    "SFGBYT": fixed("0"),
    "YYYT": fixed("办公"),
    "SFSYBWCL": one_of("0", "1"),
    "BWCLLB": fixed("1"),
    "BWSZCS": fixed("各层"),
    "BWBW": one_of("外墙外保温", "屋面"),
    "BWCL": one_of("岩棉板", "挤塑聚苯板"),
    "SGGCXFGLQK": fixed("施工现场消防管理制度健全，措施落实。"),
    "XFCYQK": fixed("经查验，建设工程消防查验合格。"),
    "XFSJWJSSQK": fixed("已按消防设计文件实施。"),
    "GCJLQK": fixed("监理单位已按规定履行消防施工质量监理职责。"),
    "GCSGQK": fixed("已按消防设计文件完成施工。"),
    "XFLTLSQK": fixed("消防设施性能、系统功能联动正常。"),
    "XFCSJQT": fixed("设室内外消火栓、自动喷水灭火系统和火灾自动报警系统。"),
    "GCJYSM": fixed("房屋建筑工程，按现行消防技术标准设计。"),
    "CCJGTZSWH": _document,
    "SCRQ": day(0),
    "CZWT": fixed(None),
    "BZ": fixed(None),
}

"""Fields of cases: steps, consultations, special procedures, documents, materials, services."""

from __future__ import annotations

from datetime import timedelta

from schemas.sample import codes, names
from schemas.sample.draft import DAY, Draft
from schemas.sample.fields.maker import Maker, day, fixed, now, one_of, put, whole

#: What a handler writes beside a status; by the codes of list BLZT.
OPINIONS = {
    "1": "收到申请材料，予以登记。",
    "2": "申请人申请撤回，同意撤件。",
    "3": "材料齐全，符合受理条件，予以受理。",
    "4": "申请事项不属于本部门职权范围，不受理。",
    "5": "申请材料不符合法定形式且逾期未补正，不予受理。",
    "6": "申请材料不齐全，请补充设计单位资质证明和总平面图。",
    "7": "补正材料已收齐。",
    "8": "转业务科室办理。",
    "9": "依法需开展特别程序，所需时间不计入办理时限。",
    "10": "特别程序已完成，继续办理。",
    "11": "经审查，符合规定，准予许可。",
    "12": "主件齐全，容缺材料限期补齐，准予许可。",
    "13": "经审查，不符合有关技术规范，不予许可。",
    "14": "因办理依据变化，审批机关撤回本办件。",
    "15": "申请人以不正当手段取得许可，依法予以撤销。",
}
#: Special procedures by the codes of list TBCX; 8 is "other", whose name is its own.
PROCEDURES = {"1": "现场踏勘", "2": "专家评审", "5": "批前公示", "8": "建设条件复核"}
_CERTIFICATE = "10"
_NEVER = "9999-01-01"


def _department(draft: Draft) -> str:
    return f"{draft.place.name}{draft.rng.choice(('住房和城乡建设局', '自然资源和规划局'))}"


def office_of(code: str) -> Maker:
    """The credit code of the department or company named in another field."""
    return lambda draft: codes.office(draft.text("XZQHDM"), draft.text(code, "审批部门"))


def _opinion(draft: Draft) -> str:
    return OPINIONS.get(draft.text("BLZT"), "同意。")


def _file_name(draft: Draft) -> str:
    for code in ("PFWJBT", "CLMC", "QQYJSLBM", "ZJFWSXSLBM", "SPLCMC"):
        if code in draft:
            return f"{draft.text(code)}.pdf"
    return "附件.pdf"


def _file(draft: Draft) -> str:
    return codes.key(draft.rng)


def _case(draft: Draft) -> str:
    return codes.serial(draft.rng, draft.text("XZQHDM"), draft.at, "BJ")


def _certificate_number(draft: Draft) -> str | None:
    if draft.text("SPJGLX") != _CERTIFICATE:
        return None
    return codes.serial(draft.rng, draft.text("XZQHDM"), draft.at, "ZZ")


def _certificate_id(draft: Draft) -> str | None:
    if draft.text("SPJGLX") != _CERTIFICATE:
        return None
    issuer = codes.office(draft.text("XZQHDM"), draft.place.name)
    return codes.certificate(draft.rng, issuer, draft.at)


def _certificate_path(draft: Draft) -> str | None:
    if not draft.text("ZZBS"):
        return None
    return f"https://gcsp-{draft.text('XZQHDM')}.example/zz/{codes.key(draft.rng)}"


def _in_two_years(draft: Draft) -> str:
    return (draft.at + timedelta(days=730)).strftime(DAY)


def _promised_limit(draft: Draft) -> str:
    return str(draft.rng.randint(3, 10))


MAKERS: dict[str, Maker] = {
    "SPSXSLBM": _case,
    "SPGL_GZCNZBJJGXXB.SPSXBM": _case,
    "SPGL_ZJFWSXBLXXB.SPSXSLBM": fixed(None),
    "SPBMMC": _department,
    "SPBMBM": office_of("SPBMMC"),
    "SLFS": one_of("1", "2", "4", "4"),
    "GKFS": fixed("1"),
    "BLSPSLBM": fixed(None),
    "SXBLSX": _promised_limit,
    "YWQX": fixed("1"),
    "YYQYPGQK": fixed(None),
    "SPGL_XMSPSXBLXXB.QYPGDYBM": fixed(None),
    "SXGZCNZSPQK": fixed(None),
    "BLCS": one_of("行政审批科", "建筑业管理科", "用途管制科", "规划管理科"),
    "BLR": lambda draft: names.person(draft.rng),
    "SPGL_XMSPSXBLXXXXB.BLZT": fixed("1"),
    "SPGL_ZJFWSXBLGCXXB.BLZT": fixed("1"),
    "SPGL_SGTSJWJSCXXXXB.BLZT": fixed("1"),
    "SPGL_XMSPSXBLXXXXB.BLYJ": _opinion,
    "SPGL_ZJFWSXBLGCXXB.BLYJ": one_of("已接受委托，开始编制。", "成果已交付。"),
    "BLSJ": now,
    "SPGL_XMSPSXBLXXXXB.DWMC": _department,
    "SPGL_XMSPSXBLXXXXB.DWTYSHXYDM": office_of("DWMC"),
    "SJLY": put("{city}工程建设项目审批管理系统"),
    "BLDWMC": _department,
    "BLDWDM": office_of("BLDWMC"),
    "FKSJ": now,
    "FKYJ": one_of("无不同意见。", "原则同意，请落实消防车道和日照间距要求。"),
    "TBCX": one_of("1", "2", "5"),
    "TBCXMC": lambda draft: PROCEDURES.get(draft.text("TBCX"), "建设条件复核"),
    "TBCXKSSJ": now,
    "TBCXSXLX": fixed("1"),
    "TBCXSX": whole(5, 10),
    "PFRQ": day(0),
    "PFWH": lambda draft: codes.document(draft.rng, draft.at),
    "PFWJBT": fixed("关于准予行政许可的决定"),
    "PFWJYXQX": lambda draft: draft.rng.choice((_in_two_years(draft), _NEVER)),
    "SPGL_XMSPSXPFWJXXB.SPJGLX": fixed("20"),
    "ZZBH": _certificate_number,
    "SPGL_XMSPSXPFWJXXB.ZZBS": _certificate_id,
    "SPGL_XMSQCLJQTFJXXB.ZZBS": fixed(None),
    "SPGL_XMSQCLJQTFJXXB.ZZBH": fixed(None),
    "ZZMC": fixed(None),
    "ZZLX": fixed(None),
    "SPGL_XMSPSXPFWJXXB.DZZZWJLJ": _certificate_path,
    "SPGL_XMSQCLJQTFJXXB.DZZZWJLJ": fixed(None),
    "FJMC": _file_name,
    "FJLX": fixed("pdf"),
    "FJID": _file,
    "FJFL": fixed("1"),
    "FJURL": lambda draft: f"https://gcsp-{draft.text('XZQHDM')}.example/f/{_file(draft)}",
    "FJYLLJ": fixed(None),
    "JZWJFJ": _file,
    "KZXWJFJ": _file,
    "QYPGCGFJID": _file,
    "CLID": _file,
    "CLMC": one_of("建设工程规划许可申请表", "用地批准手续", "建设工程设计方案", "施工合同"),
    "CLFL": fixed("1"),
    "SPGL_XMSQCLJQTFJXXB.CLLX": fixed("pdf"),
    "SQFS": fixed("1"),
    "SQSL": fixed("1"),
    "JCBH": lambda draft: codes.serial(draft.rng, draft.text("XZQHDM"), draft.at, "JC"),
    "JCSJ": now,
    "JCBMMC": _department,
    "JCBMTYSHXYDM": office_of("JCBMMC"),
    "JCYJHSM": fixed("告知承诺制办件事中事后监管工作方案"),
    "SFLXGZCN": fixed("1"),
    "GZCNLXQK": fixed("承诺的材料逾期未提交，已责令限期整改。"),
    "QT": fixed(None),
    "ZJFWSXBM": lambda draft: f"ZJ{draft.rng.randint(1, 40):03d}",
    "SPGL_ZJFWSXBLXXB.ZJFWSXMC": one_of(
        "可行性研究报告编制", "环境影响报告书编制", "水土保持方案编制"
    ),
    "DYBZZJFWSXBM": lambda draft: f"{draft.rng.randint(1, 40):04d}",
    "ZJFWSXSLBM": lambda draft: codes.serial(draft.rng, draft.text("XZQHDM"), draft.at, "ZJ"),
    "BLSX": whole(10, 30),
    "SPGL_ZJFWSXBLXXB.SXLX": fixed("1"),
    "ZJJGMC": lambda draft: names.company(draft.rng, draft.place.city, "工程咨询"),
    "ZJJGDM": lambda draft: codes.company(draft.rng, draft.text("XZQHDM")),
    "WTR": lambda draft: names.company(draft.rng, draft.place.name, "城市建设投资"),
    "WTRDM": lambda draft: codes.company(draft.rng, draft.text("XZQHDM")),
    "JGBMMC": _department,
    "JGBMDM": office_of("JGBMMC"),
    "SPGL_XMSPGCXXB.SPJDMC": fixed("受理"),
    "SPJG": fixed("3"),
    "SPDZLX": fixed("1"),
    "SPRXM": lambda draft: names.person(draft.rng),
    "SPSJ": now,
    "SPYJ": fixed("材料齐全，予以受理。"),
    "ID": _file,
    "SPGCID": _file,
    "FORMS_JSON": fixed('[{"name": "消防设计文件", "count": 1}]'),
}

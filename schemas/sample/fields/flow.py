"""Fields of flows, stages, items, catalogues and regional assessments."""

from __future__ import annotations

from datetime import date, timedelta

from schemas.sample import codes
from schemas.sample.draft import DAY, Draft
from schemas.sample.fields.maker import Maker, day, fixed, one_of, put, same_as, whole

_STAGES = {
    "1": "立项用地规划许可",
    "2": "工程建设许可",
    "3": "施工许可",
    "4": "竣工验收",
    "5": "并行推进",
}
_PARALLEL = "5"


def _stage_limit(draft: Draft) -> str:
    if draft.text("SPJDXH") == _PARALLEL:
        return "0"
    return str(draft.rng.randint(12, 35))


def _promised(draft: Draft) -> str:
    return str(max(1, int(draft.text("FDBJSX", "20")) // 2))


def _after_start(draft: Draft) -> str:
    start = date.fromisoformat(draft.text("QYPGCGSXRQ"))
    return (start + timedelta(days=1825)).strftime(DAY)


MAKERS: dict[str, Maker] = {
    "SPLCBM": lambda draft: f"{draft.text('XZQHDM')}LC{draft.rng.randint(1, 999999):06d}",
    "SPLCBBH": fixed("1"),
    "SPLCMC": put("{county}工程建设项目审批流程"),
    "SPLCSM": put("{county}工程建设项目审批流程，分四个阶段和并行推进事项。"),
    "SPLCSXSJ": day(-400),
    "DYBZSPLCLX": fixed("1"),
    "SPGL_DFXMSPLCXXB.SPLCLX": fixed("1"),
    "SYFW": fixed("1"),
    "SPLCTDZ": fixed(None),
    "SXRQ": day(-400),
    "TYRQ": fixed(None),
    "SPJDXH": lambda draft: draft.rng.choice("1234"),
    "SPJDBM": put("{SPLCBM}-{SPJDXH}"),
    "SPJDMC": lambda draft: _STAGES.get(draft.text("SPJDXH"), "审批") + "阶段",
    "DYBZSPJDXH": same_as("SPJDXH"),
    "SPJDSX": _stage_limit,
    "LCBSXLX": lambda draft: "2" if draft.text("SPJDXH") == _PARALLEL else "1",
    "JDBSZNDZ": fixed(None),
    "JDBLSBDZ": fixed(None),
    "SXBSZNDZ": fixed(None),
    "SXZXSBDZ": fixed(None),
    "SPSXBM": lambda draft: codes.item(draft.text("XZQHDM"), draft.rng.randint(100, 999999)),
    "SPSXBBH": fixed("1"),
    "SPSXMC": one_of("建设工程规划许可证核发", "建筑工程施工许可证核发", "建设工程消防验收"),
    "SFSXGZCNZ": fixed("0"),
    "BJLX": fixed("2"),
    "SQDX": fixed("2"),
    "BLJGSDFS": fixed("2,3"),
    "SPSXBLSX": whole(3, 12),
    "QZSPSXBM": fixed(None),
    "SFLCBSX": fixed("1"),
    "JBBM": lambda draft: f"000101{draft.rng.randrange(10**6):06d}",
    "SSBM": lambda draft: f"{draft.text('SSZTBM')}3{draft.text('JBBM')}",
    "YWBLXBM": fixed(None),
    "YWBLXKZM": fixed(None),
    "SPGL_SPSXJBXXB.SXLX": fixed("01"),
    "SDYJ": fixed("《中华人民共和国城乡规划法》《中华人民共和国建筑法》及其配套规定。"),
    "QLLY": fixed("1"),
    "XSCJ": fixed("4"),
    "SXZT": fixed("1"),
    "SSZT": put("{county}住房和城乡建设局"),
    "SSZTXZ": fixed("法定机关"),
    "SSZTBM": lambda draft: codes.office(draft.text("XZQHDM"), draft.text("SSZT")),
    "SSBMSSDQXZQHDM": same_as("XZQHDM"),
    "WTBM": fixed(None),
    "FDBJSX": one_of("20", "30"),
    "FDBJSXDW": fixed("1"),
    "FDBJSXSM": fixed("自受理之日起计算，以工作日计。"),
    "CNBJSX": _promised,
    "CNBJSXDW": same_as("FDBJSXDW"),
    "CNBJSXSM": fixed("不含专家评审、公示等特别程序所需时间。"),
    "SLTJ": fixed("申请人具备法定主体资格，申请材料齐全且符合法定形式。"),
    "BLLC": fixed("收件、受理、审查、决定、送达。"),
    "SFSF": fixed("0"),
    "SFYJ": fixed("国家和省有关行政事业性收费规定。"),
    "SPGL_SPSXJBXXB.TBCX": one_of("2", "5"),
    "BLDD": put("{county}政务服务中心工程建设项目审批综合窗口"),
    "SPGL_SPSXJBXXB.BLSJ": fixed("工作日上午8:30至12:00，下午14:30至17:30"),
    "ZXFS": fixed("现场咨询或电话咨询"),
    "JDTSFS": fixed("12345政务服务便民热线"),
    "DBSXCCS": fixed("0"),
    "FWDX": fixed("2"),
    "BLXS": fixed("1,2"),
    "FWQD": fixed("1,2"),
    "WSBLSD": fixed("4"),
    "XZXKSXLX": fixed("1"),
    "YWZJFWSX": fixed("0"),
    "ZYXZXKDTJ": fixed("符合法律法规规定的条件和国家有关标准。"),
    "GDXZXKTJDYJ": fixed("有关法律法规的规定"),
    "LBJG": fixed(None),
    "GDSFBZDYJ": fixed(None),
    "ZJFWSXMC": one_of(
        "可行性研究报告编制", "施工图设计文件技术审查", "建设项目环境影响报告书编制"
    ),
    "SDZJFWSXDYJ": fixed("国家和省公布的行政审批中介服务事项清单。"),
    "SPGL_SPSXKZXXB.SPJGLX": fixed("20"),
    "SPJGMC": fixed("行政许可决定书"),
    "SPJGYB": fixed(None),
    "BXXCBLYYSM": fixed(None),
    "XZXKZJMC": fixed(None),
    "XZXKZJDYXQX": fixed(None),
    "XZXKZJDYXQXDW": fixed(None),
    "GDXZXKZJYXQXDYJ": fixed(None),
    "BLXZXKZJYXSXDYQ": fixed(None),
    "PX": whole(1, 9),
    "CLMLBH": lambda draft: codes.material(draft.text("SPSXBM", "C"), draft.rng.randint(1, 9)),
    "SPGL_SPSXCLMLXXB.CLLX": fixed("1"),
    "CLXS": fixed("2"),
    "CLBYX": fixed("1"),
    "KBBG": fixed(None),
    "SLYB": fixed(None),
    "LYQD": fixed("1"),
    "LYQDSM": fixed("由第三方技术服务机构出具。"),
    "ZZCLFS": fixed(None),
    "ZZCLGG": fixed("A4"),
    "TBXZ": fixed("按示范文本填写并加盖公章。"),
    "SLBZ": fixed("内容完整、签章齐全、清晰可辨。"),
    "YQTGCLDYJ": fixed("有关法律法规和办事指南。"),
    "QYPGDYBM": lambda draft: f"{draft.text('XZQHDM')}QY{draft.rng.randint(100, 999999):06d}",
    "QYPGQYMC": put("{county}经济开发区区域评估单元"),
    "QYPGFWMS": put("{county}经济开发区规划范围内的工业用地。"),
    "QYPGFWZBXX": fixed(None),
    "QYPGMJ": whole(100, 900),
    "QYPGSXBM": lambda draft: f"QYPG{draft.rng.randint(1, 12):02d}",
    "QYPGSXMC": one_of("水土保持区域评估", "地质灾害危险性区域评估", "地震安全性区域评价"),
    "SPGL_QYPGSXXXB.DYBZSPSXBM": fixed("9990000"),
    "QYPGCGSXRQ": day(-500),
    "QYPGCGJZRQ": _after_start,
    "JHSPDFS": fixed("1"),
    "QYPGCGCLLX": fixed("pdf"),
    "QYPGCGCLMC": put("{QYPGSXMC}成果报告"),
    "XTJSFS": fixed("1"),
    "JSDWMC": put("{county}工程建设项目审批制度改革领导小组办公室"),
    "YWDWMC": put("{county}政务服务和大数据管理局"),
    "DFGCSPXTDZ": put("https://gcsp-{XZQHDM}.example"),
}

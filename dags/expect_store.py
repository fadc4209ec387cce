"""整体核查：每天凌晨核查前一天台账的数据量、新鲜度、唯一性、表间覆盖和分布变化。

**做什么。** 用 great-expectations 核查台账整体，不看单条记录；期望写在
`exchange/expectations/catalogue.toml`。结果是一个可离线打开的中文网页和同样内容的 JSON，
放在状态文件夹的 `expectations/<日期>/`。与分钟级的收、校、报各环节无关，不占用其时间。

**看什么。** 任务返回值列出生成的文件和不符合的项目。不符合不等于有错，是请人核实的线索，
本流程不因此失败。

**出错怎么办。** 可以重跑：同一天的文件整体替换。也可在“触发”里选日期重算，或
`./run exchange expect --day 2026-11-20`。
"""

from datetime import UTC, date, datetime, timedelta

import pendulum
from airflow.sdk import Param, dag, get_current_context, task


@dag(
    dag_id="expect_store",
    dag_display_name="数据整体核查",
    schedule="15 2 * * *",
    catchup=False,
    max_active_runs=1,
    doc_md=__doc__,
    params={"day": Param(None, type=["null", "string"], format="date", title="日期，空为昨天")},
    tags=["核查", "每日"],
    default_args={
        "owner": "exchange",
        "retries": 2,
        "retry_delay": timedelta(seconds=300),
        "execution_timeout": timedelta(minutes=30),
    },
)
def expect_store() -> None:
    """One task: the expectations of the day before."""

    @task(task_display_name="核查昨日台账")
    def expect() -> dict[str, list[str]]:
        """Writes the page of the day asked for, or of yesterday; names what is broken."""
        from exchange import rounds
        from exchange.settings import Settings

        asked = get_current_context()["params"]["day"]
        day = date.fromisoformat(asked) if asked else pendulum.yesterday("Asia/Shanghai").date()
        done = rounds.expect(Settings.read(), day=day, now=datetime.now(UTC))
        return {"files": [str(path) for path in done.files], "broken": list(done.broken)}

    expect()


expect_store()

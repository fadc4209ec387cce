"""数据质量评分：每天凌晨生成前一天的评分页和评分表。

**做什么。** 从台账重新计算每个单位当天的六项质量（GB/T 36344）、时效、未办结和逾期整改单、排名，
写成一个可单独打开的网页和一个表格，交工改办使用。任何一天都可以重算：在“触发”里选日期，或
`./run exchange score --day 2026-11-22`。

**看什么。** 任务返回值是生成的文件路径。

**出错怎么办。** 可以重跑：同一天的文件整体替换。
"""

from datetime import UTC, date, datetime, timedelta

import pendulum
from airflow.sdk import Param, dag, get_current_context, task


@dag(
    dag_id="score_counties",
    dag_display_name="数据质量评分",
    schedule="30 1 * * *",
    catchup=False,
    max_active_runs=1,
    doc_md=__doc__,
    params={"day": Param(None, type=["null", "string"], format="date", title="评分日期，空为昨天")},
    tags=["评分", "每日"],
    default_args={
        "owner": "exchange",
        "retries": 2,
        "retry_delay": timedelta(seconds=300),
        "execution_timeout": timedelta(minutes=30),
    },
)
def score_counties() -> None:
    """One task: the scorecards of the day before."""

    @task(task_display_name="生成昨日评分")
    def score() -> list[str]:
        """Writes the scorecards of the day asked for, or of yesterday; returns the files."""
        from exchange import rounds
        from exchange.settings import Settings

        asked = get_current_context()["params"]["day"]
        day = date.fromisoformat(asked) if asked else pendulum.yesterday("Asia/Shanghai").date()
        return [str(path) for path in rounds.score(Settings.read(), day=day, now=datetime.now(UTC))]

    score()


score_counties()

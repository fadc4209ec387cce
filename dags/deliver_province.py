"""向省级平台上报，并取回校验结果：父记录在前，子记录等父记录入库后自动放行。

**做什么。** 每两分钟来一轮接班，接班之前上一轮一直在岗，反复：领取待上报的记录、发送、核实结果
不明的、读取省级校验状态（`SJSCZT`、`SBYY`），直到每条记录有最终结果。省级平台停机时自动暂停并按间隔
重试，不影响收讫和校验。

**看什么。** 任务返回值按标准版本列出发送、确认、退回、结果不明的条数和最近一次错误。

**出错怎么办。** 可以随时中断、重跑：发送前先核对省级平台上是否已有同样内容，不会重复写入。

One run works until the next, two minutes later, has taken its post over: while Airflow starts a
process the one before serves.
"""

from datetime import UTC, datetime, timedelta

import pendulum
from airflow.sdk import dag, task

ROUND = timedelta(minutes=5)
"""At the longest, when no next run comes."""


@dag(
    dag_id="deliver_province",
    dag_display_name="上报省级平台",
    schedule="1-59/2 * * * *",
    start_date=pendulum.datetime(2026, 1, 1, tz="Asia/Shanghai"),
    catchup=False,
    max_active_runs=2,
    doc_md=__doc__,
    tags=["上报", "近实时"],
    default_args={
        "owner": "exchange",
        "retries": 3,
        "retry_delay": timedelta(seconds=5),
        "priority_weight": 10,
        "execution_timeout": ROUND + timedelta(seconds=60),
    },
)
def deliver_province() -> None:
    """One task: claim, send, ask, confirm, release."""

    @task(task_display_name="发送与确认")
    def deliver() -> dict[str, dict[str, object]]:
        """Works the outbox until the next run does; returns what it did, for the run's page."""
        from exchange import rounds
        from exchange.settings import Settings

        summaries = rounds.deliver(Settings.read(), until=datetime.now(UTC) + ROUND, post="deliver")
        return {version: summary.to_json() for version, summary in summaries.items()}

    deliver()


deliver_province()

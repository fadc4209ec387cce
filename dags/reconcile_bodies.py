"""对账：每天夜间逐单位核对来源、台账、上级平台三方是否一致，逐条列出不一致的记录和责任方。

**做什么。** 先按主键分段比对前置库与已收讫的内容，漏读的补收；再核对台账，再核对上级平台：已上报的
是否都在、内容是否被改动、有没有不是本系统上报的记录。单位多于 16 个时，每个任务依次核对几个单位。

**看什么。** 有无法解释的差异，任务失败，日志写明哪些单位、多少条和查看命令：
`./run exchange reconcile --show --body <代码>`。

**出错怎么办。** 可以随时重跑：再次一致的差异自动了结，其余的由责任方处理，或由有权的人员用
`./run exchange reconcile --accept <编号> --who <姓名> --why <说明>` 说明后了结。
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import dag, task
from airflow.sdk.exceptions import AirflowFailException

from connectors.county import dealt, load_bodies

AT_ONCE = 2
MOST_TASKS = 16
"""However many bodies there are: starting a task costs more than comparing a quiet body."""


@dag(
    dag_id="reconcile_bodies",
    dag_display_name="三方对账",
    schedule="0 2 * * *",
    catchup=False,
    max_active_runs=1,
    doc_md=__doc__,
    tags=["对账", "每日"],
    default_args={
        "owner": "exchange",
        "retries": 2,
        "retry_delay": timedelta(seconds=300),
        "execution_timeout": timedelta(minutes=30),
    },
)
def reconcile_bodies() -> None:
    """One mapped task per body, or per hand of bodies where there are many."""

    @task(
        task_display_name="核对来源、台账、上级",
        owner="exchange",
        map_index_template="{{ task.op_kwargs['hand']['names'] }}",
        max_active_tis_per_dagrun=AT_ONCE,
    )
    def reconcile(hand: dict[str, Any]) -> dict[str, dict[str, int]]:
        """Returns the counts by body; fails, naming the bodies, when something is unexplained."""
        from exchange.rounds.reconciling import reconcile as compare
        from exchange.settings import Settings

        found = compare(Settings.read(), hand["codes"], now=datetime.now(UTC))
        for one in found:
            print(one.to_json())
        names = {code: body.name for code, body in load_bodies().items()}
        unexplained = [
            f"{names[one.body]}：{len(one.differences)} 条记录三方不一致，"
            f"请运行 ./run exchange reconcile --show --body {one.body}"
            for one in found
            if not one.agrees
        ]
        if unexplained:
            raise AirflowFailException("；".join(unexplained))
        return {one.body: dict(one.counts) for one in found}

    reconcile.expand(hand=dealt(load_bodies(), MOST_TASKS))


reconcile_bodies()

"""整改通知与催办：随时发出到时的整改通知，核对期限，办结整改单，起草通报。

**做什么。** 校验不合格的记录按单位归入整改单；整改单收集一小段时间后生成整改通知（网页和表格），
送到该单位的通道，留存送达证明。重新推送的记录在省级入库后整改单自动办结；逾期未改的列入通报草稿，
由人签发，系统不自行通报。

**看什么。** 每分钟运行一次，其间每十秒处理一遍；任务返回值列出每遍发出、办结、逾期的数目。

**出错怎么办。** 可以重跑：编号和送达记录在同一事务里登记，同一份通知不会发两次。
"""

import time
from datetime import UTC, datetime, timedelta

from airflow.sdk import dag, task

ROUND = timedelta(seconds=45)
PAUSE = timedelta(seconds=10)


@dag(
    dag_id="chase_notices",
    dag_display_name="整改通知与催办",
    schedule="* * * * *",
    catchup=False,
    max_active_runs=1,
    doc_md=__doc__,
    tags=["整改", "近实时"],
    default_args={
        "owner": "exchange",
        "retries": 2,
        "retry_delay": timedelta(seconds=20),
        "priority_weight": 10,
        "execution_timeout": ROUND + timedelta(minutes=4),
    },
)
def chase_notices() -> None:
    """One task: issue, remind, close, draft, several times within its minute."""

    @task(task_display_name="发通知、查期限")
    def chase() -> list[str]:
        """Issues notices that are due, checks deadlines, closes cases; returns what was done."""
        from exchange import rounds
        from exchange.settings import Settings

        end = datetime.now(UTC) + ROUND
        done = []
        while (now := datetime.now(UTC)) < end:
            done.append(str(rounds.chase(Settings.read(), now=now)))
            time.sleep(PAUSE.total_seconds())
        return done

    chase()


chase_notices()

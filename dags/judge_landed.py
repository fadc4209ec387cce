"""补校验：收讫后没有当场校验的、等待上级记录到期的，每两分钟校验一次。

**做什么。** 通常数据一收讫就校验，这里处理剩下的：校验前进程中断的，等待的上级记录已有结果或等待
期已满的，规则或代码表更新后需要重新校验的。

**看什么。** 正常情况下每次为零或几条；持续增多说明拉取流程当场校验跟不上。

**出错怎么办。** 可以重跑：校验是纯计算，判定、问题、待上报记录在同一事务里写入。
"""

from datetime import UTC, datetime, timedelta

from airflow.sdk import dag, task


@dag(
    dag_id="judge_landed",
    dag_display_name="补校验",
    schedule="*/2 * * * *",
    catchup=False,
    max_active_runs=1,
    doc_md=__doc__,
    tags=["校验"],
    default_args={
        "owner": "exchange",
        "retries": 2,
        "retry_delay": timedelta(seconds=20),
        "execution_timeout": timedelta(minutes=10),
    },
)
def judge_landed() -> None:
    """One task: judge what waits for judgement."""

    @task(task_display_name="补校验")
    def judge() -> str:
        """Judges what is due and was not judged on arrival; returns what it did."""
        from exchange import rounds
        from exchange.settings import Settings

        return str(rounds.judge_stragglers(Settings.read(), now=datetime.now(UTC)))

    judge()


judge_landed()

"""清理 Airflow 自身的运行记录和日志，只保留最近十四天。

**做什么。** 本系统每天产生上万条任务运行记录和日志，不清理会拖慢界面。这里只清理 Airflow 自己的库
和日志目录；数据交换的台账、整改单、评分在另一个库里，永不由此删除。

**看什么。** 任务返回值写明保留起点和删除的日志文件数。

**出错怎么办。** 可以重跑；漏一天，下一天补上。
"""

from datetime import UTC, datetime, timedelta

from airflow.sdk import dag, task

KEEP = timedelta(days=14)


@dag(
    dag_id="maintain_airflow",
    dag_display_name="清理 Airflow 自身数据",
    schedule="15 3 * * *",
    catchup=False,
    max_active_runs=1,
    doc_md=__doc__,
    tags=["维护", "每日"],
    default_args={
        "owner": "exchange",
        "retries": 2,
        "retry_delay": timedelta(seconds=300),
        "execution_timeout": timedelta(minutes=30),
    },
)
def maintain_airflow() -> None:
    """One task: Airflow's own tables and logs."""

    @task(task_display_name="清理记录与日志")
    def clean() -> str:
        """Deletes old rows of Airflow's tables and old log files; returns what it deleted."""
        from exchange import airflow_service
        from exchange.settings import Settings

        return airflow_service.maintain(Settings.read(), keep=KEEP, now=datetime.now(UTC))

    clean()


maintain_airflow()

"""监测时效：每五分钟核对一次“业务发生到入库不超过五分钟”，不满足就让本流程显示失败。

**做什么。** 逐单位核对：最近一次成功读取的时间、收讫未校验和待上报记录的最大等待时间、省级平台的
可用状态。有超出承诺的，本次运行失败，日志第一行写明是哪个单位、哪一段、已多久、应由谁处理。

**看什么。** 首页上本流程的红格就是不满足时效的时段。不重试：下一次运行就是新的结论。

**出错怎么办。** 失败是结论，不是故障。按日志里的单位和环节处理；手册见 `docs/runbooks/`。
"""

from datetime import UTC, datetime, timedelta

from airflow.sdk import dag, task
from airflow.sdk.exceptions import AirflowFailException


@dag(
    dag_id="watch_exchange",
    dag_display_name="监测时效",
    schedule="*/5 * * * *",
    catchup=False,
    max_active_runs=1,
    doc_md=__doc__,
    tags=["监测", "近实时"],
    default_args={
        "owner": "exchange",
        "retries": 0,
        "retry_delay": timedelta(seconds=20),
        "priority_weight": 10,
        "execution_timeout": timedelta(minutes=2),
    },
)
def watch_exchange() -> None:
    """One task: freshness against the promise."""

    @task(task_display_name="核对五分钟时效")
    def watch() -> None:
        """Fails, naming bodies and ages, when anything is older than the promise allows."""
        from exchange import rounds
        from exchange.settings import Settings

        broken = rounds.watch(Settings.read(), now=datetime.now(UTC))
        if broken:
            raise AirflowFailException("；".join(str(breach) for breach in broken))

    watch()


watch_exchange()

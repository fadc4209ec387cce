"""监测静默：每个工作日核对哪些单位平时有数据、现在没有了。

**做什么。** 逐单位、逐表与自己的习惯相比：过去六十个工作日里，星期几通常有数据；只算工作日，节假日
和周末既不算静默，也不算习惯。连续没有数据的工作日按其习惯几乎不可能偶然出现的，就是静默。平时就
很少报送的表不判断。天数和概率见政策包 `silence`，为系统默认值。

**看什么。** 有静默时本次运行失败，日志写明是哪个单位、哪张表、自哪天起、平时每天多少条。命令行：
`./run exchange silent`。

**出错怎么办。** 失败是结论，不是故障：先看该单位读取是否正常（首页），正常的向该单位核实。
"""

from datetime import UTC, datetime, timedelta

from airflow.sdk import dag, task
from airflow.sdk.exceptions import AirflowFailException


@dag(
    dag_id="watch_silence",
    dag_display_name="监测静默",
    schedule="0 1 * * *",
    catchup=False,
    max_active_runs=1,
    doc_md=__doc__,
    tags=["监测", "每日"],
    default_args={
        "owner": "exchange",
        "retries": 0,
        "retry_delay": timedelta(seconds=60),
        "execution_timeout": timedelta(minutes=10),
    },
)
def watch_silence() -> None:
    """One task: who went quiet."""

    @task(task_display_name="核对静默单位")
    def look() -> None:
        """Fails, naming bodies and tables, when one that normally reports went quiet."""
        from exchange import rounds
        from exchange.settings import Settings

        found = rounds.find_silent(Settings.read(), now=datetime.now(UTC))
        if found:
            raise AirflowFailException("；".join(str(one) for one in found))

    look()


watch_silence()

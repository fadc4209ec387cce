"""探测链接：每小时抽查详情页面、办事指南、电子文档的地址能否打开（管理办法第九条）。

**做什么。** 只看单位文件里写明允许的地址（`links.allow`，默认没有，即不探测任何地址）。每次每个单位
最多看若干条近期记录，七天内不重复；有总时限，只读开头一小段，跳转不出允许范围，不带任何凭据。

**看什么。** 打不开的记为该条记录的提示，不退回、不进整改单。规则已豁免的注明豁免，不扣分；豁免
登记、撤销或到期后，下一次即重看。清单：`./run exchange links --no-look`。

**出错怎么办。** 可以重跑：看过的七天内不再看。
"""

from datetime import UTC, datetime, timedelta

from airflow.sdk import dag, task


@dag(
    dag_id="probe_links",
    dag_display_name="探测链接",
    schedule="40 * * * *",
    catchup=False,
    max_active_runs=1,
    doc_md=__doc__,
    tags=["校验"],
    default_args={
        "owner": "exchange",
        "retries": 2,
        "retry_delay": timedelta(seconds=60),
        "execution_timeout": timedelta(minutes=30),
    },
)
def probe_links() -> None:
    """One task: look at addresses that are due."""

    @task(task_display_name="探测链接")
    def look() -> str:
        """Looks at what is due of bodies that allow it; returns the counts."""
        from exchange import rounds
        from exchange.settings import Settings

        return str(rounds.probe_links(Settings.read(), now=datetime.now(UTC)))

    look()


probe_links()

"""自证台账：每天夜间全量核验台账链条和收讫记录的去向，出具当日锚定文件。

**做什么。** 先补齐前一天的锚定文件，再逐行重算整条链，并与已出具的锚定比对（即 `ledger verify`）；
然后把所有版本和流转记录重数一遍，与平时的计数核对（即 `ledger balance --full`）。结果存入台账库。

**看什么。** 任务返回核验的块数、行数、条数。有任何不符，任务失败，日志逐条写明是哪一块、哪一行、
哪个单位，同时产生告警 `ledger-broken`，直到再次核验全部相符。超过三十六小时没有核验，产生告警
`ledger-unproved`。

**出错怎么办。** 不要改动台账库，按 `docs/runbooks/ledger-broken.md` 处理。可以随时重跑：
`./run exchange ledger prove`；看上次结果：`./run exchange ledger prove --show`。
"""

from datetime import UTC, datetime, timedelta

import pendulum
from airflow.sdk import dag, task
from airflow.sdk.exceptions import AirflowFailException


@dag(
    dag_id="prove_ledger",
    dag_display_name="自证台账",
    schedule="30 3 * * *",
    start_date=pendulum.datetime(2026, 1, 1, tz="Asia/Shanghai"),
    catchup=False,
    max_active_runs=1,
    doc_md=__doc__,
    tags=["台账", "每日"],
    default_args={
        "owner": "exchange",
        "retries": 2,
        "retry_delay": timedelta(seconds=300),
        "execution_timeout": timedelta(minutes=30),
    },
)
def prove_ledger() -> None:
    """Two tasks, one after the other; the second runs whatever the first found."""

    @task(task_display_name="核验链条与锚定")
    def prove_chain() -> dict[str, object]:
        """Fails, naming the rows, when the chain does not hold."""
        from exchange import rounds
        from exchange.settings import Settings

        proof = rounds.prove_chain(Settings.read(), now=datetime.now(UTC))
        if not proof.holds:
            raise AirflowFailException("；".join(proof.differences))
        return dict(proof.facts)

    @task(task_display_name="全量重数", trigger_rule="all_done")
    def prove_balance() -> dict[str, object]:
        """Fails, naming body and table, when a version is unaccounted for."""
        from exchange import rounds
        from exchange.settings import Settings

        proof = rounds.prove_balance(Settings.read(), now=datetime.now(UTC))
        if not proof.holds:
            raise AirflowFailException("；".join(proof.differences))
        return dict(proof.facts)

    prove_chain() >> prove_balance()


prove_ledger()

"""自证台账：每天夜间全量核验台账链条和收讫记录的去向，出具前一天的锚定文件和各单位回执。

**做什么。** 先补齐前一天的锚定文件，再逐行重算整条链，并与已出具的锚定比对（即 `ledger verify`）；
然后把所有版本和流转记录重数一遍，与平时的计数核对（即 `ledger balance --full`）。结果存入台账库。
最后把前一天的收讫、校验、入库回执按单位做成带签名的文件，放进该单位取整改通知的目录。

**看什么。** 任务返回核验的块数、行数、条数。有任何不符，任务失败，日志逐条写明是哪一块、哪一行、
哪个单位，同时产生告警 `ledger-broken`，直到再次核验全部相符。超过三十六小时没有核验，产生告警
`ledger-unproved`。

**出错怎么办。** 不要改动台账库，按 `docs/runbooks/ledger-broken.md` 处理。可以随时重跑：
`./run exchange ledger prove`；看上次结果：`./run exchange ledger prove --show`。
"""

from datetime import UTC, datetime, timedelta

from airflow.sdk import dag, task
from airflow.sdk.exceptions import AirflowFailException


@dag(
    dag_id="prove_ledger",
    dag_display_name="自证台账",
    schedule="30 3 * * *",
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
    """Three tasks, one after the other; each runs whatever those before it found."""

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

    @task(task_display_name="送达回执", trigger_rule="all_done")
    def hand_out_receipts() -> dict[str, object]:
        """Makes the files of the days that are over and delivers them; returns what went where."""
        from exchange import rounds
        from exchange.settings import Settings

        return rounds.hand_out_receipts(Settings.read(), now=datetime.now(UTC)).to_json()

    prove_chain() >> prove_balance() >> hand_out_receipts()


prove_ledger()

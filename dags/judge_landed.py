"""补校验与整体核查：每两分钟校验一次剩下的记录，并核查已到齐的办件、项目和流程。

**做什么。** 通常数据一收讫就校验，补校验处理剩下的：校验前进程中断的，等待的上级记录已有结果或等待
期已满的，规则或代码表更新后需要重新校验的。整体核查看一个办件、一个项目、一个流程版本的全部记录是否
齐全、相互一致、是否超期：记录陆续到达，所以最后一条到达满一定时间（政策包 settle_s）后才判断，此后
有变化或到期再判断。

**看什么。** 补校验正常情况下每次为零或几条；持续增多说明拉取流程当场校验跟不上。

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
    tags=["校验", "近实时"],
    default_args={
        "owner": "exchange",
        "retries": 2,
        "retry_delay": timedelta(seconds=20),
        "priority_weight": 10,
        "execution_timeout": timedelta(minutes=10),
    },
)
def judge_landed() -> None:
    """Two tasks: judge what waits for judgement, then look at whole dossiers."""

    @task(task_display_name="补校验")
    def judge() -> str:
        """Judges what is due and was not judged on arrival; returns what it did."""
        from exchange import rounds
        from exchange.settings import Settings

        return str(rounds.judge_stragglers(Settings.read(), now=datetime.now(UTC)))

    @task(task_display_name="整体核查")
    def review() -> str:
        """Reviews cases, projects and flows that have settled; returns what it came to."""
        from exchange import rounds
        from exchange.settings import Settings

        return str(rounds.review_dossiers(Settings.read(), now=datetime.now(UTC)))

    judge() >> review()


judge_landed()

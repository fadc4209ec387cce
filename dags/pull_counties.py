"""拉取各县（市、区）和部门的数据：收讫、校验、入库前排队，每几秒查看一遍。

**做什么。** 每个分片负责几个单位，每两分钟来一轮接班，接班之前上一轮一直在岗，用少量线程反复查看
这些单位的前置库、文件目录：有新数据就原样收讫、立即校验，合格的进入上报队列，不合格的进入整改单。
一个单位连不上、超时或数据有误，不影响其他单位。

**看什么。** 映射任务的名称就是该分片的单位（太多时写前几个和总数）；“资产”页里每个单位各有一项，
每次收到新数据记一条事件（条数、最迟一条的延迟秒数）。接口推送的单位由接收服务直接收讫，不在本流程内。

**出错怎么办。** 可以随时中断、重跑：同一内容再次收到不产生新版本。某单位持续失败由“监测时效”报
告，先看任务日志里该单位的一行，再看 `./run exchange bodies <代码>`。

One run serves all bodies until the next, two minutes later, has taken its posts over: a few task
starts a minute whatever the number of bodies, and no gap while Airflow starts a process.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pendulum
from airflow.sdk import Asset, AssetAlias, dag, get_current_context, task

from connectors.county import dealt, load_bodies

SHARDS = 2
ROUND = timedelta(minutes=5)
"""At the longest, when no next run comes."""

LANDED = AssetAlias("landed", group="spgl")


ASSETS = {
    code: Asset(name=f"{body.name} {code}", uri=f"spgl://body/{code}", group="spgl")
    for code, body in sorted(load_bodies().items())
}


def shards() -> list[dict[str, Any]]:
    """The bodies of each shard, with the post at which one run relieves the other."""
    hands = dealt(load_bodies(), SHARDS)
    return [hand | {"post": f"pull/{number}"} for number, hand in enumerate(hands)]


@dag(
    dag_id="pull_counties",
    dag_display_name="拉取各县（市、区）",
    schedule="*/2 * * * *",
    start_date=pendulum.datetime(2026, 1, 1, tz="Asia/Shanghai"),
    catchup=False,
    max_active_runs=2,
    doc_md=__doc__,
    tags=["拉取", "近实时"],
    default_args={
        "owner": "exchange",
        "retries": 3,
        "retry_delay": timedelta(seconds=5),
        "priority_weight": 10,
        "execution_timeout": ROUND + timedelta(seconds=60),
    },
)
def pull_counties() -> None:
    """One mapped task per shard."""

    @task(
        task_display_name="拉取并校验",
        # A mapped task shows the owner only when it is given here, not by the DAG's defaults.
        owner="exchange",
        map_index_template="{{ task.op_kwargs['shard']['names'] }}",
        # Named as inlets so that every body is listed, also before it has sent anything.
        inlets=list(ASSETS.values()),
        outlets=[LANDED],
    )
    def pull(shard: dict[str, Any]) -> None:
        """Sweeps the bodies of the shard until the next run does; one event per body with news."""
        from exchange import rounds
        from exchange.settings import Settings

        summaries = rounds.pull_shard(
            Settings.read(),
            shard["codes"],
            until=datetime.now(UTC) + ROUND,
            post=shard["post"],
        )
        events = get_current_context()["outlet_events"][LANDED]
        for code, summary in summaries.items():
            print(ASSETS[code].name, summary.to_json())
            if summary.rows_new:
                rows, lag = summary.rows_new, summary.oldest_lag_s
                events.add(ASSETS[code], extra={"rows": rows, "oldest_lag_s": lag})

    pull.expand(shard=shards())


pull_counties()

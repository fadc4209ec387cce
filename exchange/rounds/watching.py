"""The watch: what is wrong now, by the promise of each body; kept as alarms in the store."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby

from connectors.upstream import load_upstream
from exchange.delivery.blindspots import blind_spots
from exchange.delivery.gaps import gaps
from exchange.delivery.lanes import Lane
from exchange.errors import TryLaterError
from exchange.ledger.alarms import KINDS, Alarm, keep
from exchange.ledger.clocks import HOPS, BodyClock
from exchange.ledger.proof import NAMES, last_proofs, overdue
from exchange.ledger.seal import tail
from exchange.rounds.loop import now as clock
from exchange.rounds.promise import Promise, look
from exchange.rounds.wiring import Exchange, opened
from exchange.settings import Settings
from exchange.store.connection import Conn
from exchange.store.queries import load

LOG = logging.getLogger(__name__)
Q, COMPARING = load("alarms"), load("sweeping")
EVERY_S = 20
CLOCK_OFF_S = 60
UNSEALED_S = 300
CYCLE_AFTER = timedelta(minutes=1)
BLIND_SPOTS_BACK = timedelta(days=1)
DIFFERENCES_NAMED = 3
MISSED_LATELY = timedelta(hours=1)


def watch(settings: Settings, *, now: datetime) -> list[Alarm]:
    """Everything that is wrong at this moment, written down; empty when all promises are kept."""
    with opened(settings, work="watch") as exchange, exchange.store.transaction() as conn:
        present = find(conn, exchange, now)
        keep(conn, present, now)
        return present


def watch_until(exchange: Exchange, *, until: datetime, stop: threading.Event) -> None:
    """Watch each twenty seconds beside other work; of many workers one does."""
    while not stop.is_set() and clock() < until:
        try:
            with exchange.store.transaction() as conn:
                row = conn.execute(Q["one_watcher"]).fetchone()
                if row is not None and row["mine"]:
                    keep(conn, find(conn, exchange, clock()), clock())
        except TryLaterError as error:
            LOG.warning("the watch: %s", error)
        except Exception:
            LOG.exception("the watch broke and goes on")
        stop.wait(min(EVERY_S, max(0.0, (until - clock()).total_seconds())))


def find(conn: Conn, exchange: Exchange, now: datetime) -> list[Alarm]:
    """What is wrong now, inside the caller's transaction; nothing is written."""
    seen = look(conn, exchange, now=now)
    found = [alarm for body in seen.bodies for alarm in _of_body(body)]
    found += _of_the_way_up(seen)
    found += _put_aside(seen)
    found += _cycles(conn, now)
    found += find_gaps(conn, now)
    found += _blind(conn, now)
    found += _compared(conn, now)
    found += _unsealed(conn, now)
    found += _unproved(conn, now)
    if seen.disk.state != "enough":
        found.append(_alarm("disk-low", "", "", str(seen.disk), 0))
    return found


def _unsealed(conn: Conn, now: datetime) -> Iterator[Alarm]:
    """Rows that have waited too long to be sealed: nobody seals, or a transaction stays open."""
    left = tail(conn, now=now)
    if left.oldest_s > UNSEALED_S:
        text = f"{left.rows} 行尚未封存，最久 {left.oldest_s:.0f} 秒"
        yield _alarm("ledger-unsealed", "", "", text, left.oldest_s)


def _unproved(conn: Conn, now: datetime) -> Iterator[Alarm]:
    """What the last proofs of the ledger found to differ, and proofs that are missing."""
    proofs = last_proofs(conn)
    for proof in proofs:
        if not proof.holds:
            named = "；".join(proof.differences[:DIFFERENCES_NAMED])
            text = f"{NAMES[proof.kind]}有 {len(proof.differences)} 处不符：{named}"
            yield _alarm("ledger-broken", proof.kind, "", text, (now - proof.at).total_seconds())
    for kind, since in overdue(conn, proofs, now=now).items():
        age = (now - since).total_seconds()
        text = f"{NAMES[kind]}已 {age / 3600:.0f} 小时没有核验"
        yield _alarm("ledger-unproved", kind, "", text, age)


def _alarm(kind: str, subject: str, name: str, text: str, seconds: float) -> Alarm:
    whom = f"{name}（{subject}）" if name else subject
    return Alarm(kind, subject, " ".join(filter(None, (whom, KINDS[kind].name))), text, seconds)


def _of_body(body: BodyClock) -> Iterator[Alarm]:
    if body.failing_s is not None and body.failing_s > body.allowed_s:
        text = f"{body.unreadable}已 {body.failing_s:.0f} 秒不能读取：{body.last_error}"
        yield _alarm("source-unreadable", body.body, body.name, text, body.failing_s)
    if body.overdue and body.oldest_s is not None and body.oldest_hop is not None:
        text = (
            f"{body.overdue} 条超过 {body.allowed_s:.0f} 秒，最久 {body.oldest_s:.0f} 秒，"
            f"现处于“{HOPS[body.oldest_hop].name}”（{body.owner_of(body.oldest_hop)}）"
        )
        yield _alarm("oldest-record", body.body, body.name, text, body.oldest_s)
    server, writer = body.offset_s or 0.0, body.ahead_s or 0.0
    off = []
    if abs(server) > CLOCK_OFF_S:
        off.append(f"源端时钟与本系统相差 {server:+.0f} 秒，时长已按偏差折算")
    if writer > CLOCK_OFF_S:
        off.append(f"近一小时有记录的变更时间比收讫还晚约 {writer:.0f} 秒，写入程序的时钟偏快")
    if off:
        yield _alarm("source-clock", body.body, body.name, "；".join(off), max(abs(server), writer))


def _of_the_way_up(seen: Promise) -> Iterator[Alarm]:
    for lane in seen.lanes:
        if lane.open_until is not None:
            since = lane.last_success_at or seen.at
            down = (seen.at - since).total_seconds()
            text = f"已 {down:.0f} 秒无答复：{lane.last_error}"
            yield _alarm("upstream-down", lane.upstream, "", text, down)
        if lane.backlog:
            eta = _in_words(lane)
            text = f"{lane.backlog} 条已超过时限仍待上报{eta}"
            yield _alarm("backlog", lane.upstream, "", text, lane.eta_s or 0.0)
    for row in seen.dead:
        age = (seen.at - row["since"]).total_seconds()
        text = f"{row['letters']} 条等待人工处理"
        yield _alarm("dead-letters", row["body"], row["name"], text, age)


def _in_words(lane: Lane) -> str:
    if lane.eta_s is None:
        return f"，{'上级未恢复' if lane.open_until else '目前没有在办理'}，暂不能估计"
    minutes = round(lane.eta_s / 60)
    return f"，按目前速度约 {minutes} 分钟办完" if minutes else "，一分钟内办完"


def _put_aside(seen: Promise) -> Iterator[Alarm]:
    for row in seen.aside:
        text = (
            f"{row['judged']} 条中 {row['failed']} 条不合格，其余 {row['waiting']} 条暂缓校验，"
            "其他单位不受影响"
        )
        age = (seen.at - row["opened_at"]).total_seconds()
        yield _alarm("dirty-flood", row["body"], row["name"], text, age)


def _cycles(conn: Conn, now: datetime) -> Iterator[Alarm]:
    for row in conn.execute(Q["reference_cycles"], {"before": now - CYCLE_AFTER}):
        text = f"{row['name']}（{row['body']}）的记录互为上级记录，都不能上报：" + " → ".join(
            [*row["members"], row["members"][0]]
        )
        yield _alarm("reference-cycle", str(row["path"][0]), "", text, 0)


def find_gaps(conn: Conn, now: datetime) -> Iterator[Alarm]:
    """By body, records that were invalidated above while their new version is stuck."""
    for (body, name), of_body in groupby(
        sorted(gaps(conn), key=lambda gap: (gap.body, gap.since)),
        key=lambda gap: (gap.body, gap.name),
    ):
        found = list(of_body)
        text = (
            f"{len(found)} 条记录更正时已在上级失效，更正后的版本未入库，例如 "
            f"{found[0].table_code} #{found[0].id}（{found[0].name_zh}）"
        )
        yield _alarm("not-in-effect", body, name, text, (now - found[0].since).total_seconds())


def _blind(conn: Conn, now: datetime) -> Iterator[Alarm]:
    refusals = load_upstream().refusals
    spots = blind_spots(conn, refusals, since=now - BLIND_SPOTS_BACK)
    unmapped = [spot for spot in spots if spot.clause is None]
    if unmapped:
        text = f"近一日有 {len(unmapped)} 种退回原因未对应规则，例如：{unmapped[0].example[:120]}"
        yield _alarm("blind-spots", "", "", text, 0)


def _compared(conn: Conn, now: datetime) -> Iterator[Alarm]:
    """What the comparing with the sources found: rows that the pull missed, rows that are gone."""
    for row in conn.execute(COMPARING["missed_lately"], {"since": now - MISSED_LATELY}):
        text = (
            f"当日增量读取漏了 {row['missed']} 条，漏读率 {row['miss_rate']:.2%}"
            f"（{row['tables']}），已由比对补收"
        )
        age = (now - row["at"]).total_seconds()
        yield _alarm("window-missed", row["body"], row["name"], text, age)
    for row in conn.execute(COMPARING["vanished_now"]):
        text = f"{row['records']} 条记录未经撤回而从前置库消失"
        age = (now - row["since"]).total_seconds()
        yield _alarm("vanished", row["body"], row["name"], text, age)

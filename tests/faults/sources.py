"""Faults of the bodies: cannot be reached, slow, late, with wrong clocks and broken content."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import requests

from schemas import load
from simulators.events import wall_clock
from simulators.settings import connection_name
from tests.faults.catalogue import Fault, Stage
from tests.faults.hand import LINES, NUMBER, Record

HELD_S = 120
MANY = 10_000
SKEW_S = 600
_GO_UP = 10
_A, _MANY_AT = "420602", "420607"
_FOLDER, _PUSHER = "420600-zrzy", "420600-gxq"
_ROUTE = f"county_{_A}_v3"
_planted: dict[str, Any] = {}


def unreachable(stage: Stage) -> None:
    """One body resets every connection; the others lose nothing by it."""
    stage.city.proxy.set("refuse", _ROUTE)
    others = stage.landed() - stage.landed(_A)
    (record,) = stage.hand.lines(_A, 1)
    stage.hand.say(_A, record)
    stage.city.wait(
        lambda: stage.hand.count(
            "select count(*) from feed where body = %s and failing_since is not null", _A
        ),
        120,
        "the body to be reported as failing",
    )
    stage.city.wait(lambda: stage.landed() - stage.landed(_A) > others, 60, "the others to go on")
    assert stage.hand.states(record) == [[]], "it was read although it cannot be reached"
    stage.city.proxy.set("clear", _ROUTE)
    stage.hand.wait_for(record, last="confirmed", seconds=90)


def slow_drip(stage: Stage) -> None:
    """Answers of one body come in drops of a few bytes while it has much to tell."""
    others = stage.landed() - stage.landed(_A)
    stage.city.order(_A, "flood", rows=60)
    stage.city.proxy.set("trickle", _ROUTE)
    stage.city.wait(lambda: stage.landed() - stage.landed(_A) > others, 60, "the others to go on")
    stage.weather("trickle", _ROUTE, seconds=4)


def half_page(stage: Stage) -> None:
    """Connections are cut in the middle of a page, by a reset and by a polite end."""
    records = stage.hand.lines(_A, 150)
    stage.city.proxy.set("reset", _ROUTE)
    before = stage.city.proxy.routes[_ROUTE].cut
    stage.hand.say(_A, *records)
    stage.city.wait(lambda: stage.city.proxy.routes[_ROUTE].cut > before + 1, 40, "pages to be cut")
    stage.weather("half-close", _ROUTE, seconds=3)
    stage.hand.wait_for(*records, last="confirmed", seconds=120)


def open_late_commit(stage: Stage) -> None:
    """Rows are written now; their transaction stays open for two minutes, whatever else happens."""
    session = stage.hand.session(_A)
    records = stage.hand.lines(_A, 5)
    stage.hand.write(_A, [(LINES, record) for record in records], session=session)
    seen: list[object] = []

    def commit() -> None:
        seen.extend(stage.hand.states(*records))
        session.commit()
        session.close()

    committing = threading.Timer(HELD_S, commit)
    committing.start()
    _planted["late"] = (committing, records, seen)


def late_commit(stage: Stage) -> None:
    """The transaction commits 120 s after its rows got their change time."""
    committing, records, seen = _planted.pop("late")
    committing.join()
    assert seen == [[]] * len(records), "the rows were read before they were committed"
    stage.hand.wait_for(*records, last="confirmed", seconds=150)


def write_many(stage: Stage) -> None:
    """Ten thousand rows with one and the same change time.

    One in ten goes up; the others withdraw what was never sent, so that not the simulated province
    sets the pace.
    """
    (like,) = stage.hand.lines(_MANY_AT, 1)
    stage.checker.aside.add((_MANY_AT, "3.0", LINES))
    columns = [code for code in like if code != "LSH"]
    names = ", ".join(f'"{code}"' for code in (*columns, "GXSJ"))
    at = wall_clock().strftime("%Y-%m-%d %H:%M:%S")
    with stage.hand.session(_MANY_AT) as conn, conn.cursor() as cursor:
        statement = f'copy "{LINES}" ({names}) from stdin'
        with cursor.copy(statement.encode()) as copy:
            for number in range(MANY):
                row = like | {NUMBER: str(7_000_000 + number), "DFSJZJ": f"equal-{number:05d}"}
                if number % _GO_UP:
                    row |= {"SJYXBS": "0", "SJWXYY": "填报有误，撤回。"}
                copy.write_row([*(row[code] for code in columns), at])


def equal_timestamps(stage: Stage) -> None:
    """All ten thousand are kept, each once, and go their way."""
    count = "select count(*) from version where local_key like 'equal-%%'"
    stage.city.wait(lambda: stage.hand.count(count) >= MANY, 240, "ten thousand rows kept")
    stage.checker.aside.discard((_MANY_AT, "3.0", LINES))
    assert stage.hand.count(count) == MANY


def clock_skew(stage: Stage) -> None:
    """A body's clock runs ten minutes ahead, then ten minutes behind, then right."""
    ahead, behind, right = (stage.hand.lines(_A, 3) for _ in range(3))
    for records, skew in ((ahead, SKEW_S), (behind, -SKEW_S), (right, 0)):
        stage.city.county(_A, skew=skew)
        stage.hand.say(_A, *records, at=wall_clock() + timedelta(seconds=skew))
        time.sleep(4)
    stage.hand.wait_for(*ahead, *behind, *right, last="confirmed", seconds=180)


def _empty_columns(stage: Stage, body: str) -> Iterator[tuple[str, str]]:
    """Tables that have rows, with a conditional column that none of them fills."""
    with stage.hand.session(body) as conn:
        for table in load("3.0").tables.values():
            names = [
                field.code
                for field in table.fields
                if field.required == "C" and field.code not in {"SJWXYY", "SBYY"}
            ]
            counts = ", ".join(f'count("{name}")' for name in names)
            if not names or conn.execute(
                "select to_regclass(%s)", (f'"{table.code}"',)
            ).fetchone() == (None,):
                continue
            found = conn.execute(f'select count(*), {counts} from "{table.code}"'.encode())
            rows, *filled = found.fetchone() or (0,)
            if rows:
                yield from (
                    (table.code, n) for n, many in zip(names, filled, strict=True) if not many
                )


def column_dropped(stage: Stage) -> None:
    """A column of the standard vanishes from a table and is put back some time later."""
    # One that nobody has filled: what stands there already must not change by it.
    table, name = next(_empty_columns(stage, "420606"))
    column = f"{table}.{name}"
    failing = (
        "select count(*) from feed where body = '420606' and table_code = %s"
        " and failing_since is not null"
    )
    stage.city.order("420606", "drop_column", column=column)
    try:
        stage.city.wait(lambda: not _has(stage, table, name), 60, "the column to be gone")
        _stir(stage, table)
        stage.city.wait(
            lambda: stage.hand.count(failing, table), 60, "the missing column to be reported"
        )
        before = stage.landed("420606")
        stage.city.wait(lambda: stage.landed("420606") > before, 60, "its other tables to go on")
    finally:
        stage.city.order("420606", "restore_column", column=column)
    stage.city.wait(lambda: not stage.hand.count(failing, table), 90, "the table to be read again")


def _has(stage: Stage, table: str, column: str) -> bool:
    """Whether the body's table has the column at the moment."""
    with stage.hand.session("420606") as conn:
        found = conn.execute(
            "select from information_schema.columns where (table_name, column_name) = (%s, %s)",
            (table, column),
        )
        return found.fetchone() is not None


def _stir(stage: Stage, table: str) -> None:
    """A row is touched: a table in which nothing stirs is not read, and misses no column."""
    with stage.hand.session("420606") as conn:
        one = f'select ctid from "{table}" limit 1'
        conn.execute(
            f'update "{table}" set "GXSJ" = localtimestamp(0) where ctid = ({one})'.encode()
        )


def encoding_broken(stage: Stage) -> None:
    """A file and a request with bytes that are no text are refused whole and loudly."""
    folder = stage.city.world.drop_folder(_FOLDER)
    (record,) = _lines_of_the_city(stage)
    text = _csv(record)
    broken = text[:-3] + b"\xff\xff" + text[-3:]
    _put(folder / f"{LINES}_broken.csv", broken)
    rejections = "select count(*) from rejection where body = %s"
    before = stage.hand.count(rejections, _FOLDER)
    stage.city.wait(
        lambda: stage.hand.count(rejections, _FOLDER) > before, 60, "the file to be refused"
    )
    assert list(folder.glob("rejected/*broken*")), "the broken file was not put aside"
    answer = requests.post(
        f"http://127.0.0.1:{stage.city.city.ports.intake}/v1/3.0/{LINES}",
        data=b'{"rows": [{"XZQHDM": "\xff\xfe"}]}',
        headers={
            "Authorization": f"Bearer {stage.city.accounts.secret(f'intake_{_PUSHER}')}",
            "Idempotency-Key": "broken-1",
            "Content-Type": "application/json",
        },
        timeout=20,
    )
    assert answer.status_code in {400, 422}, f"{answer.status_code} {answer.text[:200]}"
    assert stage.hand.states(record) == [[]]
    _put(folder / f"{LINES}_mended.csv", text)
    stage.hand.wait_for(record, last="confirmed", seconds=90)


def flood(stage: Stage) -> None:
    """One body sends a hundred times what it usually does; nobody else waits for it."""
    (other,) = stage.hand.lines("420606", 1)
    stage.city.order("420626", "flood", rows=600)
    stage.city.county("420626", rate=150)
    time.sleep(3)
    stage.hand.say("420606", other)
    stage.hand.wait_for(other, last="confirmed", seconds=60)
    stage.city.county("420626", rate=stage.city.rates["420626"])


def replay_day(stage: Stage) -> None:
    """Everything a body ever told comes again: new change times, a rewound mark, the same file."""
    database = stage.city.accounts.writers[connection_name(f"county_{_A}", "3.0")].database
    with psycopg.connect(stage.city.city.world_server.dsn(database)) as conn:
        for (table,) in conn.execute(
            "select tablename from pg_tables where schemaname = 'public'"
        ).fetchall():
            conn.execute(f'update "{table}" set "GXSJ" = localtimestamp(0)'.encode())
    folder = stage.city.world.drop_folder(_FOLDER)
    done = next(iter(sorted(folder.glob("done/**/SPGL_*"))), None)
    if done is not None:
        _put(folder / f"{done.name.partition('.')[0]}again{done.suffix}", done.read_bytes())
    with stage.city.store(owner=True) as conn:
        conn.execute("update feed set mark = null where body = '420606'")
    replayed = (
        "select count(*) from feed f where body = '420606' and mark is null and exists (select"
        " from version v where (v.body, v.standard, v.table_code) ="
        " (f.body, f.standard, f.table_code))"
    )
    stage.city.wait(lambda: not stage.hand.count(replayed), 90, "everything to be read again")
    (after,) = stage.hand.lines(_A, 1)
    stage.hand.say(_A, after)
    stage.hand.wait_for(after, last="confirmed", seconds=90)


def _lines_of_the_city(stage: Stage) -> list[Record]:
    (record,) = stage.hand.lines("420602", 1)
    return [record | {"XZQHDM": "420600", "DFSJZJ": f"file-{record[NUMBER]}"}]


def _csv(record: Record) -> bytes:
    columns = [code for code in record if code != "LSH"]
    values = [record[code] or "" for code in columns]
    return f"{','.join(columns)}\r\n{','.join(values)}\r\n".encode("gb18030")


def _put(path: Any, content: bytes) -> None:
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content)
    part.replace(path)


FAULTS = (
    Fault("source-unreachable", "一个单位的前置库拒绝一切连接", unreachable),
    Fault("source-slow-drip", "一个单位的答复一次只来几个字节", slow_drip),
    Fault("source-half-page", "读到一页中间连接被切断", half_page),
    Fault("encoding-broken", "文件和请求里有不成文字的字节", encoding_broken),
    Fault("column-dropped", "前置库少了一列，过后补回", column_dropped),
    Fault("county-flood-100x", "一个单位突发百倍数据", flood),
    Fault("replay-old-day", "旧数据全部再来一遍", replay_day),
    Fault("clock-skew-10min", "单位时钟快十分钟，又慢十分钟", clock_skew),
    Fault("equal-timestamps-10k", "一万行同一变更时间", equal_timestamps, plant=write_many),
    Fault("late-commit-120s", "写入后 120 秒才提交", late_commit, plant=open_late_commit),
)

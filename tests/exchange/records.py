"""Records for tests of the exchange: a flow, a project under it, and how to land and judge them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from connectors.base import Page, SourceRow
from connectors.county import Body, Contact
from connectors.county import Feed as BodyFeed
from exchange.judging.judge import Judged, judge_due
from exchange.judging.rulesets import Rulesets
from exchange.landing.land import Feed, Landed, land
from exchange.store.connection import Store
from schemas import Standard, policy
from schemas.overlay import standard_for
from schemas.sample import flow_setup, valid

BODY = "420602"
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
FLOW, PROJECT = "SPGL_SPLCXXB", "SPGL_XMJBXXB"
Row = dict[str, str | None]


def body(code: str = BODY, division: str = BODY) -> Body:
    """A body as its county file would name it."""
    feeds = {"3.0": BodyFeed("3.0", "none", None, {})}
    contacts = (Contact("办公室", "整改"),)
    return Body(
        code, "测试县", frozenset({division}), NOW.date(), "none", timedelta(seconds=1), contacts,
        feeds,
    )  # fmt: skip


def two_editions(folder: Path, begins: date, *, off: str) -> Path:
    """A policy pack whose second edition begins on a day and leaves the rule ``off`` out."""
    text = (policy.ROOT / "420600.toml").read_text("utf-8")
    start, end = text.index("[[editions]]"), text.index("[articles.")
    first = text[start:end]
    (line,) = (one for one in first.splitlines() if one.startswith("effective_from"))
    second = first.replace(line, f"effective_from = {begins}")
    second += f'[editions.rules_off]\n"{off}" = "试运行期间不查"\n\n'
    path = folder / "policy.toml"
    path.write_text(text[:end] + second + text[end:], "utf-8")
    return path


@dataclass
class World:
    """A store with one body in it, its rules, and a clock that the test moves."""

    store: Store
    rulesets: Rulesets = field(default_factory=lambda: Rulesets({BODY: body()}))
    now: datetime = NOW
    rng: Random = field(default_factory=lambda: Random(7))

    @property
    def standard(self) -> Standard:
        """The standard with the overlays of the body."""
        return standard_for(self.rulesets.overlays(BODY), "3.0")

    def flow(self) -> Row:
        """A flow to refer to."""
        events = flow_setup(self.standard, BODY, self.rng, datetime(2026, 1, 5, 9))  # noqa: DTZ001  wall time, as records have it
        return next(dict(event.record) for event in events if event.table == FLOW)

    def project(self, flow: Mapping[str, str | None], **given: str | None) -> Row:
        """A project bound to the flow."""
        bound = {code: flow[code] for code in ("XZQHDM", "SPLCBM", "SPLCBBH")}
        return valid(self.standard, PROJECT, self.rng, given=bound | {"QJDGCDM": None} | given)

    def land(
        self, table: str, *rows: Mapping[str, str | None], at: int = 0, body: str = BODY
    ) -> Landed:
        """Land rows of a table as if the body had just written them, ``at`` seconds from now."""
        changed = self.now + timedelta(seconds=at)
        page = Page(
            tuple(SourceRow(dict(row), changed, f"第{n}行") for n, row in enumerate(rows, 1)),
            None,
            None,
            "test",
        )
        feed = Feed(body, self.standard, self.standard.table(table))
        with self.store.transaction() as conn:
            return land(conn, feed, page, began_at=None, now=self.now)

    def judge(self) -> Judged:
        """Judge what is due."""
        return judge_due(self.store, self.rulesets, now=self.now)

    def states(self, table: str) -> list[str]:
        """The states of the versions of a table, oldest first."""
        with self.store.transaction() as conn:
            found = conn.execute(
                "select state from version where table_code = %s order by id", (table,)
            )
            return [row["state"] for row in found]

    def rows(self, statement: str, *parameters: object) -> list[dict[str, Any]]:
        """What the store answers."""
        with self.store.transaction() as conn:
            return conn.execute(statement.encode(), parameters or None).fetchall()

    def pass_time(self, **span: float) -> None:
        """Let time go by."""
        self.now += timedelta(**span)

"""The independent checker: lost, duplicated, unexpected, recovered, over the full history.

It compares three witnesses that do not know each other: what the bodies told (a trigger in their
databases, their files, their memory), what the ledger says it acknowledged and what became of it,
and what the province holds. None of it is the exchange's own arithmetic; that is sampled beside it.

lost        a row that stands at its source and that no version holds; a version whose journey has a
            gap or whose batch counts otherwise; a confirmed version that the province does not have
duplicated  one content acknowledged twice running for one record; a row that by the province's own
            audit came twice; a case with two notices
unexpected  a version or an upstream row that nobody told; something in effect upstream that the
            ledger does not call confirmed, or the reverse; rules × records that do not add up
recovered   everything told before the end of the fault has come to rest in time, nothing is held
            whose parents are all there, the programs run, and fresh records come through
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import psycopg

from schemas import load
from schemas.values import canonical
from simulators.settings import connection_name
from tests.faults.city import FaultCity
from tests.faults.history import FINAL, Arrived, Key, Ledger, Upstream, Version, feed_of
from tests.faults.sampler import Sampler
from tests.faults.witness import Content, Feed, Told, Witness

POLL_S = 1.0
OVERLOOKED_S = 15.0
SHOWN = 8


@dataclass
class Found:
    """What the checker found, each thing as a sentence."""

    lost: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.lost or self.duplicated or self.unexpected)

    def __str__(self) -> str:
        """The first few of each kind."""
        return "\n".join(
            f"{name}: {text}"
            for name in ("lost", "duplicated", "unexpected")
            for text in getattr(self, name)[:SHOWN]
        )

    def without(self, known: set[str]) -> Found:
        """What was not said before; from now on it is known."""
        fresh = Found(
            *(
                [text for text in kind if text not in known]
                for kind in (self.lost, self.duplicated, self.unexpected)
            )
        )
        known.update(fresh.lost, fresh.duplicated, fresh.unexpected)
        return fresh


class Checker:
    """Reads the three witnesses of one city, again and again."""

    def __init__(self, city: FaultCity) -> None:
        self.city = city
        self.ledger = Ledger()
        self.witness = Witness(city.world, city.accounts, city.city.world_server.dsn)
        self.upstream = {
            version: Upstream.of(
                city.accounts.province[connection_name("province", version)], version, form
            )
            for version, form in city.world.forms.items()
        }
        self.sampler = Sampler(city)
        self._known: set[str] = set()
        self._stale: set[Key] = set()
        self._twice: dict[Key, list[str]] = {}
        self._overlooked: dict[int, float] = {}
        self._due: set[tuple[Feed, Content]] = set()
        self.aside: set[Feed] = set()
        """Feeds that another fault is busy with: ``settle`` does not wait for them."""

    def close(self) -> None:
        """Gives everything back."""
        self.sampler.stop()
        for upstream in self.upstream.values():
            upstream.close()

    def look(self) -> None:
        """Reads everything that is new: the bodies first, so that nothing seems invented."""
        with self.city.store() as conn:
            self.ledger.look(conn)
            for upstream in self.upstream.values():
                self._stale |= upstream.look()
            # What went up since the first look is known by now, but has no state to be judged by.
            self.ledger.look(conn, states=False)
        self.witness.look()

    # -- recovery

    def settle(self, seconds: float) -> str | None:
        """Waits until all that was told by now has come to rest; None, or what has not."""
        self.witness.look()
        due = self._due = {
            (feed, content)
            for feed, told in self.witness.told.items()
            for content in told.standing.values()
            if feed not in self.aside
        }
        ends = time.monotonic() + seconds
        cohort: set[int] = set()
        while True:
            open_, missing = set[int](), due
            with suppress(psycopg.Error):
                with self.city.store() as conn:
                    self.ledger.look(conn)
                cohort = cohort or set(self.ledger.states)
                held = {(feed_of(one), one.told) for one in self.ledger.versions.values()}
                missing = {one for one in due - held if self._stands(*one)}
                open_ = {one for one in cohort if self._is_open(one)}
                open_ |= self._late_children()
                if not missing and not open_ and cohort:
                    return None
            self.witness.look()
            if time.monotonic() > ends:
                return self._unsettled(missing, open_)
            time.sleep(POLL_S)

    def _is_open(self, number: int) -> bool:
        if self.ledger.states[number] in FINAL:
            return False
        return feed_of(self.ledger.versions[number]) not in self.aside

    def _stands(self, feed: Feed, content: Content) -> bool:
        return content in self.witness.told[feed].standing.values()

    def _late_children(self) -> set[int]:
        """Held versions all of whose parents have been accepted for a while already."""
        overlooked = overlooked_children(self.ledger)
        now = time.monotonic()
        self._overlooked = {one: self._overlooked.get(one, now) for one in overlooked}
        return {one for one, since in self._overlooked.items() if now - since > OVERLOOKED_S}

    def _unsettled(self, missing: Iterable[tuple[Feed, Content]], open_: Iterable[int]) -> str:
        told = [f"not landed: {feed} {content[:6]}" for feed, content in list(missing)[:SHOWN]]
        for number in sorted(open_)[:SHOWN]:
            one = self.ledger.versions[number]
            told.append(f"#{number} {feed_of(one)} is {self.ledger.states[number]}")
        return f"{len(told)}+ not at rest: {'; '.join(told)}"

    # -- the verdict

    def judge(self) -> Found:
        """What is wrong over the full history and was not said before."""
        self.look()
        with self.city.store() as conn:
            broken = self.ledger.broken(conn)
            sums = self.ledger.unexplained_judgements(conn)
        due = {(feed, content) for feed, content in self._due if self._stands(feed, content)}
        found = told_and_kept(self.witness.told, due, self.ledger)
        found.lost += [text for text in broken if "notices" not in text]
        found.duplicated += [text for text in broken if "notices" in text]
        found.unexpected += sums
        self._judge_upstream(found)
        found.lost += self.sampler.trouble()
        return found.without(self._known)

    def _judge_upstream(self, found: Found) -> None:
        for key in self._stale:
            twice = self.upstream[key[0]].twice([key])
            self._twice[key] = [f"upstream {one.kind} {one.table} {one.key}" for one in twice]
        self._stale.clear()
        found.duplicated += [text for texts in self._twice.values() for text in texts]
        for version, upstream in self.upstream.items():
            kept_and_arrived(version, self.ledger, upstream, found)


def told_and_kept(
    told: Mapping[Feed, Told], due: Iterable[tuple[Feed, Content]], ledger: Ledger
) -> Found:
    """Between the bodies and the ledger: everything that is due is kept, nothing is invented."""
    found = Found()
    kept: dict[Feed, set[Content]] = defaultdict(set)
    last: dict[tuple[Feed, Content], Version] = {}
    for number in sorted(ledger.versions):
        one = ledger.versions[number]
        feed = feed_of(one)
        kept[feed].add(one.told)
        if one.told not in told[feed].ever:
            found.unexpected.append(f"#{number} {feed}: nobody told this version")
        if one.key is None:
            continue
        before = last.get((feed, one.key))
        if before is not None and before.told == one.told:
            found.duplicated.append(
                f"#{number} {feed}: the same as #{before.id}, acknowledged anew"
            )
        last[feed, one.key] = one
    found.lost += [
        f"{feed}: a row stands at the source and was never kept: {content[:8]}"
        for feed, content in due
        if content not in kept[feed]
    ]
    return found


def kept_and_arrived(version: str, ledger: Ledger, upstream: Upstream, found: Found) -> None:
    """Between the ledger and the province: what is confirmed is there, and nothing else holds."""
    known: dict[str, set[Content]] = defaultdict(set)
    names: dict[str, set[Content]] = defaultdict(set)
    by_key: dict[Key, list[Version]] = defaultdict(list)
    for number in sorted(ledger.versions):
        one = ledger.versions[number]
        if one.standard != version:
            continue
        known[one.table].add(one.goes_up)
        names[one.table].add(one.names)
        if one.key is not None:
            by_key[version, one.table, one.key].append(one)
    for code, rows in upstream.rows.items():
        for arrived in rows.values():
            told = arrived.content in known[code] if arrived.valid else arrived.names in names[code]
            if not told:
                found.unexpected.append(f"{version} {code} LSH {arrived.lsh}: nobody told this row")
    for key, versions in by_key.items():
        _holds_what_is_confirmed(key, versions, ledger, upstream.in_effect(key), found)


def _holds_what_is_confirmed(
    key: Key, versions: list[Version], ledger: Ledger, holding: list[Arrived], found: Found
) -> None:
    # A held one may be released and go up between two looks.
    if any(ledger.states.get(one.id) not in FINAL - {"held"} for one in versions):
        return
    confirmed = [one for one in versions if one.valid and ledger.states[one.id] == "confirmed"]
    contents = {one.content for one in holding}
    for one in confirmed:
        if one.goes_up not in contents:
            found.lost.append(f"#{one.id} {key}: confirmed, but the province does not hold it")
    if holding and not confirmed:
        states = {one.id: ledger.states[one.id] for one in versions}
        found.unexpected.append(f"{key}: in effect upstream, but not confirmed here: {states}")


def overlooked_children(ledger: Ledger) -> set[int]:
    """Held versions for each of whose references an accepted parent is there."""
    held = [
        ledger.versions[one]
        for one, state in ledger.states.items()
        if state == "held" and one not in ledger.expecting
    ]
    if not held:
        return set()
    wanted = {
        (one.standard, ref.table, ref.to_fields)
        for one in held
        for ref in load(one.standard).table(one.table).references
    }
    there: set[tuple[str, str, tuple[str, ...], Content]] = set()
    for number, state in ledger.states.items():
        parent = ledger.versions[number]
        if state != "confirmed" or not parent.valid:
            continue
        by_code = load(parent.standard).table(parent.table).by_code
        for standard, table, fields in wanted:
            if (standard, table) == (parent.standard, parent.table):
                values = tuple(canonical(by_code[code], parent.raw.get(code)) for code in fields)
                there.add((standard, table, fields, values))
    return {one.id for one in held if _has_parents(one, there)}


def _has_parents(one: Version, there: set[tuple[str, str, tuple[str, ...], Content]]) -> bool:
    standard = load(one.standard)
    for ref in standard.table(one.table).references:
        by_code = standard.table(ref.table).by_code
        values = tuple(
            canonical(by_code.get(to), one.raw.get(code))
            for code, to in zip(ref.fields, ref.to_fields, strict=True)
        )
        if all(values) and (one.standard, ref.table, ref.to_fields, values) not in there:
            return False
    return True

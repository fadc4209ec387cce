"""The anchor: what the chain came to by the end of a day, signed, to be kept by an outsider.

Whoever holds yesterday's anchor can tell that everything sealed up to then is still as it was: the
chain may grow, but it must still contain this block with this hash. Without an anchor somebody who
owns the store could compute the whole chain anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from exchange.errors import RefusedError
from exchange.ledger.chain import BEGINNING, Block, Part, Q, block_text
from exchange.ledger.signing import SigningKey, canonical, is_signed
from exchange.ledger.verify import Fault
from exchange.store.connection import Conn, Store

FORMAT = "exchange-ledger-anchor/1"
SETTLED_AFTER = timedelta(minutes=1)
"""How long after its end a day may still get a block: its sealer looked at the clock before."""


class UnreadableAnchorError(RefusedError):
    """{path} is no anchor of the ledger: {why}

    Give the file as `exchange ledger anchor` wrote it.
    """


@dataclass(frozen=True, slots=True)
class Anchor:
    """What the chain came to: ``content`` as signed, with its signature."""

    content: Mapping[str, Any]
    signature: Mapping[str, Any]

    def to_json(self) -> str:
        """The file's text."""
        whole = {"content": self.content, "signature": self.signature}
        return json.dumps(whole, ensure_ascii=False, indent=2, sort_keys=True) + "\n"

    def is_signed(self, *, by: str | None = None) -> bool:
        """Whether the signature is one over the content, by the key named ``by`` if given."""
        return is_signed(canonical(self.content), self.signature, by=by)


def anchor(conn: Conn, day: date, zone: ZoneInfo, key: SigningKey, *, now: datetime) -> Anchor:
    """The anchor of a day, in the zone in which days begin; of today it is a first look only.

    The one that was issued first for a day is given again for ever. Nobody seals meanwhile.
    """
    conn.execute(Q["wait_for_chain"])
    issued = conn.execute(Q["anchor_of"], {"day": day}).fetchone()
    if issued is not None:
        return _parsed(issued["content"])
    begins = datetime.combine(day, time(), zone)
    ends = datetime.combine(day + timedelta(days=1), time(), zone)
    span = {"begins": begins, "ends": ends}
    found = conn.execute(Q["blocks_of_day"], span).fetchone()
    head = conn.execute(Q["head_before"], {"at": ends}).fetchone()
    before = conn.execute(Q["head_before"], {"at": begins}).fetchone()
    assert found is not None
    content = {
        "format": FORMAT,
        "day": day.isoformat(),
        "zone": zone.key,
        "complete": now >= ends + SETTLED_AFTER,
        "issued_at": now.astimezone(UTC).isoformat(timespec="seconds"),
        "hash": "SHA-256",
        "blocks": {"first": found["first"], "last": found["last"], "count": found["blocks"]},
        "rows": {row["kind"]: row["rows"] for row in conn.execute(Q["rows_of_day"], span)},
        "previous": (bytes(before["hash"]) if before else BEGINNING).hex(),
        "head": {
            "block": head["number"] if head else 0,
            "hash": (bytes(head["hash"]) if head else BEGINNING).hex(),
        },
    }
    made = Anchor(content, key.sign(canonical(content)))
    if content["complete"]:
        conn.execute(
            Q["insert_anchor"],
            {
                "day": day, "now": now, "content": made.to_json(),
                "block": head["number"] if head else 0,
                "hash": bytes(head["hash"]) if head else BEGINNING,
            },
        )  # fmt: skip
    return made


def issue(store: Store, day: date, zone: ZoneInfo, key: SigningKey, *, now: datetime) -> Anchor:
    """The anchor of a day, in a transaction of its own."""
    with store.transaction() as conn:
        return anchor(conn, day, zone, key, now=now)


def read_anchor(path: Path) -> Anchor:
    """An anchor from a file; raises UnreadableAnchorError."""
    try:
        return _parsed(path.read_text("utf-8"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not such a file."
        raise UnreadableAnchorError(path=path, why=why) from None


def compare(conn: Conn, given: Anchor) -> list[Fault]:
    """What of an anchor the chain does not contain any more; empty when it holds it all."""
    content = given.content
    head = content["head"]
    faults = []
    if not given.is_signed():
        faults.append(Fault(head["block"], "anchor", "锚定文件的签名与内容不符"))
    if head["block"]:
        faults += _compare_head(conn, head["block"], bytes.fromhex(head["hash"]), content["day"])
    blocks = content["blocks"]
    if blocks["count"] and not faults:
        again = {
            row["kind"]: row["rows"]
            for row in conn.execute(
                Q["rows_of_blocks"], {"first": blocks["first"], "last": blocks["last"]}
            )
        }
        if again != content["rows"]:
            text = f"{content['day']} 锚定的行数与台账现有不符"
            faults.append(Fault(head["block"], "anchor", text))
    return faults


def compare_issued(conn: Conn) -> list[Fault]:
    """What the chain does not contain of the anchors that were issued, as the store keeps them."""
    faults = []
    for row in conn.execute(Q["anchors"]).fetchall():
        if row["block"]:
            faults += _compare_head(conn, row["block"], bytes(row["hash"]), str(row["day"]))
    return faults


def _compare_head(conn: Conn, number: int, digest: bytes, day: str) -> list[Fault]:
    row = conn.execute(Q["block_hash"], {"number": number}).fetchone()
    if row is None:
        text = f"链条被截断：{day} 锚定的第 {number} 块已不存在"
    elif bytes(row["hash"]) != digest:
        text = f"链条被改写：第 {number} 块与 {day} 的锚定不同"
    else:
        return []
    return [Fault(number, "anchor", text)]


def _parsed(text: str) -> Anchor:
    whole = json.loads(text)
    content, signature = whole["content"], whole["signature"]
    if content["format"] != FORMAT:
        raise ValueError(content["format"])
    int(content["head"]["block"]), bytes.fromhex(content["head"]["hash"]), content["blocks"]
    return Anchor(content, signature)


def block_texts(conn: Conn, given: Anchor) -> Iterator[str]:
    """The texts of an anchor's blocks in order: with them its last hash follows from its first."""
    first, last = given.content["blocks"]["first"], given.content["blocks"]["last"]
    if first is None:
        return
    parts: dict[int, list[Part]] = {}
    for row in conn.execute(Q["parts_of_blocks"], {"first": first, "last": last}):
        part = Part(row["kind"], row["rows"], bytes(row["hash"]))
        parts.setdefault(row["block"], []).append(part)
    for row in conn.execute(Q["blocks"], {"first": first, "last": last}).fetchall():
        block = Block.of(row)
        yield block_text(
            block.number, block.sealed_at, block.low, block.high, block.previous,
            parts.get(block.number, ()),
        )  # fmt: skip

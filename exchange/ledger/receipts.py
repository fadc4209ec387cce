"""Receipts: 收讫 when a version has landed, 校验 for each verdict, 入库 when it is accepted above.

A receipt tells what the ledger has and nothing else, and is signed. It is kept as it was issued
first, so whoever asks again, and whoever sends the same content again, gets the very same one. A
content that was mended is another version with receipts of its own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from exchange.ledger.signing import SigningKey, canonical, fingerprint
from exchange.store.connection import Conn
from exchange.store.queries import load

Q = load("receipts")
FORMAT = "exchange-receipt/1"
NAMES = {"landed": "收讫", "judged": "校验", "confirmed": "入库"}
OUTCOMES = {"queued": "通过", "returned": "退回"}


@dataclass(frozen=True, slots=True)
class Receipt:
    """One receipt; ``content`` is what is signed, in its canonical text."""

    number: str
    kind: str
    version: int
    content: Mapping[str, Any]
    signature: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """The receipt as it is handed out."""
        return {"content": dict(self.content), "signature": dict(self.signature)}


def receipts(conn: Conn, versions: Sequence[int], key: SigningKey) -> list[Receipt]:
    """All receipts that these versions have earned so far, oldest first, as first issued."""
    asked = {"versions": list(versions)}
    facts = [(number_of(row), row) for row in conn.execute(Q["facts"], asked).fetchall()]
    known = _issued(conn, asked)
    missing = [(number, row) for number, row in facts if number not in known]
    for number, row in missing:
        content = canonical(facts_of(number, row) | {"signed_by": fingerprint(key.public)})
        conn.execute(
            Q["issue"],
            {
                "number": number, "kind": row["kind"], "version": row["version"],
                "content": content, "signature": json.dumps(key.sign(content)),
            },
        )  # fmt: skip
    if missing:
        known = _issued(conn, asked)
    return [known[number] for number, _ in facts]


def landed_number(batch: int, version: int) -> str:
    """The number of a 收讫 receipt, known as soon as the version has landed."""
    return f"{NAMES['landed']}-{batch}-{version}"


def request_receipt(
    conn: Conn, batch: int, number: str, content: Mapping[str, Any], key: SigningKey
) -> dict[str, Any]:
    """The signed answer to a request that brought a batch; asked again, the first one."""
    known = conn.execute(Q["of_request"], {"batch": batch}).fetchone()
    if known is not None:
        return {**json.loads(known["content"]), "signature": known["signature"]}
    text = canonical(content)
    signature = key.sign(text)
    issued = {"number": number, "batch": batch, "content": text}
    conn.execute(Q["issue_request"], issued | {"signature": json.dumps(signature)})
    return {**content, "signature": signature}


def versions_of_contents(
    conn: Conn, feed: Mapping[str, str], batch: int, contents: Sequence[tuple[str, bytes]]
) -> list[dict[str, Any]]:
    """For each (record key, content hash) of a landed batch, the version that holds it.

    Rows with ``id`` and ``batch_id``: the batch of which it was the first.
    """
    keys, hashes = [key for key, _ in contents], [digest for _, digest in contents]
    return conn.execute(
        Q["versions_of_contents"],
        {**feed, "batch": batch, "record_keys": keys, "hashes": hashes},
    ).fetchall()


def receipts_for_body(conn: Conn, body: str, version: int, key: SigningKey) -> list[Receipt]:
    """The receipts of a version for the body that sent it; empty for anybody else's."""
    asked = {"body": body, "version": version}
    if conn.execute(Q["version_of_body"], asked).fetchone() is None:
        return []
    return receipts(conn, [version], key)


def _issued(conn: Conn, asked: Mapping[str, Any]) -> dict[str, Receipt]:
    return {
        row["number"]: Receipt(
            row["number"], row["kind"], row["version_id"], json.loads(row["content"]),
            row["signature"],
        )
        for row in conn.execute(Q["issued"], asked)
    }  # fmt: skip


def number_of(row: Mapping[str, Any]) -> str:
    """The number of the receipt for one move of ``facts``."""
    if row["kind"] == "landed":
        return landed_number(row["batch_id"], row["version"])
    turn = f"-{row['turn']}" if row["kind"] == "judged" else ""
    return f"{NAMES[row['kind']]}-{row['version']}{turn}"


def facts_of(number: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """What the receipt for one move tells: the same whenever and by whomever it is signed."""
    content = {
        "format": FORMAT,
        "number": number,
        "kind": NAMES[row["kind"]],
        "body": row["body"],
        "standard": row["standard"],
        "table": row["table_code"],
        "record_key": json.loads(row["record_key"]),
        "revision": row["revision"],
        "content_sha256": row["content_hash"],
        "at": row["at"].astimezone(UTC).isoformat(timespec="milliseconds"),
    }
    if row["kind"] == "judged":
        content["outcome"] = OUTCOMES[row["to_state"]]
        content["rules"] = row["rules"] or []
    if row["kind"] == "confirmed":
        content["serial"] = row["lsh"]
    return content

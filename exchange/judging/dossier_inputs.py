"""Keep with a verdict on a dossier what it rested on: its rows, its moment, waivers; and its hash.

Rows are kept as numbers of versions, whose content never changes, each with the state of then. The
same rows are kept once, so that a dossier that is looked at every day costs its answers only.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC
from typing import Any

from exchange.store.connection import Conn
from exchange.store.queries import load
from validators.dossier.dossier import Dossier
from validators.dossier.engine import DossierJudgement
from validators.dossier.row import Row, Rows, RowState
from validators.dossier.rule import Setting
from validators.inputs import canonical_text, described

Q = load("replay")
STATES: dict[RowState, str] = {"arrived": "a", "confirmed": "c", "returned": "r"}
"""The letter that stands for each state of a row."""
DIGEST_LENGTH = 16
"""Hexadecimal digits by which a finding is told from another on the same row by the same rule."""


class Contents:
    """What divisions have set up, as it is kept: worked out once for all their projects."""

    def __init__(self) -> None:
        self._areas: dict[int, tuple[Rows, dict[str, Any]]] = {}

    def area(self, rows: Rows) -> dict[str, Any]:
        """The content of these rows; they are remembered by identity, and held for it."""
        if id(rows) not in self._areas:
            self._areas[id(rows)] = (rows, _content(rows))
        return self._areas[id(rows)][1]


def keep_dossier(
    conn: Conn,
    standard: str,
    dossier: Dossier,
    body: str,
    setting: Setting,
    judgement: DossierJudgement,
    contents: Contents,
) -> None:
    """Write down what was just judged and said, inside the caller's transaction.

    The dossier carries the stamp already. One without rows has no verdict and is not kept.
    """
    if not dossier.rows and not dossier.returned:
        return
    content = _content(dossier.rows, dossier.returned)
    area = contents.area(dossier.area.rows)
    rules = {verdict.rule.code for verdict in judgement.verdicts}
    text = canonical_text(described(_context(setting, dossier.bodies, rules)))
    conn.execute(
        Q["keep_dossier"],
        {
            "standard": standard,
            "kind": dossier.kind,
            "key": dossier.key,
            "now": setting.moment,
            "body": body,
            "content": content["digest"],
            "versions": content["versions"],
            "states": content["states"],
            "area": area["digest"] if area["versions"] else None,
            "area_versions": area["versions"],
            "area_states": area["states"],
            "context": text,
            "inputs_hash": dossier_hash(
                dossier.kind, dossier.key, text, content["digest"], area["digest"]
            ),
            "found": json.dumps(_found(judgement)),
            "answers_hash": answers_hash(answers_of(judgement)),
        },
    )


def dossier_hash(kind: str, key: str, context: str, content: bytes, area: bytes) -> bytes:
    """SHA-256 over everything a verdict on a dossier is a function of besides the stamp's rules."""
    told = canonical_text([kind, key, content.hex(), area.hex()])
    return hashlib.sha256(f"[{told},{context}]".encode()).digest()


def content_hash(rows: Iterable[Row]) -> bytes:
    """SHA-256 over rows as they were judged, in their order."""
    digest = hashlib.sha256()
    for row in rows:
        cells = {name: cell for name, cell in row.values.items() if cell is not None}
        arrived = row.arrived.astimezone(UTC).isoformat()
        part = [row.version, row.body, row.table, cells, arrived, row.state, row.where]
        digest.update(canonical_text(part).encode())
    return digest.digest()


def answers_of(judgement: DossierJudgement) -> list[list[Any]]:
    """Every answer: rule, row, outcome, reason."""
    return [
        [one.rule.code, one.anchor.version, one.answer.outcome, one.answer.reason]
        for one in judgement.verdicts
    ]


def answers_hash(answers: Sequence[Sequence[Any]]) -> bytes:
    """SHA-256 over all answers in their order."""
    return hashlib.sha256(canonical_text(answers).encode()).digest()


def finding_digest(finding: Mapping[str, Any]) -> str:
    """What tells a finding, given as its JSON object, from one that reads otherwise."""
    return hashlib.sha256(canonical_text(finding).encode()).hexdigest()[:DIGEST_LENGTH]


def _found(judgement: DossierJudgement) -> list[list[Any]]:
    found = (one.finding for one in judgement.verdicts)
    return [
        [one.rule, one.row, one.consequence, finding_digest(one.to_json())] for one in found if one
    ]


def _content(*groups: Rows) -> dict[str, Any]:
    rows = [row for group in groups for members in group.values() for row in members]
    return {
        "digest": content_hash(rows),
        "versions": [row.version for row in rows],
        "states": "".join(STATES[row.state] for row in rows),
    }


def _context(setting: Setting, bodies: Iterable[str], rules: set[str]) -> dict[str, Any]:
    """What is neither a row nor told by the policy that the stamp names."""
    waivers = {
        body: [waiver for waiver in setting.waivers.get(body, ()) if waiver.rule in rules]
        for body in bodies
    }
    return {
        "moment": setting.moment,
        "waivers": {body: members for body, members in waivers.items() if members},
    }

"""Keep with a verdict what it rested on: context, fate of each record, and the rules themselves."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import schemas
import validators
from exchange.store.connection import Conn
from exchange.store.queries import load
from validators import Context, Judgement, Record
from validators.inputs import canonical_text, described, inputs_hash

Q = load("replay")
PACKAGES = (Path(validators.__file__).parent, Path(schemas.__file__).parent)
LEFT_OUT = frozenset({"__pycache__", "sample"})
_MADE = (2000, 1, 1, 0, 0, 0)
"""Fixed, so that the same files give the same archive."""


def keep_inputs(
    conn: Conn,
    judgement_id: int,
    judgement: Judgement,
    records: Sequence[Record],
    context: Context,
) -> None:
    """Write the inputs of a judgement beside it, inside the caller's transaction."""
    text = canonical_text(described(context))
    conn.execute(
        Q["keep_inputs"],
        {
            "judgement": judgement_id,
            "context": text,
            "inputs_hash": bytes.fromhex(inputs_hash(judgement.table, records, text)),
            "versions": [verdict.id for verdict in judgement.records],
            "outcomes": [verdict.outcome for verdict in judgement.records],
        },
    )


def keep_source(conn: Conn, stamp_id: int) -> None:
    """Keep the files that judge now, so that their verdicts can be reached when they are gone."""
    digest, files = packed()
    conn.execute(Q["keep_source"], {"stamp": stamp_id, "digest": digest, "files": files})


@cache
def packed() -> tuple[str, bytes]:
    """The rules and the standard as an archive, with its SHA-256; same files, same bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for package in PACKAGES:
            for path in sorted(package.rglob("*")):
                inside = path.relative_to(package.parent)
                if path.is_file() and not LEFT_OUT & set(inside.parts):
                    entry = zipfile.ZipInfo(inside.as_posix(), _MADE)
                    entry.compress_type = zipfile.ZIP_DEFLATED
                    archive.writestr(entry, path.read_bytes())
    content = file.getvalue()
    return hashlib.sha256(content).hexdigest(), content

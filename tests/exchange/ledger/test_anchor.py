"""The anchor: a day's end of the chain, signed, that an outsider holds us to."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from exchange.ledger.anchor import (
    Anchor,
    UnreadableAnchorError,
    block_texts,
    compare,
    compare_issued,
    issue,
    read_anchor,
)
from exchange.ledger.seal import seal
from exchange.ledger.signing import (
    BadSigningKeyError,
    NoSigningKeyError,
    SigningKey,
    canonical,
    fingerprint,
    make_key,
    read_key,
)
from exchange.settings import ROOT
from tests.ledgers import Ledger

ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 12, tzinfo=ZONE)
AFTER = NOON + timedelta(days=1)
BODY = "420602"


@pytest.fixture
def key(tmp_path: Path) -> SigningKey:
    """A key pair of the test's own."""
    make_key(tmp_path / "key.toml")
    return read_key(tmp_path / "key.toml")


def anchored(ledger: Ledger, key: SigningKey) -> Anchor:
    """Two versions sealed on the day, and one on the next; the day's anchor."""
    ledger.body(BODY, "襄城区")
    for number, moment in enumerate((NOON, NOON, AFTER)):
        ledger.version(BODY, [f"K{number}"], at=moment)
        seal(ledger.store, now=moment)
    return issue(ledger.store, DAY, ZONE, key, now=AFTER)


@pytest.mark.database
def test_the_anchor_of_a_day_is_the_same_for_ever(ledger: Ledger, key: SigningKey) -> None:
    """It tells the day's blocks, rows and last hash, and is given again as it was first issued."""
    made = anchored(ledger, key)
    assert made.content["blocks"] == {"first": 1, "last": 2, "count": 2}
    assert made.content["rows"] == {"batch": 2, "journey": 2, "version": 2}
    assert made.content["previous"] == "00" * 32
    assert made.content["complete"]
    assert made.is_signed(by=fingerprint(key.public))
    again = issue(ledger.store, DAY, ZONE, key, now=AFTER + timedelta(days=9))
    assert again == made
    today = issue(ledger.store, AFTER.date(), ZONE, key, now=AFTER)
    assert not today.content["complete"]
    assert today.content["previous"] == made.content["head"]["hash"]


@pytest.mark.database
def test_what_grew_holds_and_what_was_cut_or_rewritten_does_not(
    ledger: Ledger, key: SigningKey
) -> None:
    """Later blocks leave an anchor valid; a cut chain, and one computed anew, are told on by it."""
    made = anchored(ledger, key)
    with ledger.store.transaction() as conn:
        assert compare(conn, made) == compare_issued(conn) == []
    with ledger.owner.transaction() as conn:
        conn.execute("delete from ledger_part where block >= 2")
        conn.execute("delete from ledger_block where number >= 2")
    with ledger.store.transaction() as conn:
        (cut,) = compare(conn, made)
        assert "截断" in cut.text
        assert compare_issued(conn) == [cut]
    seal(ledger.store, now=AFTER)
    with ledger.store.transaction() as conn:
        (rewritten,) = compare(conn, made)
    assert "改写" in rewritten.text


@pytest.mark.database
def test_a_changed_anchor_is_seen(ledger: Ledger, key: SigningKey, tmp_path: Path) -> None:
    """One digit changed in the file, or the signature of another key, does not pass."""
    made = anchored(ledger, key)
    path = tmp_path / "anchor.json"
    path.write_text(made.to_json(), "utf-8")
    assert read_anchor(path) == made
    path.write_text(made.to_json().replace('"version": 2', '"version": 3'), "utf-8")
    with ledger.store.transaction() as conn:
        assert any("签名" in fault.text for fault in compare(conn, read_anchor(path)))
    assert not made.is_signed(by="0" * 16)
    path.write_text("{}", "utf-8")
    with pytest.raises(UnreadableAnchorError):
        read_anchor(path)


def test_openssl_checks_what_we_sign(key: SigningKey, tmp_path: Path) -> None:
    """The recipe of the how-to: the public key, the canonical text and openssl are enough."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl here")
    content = {"day": "2026-11-20", "说明": "锚定"}
    signature = key.sign(canonical(content))
    (tmp_path / "key.pem").write_text(key.public_pem())
    (tmp_path / "signed").write_text(
        json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")), "utf-8"
    )
    (tmp_path / "signature").write_bytes(base64.b64decode(signature["value"]))
    command = [
        openssl, "dgst", "-sm3", "-verify", "key.pem", "-sigopt", "distid:1234567812345678",
        "-signature", "signature", "signed",
    ]  # fmt: skip
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "Verified OK", done.stderr


def test_a_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    """A second start keeps the key; a file that others may read is refused, a missing one told."""
    path = tmp_path / "key.toml"
    with pytest.raises(NoSigningKeyError, match="exchange init"):
        read_key(path)
    assert make_key(path)
    first = read_key(path)
    assert not make_key(path)
    assert read_key(path) == first
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    with pytest.raises(BadSigningKeyError, match="0644"):
        read_key(path)


@pytest.mark.database
def test_the_outsiders_program_follows_the_blocks(
    ledger: Ledger, key: SigningKey, tmp_path: Path
) -> None:
    """The program printed in the how-to accepts the day's blocks, and none that is changed."""
    page = (ROOT / "docs/how-to/check-the-ledger.md").read_text("utf-8")
    program = page.split("```python\n")[1].split("```")[0]
    made = anchored(ledger, key)
    (tmp_path / "anchor.json").write_text(made.to_json(), "utf-8")
    with ledger.store.transaction() as conn:
        texts = list(block_texts(conn, made))

    def follows(texts: list[str]) -> bool:
        (tmp_path / "blocks").write_text("".join(json.dumps(text) + "\n" for text in texts))
        command = [sys.executable, "-c", program, "anchor.json", "blocks"]
        return subprocess.run(command, cwd=tmp_path, capture_output=True).returncode == 0

    assert follows(texts)
    assert not follows([texts[0].replace("journey 1", "journey 2"), texts[1]])
    assert not follows(texts[1:])

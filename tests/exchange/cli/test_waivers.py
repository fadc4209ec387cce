"""Waivers at the command line: every rule that can stand against a body can be excused."""

from __future__ import annotations

import pytest

from exchange.cli import main, waivers
from exchange.store.connection import Store
from tests.exchange.records import BODY
from tests.stores import ExchangeStore

pytestmark = pytest.mark.database


@pytest.mark.parametrize("rule", ["INS-013/case_without_receipt", "PRC-026/link_cannot_be_opened"])
def test_a_rule_beyond_rows_can_be_waived_and_revoked(
    rule: str,
    exchange_store: ExchangeStore,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The codes of a rule on whole dossiers and of that on links are taken as one on rows is."""
    store = Store(exchange_store.app_dsn, by="test")
    with store.transaction() as conn:
        conn.execute("insert into body values (%s, '测试县', '{420602}', 'none')", (BODY,))
    store.close()
    monkeypatch.setattr(waivers, "app_url", lambda _: exchange_store.app_dsn)
    asked = {
        "--body": BODY, "--rule": rule, "--reason": "系统升级",
        "--signer": "张主任", "--until": "2999-12-31", "--who": "lisi",
    }  # fmt: skip
    parts = [part for pair in asked.items() for part in pair]
    assert main(["waivers", "add", *parts]) == 0
    assert "0 records and 0 dossiers are judged again" in capsys.readouterr().out
    assert main(["waivers", "revoke", "1", "--who", "lisi"]) == 0
    assert "waiver 1 is revoked" in capsys.readouterr().out

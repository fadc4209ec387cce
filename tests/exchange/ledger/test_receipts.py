"""Receipts: signed, the same for ever for the same content, one's own for mended content."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.ledger.receipts import Receipt, receipts
from exchange.ledger.signing import SigningKey, canonical, is_signed, make_key, read_key
from tests.exchange.delivery.province import Province, confirm, send
from tests.exchange.records import FLOW, World
from tests.stores import Postgres

pytestmark = pytest.mark.database


@pytest.fixture
def key(tmp_path: Path) -> SigningKey:
    """A key pair of the test's own."""
    make_key(tmp_path / "key.toml")
    return read_key(tmp_path / "key.toml")


def of_versions(world: World, key: SigningKey) -> list[list[Receipt]]:
    """The receipts of every version, oldest version first."""
    ids = [row["id"] for row in world.rows("select id from version order by id")]
    with world.store.transaction() as conn:
        return [receipts(conn, [version], key) for version in ids]


def test_a_replay_gets_the_first_receipts_again(world: World, key: SigningKey) -> None:
    """Sending the same content again, and asking again later, changes not one letter of them."""
    flow = world.flow()
    world.land(FLOW, flow)
    ((landed,),) = of_versions(world, key)
    world.judge()
    world.pass_time(days=1)
    world.land(FLOW, flow)
    world.judge()
    ((again, judged),) = of_versions(world, key)
    assert again == landed
    assert (judged.kind, judged.content["outcome"]) == ("judged", "通过")
    assert all(is_signed(canonical(one.content), one.signature) for one in (landed, judged))
    assert not is_signed(canonical({**judged.content, "outcome": "退回"}), judged.signature)
    assert of_versions(world, key) == [[again, judged]]


def test_failed_content_sent_again_is_the_same_and_mended_content_is_not(
    world: World, key: SigningKey
) -> None:
    """A faulty record sent again unchanged keeps its refusal; mended, it is new and is judged."""
    flow = world.flow()
    faulty = flow | {"SPLCMC": None}
    world.land(FLOW, faulty)
    world.judge()
    ((landed, refused),) = of_versions(world, key)
    assert refused.content["outcome"] == "退回"
    assert refused.content["rules"]
    world.pass_time(minutes=5)
    world.land(FLOW, faulty)
    world.judge()
    assert of_versions(world, key) == [[landed, refused]]
    world.pass_time(minutes=5)
    world.land(FLOW, flow)
    world.judge()
    before, (landed_anew, passed) = of_versions(world, key)
    assert before == [landed, refused]
    assert landed_anew.number != landed.number
    assert landed_anew.content["content_sha256"] != landed.content["content_sha256"]
    assert passed.content["outcome"] == "通过"


def test_acceptance_has_its_receipt(world: World, key: SigningKey, postgres: Postgres) -> None:
    """入库 carries the serial number that the higher platform gave."""
    province = Province.made(postgres, "province_of_receipts", world.standard, FLOW)
    world.land(FLOW, world.flow())
    world.judge()
    send(world, province)
    province.answer(FLOW)
    world.pass_time(seconds=5)
    confirm(world, province)
    province.close()
    ((_, _, confirmed),) = of_versions(world, key)
    assert confirmed.content["kind"] == "入库"
    assert confirmed.content["serial"] == str(province.rows(FLOW)[0]["LSH"])

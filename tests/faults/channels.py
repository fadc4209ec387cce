"""Faults on the way: the network cut in the middle of a transfer, the notices' channel down."""

from __future__ import annotations

from tests.faults.catalogue import Fault, Stage

_EACH_S = 2.5


def network_cut(stage: Stage) -> None:
    """All wires at once: answers late, in drops, cut, half closed, and not coming at all."""
    opened = {name: route.opened for name, route in stage.city.proxy.routes.items()}
    for kind in ("delay", "reset", "half-close", "trickle", "drop-answers"):
        records = stage.hand.lines("420602", 15)
        stage.hand.say("420602", *records)
        stage.weather(kind, seconds=_EACH_S)
    new = {name for name, route in stage.city.proxy.routes.items() if route.opened > opened[name]}
    missing = {"province_v3", "county_420602_v3"} - new
    if missing:
        raise AssertionError(f"no connection was cut and opened anew on {missing}")


def notices_down(stage: Stage) -> None:
    """The folder from which bodies fetch their notices cannot be written for a while."""
    folder = stage.city.city.state / "notices"
    aside = folder.with_name("notices.away")
    stage.city.wait(folder.is_dir, 120, "a first notice")
    folder.rename(aside)
    folder.write_text("not a folder")
    try:
        faulty = [record | {"KZXWJMC": None} for record in stage.hand.lines("420602", 3)]
        stage.hand.say("420602", *faulty)
        stage.city.wait(
            lambda: stage.hand.count(
                "select count(*) from notice where delivered_at is null and last_error is not null"
            ),
            120,
            "a notice that cannot be delivered",
        )
    finally:
        folder.unlink()
        aside.rename(folder)
    stage.city.wait(
        lambda: (
            not stage.hand.count(
                "select count(*) from notice where delivered_at is null and last_error is not null"
            )
        ),
        90,
        "the notices to be delivered",
    )


FAULTS = (
    Fault("network-cut-mid-transfer", "各条线路传输中途被切断", network_cut),
    Fault("notice-channel-down", "整改通知送不出去", notices_down),
)

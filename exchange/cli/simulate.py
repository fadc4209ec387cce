"""Make the simulated counties and province behave, or misbehave, while they run."""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from exchange.errors import RefusedError, TryLaterError
from exchange.settings import Settings
from exchange.store.documents import write_whole

_HELP = {"help_option_names": ["-h", "--help"]}
_NAMES = {"county": "county-*", "province": "province-*", "archive": "archive"}
_STALE_S = 10.0
_ORDERS = {
    "flood": "rows",
    "vanish": "rows",
    "withdraw": "rows",
    "mistake": "fault",
    "drop_column": "column",
    "restore_column": "column",
}
"""What a body can be told to do once, and the word for how much or which."""
_NUMBER = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?)\s*(?:(ms|s|m|h)|/(s|min))?\Z")
_FACTORS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}

Present = dict[str, Any]


class NotSimulatedError(RefusedError):
    """No simulator {name} is known. There are: {known}. Start the demo, or name one of these."""


class NothingRunsError(TryLaterError):
    """No simulator has shown itself in {folder}. Start one first: `./run demo`."""


class NotAllowedError(RefusedError):
    """{setting} = {value} is not possible: {why}"""


class Amount(click.ParamType[float]):
    """A number, with or without a unit: 0.2, 2/s, 30s, -3m."""

    name = "amount"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number in the unit of the setting: seconds, rows per second, a share."""
        if isinstance(value, float):
            return value
        found = _NUMBER.match(str(value).strip())
        if found is None:
            self.fail(f"{value!r} is no amount; write 0.2, 2/s, 30s or -3m", param, ctx)
        number, unit, _ = found.groups()
        return float(number) * _FACTORS.get(unit or "", 1.0)


_form = click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
_reset = click.option("--reset", is_flag=True, help="Back to how it was set up; orders stay done.")


@click.group(context_settings=_HELP)
def simulate() -> None:
    """Change or show the simulated world. Without options a command shows how things stand.

    \b
    Example: exchange simulate county 420602 --mistakes 0.2
             exchange simulate province --mode down
    """


@simulate.command()
@click.argument("codes", nargs=-1, metavar="[BODY]...")
@click.option("--rate", type=Amount(), help="Rows per second of one feed: 2/s.")
@click.option("--mistakes", type=Amount(), help="Share of rows with a mistake, 0 to 1.")
@click.option("--hold", type=Amount(), help="How long every fourth transaction stays open: 30s.")
@click.option("--skew", type=Amount(), help="How far its clock is ahead (negative: behind): -180s.")
@click.option("--correction", help="How it mends: protocol, update or resend.")
@click.option("--correction-delay", type=Amount(), help="From a notice to the correction: 20s.")
@click.option("--corrects/--ignores-notices", default=None, help="Whether it acts on notices.")
@click.option("--vanishing", type=Amount(), help="Rows per minute removed without withdrawal.")
@click.option("--pause/--go-on", default=None, help="Send nothing, or send again.")
@click.option("--down/--up", default=None, help="Shut the exchange out of the front database.")
@click.option("--flood", type=int, help="Once: so many rows at once.")
@click.option("--vanish", type=int, help="Once: remove so many rows.")
@click.option("--withdraw", type=int, help="Once: withdraw so many records by the protocol.")
@click.option("--mistake", help="Once: put this named mistake into the next row it fits.")
@click.option("--drop-column", metavar="TABLE.COLUMN", help="Once: drop a column.")
@click.option("--restore-column", metavar="TABLE.COLUMN", help="Once: add it again.")
@_reset
@_form
def county(codes: tuple[str, ...], reset: bool, form: str, **given: Any) -> None:
    """Change how counties work, or show it; without a BODY all of them.

    \b
    Example: exchange simulate county 420602 --mistakes 0.2 --rate 2/s --hold 30s
             exchange simulate county 420624 --drop-column SPGL_XMJBXXB.XMMC
             exchange simulate county 420602 --reset
    """
    orders = [{"do": do, what: given[do]} for do, what in _ORDERS.items() if given[do] is not None]
    settings = {name: value for name, value in given.items() if name not in _ORDERS}
    names = [f"county-{code}" for code in codes]
    _run("county", names, settings, orders, reset=reset, form=form)


@simulate.command()
@click.option(
    "--mode",
    help="normal, slow, down, refusing, late, timeout-after-commit, late-commit or lying.",
)
@click.option("--standard", "standards", multiple=True, help="Only this version, for example 2.0.")
@click.option("--share", type=Amount(), help="Share of rows that the mode hits, 0 to 1.")
@click.option("--wait", type=Amount(), help="Time to a verdict in mode late: 90s.")
@click.option("--hang", type=Amount(), help="Silence after a commit in timeout-after-commit: 15s.")
@_reset
@_form
def province(standards: tuple[str, ...], reset: bool, form: str, **given: Any) -> None:
    """Change how the province answers, or show it; without --standard for all versions.

    \b
    Example: exchange simulate province --mode timeout-after-commit --share 0.3
             exchange simulate province --mode normal --standard 2.0
    """
    names = [f"province-{version}" for version in standards]
    _run("province", names, given, [], reset=reset, form=form)


@simulate.command()
@click.option("--fault", help="none, missing (404), error-page (status 200) or cut (no answer).")
@click.option("--share", type=Amount(), help="Share of the addresses that have it, 0 to 1.")
@_reset
@_form
def archive(reset: bool, form: str, **given: Any) -> None:
    """Change how the pages and attachments that rows name can be opened, or show it.

    \b
    Example: exchange simulate archive --fault error-page --share 0.3
    """
    _run("archive", [], given, [], reset=reset, form=form)


def _run(
    kind: str,
    names: list[str],
    given: Mapping[str, Any],
    orders: list[dict[str, Any]],
    *,
    reset: bool,
    form: str,
) -> None:
    """Writes what was asked for into the control files, or shows the present state."""
    folder = _folder()
    simulators = _simulators(folder, kind, names)
    settings = {name: value for name, value in given.items() if value is not None}
    for present in simulators.values():
        for setting, value in settings.items():
            _refuse_impossible(present, setting, value)
    if not (settings or orders or reset):
        _show(folder, simulators, form)
        return
    for name in simulators:
        _tell(folder / f"{name}.json", settings, orders, reset=reset)
        click.echo(f"{name}: told; it takes effect within a second")


def _folder() -> Path:
    """Where simulators show themselves: of this installation, or of its demo."""
    state = Settings.read().state
    folders = (state / "simulate", state / "demo" / "simulate")
    for folder in folders:
        if any(folder.glob("*.present.json")):
            return folder
    raise NothingRunsError(folder=str(folders[0]))


def _simulators(folder: Path, kind: str, names: list[str]) -> dict[str, Present]:
    known = {
        path.name.removesuffix(".present.json"): json.loads(path.read_text("utf-8"))
        for path in sorted(folder.glob(f"{_NAMES[kind]}.present.json"))
    }
    for name in names:
        if name not in known:
            raise NotSimulatedError(name=name, known=", ".join(known) or "none")
    return {name: known[name] for name in names or known}


def _refuse_impossible(present: Present, name: str, value: Any) -> None:
    allowed = present["allowed"].get(name)
    if allowed is None:
        why = f"it knows {', '.join(present['allowed'])}"
    elif allowed["choices"] and value not in allowed["choices"]:
        why = f"it must be one of {', '.join(allowed['choices'])}"
    elif allowed["kind"] == "number" and not allowed["low"] <= value <= allowed["high"]:
        why = f"{allowed['meaning']} must lie between {allowed['low']:g} and {allowed['high']:g}"
    else:
        return
    raise NotAllowedError(setting=name, value=value, why=why)


def _tell(
    path: Path, settings: Mapping[str, Any], orders: list[dict[str, Any]], *, reset: bool
) -> None:
    """Merges into the control file; an order gets an id, by which it is followed only once."""
    try:
        told = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        told = {}
    before = {} if reset else told.get("settings", {})
    numbered = [{"id": secrets.token_hex(8)} | order for order in orders]
    content = {
        "settings": {**before, **settings},
        "once": [*told.get("once", []), *numbered],
    }
    write_whole(path, json.dumps(content, ensure_ascii=False, indent=1).encode("utf-8"))


def _show(folder: Path, simulators: Mapping[str, Present], form: str) -> None:
    if form == "json":
        click.echo(json.dumps(list(simulators.values()), ensure_ascii=False))
        return
    for name, present in simulators.items():
        silent = time.time() - (folder / f"{name}.present.json").stat().st_mtime
        stale = f"  (silent for {silent:.0f} s)" if silent > _STALE_S else ""
        click.echo(f"{name}{stale}")
        for key, value in present["settings"].items():
            allowed = present["allowed"][key]
            mark = " " if value == allowed["default"] else "*"
            click.echo(f" {mark} {key:18} {value!s:10} {allowed['meaning']}")
        for line in present["refused"]:
            click.echo(f"   refused: {line}")
        click.echo(f"   {json.dumps(present['figures'], ensure_ascii=False)}")

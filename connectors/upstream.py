"""The platform above us: one TOML file each under ``upstreams/``, named by its division code.

::

    name = "湖北省工程建设项目审批管理系统"
    effective_from = 2026-01-01

    [targets."3.0"]                    # one per version of the standard it takes
    connector = "provincial_database"  # module in connectors/
    connection = "province_v3"         # name of a stored connection, never a secret
    visible_after_s = 5                # see Way; default two minutes
    # further keys are the connector's own options

    [limits]                           # all optional, see Limits
    in_flight = 10000
    backlog_share = 0.25

    [[refusals]]                       # what its refusal texts mean
    pattern = "父记录"                  # regular expression, searched in SBYY
    clause = "PRO-004"
    parent = true                      # the parent is at fault: wait for it and send again
"""

from __future__ import annotations

import importlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol, cast

from connectors.base import StopError, Target
from connectors.connections import Connections
from schemas import Standard

ROOT = Path(__file__).parent / "upstreams"
VISIBLE_AFTER_S = 120.0


class UpstreamFileError(StopError):
    """An upstream's file is wrong; the message names the file and the key."""


@dataclass(frozen=True, slots=True)
class Way:
    """How one version of the standard goes up; ``options`` are the connector's own.

    ``visible_after_s``: how long after a write went unanswered its row may still appear, by the
    platform's own documents. Until then a row that is not found is asked for, never sent again.
    """

    standard: str
    connector: str
    connection: str
    options: Mapping[str, Any]
    visible_after_s: float = VISIBLE_AFTER_S


@dataclass(frozen=True, slots=True)
class RefusalText:
    """A text with which the platform refuses: a regular expression, the clause that it means.

    ``parent`` says that the fault lies with the record this one refers to, not with this one.
    """

    pattern: str
    clause: str
    parent: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """How much goes up at once. The defaults are ours; no public text gives such numbers.

    ``in_flight`` versions of one version of the standard may be up and unanswered; then sending
    waits for verdicts. ``backlog_share`` (0 to 1) of every claim is the backlog's when fresh
    records go first. After ``attempts`` of the way up's own "not now" for one version it becomes a
    dead letter.
    """

    in_flight: int = 10_000
    backlog_share: float = 0.25
    attempts: int = 30


@dataclass(frozen=True, slots=True)
class Upstream:
    """A platform that receives from us. ``refusals`` are the texts of it that we understand."""

    code: str
    name: str
    effective_from: date
    targets: Mapping[str, Way]
    refusals: tuple[RefusalText, ...] = ()
    limits: Limits = field(default_factory=Limits)


class TargetModule(Protocol):
    """What a module named by ``connector`` in an upstream file offers."""

    def open_target(self, way: Way, standard: Standard, connections: Connections) -> Target:
        """The target of one version; opening writes nothing yet."""


@cache
def load_upstream(folder: Path = ROOT) -> Upstream:
    """The one upstream there is; raises UpstreamFileError when there is none or more than one."""
    files = sorted(folder.glob("*.toml"))
    if len(files) != 1:
        names = ", ".join(path.name for path in files) or "none"
        raise UpstreamFileError(f"{folder.name}/ must hold exactly one upstream, it holds: {names}")
    return read_upstream(files[0])


def read_upstream(path: Path) -> Upstream:
    """One upstream from its file; raises UpstreamFileError."""
    try:
        content = tomllib.loads(path.read_text("utf-8"))
        return Upstream(
            code=path.stem,
            name=content["name"],
            effective_from=content["effective_from"],
            refusals=tuple(RefusalText(**entry) for entry in content.get("refusals", ())),
            limits=_limits(path, content.get("limits", {})),
            targets=MappingProxyType(
                {
                    version: Way(
                        standard=version,
                        connector=entry["connector"],
                        connection=entry["connection"],
                        options=MappingProxyType(
                            {
                                key: value
                                for key, value in entry.items()
                                if key not in {"connector", "connection", "visible_after_s"}
                            }
                        ),
                        visible_after_s=float(entry.get("visible_after_s", VISIBLE_AFTER_S)),
                    )
                    for version, entry in content["targets"].items()
                }
            ),
        )
    except KeyError as error:
        raise UpstreamFileError(f"{path.name}: the key {error.args[0]!r} is missing") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, AttributeError) as error:
        raise UpstreamFileError(f"{path.name}: {error}") from None


def _limits(path: Path, entry: Mapping[str, Any]) -> Limits:
    known = {one.name for one in fields(Limits)}
    if unknown := sorted(entry.keys() - known):
        raise UpstreamFileError(
            f"{path.name}: limits.{unknown[0]}: allowed are {', '.join(sorted(known))}"
        )
    limits = Limits(**entry)
    if min(limits.in_flight, limits.attempts) < 1 or not 0 < limits.backlog_share < 1:
        raise UpstreamFileError(
            f"{path.name}: limits: in_flight and attempts must be at least 1, backlog_share "
            "between 0 and 1"
        )
    return limits


def open_target(
    standard: Standard, connections: Connections, upstream: Upstream | None = None
) -> Target:
    """The target that takes a version of the standard; nothing is contacted yet.

    Raises StopError when the upstream takes no such version, or its connector or connection is
    missing.
    """
    upstream = upstream or load_upstream()
    way = upstream.targets.get(standard.version)
    if way is None:
        raise StopError(
            f"{upstream.name} takes no standard {standard.version!r}, only "
            f"{', '.join(upstream.targets)}; see upstreams/{upstream.code}.toml"
        )
    try:
        module = importlib.import_module(f"connectors.{way.connector}")
    except ModuleNotFoundError:
        raise UpstreamFileError(
            f'{upstream.code}.toml: targets."{way.standard}".connector: no module '
            f"connectors/{way.connector}.py"
        ) from None
    return cast(TargetModule, module).open_target(way, standard, connections)

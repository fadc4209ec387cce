"""Makes the pages under docs/reference from the sources: `PYTHONPATH=. python docs/build.py`.

With `--check` nothing is written; exit code 1 if a page is not what the sources say.
"""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import click
import matrix
import measured
import rule_pages

from connectors.county import load_bodies
from exchange import settings
from exchange.cli import exchange
from validators.codes import FILE, with_new
from validators.report.schema import report_schema

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "docs" / "reference"
MADE = "Made by `PYTHONPATH=. python docs/build.py`; a test compares."


def commands() -> str:
    """Every command with what `--help` says."""
    lines = ["# Commands", "", f"`./run exchange COMMAND`. {MADE}"]
    for path, command in _walk(exchange, ()):
        if isinstance(command, click.Group):
            continue
        context = click.Context(command, info_name=" ".join(("exchange", *path)))
        context.terminal_width = 96
        text = command.get_help(context).rstrip()
        lines += ["", f"## {' '.join(path)}", "", "```", text, "```"]
    return "\n".join(lines) + "\n"


def dags() -> str:
    """Every DAG with its own explanation."""
    lines = ["# Airflow 流程 / DAGs", "", MADE]
    for path in sorted((ROOT / "dags").glob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        lines += ["", f"## `{path.stem}`", "", f"运行 schedule: `{_schedule(tree)}`", ""]
        lines += [(ast.get_docstring(tree) or "").rstrip()]
    return "\n".join(lines) + "\n"


def bodies() -> str:
    """The bodies of the county files that ship."""
    lines = ["# 单位 / Bodies", "", MADE, ""]
    lines += ["| 代码 code | 名称 name | 接入方式 connector | 标准 standards | 周期 every |"]
    lines += ["|---|---|---|---|---|"]
    for code, body in sorted(load_bodies().items()):
        rhythm = f"{body.every.total_seconds():g} s"
        standards = "、".join(sorted(body.feeds))
        lines += [f"| `{code}` | {body.name} | `{body.connector}` | {standards} | {rhythm} |"]
    return "\n".join(lines) + "\n"


def codes() -> str:
    """The register of rule codes, with those that are new."""
    return with_new(FILE.read_text("utf-8"), (rule.code for rule in rule_pages.written()))


def report_shape() -> str:
    """The JSON Schema of a check's report."""
    return json.dumps(report_schema(), ensure_ascii=False, indent=1) + "\n"


MAKERS: Mapping[str, Callable[[], str]] = {
    "../../validators/codes.toml": codes,
    "articles.md": matrix.article_page,
    "bodies.md": bodies,
    "check-report.schema.json": report_shape,
    "clauses.md": matrix.clause_page,
    "commands.md": commands,
    "dags.md": dags,
    "measured.md": lambda: measured.page(MADE),
    "settings.md": settings.table,
}


def made() -> dict[str, str]:
    """Every page that is made, by its name below docs/reference."""
    pages = {name: make() for name, make in MAKERS.items()}
    return pages | {f"rules/{name}": text for name, text in rule_pages.pages().items()}


def stale(pages: Mapping[str, str]) -> list[str]:
    """The names of the pages that are not what the sources say, or that nothing makes any more."""
    left = {f"rules/{path.name}" for path in (PAGES / "rules").glob("*")} - set(pages)
    return [
        name
        for name, text in pages.items()
        if not (PAGES / name).exists() or (PAGES / name).read_text("utf-8") != text
    ] + sorted(left)


def main() -> int:
    """Writes the pages, or with `--check` only compares them."""
    if "--check" in sys.argv[1:]:
        found = stale(made())
        for name in found:
            print(f"{name} is not what the sources say: PYTHONPATH=. python docs/build.py")
        return 1 if found else 0
    pages = made()
    (PAGES / "rules").mkdir(exist_ok=True)
    for name in stale(pages):
        if name in pages:
            (PAGES / name).write_text(pages[name], "utf-8")
        else:
            (PAGES / name).unlink()
    return 0


def _walk(
    command: click.Command, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """The command and all below it, by the words one types."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None:
                yield from _walk(below, (*path, name))


def _schedule(tree: ast.Module) -> str:
    """What stands after `schedule=` in the DAG's decorator."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "schedule":
            return str(ast.literal_eval(node.value))
    return "–"


if __name__ == "__main__":
    sys.exit(main())

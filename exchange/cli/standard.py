"""The exchange standard as it is configured: versions, tables, fields."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from schemas import Standard, Table, load, versions


@click.command()
@click.argument("version", required=False)
@click.argument("table", required=False)
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
def standard(version: str | None, table: str | None, form: str) -> None:
    """List the versions, the tables of one, or the fields of a table.

    \b
    Example: exchange standard 3.0 SPGL_XMJBXXB
    """
    if version is None:
        found = [_summary(load(name)) for name in versions()]
        click.echo(json.dumps(found, ensure_ascii=False) if form == "json" else _lines(found))
    elif table is None:
        tables = [
            {"code": one.code, "name": one.name, "key": list(one.key), "fields": len(one.fields)}
            for one in load(version).in_order
        ]
        click.echo(json.dumps(tables, ensure_ascii=False) if form == "json" else _lines(tables))
    else:
        click.echo(_table(load(version).table(table), form))


def _summary(one: Standard) -> dict[str, object]:
    return {
        "version": one.version,
        "name": one.name,
        "in_force_from": one.in_force_from.isoformat(),
        "tables": len(one.tables),
    }


def _table(one: Table, form: str) -> str:
    if form == "json":
        return json.dumps(asdict(one), ensure_ascii=False, default=sorted)
    lines = [f"{one.code} {one.name}  主键 {', '.join(one.key)}"]
    lines += [
        f"  {field.code:16} {field.required} {field.type:9} {field.length or '':>5}  {field.name}"
        + (f"  [{field.codelist}]" if field.codelist else "")
        for field in one.fields
    ]
    return "\n".join(lines)


def _lines(rows: list[dict[str, object]]) -> str:
    return "\n".join("  ".join(str(value) for value in row.values()) for row in rows)

"""The data dictionary: one self-contained page with all versions, tables, fields and code lists.

``python -m schemas.dictionary OUT.html`` writes it. The page is Chinese, needs no network, every
table, field and code list has an address to link to, and the filter runs in the page.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from schemas.clauses import EVERY_TABLE, clauses, clauses_for
from schemas.overlay import OverlayError, standard_for
from schemas.standard import CodeList, Field, Standard, Table, versions

TEMPLATES = Path(__file__).parent / "templates"

_TYPES = {
    "string": "字符",
    "integer": "整数",
    "decimal": "小数",
    "date": "日期",
    "datetime": "日期时间",
}
_REQUIRED = {"M": "必填", "C": "条件必填", "O": "选填"}


def page(overlays: Sequence[str] = ()) -> str:
    """The whole page as HTML; with overlays, as the standard holds under them.

    The same data give the same text. Raises OverlayError.
    """
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    css = (TEMPLATES / "dictionary.css").read_text("utf-8")
    js = (TEMPLATES / "dictionary.js").read_text("utf-8")
    books = [_book(standard_for(tuple(overlays), version)) for version in reversed(versions())]
    return environment.get_template("dictionary.html.j2").render(
        books=books,
        table_count=sum(len(book["tables"]) for book in books),
        overlays=list(overlays),
        general=[each for each in clauses().values() if each.tables == (EVERY_TABLE,)],
        css=css,
        js=js,
        policy=f"default-src 'none'; style-src {_hash(css)}; script-src {_hash(js)}",
    )


def write(out: Path, overlays: Sequence[str] = ()) -> Path:
    """Writes the page to a file, or as ``dictionary.html`` into a folder; the path written."""
    target = out / "dictionary.html" if out.is_dir() else out
    target.write_text(page(overlays), "utf-8")
    return target


def main(arguments: Sequence[str] | None = None) -> int:
    """The command: 0 when the page is written, 2 when it could not be."""
    parser = argparse.ArgumentParser(
        prog="python -m schemas.dictionary",
        description="Write the data dictionary of the exchange standard as one HTML page.",
        epilog="example: python -m schemas.dictionary dictionary.html --overlay 420000",
    )
    parser.add_argument("out", type=Path, help="file to write, or a folder for dictionary.html")
    parser.add_argument(
        "--overlay",
        action="append",
        default=[],
        metavar="CODE",
        help="overlay to put on top of the national text; several, province first",
    )
    chosen = parser.parse_args(arguments)
    try:
        written = write(chosen.out, chosen.overlay)
    except (OSError, OverlayError) as error:
        print(f"dictionary not written: {error}", file=sys.stderr)
        return 2
    print(f"dictionary written: {written}")
    return 0


def _book(standard: Standard) -> dict[str, Any]:
    return {
        "version": standard.version,
        "name": standard.name,
        "in_force_from": standard.in_force_from,
        "in_force_to": standard.in_force_to,
        "overlay": standard.overlay,
        "tables": [_table(standard, table) for table in standard.in_order],
        "codelists": [_codelist(codes) for codes in standard.codelists.values()],
    }


def _table(standard: Standard, table: Table) -> dict[str, Any]:
    return {
        "code": table.code,
        "name": table.name,
        "section": table.section,
        "purpose": table.purpose,
        "key": table.key,
        "parents": [
            {
                "code": reference.table,
                "name": standard.table(reference.table).name,
                "fields": "、".join(reference.fields),
                "to_fields": "、".join(reference.to_fields),
            }
            for reference in table.references
        ],
        "children": [
            other
            for other in standard.in_order
            if other is not table and any(ref.table == table.code for ref in other.references)
        ],
        "fields": [_field(standard, field) for field in table.fields],
        "clauses": [
            each
            for each in clauses_for(table.code, standard.version)
            if each.tables != (EVERY_TABLE,)
        ],
        "find": f"{table.code} {table.name}".lower(),
    }


def _field(standard: Standard, field: Field) -> dict[str, Any]:
    codes = standard.codelists.get(field.codelist or "")
    return {
        "code": field.code,
        "name": field.name,
        "type": _type(field),
        "required": _required(field),
        "codelist": codes.code if codes else None,
        "codelist_name": codes.name if codes else None,
        "format": field.format,
        "remark": "由接收方填写。" if field.receiver else "",
        "note": field.note if field.condition is None else f"{field.condition}. {field.note or ''}",
        "find": f"{field.code} {field.name}".lower(),
    }


def _type(field: Field) -> str:
    name = _TYPES[field.type]
    if field.type == "string":
        return f"{name}（{field.length}）" if field.length else f"{name}，长度未公开"
    if field.precision is not None and field.scale is not None:
        return f"{name}（{field.precision},{field.scale}）"
    if field.precision is not None:
        return f"{name}（{field.precision}）"
    return f"{name}（{field.scale}位小数）" if field.scale is not None else name


def _required(field: Field) -> str:
    guessed = field.required_confidence == "low" and field.required != "O"
    return _REQUIRED[field.required] + ("（推定）" if guessed else "")


def _codelist(codes: CodeList) -> dict[str, Any]:
    return {
        "code": codes.code,
        "name": codes.name,
        "complete": codes.complete,
        "multi_value": codes.multi_value,
        "pattern": codes.pattern,
        "entries": [
            {"code": code, "name": name, "find": f"{code} {name or ''}".lower()}
            for code, name in codes.values.items()
        ],
        "find": f"{codes.code} {codes.name}".lower(),
    }


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"


if __name__ == "__main__":
    sys.exit(main())

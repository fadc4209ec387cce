"""The change queue that a county may set up beside its front database: a table and triggers.

Whatever is inserted, changed or deleted in a table of the standard leaves a line in the queue, in
the same transaction: it says which row, not what is in it. The text is for the county's own
administrator; nothing here is run by us. Our account for the queue needs SELECT, UPDATE and DELETE
on the queue alone; the account that reads the tables keeps SELECT.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from schemas import Table

Dialect = Literal["postgresql", "kingbase", "mysql", "oracle", "dameng"]

QUEUE = "SPGL_CHANGE_QUEUE"
LOCAL_KEY = "DFSJZJ"
SEPARATOR = 31
"""The character between the parts of a key of several columns, by its number."""

_TABLES = {
    "postgresql": """CREATE TABLE {queue} (
  "ID" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  "TABLE_NAME" varchar(64) NOT NULL,
  "ROW_KEY" varchar(400) NOT NULL,
  "LOCAL_KEY" varchar(400),
  "OP" char(1) NOT NULL,
  "QUEUED_AT" timestamp DEFAULT current_timestamp NOT NULL
)""",
    "mysql": """CREATE TABLE {queue} (
  `ID` bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  `TABLE_NAME` varchar(64) NOT NULL,
  `ROW_KEY` varchar(400) NOT NULL,
  `LOCAL_KEY` varchar(400),
  `OP` char(1) NOT NULL,
  `QUEUED_AT` timestamp DEFAULT current_timestamp NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin""",
    "oracle": """CREATE TABLE {queue} (
  "ID" number(19) GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  "TABLE_NAME" varchar2(64) NOT NULL,
  "ROW_KEY" varchar2(1200) NOT NULL,
  "LOCAL_KEY" varchar2(1200),
  "OP" char(1) NOT NULL,
  "QUEUED_AT" timestamp DEFAULT systimestamp NOT NULL
)""",
    "dameng": """CREATE TABLE {queue} (
  "ID" bigint IDENTITY(1, 1) PRIMARY KEY,
  "TABLE_NAME" varchar(64) NOT NULL,
  "ROW_KEY" varchar(1200) NOT NULL,
  "LOCAL_KEY" varchar(1200),
  "OP" char(1) NOT NULL,
  "QUEUED_AT" timestamp DEFAULT systimestamp NOT NULL
)""",
}
_WHEN = {"INSERT": "INSERTING", "UPDATE": "UPDATING", "DELETE": "DELETING"}
_OPERATIONS = (("INSERT", "I", "NEW"), ("UPDATE", "U", "NEW"), ("DELETE", "D", "OLD"))


def queue_statements(dialect: Dialect, *, schema: str | None = None) -> tuple[str, ...]:
    """The statements that create the queue itself."""
    queue = _named(dialect, QUEUE, schema)
    form = _TABLES["postgresql" if dialect == "kingbase" else dialect]
    columns = ", ".join(_quoted(dialect, name) for name in ("TABLE_NAME", "ID"))
    index = _quoted(dialect, "IX_SPGL_CHANGE_QUEUE")
    return (form.format(queue=queue), f"CREATE INDEX {index} ON {queue} ({columns})")


def trigger_statements(
    table: Table, dialect: Dialect, *, unique: Sequence[str] = ("LSH",), schema: str | None = None
) -> tuple[str, ...]:
    """The statements that make one table of the standard write its changes into the queue.

    ``unique`` are the columns that tell its rows apart, as in the body's file. An update that
    changes such a column queues the old key as deleted too.
    """
    match dialect:
        case "postgresql" | "kingbase":
            return _postgresql(table, dialect, unique, schema)
        case "mysql":
            return _mysql(table, unique, schema)
        case _:
            return (_oracle(table, dialect, unique, schema),)


def _postgresql(
    table: Table, dialect: Dialect, unique: Sequence[str], schema: str | None
) -> tuple[str, ...]:
    queue, there = _named(dialect, QUEUE, schema), _named(dialect, table.code, schema)
    function = _named(dialect, f"SPGL_QUEUE_{_short(table)}", schema)
    trigger = _quoted(dialect, f"TR_{_short(table)}_Q")
    lines = []
    for name, letter, row in _OPERATIONS:
        moved = _insert(table, dialect, queue, unique, "OLD", "D")
        changed = _differs(dialect, unique)
        extra = f" IF {changed} THEN {moved}; END IF;" if name == "UPDATE" else ""
        insert = _insert(table, dialect, queue, unique, row, letter)
        lines.append(f"  IF TG_OP = '{name}' THEN{extra} {insert}; END IF;")
    body = "\n".join(lines)
    head = f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
    create = (
        f"{head} SET search_path FROM CURRENT AS "
        f"$queue$\nBEGIN\n{body}\n  RETURN NULL;\nEND $queue$"
    )
    attach = (
        f"CREATE TRIGGER {trigger} AFTER INSERT OR UPDATE OR DELETE ON {there} "
        f"FOR EACH ROW EXECUTE PROCEDURE {function}()"
    )
    return (create, attach)


def _mysql(table: Table, unique: Sequence[str], schema: str | None) -> tuple[str, ...]:
    queue, there = _named("mysql", QUEUE, schema), _named("mysql", table.code, schema)
    found = []
    for name, letter, row in _OPERATIONS:
        lines = [f"  {_insert(table, 'mysql', queue, unique, row, letter)};"]
        if name == "UPDATE":
            moved = _insert(table, "mysql", queue, unique, "OLD", "D")
            lines.insert(0, f"  IF {_differs('mysql', unique)} THEN {moved}; END IF;")
        body = "\n".join(lines)
        trigger = _quoted("mysql", f"TR_{_short(table)}_{letter}")
        found.append(
            f"CREATE TRIGGER {trigger} AFTER {name} ON {there} FOR EACH ROW\nBEGIN\n{body}\nEND"
        )
    return tuple(found)


def _oracle(table: Table, dialect: Dialect, unique: Sequence[str], schema: str | None) -> str:
    queue, there = _named(dialect, QUEUE, schema), _named(dialect, table.code, schema)
    trigger = _named(dialect, f"TR_{_short(table)}_Q", schema)
    lines = []
    for name, letter, row in _OPERATIONS:
        extra = ""
        if name == "UPDATE":
            moved = _insert(table, dialect, queue, unique, "OLD", "D")
            extra = f" IF {_differs(dialect, unique)} THEN {moved}; END IF;"
        insert = _insert(table, dialect, queue, unique, row, letter)
        lines.append(f"  IF {_WHEN[name]} THEN{extra} {insert}; END IF;")
    body = "\n".join(lines)
    return (
        f"CREATE OR REPLACE TRIGGER {trigger} AFTER INSERT OR UPDATE OR DELETE ON {there} "
        f"FOR EACH ROW\nBEGIN\n{body}\nEND;"
    )


def _insert(
    table: Table, dialect: Dialect, queue: str, unique: Sequence[str], row: str, letter: str
) -> str:
    columns = ("TABLE_NAME", "ROW_KEY", "LOCAL_KEY", "OP")
    names = ", ".join(_quoted(dialect, name) for name in columns)
    local = _cell(dialect, row, LOCAL_KEY) if LOCAL_KEY in table.by_code else "NULL"
    if LOCAL_KEY in table.by_code:
        local = f"SUBSTR({local}, 1, 400)"
    key = _key(dialect, row, unique)
    values = f"'{table.code}', {key}, {local}, '{letter}'"
    return f"INSERT INTO {queue} ({names}) VALUES ({values})"  # noqa: S608 - text for a person


def _key(dialect: Dialect, row: str, unique: Sequence[str]) -> str:
    cells = [_text(dialect, _cell(dialect, row, name)) for name in unique]
    if dialect == "mysql":
        return cells[0] if len(cells) == 1 else f"CONCAT_WS(CHAR({SEPARATOR}), {', '.join(cells)})"
    return f" || CHR({SEPARATOR}) || ".join(cells)


def _text(dialect: Dialect, cell: str) -> str:
    match dialect:
        case "mysql":
            return f"CAST({cell} AS CHAR)"
        case "postgresql" | "kingbase":
            return f"CAST({cell} AS text)"
        case _:
            return f"TO_CHAR({cell})"


def _differs(dialect: Dialect, unique: Sequence[str]) -> str:
    pairs = [(_cell(dialect, "OLD", name), _cell(dialect, "NEW", name)) for name in unique]
    return " OR ".join(f"{old} <> {new}" for old, new in pairs)


def _cell(dialect: Dialect, row: str, column: str) -> str:
    mark = ":" if dialect in {"oracle", "dameng"} else ""
    return f"{mark}{row}.{_quoted(dialect, column)}"


def _quoted(dialect: Dialect, name: str) -> str:
    return f"`{name}`" if dialect == "mysql" else f'"{name}"'


def _named(dialect: Dialect, name: str, schema: str | None) -> str:
    return _quoted(dialect, name) if schema is None else f"{schema}.{_quoted(dialect, name)}"


def _short(table: Table) -> str:
    return table.code.removeprefix("SPGL_")

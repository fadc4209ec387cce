"""CREATE TABLE text from the standard, for the database products that counties and provinces run.

Table and column names are written quoted and in capitals, exactly as the standard prints them, in
every product: a program that quotes finds the same names everywhere.

Two kinds of front database (前置库) come from here:

* a county's, ``loose=True``: every column takes any text, because what a county really wrote must
  be kept to be judged; with ``change_column="GXSJ"`` for the time of the last change of a row;
* the province's, ``loose=False``: typed as in the standard, the sender's system columns required.
"""

from __future__ import annotations

import re
from typing import Literal, TypedDict, Unpack

from schemas.ddl_types import TYPES, Dialect, column_type, length_check
from schemas.standard import Field, Standard, Table

Lsh = Literal["identity", "char32", "plain"]

SERIAL = "LSH"
SYSTEM_COLUMNS = frozenset({"DFSJZJ", "XZQHDM", "SJYXBS", "SJSCZT"})
"""What the sender must put into every row, whatever the table (clause COM-001)."""

_MYSQL_INDEX_CHARACTERS = 700
_LOOKUP = "DFSJZJ"
_STATE = "SJSCZT"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}\Z")


def columns(
    table: Table, *, change_column: str | None = None, lsh: Lsh = "identity"
) -> tuple[str, ...]:
    """The columns of the created table in order: those of the standard and what is added.

    A serial number that identifies rows (``identity``, ``char32``) comes first and is added where
    the standard's table has none; the change column comes last where the table lacks it.
    """
    found = [code for code in table.columns if code != SERIAL or lsh == "plain"]
    if lsh != "plain":
        found.insert(0, SERIAL)
    if change_column is not None and change_column not in found:
        found.append(change_column)
    return tuple(found)


class Options(TypedDict, total=False):
    """How a table is to be created.

    ``schema`` is the database schema to create it in. ``change_column`` names the column with the
    time of the last change: typed as a time, never empty, filled with the session's wall clock
    when not given, indexed. ``lsh`` is the serial number: a generated integer (``identity``, the
    default), 32 characters (``char32``), or a plain column as in the standard (``plain``).
    ``loose`` lets every column take any text. ``strict`` makes every mandatory column NOT NULL;
    without it only the sender's system columns are.
    """

    schema: str | None
    change_column: str | None
    lsh: Lsh
    loose: bool
    strict: bool


def statements(table: Table, dialect: Dialect, **options: Unpack[Options]) -> tuple[str, ...]:
    """The statements that create one table, its indexes and its Chinese comments, one by one.

    Raises ValueError for a schema or change column that is no plain name.
    """
    plan = _Plan(table, dialect, options)
    return (plan.create(), *plan.indexes(), *plan.comments())


def create_table(table: Table, dialect: Dialect, **options: Unpack[Options]) -> str:
    """The same as one script, each statement closed by a semicolon."""
    return "".join(f"{part};\n" for part in statements(table, dialect, **options))


def create_all(standard: Standard, dialect: Dialect, **options: Unpack[Options]) -> str:
    """The script for all tables of a version, parents first."""
    return "\n".join(create_table(table, dialect, **options) for table in standard.in_order)


class _Plan:
    """One table as it will be created: which columns, of which type, with which indexes."""

    def __init__(self, table: Table, dialect: Dialect, options: Options) -> None:
        self.table = table
        self.dialect = dialect
        self.quote = "`" if dialect == "mysql" else '"'
        self.types = TYPES[dialect]
        schema = _plain_name(options.get("schema"))
        self.change_column = _plain_name(options.get("change_column"))
        self.lsh = options.get("lsh", "identity")
        self.loose = options.get("loose", False)
        self.strict = options.get("strict", False)
        self.columns = columns(table, change_column=self.change_column, lsh=self.lsh)
        self.name = self._q(table.code) if schema is None else f"{schema}.{self._q(table.code)}"

    def create(self) -> str:
        lines = [f"  {self._column(code)}" for code in self.columns]
        if self.lsh != "plain":
            lines.append(f"  PRIMARY KEY ({self._q(SERIAL)})")
        tail = ""
        if self.dialect == "mysql":
            comment = _text(self.table.name)
            tail = f" ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT={comment}"
        body = ",\n".join(lines)
        return f"CREATE TABLE {self.name} (\n{body}\n){tail}"

    def indexes(self) -> list[str]:
        """For the pull (change time), for one row, for the receiver (new rows), for parents."""
        short = self.table.code.removeprefix("SPGL_")
        made = []
        if self.change_column is not None:
            tail = () if self.lsh == "plain" else (SERIAL,)
            made.append(self._index(f"IX_{short}_T", (self.change_column, *tail)))
        if _LOOKUP in self.columns and not self._unindexable:
            made.append(self._index(f"IX_{short}_L", (_LOOKUP,)))
        if not self.loose and _STATE in self.columns:
            made.append(self._index(f"IX_{short}_S", (_STATE,)))
        if not self.loose:
            made.append(self._index(f"IX_{short}_K", self.table.key))
        return made

    def comments(self) -> list[str]:
        if self.dialect == "mysql":
            return []
        return [
            f"COMMENT ON TABLE {self.name} IS {_text(self.table.name)}",
            *(
                f"COMMENT ON COLUMN {self.name}.{self._q(code)} IS {_text(self._title(code))}"
                for code in self.columns
            ),
        ]

    @property
    def _unindexable(self) -> bool:
        """A loose column is a large object here, or so wide that an index entry cannot hold it."""
        return self.loose and self.dialect in {"oracle", "dameng"}

    def _column(self, code: str) -> str:
        words = [self._q(code), self._type(code)]
        if code == self.change_column:
            words.append(f"DEFAULT {self.types.now} NOT NULL")
        elif self._required(code):
            words.append("NOT NULL")
        column = " ".join(words)
        field = self.table.by_code.get(code)
        if field is not None and not self.loose:
            column += length_check(field, self.dialect, self._q(code))
        if self.dialect == "mysql":
            column += f" COMMENT {_text(self._title(code))}"
        return column

    def _type(self, code: str) -> str:
        if code == SERIAL and self.lsh == "identity":
            return self.types.identity
        if code == SERIAL and self.lsh == "char32":
            return "char(32)"
        if code == self.change_column:
            return self.types.datetime
        indexed = code == _LOOKUP or code in self.table.key
        return column_type(self._field(code), self.dialect, loose=self.loose, indexed=indexed)

    def _required(self, code: str) -> bool:
        if code == SERIAL:
            return self.lsh == "char32"
        if self.loose or self._field(code).required != "M":
            return False
        return self.strict or code in SYSTEM_COLUMNS

    def _index(self, name: str, codes: tuple[str, ...]) -> str:
        parts = [self._index_part(code, len(codes)) for code in codes]
        hashed = self.loose and codes == (_LOOKUP,) and self.dialect in {"postgresql", "kingbase"}
        using = " USING hash" if hashed else ""
        return f"CREATE INDEX {self._q(name)} ON {self.name}{using} ({', '.join(parts)})"

    def _index_part(self, code: str, count: int) -> str:
        """MySQL needs a prefix for text, and all parts together have at most 768 characters."""
        column = self._q(code)
        if self.dialect != "mysql" or code in {SERIAL, self.change_column}:
            return column
        field = self._field(code)
        if not self.loose and field.type != "string":
            return column
        prefix = _MYSQL_INDEX_CHARACTERS // max(count, 4)
        if not self.loose and field.length is not None and field.length <= prefix:
            return column
        return f"{column}({prefix})"

    def _field(self, code: str) -> Field:
        return self.table.by_code[code]

    def _title(self, code: str) -> str:
        if code in self.table.by_code:
            return self._field(code).name
        return "流水号" if code == SERIAL else "更新时间"

    def _q(self, name: str) -> str:
        return f"{self.quote}{name}{self.quote}"


def _plain_name(name: str | None) -> str | None:
    if name is not None and not _NAME.match(name):
        raise ValueError(
            f"{name!r} cannot be a schema or column name; use letters, digits and underscores"
        )
    return name


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"

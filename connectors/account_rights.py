"""Whether the account we were given could change a source's data: then it must not be used."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, text

from connectors.base import AccountCanWriteError

_HARMLESS = frozenset({
    "USAGE", "SELECT", "SHOW VIEW", "SHOW DATABASES", "PROCESS", "REPLICATION CLIENT",
    "BINLOG MONITOR", "EXECUTE", "SLAVE MONITOR", "REPLICA MONITOR",
})  # fmt: skip
_GRANT = re.compile(r"GRANT (?P<rights>.+?) ON (?P<where>\S+) TO ", re.IGNORECASE)
_COLUMNS = re.compile(r"\([^()]*\)")

_POSTGRESQL = text(
    """
    SELECT c.relname, r.right
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    CROSS JOIN (VALUES ('INSERT'), ('UPDATE'), ('DELETE'), ('TRUNCATE')) AS r ("right")
    WHERE n.nspname = coalesce(:schema, current_schema()) AND c.relname IN :names
      AND has_table_privilege(c.oid, r.right)
    ORDER BY 1, 2
    """
).bindparams(bindparam("names", expanding=True))


def refuse_writer(
    connection: Connection, body: str, names: Iterable[str], schema: str | None
) -> list[str]:
    """Warnings when rights cannot be told; raises AccountCanWriteError when it could write.

    ``names`` are the real names of the tables read.
    """
    match connection.dialect.name:
        case "postgresql" | "kingbase":
            rows = connection.execute(_POSTGRESQL, {"schema": schema, "names": list(names)})
            found = [f"{right} on {name}" for name, right in rows]
            unclear: list[str] = []
        case "mysql" | "mariadb":
            grants = [str(row[0]) for row in connection.execute(text("SHOW GRANTS"))]
            found, unclear = _mysql(grants)
        case name:
            found = []
            unclear = [f"账号权限无法自动核查（{name}），请由管理员确认该账号只有查询权限"]
    if found:
        shown = ", ".join(found[:5]) + (" …" if len(found) > 5 else "")  # noqa: PLR2004 - shown
        raise AccountCanWriteError(
            f"the account may change the source's data ({shown}); give the exchange an account "
            "with SELECT only",
            body=body,
        )
    return unclear


def _mysql(grants: Iterable[str]) -> tuple[list[str], list[str]]:
    """Rights beyond reading, and grants (of roles) that say nothing by themselves."""
    found, unclear = [], []
    for grant in grants:
        match = _GRANT.match(grant)
        if match is None:
            if not grant.upper().startswith("SET DEFAULT ROLE"):
                unclear.append("账号权限来自角色，请由管理员确认该角色只有查询权限")
            continue
        rights = [part.strip().upper() for part in _COLUMNS.sub("", match["rights"]).split(",")]
        found += [f"{right} on {match['where']}" for right in rights if right not in _HARMLESS]
    return found, unclear

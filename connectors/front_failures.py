"""What a database error while reading a front database means for what to do next."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from connectors.base import ConnectorError, RefusedError, StopError, TryLaterError
from connectors.database_products import failure_of, reason_of
from schemas import Table


def reading_failed(
    error: DBAPIError | PoolTimeoutError, body: str, table: Table | None
) -> ConnectorError:
    """The error by what to do next; names body and table, repeats no statement."""
    code = None if table is None else table.code
    if isinstance(error, PoolTimeoutError):
        return TryLaterError("没有空闲的数据库连接", body=body, table=code)
    reason = reason_of(error)
    match failure_of(error):
        case "login":
            return StopError(f"前置库拒绝账号登录：{reason}", body=body, table=code)
        case "shape" | "data":
            return RefusedError(f"前置库无法按标准读取：{reason}", body=body, table=code)
        case "rights":
            return RefusedError(f"账号没有查询权限：{reason}", body=body, table=code)
        case _:
            return TryLaterError(f"前置库连接失败或中断：{reason}", body=body, table=code)

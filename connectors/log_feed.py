"""What feeds that follow a database's own log have in common: the account, the tables, the keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from sqlalchemy.exc import DBAPIError

from connectors.base import ConnectorError, StopError, TryLaterError
from connectors.database_products import Failure, Session, failure_of, open_engine, reason_of
from connectors.front_changes import Change, ChangeFeed
from connectors.front_layout import LOCAL_KEY
from schemas import Table


class LogFeed(ChangeFeed):
    """The log of one database for some tables; ``unique`` are the key columns (default LSH).

    ``log`` is what people call it in messages.
    """

    log: ClassVar[str]

    def __init__(
        self,
        body: str,
        url: str,
        tables: Sequence[Table],
        *,
        unique: Sequence[str] | None,
        session: Session,
    ) -> None:
        """Nothing is contacted yet; ``url`` is a stored connection's."""
        self._body = body
        self._unique = tuple(unique or ("LSH",))
        self._seconds = session.statement_seconds
        self._engine = open_engine(url, session)
        self._codes = {table.code.casefold(): table.code for table in tables}

    def close(self) -> None:
        """What was not settled is told again to the next."""
        self._engine.dispose()

    def _told_of(
        self, table: str, images: Iterable[Mapping[str, Any] | None]
    ) -> list[tuple[str, Change]]:
        """The changes that a logged row tells, with their table's code.

        One for its key before and, where it is another, one for its key after; none of a table that
        is not ours.
        """
        code = self._codes.get(table.casefold())
        found: list[tuple[str, Change]] = []
        for image in images:
            key = [image.get(name) for name in self._unique] if image else [None]
            if code is None or image is None or any(part is None for part in key):
                continue
            local = image.get(LOCAL_KEY)
            change = Change(tuple(str(part) for part in key), None if local is None else str(local))
            if (code, change) not in found:
                found.append((code, change))
        return found

    def _failed(self, error: DBAPIError) -> ConnectorError:
        return refused_or_later(failure_of(error), self.log, reason_of(error), self._body)


def refused_or_later(failure: Failure, log: str, reason: str, body: str) -> ConnectorError:
    """An account that may not read the log needs a person; whatever else it is may pass."""
    if failure in {"login", "rights"}:
        return StopError(f"{log} 账号被拒绝：{reason}", body=body)
    return TryLaterError(f"{log} 读取失败：{reason}", body=body)

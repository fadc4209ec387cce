"""Source: a body's HTTP interface that gives new rows page by page.

The protocol: ``GET {base}/{TABLE}?limit=2000&after=<token>`` (``after`` only when there is one)::

    {"rows": [{"DFSJZJ": "…", …}, …], "next": "<token>", "more": true,
     "now": "2026-01-02T03:04:05+08:00"}

Each row has every column of the table except the receiver's, as text, whole number or null; a
column that is left out is not the same as null and refuses the page. ``next`` is the position after
these rows, of the body's own making; asking with it again must give what came later, also rows
whose transaction was late. ``now`` is the body's clock.

Feed options: ``signer`` and ``app_key`` (see ``connectors.signers``), ``cursor`` (column with the
time of a row's last change, default GXSJ), ``connect_seconds``, ``answer_seconds``.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from connectors.base import (
    TECHNICAL_COLUMNS,
    Mark,
    Page,
    RefusedError,
    Source,
    SourceRow,
    StopError,
    TryLaterError,
)
from connectors.cells import json_row
from connectors.connections import Connections
from connectors.county import Body, BodyFileError, Feed
from connectors.signers import Keys, Request, Signer, signer_named, stored_keys
from schemas import Standard, Table

ANSWER_LIMIT = 64_000_000
"""Bytes of the largest answer taken."""

_OPTIONS = {"signer", "app_key", "cursor", "connect_seconds", "answer_seconds"}
_ZONE = ZoneInfo("Asia/Shanghai")
_RETRIES = 3
_CHUNK = 1 << 16
_OK = 200
_REFUSED = {400, 404, 409, 422}
_FOR_A_PERSON = {401, 403, 405}


def open_source(body: Body, feed: Feed, standard: Standard, connections: Connections) -> HttpPull:
    """The interface of one feed; raises StopError when file, connection or keys are wrong."""
    options = dict(feed.options)
    unknown = sorted(options.keys() - _OPTIONS)
    if unknown:
        raise BodyFileError(
            f'{body.code}.toml: feeds."{feed.standard}".{unknown[0]}: an http_pull only knows '
            f"{', '.join(sorted(_OPTIONS))}"
        )
    signer = options.pop("signer", "none")
    keys = stored_keys(signer, options.pop("app_key", ""), feed.connection, connections)
    url = connections.url(feed.connection)
    return HttpPull(body.code, url, feed.tables_of(standard), signer_named(signer), keys, **options)


class HttpPull(Source):
    """One body's interface for one standard. ``clock`` gives the time to sign with."""

    def __init__(
        self,
        body: str,
        url: str,
        tables: tuple[Table, ...],
        signer: Signer,
        keys: Keys,
        *,
        cursor: str = "GXSJ",
        connect_seconds: float = 5,
        answer_seconds: float = 30,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._body = body
        self._base = url.rstrip("/")
        self._tables = tables
        self._signer = signer
        self._keys = keys
        self._cursor = cursor
        self._waits = (connect_seconds, answer_seconds)
        self._now = clock
        self._source_clock: datetime | None = None
        self._session = requests.Session()
        self._session.trust_env = False
        retry = Retry(
            total=_RETRIES, backoff_factor=0.3, status_forcelist=(429, 502, 503, 504),
            raise_on_status=False,
        )  # fmt: skip
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=retry))

    def check(self) -> list[str]:
        """Warnings on tables that cannot be read; raises TryLaterError when nothing answers."""
        warnings = []
        for table in self._tables:
            try:
                next(self.pages(table, None, page_rows=1), None)
            except RefusedError as error:
                warnings.append(str(error))
        return warnings

    def clock(self) -> datetime | None:
        """The body's clock as of the last answer."""
        return self._source_clock

    def pages(self, table: Table, mark: Mark | None, *, page_rows: int = 2000) -> Iterator[Page]:
        """Pages until the body says that there is no more; see ``Source.pages``."""
        token = None if mark is None else mark["token"]
        while True:
            answer = self._get(table, token, page_rows)
            try:
                given, following = list(answer["rows"]), answer["next"]
                more = bool(answer.get("more"))
                self._source_clock = _aware(answer.get("now"))
            except (KeyError, TypeError, AttributeError):
                raise self._refused(table, "答复应为含 rows 和 next 的 JSON 对象") from None
            rows = tuple(self._row(table, row) for row in given)
            if rows:
                yield Page(rows, {"token": following}, self._source_clock, "http_pull")
            if not more:
                return
            if following == token:
                raise self._refused(table, "more 为真而 next 没有前进")
            token = following

    def done(self, page: Page) -> None:
        """Nothing to do: the next request carries the position."""

    def close(self) -> None:
        """Closes the connections."""
        self._session.close()

    def _row(self, table: Table, given: Any) -> SourceRow:
        if not isinstance(given, Mapping):
            raise self._refused(table, "rows 中的每一行应为 JSON 对象")
        missing = [
            code for code in table.columns if code not in TECHNICAL_COLUMNS and code not in given
        ]
        if missing:
            raise self._refused(
                table, f"缺少列 {'、'.join(missing)}；没有内容的列也应给出，值为 null"
            )
        values, defects = json_row(table.columns, given)
        where = f"DFSJZJ={values.get('DFSJZJ')}"
        return SourceRow(values, _aware(given.get(self._cursor)), where, defects)

    def _get(self, table: Table, token: str | None, limit: int) -> Any:
        query = {"limit": str(limit)} | ({} if token is None else {"after": token})
        url = f"{self._base}/{table.code}?{urlencode(query)}"
        parts = urlsplit(url)
        request = Request("GET", f"{parts.path}?{parts.query}", b"")
        headers = self._signer(request, self._now(), secrets.token_hex(16), self._keys)
        try:
            with self._session.get(
                url, headers=headers, timeout=self._waits, allow_redirects=False, stream=True
            ) as answer:
                content = self._read(table, answer)
        except requests.RequestException as error:
            raise TryLaterError(
                f"接口无法连接或中断（{type(error).__name__}）", body=self._body, table=table.code
            ) from None
        try:
            return json.loads(content)
        except ValueError:
            raise self._refused(table, "答复不是 UTF-8 编码的 JSON") from None

    def _read(self, table: Table, answer: requests.Response) -> bytes:
        if answer.status_code in _REFUSED:
            raise self._refused(table, f"接口答复 {answer.status_code}：{answer.text[:200]}")
        if answer.status_code in _FOR_A_PERSON:
            raise StopError(f"接口答复 {answer.status_code}", body=self._body, table=table.code)
        if answer.status_code != _OK:
            raise TryLaterError(f"接口答复 {answer.status_code}", body=self._body, table=table.code)
        content = bytearray()
        for chunk in answer.iter_content(_CHUNK):
            content += chunk
            if len(content) > ANSWER_LIMIT:
                raise self._refused(table, f"一页答复超过 {ANSWER_LIMIT} 字节，请减小每页的行数")
        return bytes(content)

    def _refused(self, table: Table, reason: str) -> RefusedError:
        return RefusedError(reason, body=self._body, table=table.code)


def _aware(text: Any) -> datetime | None:
    """A time of the body's; wall time without an offset is that of the records."""
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=_ZONE)

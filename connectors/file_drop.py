"""Source: a folder into which a body puts files named after the tables.

``<TABLE>[_anything].csv|.xlsx|.dbf`` (or the table's Chinese name) is taken when it is complete:
not hidden, not ``.tmp``/``.part``, unchanged for ``settle`` seconds (feed option, default 3). Files
are taken oldest first. When all rows of a file are durably landed the file moves to ``done/``; a
file that cannot be read moves to ``rejected/`` with a ``.reason.txt`` in Chinese beside it, and so
does a file that is named after no table. If we stop between landing and moving, the mark tells: the
file is only moved then.

Beside a file may lie the code of the body's own check of it, ``<file name>.zc``
(``schemas.self_check``); it goes where the file goes.

The stored connection is the folder.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path

from connectors.base import Mark, Page, RefusedError, Source, TryLaterError
from connectors.connections import Connections
from connectors.county import Body, BodyFileError, Feed
from connectors.file_reading import FileContent, kind_of, read_file
from schemas import Standard, Table
from schemas.self_check import SelfCheck

_OPTIONS = {"settle"}
_CODE_LENGTH = 200
_UNFINISHED = re.compile(r"(\.|~\$).*|.*\.(tmp|part|partial|crdownload)\Z", re.IGNORECASE)


def open_source(body: Body, feed: Feed, standard: Standard, connections: Connections) -> FileDrop:
    """The folder of one feed; raises StopError when file or connection are wrong."""
    unknown = sorted(feed.options.keys() - _OPTIONS)
    if unknown:
        raise BodyFileError(
            f'{body.code}.toml: feeds."{feed.standard}".{unknown[0]}: a file_drop only knows '
            f"{', '.join(sorted(_OPTIONS))}"
        )
    folder = Path(connections.url(feed.connection).removeprefix("file://"))
    return FileDrop(body.code, folder, feed.tables_of(standard), **feed.options)


class FileDrop(Source):
    """One folder with the files of one standard. ``clock`` gives seconds as ``time.time`` does."""

    def __init__(
        self,
        body: str,
        folder: Path,
        tables: tuple[Table, ...],
        *,
        settle: float = 3,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._body = body
        self._folder = folder
        self._tables = tables
        self._settle = settle
        self._clock = clock

    def check(self) -> list[str]:
        """Warnings on files that belong to no table; raises TryLaterError without the folder."""
        return [
            f"{self._body}: 文件 {path.name} 不是任何表的文件" for path in self._unknown_files()
        ]

    def pages(self, table: Table, mark: Mark | None, *, page_rows: int = 2000) -> Iterator[Page]:
        """The rows of all complete files of ``table``, file by file; see ``Source.pages``.

        Files that are refused are put aside; after the others RefusedError is raised for them.
        """
        refused: list[str] = []
        for path in self._files_of(table):
            try:
                yield from self._pages_of(path, table, mark, page_rows)
            except RefusedError as error:
                self._reject(path, str(error))
                refused.append(str(error))
            except OSError as error:
                raise TryLaterError(
                    f"文件 {path.name} 暂时无法读取：{error.strerror}",
                    body=self._body,
                    table=table.code,
                ) from None
        if table.code == self._tables[0].code:
            refused += self._reject_unknown()
        if refused:
            raise RefusedError("；".join(refused), body=self._body, table=table.code)

    def stirred(self, tables: Sequence[Table], marks: Mapping[str, Mark | None]) -> list[Table]:
        """The tables that a complete file is there for; the first one puts strange files aside."""
        del marks
        files = self._complete()
        strange = any(not any(_belongs(file, table) for table in self._tables) for file in files)
        return [
            table
            for table in tables
            if any(_belongs(file, table) for file in files)
            or (strange and table.code == self._tables[0].code)
        ]

    def done(self, page: Page) -> None:
        """Moves the file of the page to ``done/`` when it was the file's last page."""
        if page.mark is not None and page.mark["whole"]:
            path = self._folder / page.mark["file"]
            with suppress(FileNotFoundError):
                _move(path, self._folder / "done")

    def close(self) -> None:
        """Nothing is open between pages."""

    def _pages_of(
        self, path: Path, table: Table, mark: Mark | None, page_rows: int
    ) -> Iterator[Page]:
        state = path.stat()
        content = read_file(path, table)
        identity = {
            "file": path.name,
            "sha256": content.sha256,
            "modified": state.st_mtime_ns,
        }
        taken = 0
        if mark is not None and {key: mark.get(key) for key in identity} == identity:
            if mark["whole"]:
                _move(path, self._folder / "done")
                return
            taken = mark["rows"]
        checked = _self_check(path, content.sha256)
        yield from self._sliced(content, identity, checked, taken, page_rows)

    def _sliced(
        self,
        content: FileContent,
        identity: dict[str, object],
        checked: tuple[str, bool] | None,
        taken: int,
        page_rows: int,
    ) -> Iterator[Page]:
        rows = islice(content.rows, taken, None)
        page = tuple(islice(rows, page_rows))
        while True:
            following = tuple(islice(rows, page_rows))
            taken += len(page)
            yield Page(
                rows=page,
                mark={**identity, "rows": taken, "whole": not following},
                source_clock=None,
                origin="file_drop",
                detail=str(identity["file"]),
                self_check=checked,
            )
            if not following:
                return
            page = following

    def _files_of(self, table: Table) -> list[Path]:
        return [path for path in self._complete() if _belongs(path, table)]

    def _unknown_files(self) -> list[Path]:
        return [
            path
            for path in self._complete()
            if not any(_belongs(path, table) for table in self._tables)
        ]

    def _complete(self) -> list[Path]:
        """The files that are there whole, oldest first."""
        found: list[tuple[int, str, Path]] = []
        try:
            for path in self._folder.iterdir():
                if _UNFINISHED.match(path.name) or path.name.endswith((".reason.txt", ".zc")):
                    continue
                with suppress(FileNotFoundError):
                    state = path.stat()
                    changed = max(state.st_mtime, state.st_ctime)
                    if path.is_file() and self._clock() - changed >= self._settle:
                        found.append((state.st_mtime_ns, path.name, path))
        except OSError as error:
            raise TryLaterError(f"交换文件夹无法访问：{error.strerror}", body=self._body) from None
        return [path for _, _, path in sorted(found)]

    def _reject_unknown(self) -> list[str]:
        reasons = []
        for path in self._unknown_files():
            try:
                kind_of(path)
                reason = (
                    f"文件 {path.name}：文件名不是标准中的表，应为 <表代码>[_任意].csv|.xlsx|.dbf，"
                    f"如 {self._tables[0].code}_001.csv"
                )
            except RefusedError as error:
                reason = str(error)
            self._reject(path, reason)
            reasons.append(reason)
        return reasons

    def _reject(self, path: Path, reason: str) -> None:
        with suppress(FileNotFoundError):
            moved = _move(path, self._folder / "rejected")
            moved.with_name(moved.name + ".reason.txt").write_text(reason + "\n", "utf-8")


def _belongs(path: Path, table: Table) -> bool:
    return any(
        path.stem.upper() == name or path.stem.upper().startswith(name + "_")
        for name in (table.code, table.name.upper())
    )


def _move(path: Path, folder: Path) -> Path:
    """The file in ``folder`` under its name, or with a number when that name is taken."""
    folder.mkdir(exist_ok=True)
    aim = folder / path.name
    number = 1
    while aim.exists():
        number += 1
        aim = folder / f"{path.stem}-{number}{path.suffix}"
    with suppress(FileNotFoundError):
        _code_file(path).rename(_code_file(aim))
    return path.rename(aim)


def _code_file(path: Path) -> Path:
    return path.with_name(f"{path.name}.zc")


def _self_check(path: Path, sha256: str) -> tuple[str, bool] | None:
    """The code beside a file and whether it is of this file; None without one."""
    try:
        with _code_file(path).open("rb") as file:
            code = file.read(_CODE_LENGTH).decode("utf-8", "replace").strip()
    except FileNotFoundError:
        return None
    said = SelfCheck.read(code)
    return code, said is not None and said.is_of_file(sha256)

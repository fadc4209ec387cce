"""Which addresses of a body may be looked at, and which addresses its rows name.

In the body's file::

    [links]
    allow = ["https://files.example.gov.cn/archive/"]    # origins, perhaps with the start of a path
    attachment = "https://files.example.gov.cn/archive/{ID}"   # how its attachment ids are reached

Without ``allow`` nothing is ever contacted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import SplitResult, quote, unquote, urlsplit

from schemas import Table

LinkKind = Literal["page", "document"]

PAGES = ("JDBSZNDZ", "JDBLSBDZ", "SXBSZNDZ", "SXZXSBDZ", "DFGCSPXTDZ")
DOCUMENTS = ("SPLCTDZ", "DZZZWJLJ", "FJYLLJ", "FJURL")
ATTACHMENT_IDS = ("FJID", "QYPGCGFJID", "CLID")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Address:
    """An address that a row names: in which field, of what kind, where."""

    field: str
    kind: LinkKind
    url: str


@dataclass(frozen=True, slots=True)
class AllowedLinks:
    """A body's list of allowed beginnings; ``attachment`` is the template for attachment ids."""

    allow: tuple[str, ...] = ()
    attachment: str | None = None

    def allows(self, url: str) -> bool:
        """Whether this address may be contacted: same scheme, host and port, under the path.

        An address with a user name or with steps upwards in its path is never allowed.
        """
        parts = _parts(url)
        return parts is not None and any(
            _origin(parts) == _origin(allowed) and _under(parts.path, allowed.path)
            for one in self.allow
            if (allowed := _parts(one)) is not None
        )

    def addresses(
        self, table: Table, row: Mapping[str, str | None], page: str | None = None
    ) -> Iterator[Address]:
        """The addresses that a row names; ``page`` is the template of its detail page."""
        for field in table.fields:
            text = (row.get(field.code) or "").strip()
            if not text:
                continue
            if field.code in PAGES:
                yield Address(field.code, "page", text)
            elif field.code in DOCUMENTS:
                yield Address(field.code, "document", text)
            elif field.code in ATTACHMENT_IDS and self.attachment:
                url = self.attachment.replace("{ID}", quote(text, safe=""))
                yield Address(field.code, "document", url)
        if page and table.code == "SPGL_XMJBXXB":
            cells = {code: quote(text or "", safe="") for code, text in row.items()}
            yield Address("GCDM", "page", page.format_map(_Cells(cells)))


NOTHING_ALLOWED = AllowedLinks()


def is_address(text: str) -> bool:
    """Whether a text is an address that can be allowed: http or https, a host, no user name."""
    return _parts(text) is not None


class _Cells(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


def _parts(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    good = parts.scheme in _PORTS and parts.hostname and parts.username is None and port != 0
    return parts if good and url.isprintable() and " " not in url else None


def _origin(parts: SplitResult) -> tuple[str, str, int]:
    return parts.scheme, (parts.hostname or "").lower(), parts.port or _PORTS[parts.scheme]


def _under(path: str, allowed: str) -> bool:
    steps = unquote(unquote(path)).replace("\\", "/").split("/")
    if ".." in steps or "." in steps:
        return False
    start = allowed or "/"
    return (path or "/").startswith(start if start.endswith("/") else f"{start}/") or path == start

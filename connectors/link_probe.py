"""A careful look at one address: does it answer, and with what it should.

Only what the body's list allows is contacted; redirects are followed only inside it; a look ends
after a fixed time whatever the other side does, and reads no more than the beginning of an answer.
No cookies, no credentials, no proxy, no scripts.
"""

from __future__ import annotations

import http.client
import re
import ssl
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote, urljoin, urlsplit

from connectors.allowed_links import AllowedLinks, LinkKind, is_address
from connectors.deadline import driver_deadline

Outcome = Literal[
    "ok", "malformed", "not_allowed", "unreachable", "timeout", "outside", "status", "empty",
    "error_page", "wrong_type",
]  # fmt: skip

OUTCOME_NAMES: dict[Outcome, str] = {
    "ok": "可以打开",
    "malformed": "不是有效的网址",
    "not_allowed": "不在允许探测的地址范围内",
    "unreachable": "连接不上",
    "timeout": "在规定时间内没有应答",
    "outside": "跳转到允许范围之外",
    "status": "应答状态为错误",
    "empty": "应答内容为空",
    "error_page": "打开的是错误提示页",
    "wrong_type": "内容与文件类型不符",
}
NOT_CONTACTED: frozenset[Outcome] = frozenset({"not_allowed"})
"""Says nothing about the address: it was not looked at."""

REDIRECTS = frozenset({301, 302, 303, 307, 308})
MOST_REDIRECTS = 3
_OK, _FIRST_BAD = 200, 300
_CHUNK = 4096
_KEPT = "/?&=%:;+,@!$'()*~"
_MAGIC: dict[str, bytes] = {
    "pdf": b"%PDF", "jpg": b"\xff\xd8\xff", "jpeg": b"\xff\xd8\xff", "png": b"\x89PNG",
    "ofd": b"PK\x03\x04", "zip": b"PK\x03\x04", "docx": b"PK\x03\x04", "xlsx": b"PK\x03\x04",
    "doc": b"\xd0\xcf\x11\xe0", "xls": b"\xd0\xcf\x11\xe0", "tif": b"II*\x00",
}  # fmt: skip
_TITLE = re.compile(rb"<title[^>]{0,200}>(.{0,200}?)</title", re.IGNORECASE | re.DOTALL)
_WORDS = r"not found|error|无法访问|不存在|出错|错误|未找到|找不到|没有权限|无权|请登录"
_NAMES_ERROR = re.compile(_WORDS, re.IGNORECASE)
_SAYS_ERROR = re.compile(rf"404|500|502|503|{_WORDS}", re.IGNORECASE)
_MARKUP = re.compile(rb"<(script|style)\b.*?</\1|<[^>]*>", re.IGNORECASE | re.DOTALL)
_SHORT_ANSWER = 600


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds for one wait and for the whole look, and bytes that are read of an answer."""

    wait_s: float
    whole_s: float
    head_bytes: int


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look came to; ``detail`` is for people and holds no content of the answer."""

    outcome: Outcome
    detail: str = ""


def look(url: str, kind: LinkKind, allowed: AllowedLinks, limits: Limits) -> Looked:
    """Look at one address. Never raises for what the other side does."""
    if not is_address(url):
        return Looked("malformed")
    if not allowed.allows(url):
        return Looked("not_allowed")
    for _ in range(MOST_REDIRECTS + 1):
        answer = _get(url, limits)
        if isinstance(answer, Looked):
            return answer
        if answer.status not in REDIRECTS:
            return _judge(answer, url, kind)
        url = urljoin(url, answer.location)
        if not allowed.allows(url):
            return Looked("outside", urlsplit(url).hostname or "")
    return Looked("outside", f"跳转超过{MOST_REDIRECTS}次")


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    location: str
    content_type: str
    head: bytes


def _get(url: str, limits: Limits) -> _Answer | Looked:
    parts = urlsplit(url)
    path = quote(f"{parts.path or '/'}?{parts.query}".removesuffix("?"), safe=_KEPT)
    sort = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = sort(parts.hostname or "", parts.port, timeout=limits.wait_s)
    try:
        connection.connect()
        with driver_deadline(connection.sock, limits.whole_s):
            headers = {"Accept-Encoding": "identity", "User-Agent": "spgl-exchange"}
            connection.request("GET", path, headers=headers)
            response = connection.getresponse()
            return _Answer(
                response.status,
                response.getheader("Location") or "",
                (response.getheader("Content-Type") or "").partition(";")[0].strip().lower(),
                _head(response, limits.head_bytes),
            )
    except TimeoutError:
        return Looked("timeout")
    except ssl.SSLError:
        return Looked("unreachable", "证书或加密协商有误")
    except (http.client.HTTPException, OSError, ValueError) as error:
        return Looked("unreachable", type(error).__name__)
    finally:
        connection.close()


def _head(response: http.client.HTTPResponse, most: int) -> bytes:
    """The beginning of the answer; what comes after it is not read."""
    head = b""
    while len(head) < most:
        chunk = response.read1(min(_CHUNK, most - len(head)))
        if not chunk:
            break
        head += chunk
    return head


def _judge(answer: _Answer, url: str, kind: LinkKind) -> Looked:
    if not _OK <= answer.status < _FIRST_BAD:
        return Looked("status", str(answer.status))
    if not answer.head.strip():
        return Looked("empty")
    html = answer.content_type in {"text/html", "application/xhtml+xml"}
    extension = urlsplit(url).path.rpartition(".")[2].lower()
    if kind == "document" and extension in _MAGIC and not answer.head.startswith(_MAGIC[extension]):
        return Looked("error_page" if html else "wrong_type", answer.content_type)
    if (html or answer.content_type == "application/json") and _says_error(answer.head):
        return Looked("error_page", answer.content_type)
    return Looked("ok", answer.content_type)


def _says_error(head: bytes) -> bool:
    """Whether an answer of status 200 says an error: by its title, or, when short, by its text.

    Under a title that says nothing only words count in what people see, not numbers.
    """
    title = _TITLE.search(head)
    if title and _SAYS_ERROR.search(_text(title.group(1))):
        return True
    if len(head) > _SHORT_ANSWER:
        return False
    if title:
        return bool(_NAMES_ERROR.search(_text(_MARKUP.sub(b" ", head))))
    return bool(_SAYS_ERROR.search(_text(head)))


def _text(raw: bytes) -> str:
    """What people read; what is no UTF-8 is taken for the older encoding of Chinese pages."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")

"""What a workbook is packed of, looked at before any reader unpacks it.

The list of parts in a ZIP file says how large each part is, and a bomb lies there. So every part is
unpacked once, a piece at a time and kept nowhere, until it ends or is too much.
"""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO

from connectors.file_rows import UnreadableError

UNPACKED_LIMIT = 400_000_000
"""Bytes of all parts of a workbook when unpacked."""

PARTS_LIMIT = 10_000
"""Parts of a workbook; the largest that people make have some hundred."""

STRUCTURE_LIMIT = 20_000_000
"""Bytes of a part that only says how the workbook is built: readers keep all of it."""

_STRUCTURE = (".rels", "/workbook.xml", "/styles.xml", "[content_types].xml")
_LOCAL_HEADER, _NAME_AT = 30, 26
_CHUNK = 1 << 16
_PACKED = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}

# the last is the archive reader's word for a version or a compression that it does not know
_BROKEN = (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError)


def check_parts(path: Path) -> None:
    """Raises UnreadableError for what is no ZIP file, or unpacks to more than can be taken."""
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as file:
            parts = archive.infolist()
            if len(parts) > PARTS_LIMIT:
                raise UnreadableError(
                    f"工作簿由 {len(parts)} 个部分组成，超过 {PARTS_LIMIT} 个的上限"
                )
            said = sum(part.file_size for part in parts)
            if said > UNPACKED_LIMIT:
                raise _too_large(said)
            left = UNPACKED_LIMIT
            for part in parts:
                left -= _unpacked(file, part, left)
    except _BROKEN:
        raise UnreadableError("文件不是有效的 XLSX（可能已损坏、未传完或是旧版 .xls）") from None


def _unpacked(file: BinaryIO, part: zipfile.ZipInfo, left: int) -> int:
    """The bytes that a part really has."""
    if part.compress_type not in _PACKED:
        raise UnreadableError("工作簿用了不常见的压缩方式，请用电子表格软件另存后提交")
    limit = min(left, STRUCTURE_LIMIT if part.filename.lower().endswith(_STRUCTURE) else left)
    file.seek(part.header_offset + _NAME_AT)
    lengths = file.read(_LOCAL_HEADER - _NAME_AT)
    file.seek(int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little"), 1)
    unpack = None if part.compress_type == zipfile.ZIP_STORED else zlib.decompressobj(-15)
    packed, size = part.compress_size, 0
    while packed > 0 and (data := file.read(min(_CHUNK, packed))):
        packed -= len(data)
        if unpack is None:
            size += len(data)
        while unpack is not None and data:
            size += len(unpack.decompress(data, _CHUNK))
            data = unpack.unconsumed_tail
            if size > limit:
                break
        if size > limit:
            raise _too_large(size)
    return size


def _too_large(size: int) -> UnreadableError:
    return UnreadableError(
        f"工作簿解压后有 {size} 字节以上，超过上限（共 {UNPACKED_LIMIT} 字节，"
        f"结构部分各 {STRUCTURE_LIMIT} 字节），请拆分后提交"
    )

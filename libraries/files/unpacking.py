"""Measures what a zipped workbook unpacks to before anything opens it."""

import re
import struct
import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO

from libraries.files.limits import Limits, Unreadable, megabytes
from libraries.files.sniff import damaged

_CHUNK = 1 << 18
_STEP = 1 << 20
_LOCAL_HEADER = struct.Struct("<4s22xHH")
_LOCAL_SIGNATURE = b"PK\x03\x04"
# The ratio says little of small parts: a sheet of blanks packs well and is harmless.
_RATIO_FLOOR = 50_000_000
_FORMULA_WITHOUT_VALUE = re.compile(
    rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f(?:\s[^<>]*)?/>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)


def check_unpacked(path: Path, filename: str, limits: Limits) -> int:
    """Unpack every part, keeping none, and return how many formulas carry no value.

    The sizes that a zip declares are not believed: the bytes are counted as they come out.
    Raises Unreadable for a damaged archive and for one that grows beyond the limits.
    """
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as stream:
            counter = _Counter(path.stat().st_size, filename, limits)
            for part in archive.infolist():
                _unpack(stream, part, counter, filename)
            return counter.empty_formulas
    except Unreadable:
        raise
    except Exception as error:  # zipfile, struct and zlib raise many types on crafted bytes
        raise damaged(filename) from error


class _Counter:
    def __init__(self, packed: int, filename: str, limits: Limits) -> None:
        self.empty_formulas = 0
        self._unpacked = 0
        self._packed = packed
        self._filename = filename
        self._limits = limits
        self._tail = b""

    def take(self, data: bytes) -> None:
        self._unpacked += len(data)
        too_large = self._unpacked > self._limits.max_unpacked_bytes
        too_dense = self._unpacked > max(_RATIO_FLOOR, self._packed * self._limits.max_ratio)
        if too_large or too_dense:
            raise Unreadable(
                f"فایل «{self._filename}» پس از باز شدن به بیش از "
                f"{megabytes(self._unpacked)} مگابایت می‌رسد و برای ایمنی خوانده نشد؛ "
                "فهرست را در چند فایل کوچک‌تر یا به‌صورت CSV خروجی بگیرید."
            )
        # A formula may lie across two pieces: what follows the last whole cell waits.
        piece = self._tail + data
        end = piece.rfind(b"c>") + 2 if b"c>" in piece else 0
        self._tail = piece[max(end, len(piece) - _STEP) :]
        if b"<f" in piece or b":f" in piece:
            self.empty_formulas += len(_FORMULA_WITHOUT_VALUE.findall(piece, 0, end))

    def end_part(self) -> None:
        self._tail = b""


def _unpack(stream: BinaryIO, part: zipfile.ZipInfo, counter: _Counter, filename: str) -> None:
    if part.flag_bits & 0x1 or part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise damaged(filename)
    stream.seek(part.header_offset)
    # Too short a header is a struct.error, which the caller takes for damage.
    signature, name_length, extra_length = _LOCAL_HEADER.unpack(stream.read(_LOCAL_HEADER.size))
    if signature != _LOCAL_SIGNATURE:
        raise damaged(filename)
    stream.seek(name_length + extra_length, 1)
    inflater = zlib.decompressobj(-15) if part.compress_type == zipfile.ZIP_DEFLATED else None
    left = part.compress_size
    while left > 0:
        packed = stream.read(min(left, _CHUNK))
        if not packed:
            raise damaged(filename)
        left -= len(packed)
        if inflater is None:
            counter.take(packed)
            continue
        while packed and not inflater.eof:
            counter.take(inflater.decompress(packed, _STEP))
            packed = inflater.unconsumed_tail
    counter.end_part()

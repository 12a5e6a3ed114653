"""Builds binary .xls files byte by byte (BIFF8 in a compound file), good ones and crafted ones."""

import struct

SECTOR = 512
FREE, END_OF_CHAIN, FAT_SECTOR = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

Rows = list[list[str | float]]


def record(kind: int, body: bytes = b"") -> bytes:
    """One BIFF record."""
    return struct.pack("<HH", kind, len(body)) + body


def worksheet(rows: Rows) -> bytes:
    """A worksheet's records: LABEL for texts, NUMBER for numbers."""
    content = record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))
    for row_number, row in enumerate(rows):
        for column, value in enumerate(row):
            place = struct.pack("<HHH", row_number, column, 0)
            if isinstance(value, str):
                text = struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")
                content += record(0x204, place + text)
            else:
                content += record(0x203, place + struct.pack("<d", value))
    return content + record(0x0A)


def workbook_stream(rows: Rows, name: str = "list", password: bool = False) -> bytes:
    """The stream of a workbook with one sheet."""
    start = record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0))
    start += record(0x2F, struct.pack("<HHHHH", 1, 1, 1, 0, 0)) if password else b""
    start += record(0x42, struct.pack("<H", 1200))
    title = struct.pack("<BB", len(name), 1) + name.encode("utf-16-le")
    length = len(start) + 4 + 6 + len(title) + 4
    bound = record(0x85, struct.pack("<IBB", length, 0, 0) + title)
    return start + bound + record(0x0A) + worksheet(rows)


def compound_file(stream: bytes, name: str = "Workbook", cycle: bool = False) -> bytes:
    """A compound file with one stream; with ``cycle`` the chain of its sectors never ends."""
    stream = stream.ljust(max(8, -(-len(stream) // SECTOR)) * SECTOR, b"\0")
    sectors = len(stream) // SECTOR
    table = [FAT_SECTOR, END_OF_CHAIN, *range(3, sectors + 2), 2 if cycle else END_OF_CHAIN]
    table += [FREE] * (SECTOR // 4 - len(table))
    header = struct.pack(
        "<8s16x5H6x9I", SIGNATURE, 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, *[END_OF_CHAIN, 0] * 2
    )
    header += struct.pack("<109I", 0, *[FREE] * 108)
    directory = _entry("Root Entry", 5, END_OF_CHAIN, 0, child=1)
    directory += _entry(name, 2, 2, len(stream), child=FREE)
    return header + struct.pack("<128I", *table) + directory.ljust(SECTOR, b"\0") + stream


def _entry(name: str, kind: int, start: int, size: int, child: int) -> bytes:
    encoded = name.encode("utf-16-le") + b"\0\0"
    place = struct.pack("<HBBIII16x4x16xIQ", len(encoded), kind, 1, FREE, FREE, child, start, size)
    return encoded.ljust(64, b"\0") + place

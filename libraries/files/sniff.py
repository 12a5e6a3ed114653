"""Tells what a file is from its content; its name is never trusted."""

import zipfile
from pathlib import Path

from libraries.files.limits import Unreadable

HEAD_BYTES = 8_192

_OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "یک سند PDF"),
    (b"\x89PNG\r\n\x1a\n", "یک تصویر PNG"),
    (b"\xff\xd8\xff", "یک تصویر JPEG"),
    (b"GIF87a", "یک تصویر GIF"),
    (b"GIF89a", "یک تصویر GIF"),
    (b"II*\x00", "یک تصویر TIFF"),
    (b"MM\x00*", "یک تصویر TIFF"),
    (b"Rar!\x1a\x07", "یک بستهٔ فشردهٔ RAR"),
    (b"7z\xbc\xaf\x27\x1c", "یک بستهٔ فشردهٔ 7z"),
    (b"\x1f\x8b\x08", "یک بستهٔ فشردهٔ gzip"),
    (b"SQLite format 3\x00", "یک پایگاه دادهٔ SQLite"),
    (b"\x00\x01\x00\x00Standard", "یک پایگاه دادهٔ Access"),
    (b"{\\rtf", "یک سند RTF"),
    (b"MZ\x90\x00", "یک برنامهٔ اجرایی"),
    (b"\x7fELF", "یک برنامهٔ اجرایی"),
    (b"ID3", "یک فایل صوتی"),
    (b"MIME-Version:", "یک صفحهٔ وب بایگانی‌شده (MHTML)"),
)

_ZIP_PARTS: tuple[tuple[str, str], ...] = (
    ("word/", "یک سند Word"),
    ("ppt/", "یک فایل PowerPoint"),
    ("AndroidManifest.xml", "یک برنامهٔ اندروید"),
    ("META-INF/MANIFEST.MF", "یک برنامهٔ جاوا"),
)

_OPEN_DOCUMENTS = {
    b"application/vnd.oasis.opendocument.text": "یک سند متنی LibreOffice",
    b"application/vnd.oasis.opendocument.presentation": "یک ارائهٔ LibreOffice",
    b"application/epub+zip": "یک کتاب الکترونیکی (EPUB)",
}

_OLE_STREAMS: tuple[tuple[str, str], ...] = (
    ("WordDocument", "یک سند Word"),
    ("PowerPoint Document", "یک فایل PowerPoint"),
    ("__properties_version1.0", "یک نامهٔ Outlook"),
)


def file_kind(path: Path, filename: str) -> str:
    """Return 'xlsx', 'xlsb', 'ods', 'xls', 'spreadsheetml', 'html' or 'text'.

    Raises Unreadable, naming what the file really is, for anything that holds no table.
    """
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(path, filename)
    if head.startswith(_OLE_SIGNATURE):
        return _ole_kind(path.read_bytes(), filename)
    foreign = _foreign_name(head)
    if foreign:
        raise not_a_table(filename, foreign)
    return _markup_kind(head, filename)


def not_a_table(filename: str, what: str) -> Unreadable:
    """Return the refusal of a file that is something else than a table."""
    return Unreadable(
        f"فایل «{filename}» فهرست نیست و در واقع {what} است؛ "
        "فایل اکسل (xlsx یا xls)، CSV یا متنی را انتخاب کنید."
    )


def damaged(filename: str) -> Unreadable:
    """Return the refusal of a file that breaks off or makes no sense inside."""
    return Unreadable(
        f"فایل «{filename}» آسیب دیده یا ناتمام است و باز نمی‌شود؛ "
        "آن را دوباره از برنامه‌اش خروجی بگیرید و بفرستید."
    )


def password_protected(filename: str) -> Unreadable:
    """Return the refusal of a workbook that opens only with a password."""
    return Unreadable(
        f"فایل «{filename}» رمز دارد و بدون آن باز نمی‌شود؛ "
        "رمز آن را در اکسل بردارید، ذخیره کنید و دوباره بفرستید."
    )


def _foreign_name(head: bytes) -> str:
    for signature, name in _SIGNATURES:
        if head.startswith(signature):
            return name
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "یک تصویر WebP"
    if head[4:8] == b"ftyp":
        return "یک فیلم یا تصویر"
    # "BM" alone could begin a text; a bitmap has four reserved zero bytes too.
    if head[:2] == b"BM" and head[6:10] == b"\x00\x00\x00\x00":
        return "یک تصویر BMP"
    return ""


def _zip_kind(path: Path, filename: str) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            mimetype = b""
            if "mimetype" in names:
                with archive.open("mimetype") as part:
                    mimetype = part.read(200).strip()
    except Exception as error:  # zipfile raises half a dozen types on crafted bytes
        raise damaged(filename) from error
    if mimetype == b"application/vnd.oasis.opendocument.spreadsheet":
        return "ods"
    if mimetype in _OPEN_DOCUMENTS:
        raise not_a_table(filename, _OPEN_DOCUMENTS[mimetype])
    for beginning, what in _ZIP_PARTS:
        if any(name.startswith(beginning) for name in names):
            raise not_a_table(filename, what)
    if "xl/workbook.bin" in names:
        return "xlsb"
    if "[Content_Types].xml" in names:
        return "xlsx"
    raise not_a_table(filename, "یک بستهٔ فشردهٔ zip")


def _ole_kind(content: bytes, filename: str) -> str:
    # Stream names stand in the directory as UTF-16.
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise password_protected(filename)
    if any(name.encode("utf-16-le") in content for name in ("Workbook", "Book")):
        return "xls"
    for stream, what in _OLE_STREAMS:
        if stream.encode("utf-16-le") in content:
            raise not_a_table(filename, what)
    raise not_a_table(filename, "یک سند قدیمی آفیس")


def _markup_kind(head: bytes, filename: str) -> str:
    start = _head_text(head).lstrip("\ufeff \t\r\n\x00").lower()
    if not start.startswith("<"):
        return "text"
    if any(tag in start for tag in ("<html", "<!doctype html", "<body")):
        return "html"
    if "urn:schemas-microsoft-com:office:spreadsheet" in start or "<workbook" in start:
        return "spreadsheetml"
    if start.startswith(("<table", "<meta", "<style", "<div", "<center")):
        return "html"
    if start.startswith("<?xml"):
        raise not_a_table(filename, "یک سند XML از گونه‌ای دیگر")
    return "text"


def _head_text(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", errors="replace")
    return head.decode("latin-1").removeprefix("ï»¿")

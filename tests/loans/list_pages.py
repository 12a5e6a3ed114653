"""A copies list through the pages, as a librarian with a browser would bring it in."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from libraries.models import CopiesList

HEADER = ["عنوان", "نویسنده", "شماره ثبت", "بارکد", "بخش", "وضعیت"]


def excel(rows: Sequence[Sequence[Any]], header: Sequence[str] = HEADER) -> bytes:
    """A small xlsx."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("فهرست")
    for line in (header, *rows):
        sheet.append(line)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def copies(count: int, **given: Any) -> list[list[Any]]:
    """Lines of HEADER: copies 1 to `count`."""
    return [
        [f"کتاب {n}", "نویسنده", str(n), f"77{n:04}", "مخزن", given.get("status", "موجود")]
        for n in range(1, count + 1)
    ]


@contextmanager
def on_commit_at_once() -> Iterator[None]:
    """Run what waits for the commit of a test's never-ending transaction."""
    start = len(connection.run_on_commit)
    yield
    while len(connection.run_on_commit) > start:
        _, callback, _ = connection.run_on_commit.pop(start)
        callback()


def post(client: Client, url: str, data: dict[str, Any]) -> HttpResponse:
    """A POST whose work is done at once."""
    with on_commit_at_once():
        return client.post(url, data)


def upload(client: Client, content: bytes, name: str = "فهرست.xlsx") -> HttpResponse:
    """Send a file to the page of lists."""
    return post(client, "/lists/", {"file": SimpleUploadedFile(name, content)})


def confirm_columns(client: Client, found: CopiesList, **changes: str) -> HttpResponse:
    """Send the columns as they are preselected, but for `changes`."""
    held = {index: code for code, index in found.mapping.items()}
    data = {f"column-{i}": held.get(i, "") for i in range(len(found.header))}
    return post(client, f"/lists/{found.pk}/columns/", data | {"take_statuses": "on"} | changes)


def write(client: Client, found: CopiesList) -> HttpResponse:
    """Press the button that writes."""
    return post(client, f"/lists/{found.pk}/write/", {})

"""What tests ask of a page."""

import html
import re

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

_TAGS = re.compile(r"<[^>]+>")


def queries_of(client: Client, url: str) -> int:
    """How many queries a page takes; the page must be there."""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        response = client.get(url)
    assert response.status_code == 200, url
    return len(captured)


def text_of(response: HttpResponse) -> str:
    """What a page says, its tags left out and its spaces made one."""
    return " ".join(html.unescape(_TAGS.sub(" ", response.content.decode())).split())

"""What a provider's request holds, field by field, before anything is decoded."""

import json
from urllib.parse import parse_qsl

from django.http import HttpRequest

MOST_RAW = 100_000  # characters


def request_fields(request: HttpRequest) -> dict[str, bytes]:
    """The fields of a GET's query, a form's body or a JSON object, each as its bytes.

    Django would decode as UTF-8 and replace what it can't read; the charset may be another.
    Numbers in JSON become their digits. A body that is neither adds nothing.
    """
    fields = _form_fields(request.META.get("QUERY_STRING", ""))
    if request.content_type == "application/x-www-form-urlencoded":
        fields |= _form_fields(request.body.decode("latin-1"))
    elif request.content_type == "application/json":
        fields |= _json_fields(request.body)
    return fields


def _form_fields(encoded: str) -> dict[str, bytes]:
    pairs = parse_qsl(encoded, keep_blank_values=True, encoding="latin-1")
    return {name: value.encode("latin-1", "replace") for name, value in pairs}


def _json_fields(body: bytes) -> dict[str, bytes]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {
        str(name): str(value).encode("utf-8", "replace")
        for name, value in found.items()
        if isinstance(value, str | int) and not isinstance(value, bool)
    }


def field_text(fields: dict[str, bytes], name: str) -> str:
    """A short field that is ASCII in every charset, such as a number or an id."""
    return fields.get(name, b"").decode("utf-8", "replace").replace("\0", "").strip()


def raw_request(request: HttpRequest) -> str:
    """The request's query and body as text that shows every byte, for `MessageIn.raw`."""
    body = request.body.decode("utf-8", "backslashreplace").replace("\0", "\\x00")
    query = request.META.get("QUERY_STRING", "").replace("\0", "\\x00")
    return f"{request.method} ?{query}\n{body}"[:MOST_RAW]

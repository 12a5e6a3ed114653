"""HTML to PDF: the only place that knows WeasyPrint.

A document may name the project's own static files (`static:reports/forms.css`) and the fonts
(`font:Vazirmatn-Regular.ttf`), nothing else: no address is ever fetched, no other file read.
"""

import logging
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from weasyprint import HTML
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

# A line for every page of every form is of no use in a server's log; errors stay.
logging.getLogger("weasyprint.progress").setLevel(logging.WARNING)

CONTENT_TYPES = {".css": "text/css", ".svg": "image/svg+xml", ".ttf": "font/ttf"}


class PdfError(Exception):
    """A document asked for something that it may not have, or that is not installed."""


class _ProjectFiles(URLFetcher):
    """Serves the project's static files and fonts, and stops the printing at anything else.

    Stopping matters: a form without its font or its style sheet would print, and look wrong.
    """

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        path = _project_file(url)
        content_type = CONTENT_TYPES.get(path.suffix) if path else None
        if path is None or content_type is None or not path.is_file():
            raise FatalURLFetchingError(f"not a file that a printed form may use: {url}")
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": content_type})


def _project_file(url: str) -> Path | None:
    scheme, _, name = url.partition(":")
    if scheme == "font" and Path(name).name == name:
        return Path(settings.FORMS_FONT_DIR) / name
    if scheme == "static" and ".." not in Path(name).parts:
        found = finders.find(name)
        return Path(found) if found else None
    return None


def to_pdf(html: str) -> bytes:
    """Return `html` as a tagged PDF (PDF/UA-1); the same document gives the same bytes.

    Raises PdfError when the document names a file other than the project's own.
    """
    try:
        return HTML(string=html, url_fetcher=_ProjectFiles()).write_pdf(pdf_variant="pdf/ua-1")
    except FatalURLFetchingError as error:
        raise PdfError(str(error)) from error

"""The sample lists, whole, through the pages: every row taken, a second time nothing changed."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from libraries.models import CopiesList, Copy, CopyStatus, StatusChange, Title
from loans.models import Loan
from tests.cast import Cast
from tests.loans.list_pages import confirm_columns, upload, write

SHARED = Path(os.environ.get("RAFKHAN_SHARED") or Path(__file__).parents[3] / "shared") / "data"
# Copies, and of them on loan, at the binder, missing, unreturned, weeded.
SAMPLES = {
    "sample/copies.xlsx": (3000, 113, 35, 30, 23, 28),
    "sample-spreadsheetml/copies.xls": (800, 37, 8, 7, 2, 8),
}


def bring_in(client: Client, path: Path) -> dict[str, Any]:
    """The counts of the list once it is written, or of its plan where there is nothing to write."""
    upload(client, path.read_bytes(), name=path.name)
    confirm_columns(client, CopiesList.objects.latest("pk"))
    write(client, CopiesList.objects.latest("pk"))
    return CopiesList.objects.latest("pk").counts


def rows() -> list[dict[str, Any]]:
    return [
        row
        for model in (Copy, Title, Loan, StatusChange)
        for row in model.objects.order_by("pk").values()
    ]


@pytest.mark.parametrize("name", SAMPLES)
def test_sample_lists_come_in_whole_and_only_once(cast: Cast, client: Client, name: str) -> None:
    path = SHARED / name
    if not path.exists():
        pytest.skip("the shared samples are not beside the repository")
    client.force_login(cast.librarian)
    copies, lent, binding, missing, unreturned, weeded = SAMPLES[name]
    counts = bring_in(client, path)
    assert (counts["new"], counts["rejected"], counts["loans_opened"]) == (copies, 0, lent)
    for status, count in (
        (CopyStatus.BINDING, binding),
        (CopyStatus.MISSING, missing),
        (CopyStatus.UNRETURNED, unreturned),
        (CopyStatus.WEEDED, weeded),
    ):
        assert Copy.objects.filter(status=status).count() == count, status
    before = rows()
    counts = bring_in(client, path)
    assert counts["unchanged"] == copies
    changed = {key for key, count in counts.items() if count and key not in ("rows", "unchanged")}
    assert not changed
    assert rows() == before

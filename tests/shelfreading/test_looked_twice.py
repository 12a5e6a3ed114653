"""Missing is only what was looked for twice: on the pages, in the records, on the forms (B5)."""

import io

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from libraries.models import Copy, CopyStatus
from reports.selectors import report_1_of
from shelfreading.models import Application
from shelfreading.services.decisions import second_look_set
from shelfreading.services.findings import findings_compute
from tests.cast import Cast
from tests.pages import text_of
from tests.shelfreading.test_views_second_look import key, read


@pytest.fixture
def at(cast: Cast, client: Client):
    """Four copies missing, one of them sought a second time in vain."""
    session, copies = read(cast)
    second_look_set(
        session_id=session.pk, keys=[key(copies[3])], found=False, actor=cast.librarian,
        now=timezone.now(),
    )  # fmt: skip
    session = findings_compute(session_id=session.pk, actor=cast.librarian, now=timezone.now())
    client.force_login(cast.librarian)
    return session, copies, client


def url(name: str, session: object, *more: object) -> str:
    return reverse(name, args=[session.pk, *more])  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "query"), [("findings", "?finding=missing"), ("session-apply", "")]
)
def test_pages_say_how_many_and_lead_to_the_second_look(at, name, query):
    session, _, client = at
    response = client.get(url(name, session) + query)
    page = text_of(response)
    assert "۱ نسخه دو بار جسته شده و نبوده است" in page
    assert "۳ نسخه تنها یک بار جسته شده است" in page
    assert url("second-look", session) + "?look=open" in response.content.decode()


def test_those_above_are_told_without_the_link(at, cast: Cast):
    session, _, client = at
    client.force_login(cast.county)
    response = client.get(url("session-apply", session))
    assert "۳ نسخه تنها یک بار" in text_of(response)
    assert "?look=open" not in response.content.decode()


def test_the_sums_tell_the_two_apart_and_close(at):
    session, _, client = at
    expected, observed = client.get(url("findings", session)).context["sums"]
    terms = dict(expected.terms)
    assert terms["مفقود، دو بار جسته"] == 1 and terms["دیده‌نشده، یک بار جسته"] == 3
    assert expected.closes and observed.closes and expected.total == 40


def test_only_what_was_sought_twice_becomes_missing_and_goes_on_the_forms(at):
    session, copies, client = at
    page = client.get(url("session-apply", session))
    assert "اعمال روی ۱ نسخه" in text_of(page)
    client.post(url("session-apply", session))
    missing = Copy.objects.filter(status=CopyStatus.MISSING)
    assert [copy.pk for copy in missing] == [copies[3].pk]
    application = Application.objects.get(session=session)
    report = report_1_of(application)
    assert (report.counts.missing, report.copies_read) == (1, 40)
    assert report.annexes == {"missing"}
    forms = client.get(url("session-forms", session))
    assert {line["form"].slug: line["rows"] for line in forms.context["lines"]}["minutes-6"] == 1
    assert "۳ نسخهٔ دیده‌نشده تنها یک بار جسته شد" in text_of(forms)
    content = client.get(url("session-form", session, "minutes-6", "xlsx")).content
    cells = [
        cell for row in openpyxl.load_workbook(io.BytesIO(content)).active.values for cell in row
    ]
    texts = [str(cell) for cell in cells if cell is not None]
    assert "کتاب نمونهٔ 4" in texts or "کتاب نمونهٔ ۴" in texts
    assert not any("نمونهٔ 13" in text or "نمونهٔ ۱۳" in text for text in texts)


def test_where_all_was_sought_twice_the_forms_say_nothing_of_it(cast: Cast, client: Client):
    session, _ = read(cast, missing=())
    client.force_login(cast.librarian)
    client.post(url("session-apply", session))
    assert "تنها یک بار" not in text_of(client.get(url("session-forms", session)))

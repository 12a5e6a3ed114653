"""A report carries the agreement of the sample that was read again (spec B6), and keeps it."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from libraries.roles import Role
from reports.frozen import digest_of
from reports.services.sending import report_submit
from shelfreading.services.samples import sample_answer, sample_draw, sample_finish
from tests.cast import Cast, make_user
from tests.pages import text_of
from tests.sent_reports import read_and_apply

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.mark.parametrize("ends", [True, False])
def test_the_agreement_stands_in_the_report(cast: Cast, client: Client, ends: bool) -> None:
    session = read_and_apply(cast.librarian)
    reader = make_user("second", Role.LIBRARIAN, library=cast.library)
    sample = sample_draw(session_id=session.pk, size=10, actor=cast.county, now=NOW, seed=1)
    who = {"sample_id": sample.pk, "actor": reader, "now": NOW}
    for place, row in enumerate(sample.copies.order_by("position")):
        seen = row.was_seen if place else not row.was_seen
        sample_answer(copy_ids=[row.copy_id], is_seen=seen, **who)
    if ends:
        sample_finish(left=0, **who)
    report = report_submit(session_id=session.pk, actor=cast.head, now=NOW)
    revision = report.revisions.get()
    said = revision.content["sample"]
    client.force_login(cast.county)
    page = text_of(client.get(reverse("report", args=[report.pk])))
    home = text_of(client.get(reverse("session", args=[session.pk])))
    if not ends:
        assert said is None
        assert "نمونه‌ای بازخوانی نشده است" in page
        assert "هنوز بازخوانی نشده" in home
        return
    assert (said["size"], said["compared"], said["agreed"], said["share"]) == (10, 10, 9, 900)
    assert (said["low"], said["high"]) == (596, 982)
    assert revision.digest == digest_of(revision.content)
    for shown in (page, home):
        assert "۹۰٫۰٪ (فاصلهٔ اطمینان ۹۵ درصد: ۵۹٫۶٪ تا ۹۸٫۲٪؛ ۹ از ۱۰ نسخه)" in shown

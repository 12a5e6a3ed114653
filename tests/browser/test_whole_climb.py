"""A report's whole climb in a browser, from a librarian's close to the office's answer: each person
logs in, finds the report on the desk, does what is to be done and logs out."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from reports.domain.workflow import Level, State
from reports.models import Correction, Report
from shelfreading.models import Decision, ReadingSession
from shelfreading.services.decisions import fate_set
from shelfreading.services.events import events_take
from shelfreading.services.findings import findings_compute
from shelfreading.services.sessions import session_start
from tests.cast import Cast, add_copies, numbered_calls
from tests.fresh_readings import scans
from tests.sent_reports import make_round
from tests.walker import Walker

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]
KIND = "institutional"


def read(cast: Cast) -> ReadingSession:
    """A reading in the year's round: everything scanned but two copies, which are not there."""
    round_ = make_round(cast.office, [cast.library])
    copies = add_copies(cast.library, numbered_calls(20))
    now = timezone.now()
    session = session_start(
        actor=cast.librarian, name="رف‌خوانی نمونه", method="barcode", section_ids=[], now=now
    )
    ReadingSession.objects.filter(pk=session.pk).update(round=round_)
    seen = [copy for place, copy in enumerate(copies) if place not in (5, 6)]
    events_take(session_id=session.pk, events=scans(seen), actor=cast.librarian, now=now)
    return session


def test_a_report_climbs_from_the_shelf_to_the_office_and_back(
    cast: Cast, page: Page, live_url: str
) -> None:
    session = read(cast)
    walk = Walker(page, live_url)

    walk.enter("librarian")
    walk.go("session-close", session.pk)
    walk.press("پایان")
    session.refresh_from_db()
    assert session.state == ReadingSession.State.CLOSED
    findings_compute(session_id=session.pk, actor=cast.librarian, now=timezone.now())
    weeded = cast.library.copies.get(registration_number="1")
    fate_set(
        session_id=session.pk, keys=[f"c{weeded.pk}"], fate=Decision.Fate.WEED_WORN,
        actor=cast.librarian, now=timezone.now(),
    )  # fmt: skip
    walk.go("second-look-rest", session.pk)
    walk.press("۲ نسخه نبود")
    walk.go("session-apply", session.pk)
    walk.press("اعمال")
    session.refresh_from_db()
    assert session.state == ReadingSession.State.APPLIED

    walk.enter("head")
    walk.from_desk("هنوز فرستاده نشده است")
    walk.press("فرستادن به رئیس ادارهٔ شهرستان")
    walk.sees("گزارش برای رئیس ادارهٔ شهرستان فرستاده شد.")
    first = Report.objects.get(level=Level.LIBRARY)

    walk.enter("county")
    walk.from_desk("گزارش شمارهٔ یک منتظر پذیرش شماست")
    walk.press("پذیرفتن گزارش")
    walk.sees("گزارش پذیرفته شد.")
    walk.go("desk")
    walk.from_desk("آمادهٔ فرستادن است")
    walk.press("فرستادن گزارش شمارهٔ دو")
    walk.sees("گزارش شمارهٔ دو فرستاده شد.")

    walk.enter("expert")
    walk.from_desk("گزارش شمارهٔ یک منتظر نظر شماست")
    for what, field, answer in (
        ("missing", "verdict", "withdraw"),
        ("worn", "decision", "accept"),
    ):
        walk.go("report-copies", first.pk, 1, what)
        page.check("input[name=everything]")
        page.select_option(f"select[name={field}]", answer)
        walk.press("ثبت برای برگزیده‌ها")
    walk.go("report", first.pk)
    walk.press("پایان بررسی")
    walk.sees("بررسی این گزارش پایان یافت.")

    walk.enter("director")
    walk.from_desk("گزارش شمارهٔ دو منتظر پذیرش شماست")
    walk.press("پذیرفتن گزارش")
    walk.sees("گزارش پذیرفته شد.")
    walk.go("desk")
    walk.from_desk("آمادهٔ فرستادن است")
    walk.press("فرستادن گزارش شمارهٔ سه")
    walk.sees("گزارش شمارهٔ سه فرستاده شد.")
    third = Report.objects.get(level=Level.PROVINCE)

    walk.enter("office")
    walk.from_desk("گزارش شمارهٔ سه منتظر پذیرش شماست")
    page.get_by_role("link", name="پاسخ به گزارش").click()
    page.select_option("#id_task-0-desk", "provincial_expert")
    page.fill("#id_task-0-text", "نسخه‌های مفقود ردهٔ ۱۰۰ را دوباره ببینید.")
    walk.press("ردیف‌های بیشتر")
    page.fill("#id_task-3-text", "گزارش را امضا کنید.")
    walk.press("بازگرداندن با اصلاح‌ها")
    walk.sees("گزارش با ۲ اصلاح به استان بازگردانده شد.")

    for who in ("expert", "director"):
        walk.enter(who)
        walk.from_desk("اصلاحِ خواستهٔ ادارهٔ کل منابع بر عهدهٔ شماست")
        page.locator("textarea[name=answer]").fill("انجام شد.")
        walk.press("انجام شد")
        walk.sees("پاسخ شما ثبت شد")
    assert not Correction.objects.filter(done_at__isnull=True).exists()
    walk.go("desk")
    walk.from_desk("برای اصلاح بازگردانده شده است")
    page.get_by_role("link", name="اصلاح و فرستادن دوباره").click()
    walk.press("فرستادن گزارش شمارهٔ سه")
    walk.sees("گزارش شمارهٔ سه فرستاده شد.")

    walk.enter("office")
    walk.from_desk("گزارش شمارهٔ سه منتظر پذیرش شماست")
    page.get_by_role("link", name="پاسخ به گزارش").click()
    walk.press("پذیرفتن گزارش")
    walk.sees("گزارش پذیرفته شد.")
    walk.go("figures-newest")
    walk.sees("۱۰۰٪")
    third.refresh_from_db()
    assert (third.state, third.revision) == (State.ACCEPTED, 2)
    assert [step.move for step in third.steps.all()] == ["submit", "return", "submit", "accept"]

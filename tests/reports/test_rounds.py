"""Rounds: opened by the office, extended, answered by a reason, and seen from every desk."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from libraries.domain.jalali import format_jalali, jalali_year
from libraries.models import AuditEntry, Library
from libraries.refusal import Refused
from libraries.roles import Role
from reports.domain.round_stages import LATE, Stage, is_late, stage_of
from reports.models import Report
from reports.round_cards import round_cards
from reports.round_overview import COUNTY, PROVINCE, at_stage, placed, rounds_of, tallied, whole
from shelfreading.models import ReadingSession, Round, RoundLibrary
from shelfreading.selectors.rounds import round_asking
from shelfreading.services.rounds import (
    reason_give,
    reason_take_back,
    round_extend,
    round_open,
    round_take_in,
)
from shelfreading.services.sessions import session_start
from tests.cast import Cast, add_copies, make_library, make_user, numbered_calls
from tests.pages import queries_of, text_of

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
NOW = timezone.now()
DAY = timedelta(days=1)
BOTH = ["institutional", "participatory"]
WHY = "تعمیر ساختمان کتابخانه"


def opened(cast: Cast, *, first: int = -30, last: int = 30, **given: object) -> Round:
    """A round whose window runs from `first` to `last`, in days from today."""
    opens_on = TODAY + first * DAY
    values = {
        "year": jalali_year(opens_on), "circular_number": "۱۲/۳۴۵",
        "circular_on": opens_on - 9 * DAY, "opens_on": opens_on,
        "closes_on": TODAY + last * DAY, "kinds": BOTH,
    } | given  # fmt: skip
    return round_open(actor=cast.office, now=NOW, **values)


def a_reading(
    library: Library, asked: Round | None, cast: Cast, state: str = "reading", ended: int = 0
) -> ReadingSession:
    """A reading of the round that ended so many days ago."""
    closed = {"closed_at": NOW - ended * DAY} if state != "reading" else {}
    return ReadingSession.objects.create(
        library=library, name="نام", method="list", started_at=NOW - 40 * DAY, state=state,
        started_by=cast.head, round=asked, **closed,
    )  # fmt: skip


def a_report(session: ReadingSession, state: str) -> Report:
    """The session's report on its way, as its models keep it."""
    library = session.library
    session.is_reported = state != "returned"
    session.save(update_fields=["is_reported"])
    return Report.objects.create(
        level="library", session=session, round=session.round, library=library,
        county=library.county, province=library.county.province, library_kind=library.kind,
        state=state, since=NOW,
    )  # fmt: skip


def place_of(library: Library, asked: Round) -> RoundLibrary:
    return RoundLibrary.objects.get(round=asked, library=library)


# --- opening ------------------------------------------------------------------------


def test_a_round_asks_all_libraries_of_its_kinds(cast: Cast) -> None:
    Library.objects.filter(pk=cast.other_library.pk).update(kind="participatory")
    alone = make_library("L9", "استان نمونه", "شهرستان نمونه")
    Library.objects.filter(pk=alone.pk).update(kind="independent")
    asked = opened(cast)
    assert set(asked.libraries.values_list("library", flat=True)) == {
        cast.library.pk, cast.other_library.pk,
    }  # fmt: skip
    [entry] = AuditEntry.objects.filter(action="round_open")
    assert (entry.actor, entry.data["libraries"]) == (cast.office, 2)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"kinds": []}, "یک نوع کتابخانه"),
        ({"kinds": ["institutional", "x"]}, "یک نوع کتابخانه"),
        ({"kinds": ["independent"]}, "دورهٔ بی‌کتابخانه گشوده نمی‌شود"),
        ({"closes_on": TODAY - 31 * DAY}, "پایان مهلت پیش از آغاز"),
        ({"year": 1390}, "به دورهٔ ۱۳۹۰ نمی‌خورد"),
        ({"circular_number": " "}, "شمارهٔ بخشنامه"),
    ],
)
def test_what_makes_no_round_is_refused(cast: Cast, given: dict, words: str) -> None:
    with pytest.raises(Refused, match=words):
        opened(cast, **given)
    assert not Round.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_year_has_one_round(cast: Cast) -> None:
    asked = opened(cast)
    with pytest.raises(Refused, match="پیش‌تر گشوده شده"):
        opened(cast, year=asked.year)


def test_nobody_else_opens_or_extends(cast: Cast) -> None:
    asked = opened(cast)
    for actor in (cast.head, cast.county, cast.expert, cast.director):
        who = {"round_id": asked.pk, "actor": actor, "now": NOW}
        with pytest.raises(Refused, match="ادارهٔ کل منابع"):
            round_take_in(**who)
        with pytest.raises(Refused, match="ادارهٔ کل منابع"):
            round_extend(closes_on=TODAY + 99 * DAY, reason=WHY, **who)


def test_libraries_added_later_are_taken_in_once(cast: Cast) -> None:
    asked = opened(cast)
    with pytest.raises(Refused, match="کتابخانهٔ تازه‌ای نیست"):
        round_take_in(round_id=asked.pk, actor=cast.office, now=NOW)
    late = make_library("L9", "استان نمونه", "شهرستان نمونه")
    assert round_take_in(round_id=asked.pk, actor=cast.office, now=NOW) == 1
    assert place_of(late, asked).reason == ""


def test_a_window_is_only_put_off_and_says_why(cast: Cast) -> None:
    asked = opened(cast)
    extend = {"round_id": asked.pk, "actor": cast.office, "now": NOW}
    with pytest.raises(Refused, match="علت تمدید"):
        round_extend(closes_on=TODAY + 60 * DAY, reason=" ", **extend)
    with pytest.raises(Refused, match="پایان تازه باید پس از"):
        round_extend(closes_on=asked.closes_on, reason=WHY, **extend)
    with pytest.raises(Refused, match="۱۰۰۰۰۰ نویسه"):
        round_extend(closes_on=TODAY + 60 * DAY, reason="x" * 100_000, **extend)
    round_extend(closes_on=TODAY + 60 * DAY, reason=WHY, **extend)
    asked.refresh_from_db()
    assert asked.closes_on == TODAY + 60 * DAY
    [extension] = asked.extensions.all()
    assert (extension.closed_on, extension.reason) == (TODAY + 30 * DAY, WHY)


def test_once_all_are_done_nothing_is_put_off(cast: Cast) -> None:
    asked = opened(cast)
    a_report(a_reading(cast.library, asked, cast, "applied"), "submitted")
    extend = {"round_id": asked.pk, "reason": WHY, "actor": cast.office, "now": NOW}
    round_extend(closes_on=TODAY + 40 * DAY, **extend)
    RoundLibrary.objects.filter(library=cast.other_library).update(
        reason=WHY, reason_by=cast.county, reason_at=NOW
    )
    with pytest.raises(Refused, match="گزارش همهٔ کتابخانه‌های این دوره رسیده"):
        round_extend(closes_on=TODAY + 50 * DAY, **extend)


# --- which round a reading counts for ------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last", "counts"),
    [(-30, 30, True), (0, 0, True), (-30, -1, True), (1, 30, False)],
)
def test_a_reading_counts_for_the_round_that_asks(
    cast: Cast, first: int, last: int, counts: bool
) -> None:
    add_copies(cast.library, numbered_calls(3))
    asked = opened(cast, first=first, last=last)
    session = session_start(
        actor=cast.librarian, name="", method="barcode", section_ids=[], now=NOW
    )
    assert session.round == (asked if counts else None)


def test_after_the_window_a_library_that_reported_reads_for_itself(cast: Cast) -> None:
    asked = opened(cast, first=-60, last=-1)
    report = a_report(a_reading(cast.library, asked, cast, "applied"), "submitted")
    assert round_asking(cast.library, TODAY) is None
    a_report_back(report)
    assert round_asking(cast.library, TODAY) == place_of(cast.library, asked)


def a_report_back(report: Report) -> None:
    """Sent back, as the service leaves it."""
    report.session.is_reported = False
    report.session.save(update_fields=["is_reported"])


def test_an_older_round_is_over_when_a_newer_one_began(cast: Cast) -> None:
    old = opened(cast, first=-500, last=-400)
    assert round_asking(cast.library, TODAY).round == old
    new = opened(cast, first=-60, last=-1)
    assert round_asking(cast.library, TODAY).round == new
    RoundLibrary.objects.filter(round=new).delete()
    assert round_asking(cast.library, TODAY).round == old


def test_a_kind_that_is_not_asked_reads_for_itself(cast: Cast) -> None:
    Library.objects.filter(pk=cast.library.pk).update(kind="independent")
    opened(cast)
    assert round_asking(cast.library, TODAY) is None


# --- the reason ---------------------------------------------------------------------


def test_the_head_and_the_county_head_say_why_and_take_it_back(cast: Cast) -> None:
    asked = opened(cast)
    place = place_of(cast.library, asked)
    for actor in (cast.head, cast.county):
        reason_give(place_id=place.pk, reason=f" {WHY} ", actor=actor, now=NOW)
        place.refresh_from_db()
        assert (place.reason, place.reason_by) == (WHY, actor)
        reason_take_back(place_id=place.pk, actor=actor, now=NOW)
        place.refresh_from_db()
        assert (place.reason, place.reason_by, place.reason_at) == ("", None, None)
    with pytest.raises(Refused, match="علتی ثبت نیست"):
        reason_take_back(place_id=place.pk, actor=cast.head, now=NOW)
    actions = AuditEntry.objects.filter(library=cast.library).values_list("action", flat=True)
    assert sorted(actions) == ["reason_give"] * 2 + ["reason_take_back"] * 2


@pytest.mark.parametrize(
    ("who", "reason", "words"),
    [
        ("librarian", WHY, "مسئول کتابخانه یا رئیس ادارهٔ شهرستان"),
        ("expert", WHY, "مسئول کتابخانه یا رئیس ادارهٔ شهرستان"),
        ("head", "  ", "علت انجام نشدن رف‌خوانی را بنویسید"),
        ("head", "ک" * 100_000, "۱۰۰۰۰۰ نویسه"),
    ],
)
def test_a_reason_that_is_none_is_refused(cast: Cast, who: str, reason: str, words: str) -> None:
    place = place_of(cast.library, opened(cast))
    with pytest.raises(Refused, match=words):
        reason_give(place_id=place.pk, reason=reason, actor=cast.everyone[who], now=NOW)


def test_another_countys_library_does_not_exist(cast: Cast) -> None:
    place = place_of(cast.other_library, opened(cast))
    with pytest.raises(Refused, match="در حوزهٔ شما نیست"):
        reason_give(place_id=place.pk, reason=WHY, actor=cast.county, now=NOW)


def test_who_reads_gives_no_reason_and_who_begins_takes_it_back(cast: Cast) -> None:
    add_copies(cast.library, numbered_calls(3))
    place = place_of(cast.library, opened(cast))
    reason_give(place_id=place.pk, reason=WHY, actor=cast.head, now=NOW)
    session_start(actor=cast.librarian, name="", method="barcode", section_ids=[], now=NOW)
    place.refresh_from_db()
    assert place.reason == ""
    with pytest.raises(Refused, match="در این دوره رف‌خوانی دارد"):
        reason_give(place_id=place.pk, reason=WHY, actor=cast.head, now=NOW)


# --- how far, and who is late --------------------------------------------------------


@pytest.mark.parametrize(
    ("stage", "over", "late"),
    [
        (Stage.NOT_BEGUN, False, False), (Stage.NOT_BEGUN, True, True),
        (Stage.WONT_READ, True, False), (Stage.READING, True, True),
        (Stage.CLOSED, True, True), (Stage.APPLIED, True, True), (Stage.RETURNED, True, True),
        (Stage.SUBMITTED, True, False), (Stage.ACCEPTED, True, False),
        (Stage.REVIEWED, True, False),
    ],
)  # fmt: skip
def test_late_is_who_has_not_reported_after_the_window(
    stage: Stage, over: bool, late: bool
) -> None:
    closes_on = TODAY - DAY if over else TODAY
    assert is_late(stage, closes_on, TODAY, has_overdue=False) is late
    assert is_late(stage, closes_on, TODAY, has_overdue=True)


def test_a_reason_counts_only_for_who_reads_nothing() -> None:
    assert stage_of(None, has_reason=True) == Stage.WONT_READ
    assert stage_of(None, has_reason=False) == Stage.NOT_BEGUN
    assert stage_of(2, has_reason=True) == Stage.READING


def test_each_library_is_as_far_as_its_furthest_reading(cast: Cast) -> None:
    """Ten libraries, one at each stage, one late by its report alone."""
    made = [make_library(f"S{n}", "استان نمونه", f"شهرستان {n % 3}") for n in range(10)]
    asked = opened(cast)
    last_year = opened(cast, first=-500, last=-400)
    place = place_of(made[1], asked)
    reason_give(place_id=place.pk, reason=WHY, actor=county_head_of(made[1]), now=NOW)
    a_reading(made[0], last_year, cast, "applied", ended=400)
    a_reading(made[0], None, cast, "closed", ended=40)
    a_reading(made[2], asked, cast)
    a_reading(made[3], asked, cast, "closed", ended=2)
    a_reading(made[3], asked, cast)
    a_reading(made[4], asked, cast, "applied", ended=14)
    for library, state in zip(
        made[5:9], ("returned", "submitted", "accepted", "reviewed"), strict=True
    ):
        a_report(a_reading(library, asked, cast, "applied", ended=20), state)
        a_reading(library, asked, cast)
    a_reading(made[9], asked, cast, "closed", ended=15)

    places = placed(cast.expert, [asked], TODAY)
    all_of_them = whole(places)
    assert dict(all_of_them.stages) == {
        Stage.NOT_BEGUN: 2, Stage.WONT_READ: 1, Stage.READING: 1, Stage.CLOSED: 2,
        Stage.APPLIED: 1, Stage.RETURNED: 1, Stage.SUBMITTED: 1, Stage.ACCEPTED: 1,
        Stage.REVIEWED: 1,
    }  # fmt: skip
    assert (all_of_them.asked, all_of_them.late) == (11, 2)
    late = {place.pk for place in at_stage(places, LATE)}
    assert late == {place_of(library, asked).pk for library in (made[5], made[9])}
    for stage in Stage:
        assert len(at_stage(places, stage)) == all_of_them.stages[stage]
    # The window over: all are late who haven't reported and gave no reason.
    later = placed(cast.expert, [asked], asked.closes_on + DAY)
    assert whole(later).late == 7
    counties = tallied(places, by=COUNTY)
    assert sum(line.asked for line in counties) == 11
    assert [line.name for line in counties] == [
        "شهرستان 0", "شهرستان 1", "شهرستان 2", "شهرستان نمونه",
    ]  # fmt: skip


def county_head_of(library: Library) -> object:
    return make_user(f"head-of-{library.code}", Role.COUNTY_HEAD, county=library.county)


def test_each_desk_sees_its_own(cast: Cast) -> None:
    asked = opened(cast)
    seen = {"librarian": 1, "head": 1, "county": 1, "expert": 1, "director": 1, "office": 2,
            "outsider": 1, "admin": 0}  # fmt: skip
    for who, count in seen.items():
        [(found, tally)] = rounds_of(cast.everyone[who], [asked], TODAY)
        assert (found, tally.asked) == (asked, count), who
    lines = tallied(placed(cast.office, [asked], TODAY), by=PROVINCE)
    assert [line.asked for line in lines] == [1, 1]


# --- the pages ----------------------------------------------------------------------


def sent(asked_on: date, **given: str) -> dict[str, object]:
    return {
        "year": str(jalali_year(asked_on)), "circular_number": "۱۲/۳۴۵",
        "circular_on": format_jalali(asked_on), "opens_on": format_jalali(asked_on),
        "closes_on": format_jalali(asked_on + 90 * DAY), "kinds": BOTH, **given,
    }  # fmt: skip


def test_the_office_opens_a_round_on_a_page(cast: Cast, client: Client) -> None:
    client.force_login(cast.office)
    answer = client.post(reverse("round-new"), sent(TODAY), follow=True)
    assert "برای ۲ کتابخانه گشوده شد" in text_of(answer)
    again = client.post(reverse("round-new"), sent(TODAY, circular_number="دوباره"))
    assert "پیش‌تر گشوده شده" in text_of(again)
    assert 'value="دوباره"' in again.content.decode()  # nothing typed is lost
    assert Round.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"year": "1290"}, "چهاررقمی"), ({"year": "سال"}, "چهاررقمی"), ({"year": ""}, "سال دوره"),
        ({"opens_on": "1405/13/01"}, "در تقویم نیست"), ({"closes_on": ""}, "واپسین روز"),
        ({"kinds": ""}, "نوع"),
    ],
)  # fmt: skip
def test_a_bad_form_says_what_is_wrong(cast: Cast, client: Client, given: dict, words: str) -> None:
    client.force_login(cast.office)
    assert words in text_of(client.post(reverse("round-new"), sent(TODAY, **given)))
    assert not Round.objects.exists()


def test_the_window_is_put_off_on_a_page(cast: Cast, client: Client) -> None:
    asked = opened(cast)
    url = reverse("round-extend", args=[asked.year])
    client.force_login(cast.office)
    bad = client.post(url, {"closes_on": format_jalali(TODAY), "reason": WHY})
    assert "پایان تازه باید پس از" in text_of(bad)
    assert WHY in text_of(bad)
    good = {"closes_on": format_jalali(TODAY + 50 * DAY), "reason": WHY}
    answer = text_of(client.post(url, good, follow=True))
    assert "تمدید شد" in answer
    client.force_login(cast.head)
    assert WHY in text_of(client.get(reverse("round", args=[asked.year])))
    assert client.get(reverse("round-extend", args=[1300])).status_code == 403
    client.force_login(cast.office)
    assert client.get(reverse("round-extend", args=[1300])).status_code == 404


def test_new_libraries_are_offered_to_the_office_alone(cast: Cast, client: Client) -> None:
    asked = opened(cast)
    make_library("L9", "استان نمونه", "شهرستان نمونه")
    page = reverse("round", args=[asked.year])
    client.force_login(cast.expert)
    assert "کتابخانهٔ تازه" not in text_of(client.get(page))
    client.force_login(cast.office)
    assert "افزودن ۱ کتابخانهٔ تازه" in text_of(client.get(page))
    url = reverse("round-take-in", args=[asked.year])
    assert "۱ کتابخانه به دوره افزوده شد" in text_of(client.post(url, follow=True))
    assert "کتابخانهٔ تازه‌ای نیست" in text_of(client.post(url, follow=True))


def test_one_drills_down_from_the_country_to_a_library(cast: Cast, client: Client) -> None:
    asked = opened(cast)
    page = reverse("round", args=[asked.year])
    province, county = cast.library.county.province, cast.library.county
    client.force_login(cast.office)
    country = client.get(page)
    assert f"?province={province.pk}" in country.content.decode()
    assert cast.library.name not in text_of(country)
    below = client.get(f"{page}?province={province.pk}").content.decode()
    assert f"county={county.pk}" in below
    assert cast.other_library.county.name not in below
    listed = text_of(client.get(f"{page}?county={county.pk}"))
    assert cast.library.name in listed
    assert "آغاز نشده" in listed
    for bad in ("province=0", "province=x", "county=99999", "county=" + "9" * 40):
        assert client.get(f"{page}?{bad}").status_code == 404, bad
    assert client.get(reverse("round", args=[1300])).status_code == 404


def test_a_place_outside_the_scope_does_not_exist(cast: Cast, client: Client) -> None:
    asked = opened(cast)
    page = reverse("round", args=[asked.year])
    client.force_login(cast.expert)
    other = cast.other_library.county
    assert client.get(f"{page}?county={other.pk}").status_code == 404
    for who in (cast.county, cast.head, cast.librarian):  # their place is given, not asked
        client.force_login(who)
        for query in ("", f"?county={other.pk}", f"?province={other.province.pk}", "?stage=late",
                      f"?q={cast.other_library.code}"):  # fmt: skip
            answer = client.get(page + query)
            assert answer.status_code == 200
            assert cast.other_library.name not in text_of(answer)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("stage=wont_read", "A"), ("stage=not_begun", "BC"), ("stage=late", ""), ("q=B2", "B"),
        ("q=نمونهٔ", "ABC"), ("kind=participatory&stage=not_begun", "C"), ("q=هیچ", ""),
    ],
)  # fmt: skip
def test_the_list_narrows(cast: Cast, client: Client, query: str, names: str) -> None:
    libraries = {"A": cast.library, "B": make_library("B2", "استان نمونه", "شهرستان دوم"),
                 "C": make_library("C3", "استان نمونه", "شهرستان دوم")}  # fmt: skip
    Library.objects.filter(pk=libraries["C"].pk).update(kind="participatory")
    asked = opened(cast)
    reason_give(place_id=place_of(cast.library, asked).pk, reason=WHY, actor=cast.head, now=NOW)
    client.force_login(cast.expert)
    page = client.get(f"{reverse('round', args=[asked.year])}?{query}")
    said = text_of(page)
    shown = {line["line"].place.library for line in page.context.get("lines") or []}
    assert shown == {libraries[name] for name in names}
    assert (WHY in said) == ("A" in names)


def test_the_reason_is_given_and_taken_back_on_pages(cast: Cast, client: Client) -> None:
    asked = opened(cast)
    place = place_of(cast.library, asked)
    url, back = (reverse(name, args=[place.pk]) for name in ("round-reason", "round-reason-back"))
    client.force_login(cast.head)
    assert "علت را بنویسید" in text_of(client.post(url, {"reason": ""}))
    long = client.post(url, {"reason": "ک" * 301})
    assert "۳۰۱ نویسه" in text_of(long)
    assert "ک" * 301 in text_of(long)
    assert WHY in text_of(client.post(url, {"reason": WHY}, follow=True))
    client.force_login(cast.county)
    assert WHY in text_of(client.get(reverse("round", args=[asked.year])))
    assert "پس گرفته شد" in text_of(client.post(back, follow=True))
    assert "علتی ثبت نیست" in text_of(client.post(back, follow=True))
    theirs = place_of(cast.other_library, asked)
    assert (
        client.post(reverse("round-reason", args=[theirs.pk]), {"reason": WHY}).status_code == 404
    )


def test_the_excel_file_holds_what_one_may_see(cast: Cast, client: Client) -> None:
    asked = opened(cast)
    a_reading(cast.library, asked, cast, "closed", ended=20)
    names = {"office": [cast.other_library.name, cast.library.name], "county": [cast.library.name],
             "outsider": [cast.other_library.name]}  # fmt: skip
    for who, expected in names.items():
        client.force_login(cast.everyone[who])
        answer = client.get(reverse("round-xlsx", args=[asked.year]))
        sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).active
        rows = list(sheet.iter_rows(min_row=3, values_only=True))
        assert sorted(row[3] for row in rows) == sorted(expected), who
    client.force_login(cast.county)
    answer = client.get(reverse("round-xlsx", args=[asked.year]) + "?stage=late")
    [row] = list(
        load_workbook(BytesIO(b"".join(answer.streaming_content))).active.iter_rows(
            min_row=3, values_only=True
        )
    )
    assert row[7:9] == ("خواندن پایان یافت", "بله")
    assert row[10] == "۶ روز دیر شده"


def test_pages_ask_no_more_for_many(cast: Cast, client: Client) -> None:
    asked = opened(cast)
    year = reverse("round", args=[asked.year])
    urls = (reverse("rounds"), year, f"{year}?stage=reading", f"{year}?stage=accepted", "/")
    client.force_login(cast.office)

    def more(first: int, count: int) -> None:
        for n in range(first, first + count):
            library = make_library(f"M{n}", f"استان {n % 7}", f"شهرستان {n}")
            RoundLibrary.objects.create(round=asked, library=library)
            session = a_reading(library, asked, cast, "applied" if n % 2 else "reading")
            if n % 2:
                a_report(session, "accepted")

    more(0, 4)
    few = [queries_of(client, url) for url in urls]
    more(4, 56)
    assert [queries_of(client, url) for url in urls] == few
    assert max(few) < 15


# --- the desk -----------------------------------------------------------------------


def test_the_desk_says_who_has_not_begun_and_who_is_late(cast: Cast) -> None:
    assert [card.url for card in round_cards(cast.office, NOW)] == [reverse("round-new")]
    assert round_cards(cast.head, NOW) == []
    asked = opened(cast)
    [card] = round_cards(cast.librarian, NOW)
    assert "۳۰ روز تا پایان مهلت" in card.age
    assert not card.late
    for who in (cast.county, cast.expert, cast.office, cast.admin):
        assert [c.url for c in round_cards(who, NOW) if "new" not in c.url] == []
    then = NOW + 32 * DAY
    [card] = round_cards(cast.librarian, then)
    assert card.late
    for who, count in ((cast.county, 1), (cast.director, 1), (cast.office, 2)):
        card = next(c for c in round_cards(who, then) if "new" not in c.url)
        assert (card.count, card.late) == (count, True)
    reason_give(place_id=place_of(cast.library, asked).pk, reason=WHY, actor=cast.head, now=NOW)
    assert round_cards(cast.librarian, then) == []
    assert round_cards(cast.county, then) == []


def test_a_library_is_led_from_the_round_to_what_is_next(cast: Cast, client: Client) -> None:
    asked = opened(cast)
    client.force_login(cast.head)
    page = reverse("round", args=[asked.year])
    start = f'btn-primary" href="{reverse("session-new")}"'
    assert start in client.get(page).content.decode()
    session = a_reading(cast.library, asked, cast, "applied")
    body = client.get(page).content.decode()
    send = reverse("report-send", args=[session.pk])
    assert start not in body and send in body
    client.force_login(cast.librarian)
    assert send not in client.get(page).content.decode()

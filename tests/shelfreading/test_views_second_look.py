"""The second look's page: neighbours, likely places, ticks one by one or together, the rest."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from libraries.models import Copy, CopyStatus
from loans.models import Loan
from shelfreading.models import ReadingEvent, ReadingSession, SessionFinding
from shelfreading.selectors.second_look import Look, look_counts
from shelfreading.services.applying import findings_apply
from shelfreading.services.events import NewEvent, events_take
from shelfreading.services.findings import findings_compute
from shelfreading.services.sessions import session_close, session_start
from tests.cast import Cast, add_copies, numbered_calls
from tests.fresh_readings import scans
from tests.pages import queries_of, text_of
from tests.shelfreading.readings import scan

MISSING = (3, 12, 13, 30)


def read(cast: Cast, count: int = 40, missing: tuple[int, ...] = MISSING, **given: object):
    """«مخزن» read but for some; closed, nothing sought a second time."""
    actor = given.pop("actor", cast.librarian)
    copies = add_copies(actor.library, numbered_calls(count))
    place = actor.library.sections.get(name="مخزن")
    session = session_start(
        actor=actor, name="مخزن", method=given.pop("method", "barcode"), section_ids=[place.pk],
        now=timezone.now(),
    )  # fmt: skip
    codes = [copy.barcode for at, copy in enumerate(copies) if at not in missing]
    for at, code in given.pop("strange", {}).items():
        codes.insert(at, code)
    scan(session, codes, actor)
    session_close(session_id=session.pk, actor=actor, now=timezone.now())
    return findings_compute(session_id=session.pk, actor=actor, now=timezone.now()), copies


@pytest.fixture
def at(cast: Cast, client: Client):
    session, copies = read(cast)
    client.force_login(cast.librarian)
    return session, copies, client


def url(session: ReadingSession, query: str = "", name: str = "second-look") -> str:
    return reverse(name, args=[session.pk]) + query


def key(copy: Copy) -> str:
    return f"c{copy.pk}"


def lines(client: Client, session: ReadingSession, query: str = "") -> dict[str, str]:
    """Registration numbers shown, in order, with the state of each."""
    found = client.get(url(session, query)).context["lines"]
    return {line.copy.registration_number: line.look.value for line in found}


def post(client: Client, session: ReadingSession, query: str = "", **data: object):
    return client.post(url(session, query), data, follow=True)


def test_the_missing_in_walking_order_between_the_seen(at):
    session, copies, client = at
    response = client.get(url(session))
    assert [line.copy.registration_number for line in response.context["lines"]] == [
        "4", "13", "14", "31",
    ]  # fmt: skip
    beside = [
        (line.after.registration_number, line.before.registration_number)
        for line in response.context["lines"]
    ]
    assert beside == [("3", "5"), ("12", "15"), ("12", "15"), ("30", "32")]
    assert response.context["left"] == 4
    assert "بقیه نبودند ( ۴ )" in text_of(response)


@pytest.mark.parametrize(
    ("said", "state", "finding", "event"),
    [("found", "found", "present", "present"), ("sought", "vain", "missing", "sought")],
)
def test_one_by_one_and_back(at, said, state, finding, event):
    session, copies, client = at
    copy = copies[3]
    response = post(client, session, "?look=&page=1", **{f"one_{said}": key(copy)})
    assert response.redirect_chain[0][0] == url(session, "?look=&page=1")
    assert lines(client, session)["4"] == state
    assert ReadingEvent.objects.get(copy=copy).kind == event
    stored = SessionFinding.objects.get(session=session, copy=copy)
    assert (stored.finding, stored.was_sought) == (finding, said == "sought")
    post(client, session, one_back=key(copy))
    assert lines(client, session)["4"] == "open"
    assert not SessionFinding.objects.get(session=session, copy=copy).was_sought


def test_many_at_once_and_a_whole_page(at):
    session, copies, client = at
    response = post(client, session, action="found", key=[key(copies[3]), key(copies[12])])
    assert "۲ نسخه پیدا شد" in text_of(response)
    left = [key(copies[13]), key(copies[30])]
    response = post(client, session, action="sought", page_all="1", page_key=left)
    assert "۲ نسخه دوباره نبود" in text_of(response)
    assert list(lines(client, session).values()) == ["found", "found", "vain", "vain"]
    session.refresh_from_db()
    assert look_counts(session) == {Look.OPEN: 0, Look.FOUND: 2, Look.VAIN: 2}
    page = text_of(client.get(url(session)))
    assert "چیزی نمانده" in page and "پیش‌نمایش اعمال" in page


def test_the_rest_in_one_act_that_says_how_many(at):
    session, copies, client = at
    post(client, session, one_found=key(copies[3]))
    asked = client.get(url(session, name="second-look-rest"))
    assert "وضعیت این ۳ نسخه «مفقود» می‌شود" in text_of(asked)
    answer = client.post(url(session, name="second-look-rest"), {"count": "3"}, follow=True)
    assert "۳ نسخه دوباره نبود" in text_of(answer)
    assert list(lines(client, session).values()) == ["found", "vain", "vain", "vain"]
    again = client.get(url(session, name="second-look-rest"), follow=True)
    assert "نسخه‌ای نمانده است" in text_of(again)


def test_the_rest_is_not_said_of_more_than_were_shown(at):
    session, copies, client = at
    post(client, session, one_found=key(copies[3]))
    page = client.post(url(session, name="second-look-rest"), {"count": "4"}, follow=True)
    assert "تغییر کرده است" in text_of(page)
    assert look_counts(findings(session))[Look.OPEN] == 3


def findings(session: ReadingSession) -> ReadingSession:
    return ReadingSession.objects.get(pk=session.pk)


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("?look=open", ["13", "14", "31"]),
        ("?look=found", ["4"]),
        ("?look=vain", []),
        ("?look=nonsense", ["4", "13", "14", "31"]),
        ("?q=14", ["14"]),
        ("?q=هیچ", []),
        ("?hundreds=100", ["4", "13", "14", "31"]),
        ("?hundreds=200", []),
    ],
)
def test_filters(at, query, numbers):
    session, copies, client = at
    post(client, session, one_found=key(copies[3]))
    assert list(lines(client, session, query)) == numbers


def test_filter_by_section(at, cast: Cast):
    session, _, client = at
    places = {section.name: section.pk for section in cast.library.sections.all()}
    assert len(lines(client, session, f"?section={places['مخزن']}")) == 4
    assert lines(client, session, f"?section={places['کودک']}") == {}


def test_likely_places_are_named_with_what_they_stand_beside(cast: Cast, client: Client):
    # The 31st was typed in with one digit wrong, at its own place.
    code = str(cast.library.pk * 1_000_000_000 + 31)
    strange = code[:-2] + "9" + code[-1]
    session, copies = read(cast, strange={27: strange})
    Loan.objects.create(
        copy=copies[3], lent_at=session.started_at - timedelta(days=20),
        returned_at=session.started_at - timedelta(days=2),
    )  # fmt: skip
    other = add_copies(cast.library, ["ک 200/1 الف1"], section="کودک", first=900)[0]
    Copy.objects.filter(pk=other.pk).update(title=copies[12].title_id)
    client.force_login(cast.librarian)
    by_number = {
        line.copy.registration_number: line for line in client.get(url(session)).context["lines"]
    }
    kinds = {
        number: [place.place.kind.value for place in line.places]
        for number, line in by_number.items()
    }
    assert kinds["4"][0] == "trolley" and kinds["13"][0] == "other_copy"
    first = by_number["31"].places[0]
    assert (first.place.kind, first.place.value) == ("code", strange)
    assert "به احتمال زیاد" in first.place.reason
    assert first.beside == copies[29]
    page = text_of(client.get(url(session)))
    assert "۲ روز پیش از امانت برگشته" in page and "در بخش «کودک» است" in page and strange in page


def test_a_book_without_a_barcode_read_between_the_neighbours(cast: Cast, client: Client):
    session, copies = read(cast)
    ReadingSession.objects.filter(pk=session.pk).update(state="reading", closed_at=None)

    events = [*scans([copies[2]], "second"), NewEvent(uuid4(), "second", 1, "no_barcode")]
    events += scans([copies[4]], "second", first=2)
    events_take(session_id=session.pk, events=events, actor=cast.librarian, now=timezone.now())
    client.force_login(cast.librarian)
    line = client.get(url(session)).context["lines"][0]
    assert [place.place.kind.value for place in line.places][:1] == ["no_barcode"]


def test_ticks_of_the_first_look_are_no_second_look(cast: Cast, client: Client):
    """Who reads by the list ticks all the time; only the pages of findings look again."""
    session, copies = read(cast, method="list")
    client.force_login(cast.librarian)
    assert set(lines(client, session).values()) == {"open"}
    post(client, session, one_found=key(copies[3]))
    assert lines(client, session)["4"] == "found"


def test_a_script_is_answered_for_the_row_alone(at):
    session, copies, client = at

    def said(**data: str) -> tuple[int, dict[str, str]]:
        answer = client.post(url(session), data, headers={"accept": "application/json"})
        return answer.status_code, answer.json()

    assert said(one_sought=key(copies[3])) == (200, {"look": "vain"})
    assert said(one_back=key(copies[3])) == (200, {"look": "open"})
    assert said(one_found=key(copies[3])) == (200, {"look": "found"})
    status, told = said(one_found="c999999")
    assert status == 422 and "صفحه را تازه کنید" in told["reason"]
    assert lines(client, session)["4"] == "found"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({"action": "found"}, "نخست یک یا چند ردیف را برگزینید"),
        ({"key": ["KEY"]}, "نخست بگویید"),
        ({"action": "burn", "key": ["KEY"]}, "نخست بگویید"),
        ({"action": "found", "key": ["c999999"]}, "صفحه را تازه کنید"),
        ({"one_sought": "c99999999999999999999"}, "صفحه را تازه کنید"),
        ({"one_sought": "x\0"}, "صفحه را تازه کنید"),
        ({"one_sought": "SEEN"}, "دیده نشده‌اند"),
        ({"one_found": "SEEN"}, "دیده نشده‌اند"),
        ({"one_back": "KEY"}, "نگاه دومی ثبت نشده"),
    ],
)
def test_bad_input_gets_its_sentence_and_changes_nothing(at, data, reason):
    session, copies, client = at
    names = {"KEY": key(copies[3]), "SEEN": key(copies[0])}

    def filled(value: object) -> object:
        return (
            [names.get(v, v) for v in value] if isinstance(value, list) else names.get(value, value)
        )

    before = ReadingEvent.objects.count()
    page = text_of(post(client, session, **{name: filled(value) for name, value in data.items()}))
    assert reason in page
    assert ReadingEvent.objects.count() == before


def test_after_applying_it_is_only_looked_at(at, cast: Cast):
    session, copies, client = at
    post(client, session, one_sought=key(copies[3]))
    findings_compute(session_id=session.pk, actor=cast.librarian, now=timezone.now())
    findings_apply(session_id=session.pk, actor=cast.librarian, now=timezone.now())
    copies[3].refresh_from_db()
    copies[12].refresh_from_db()
    assert (copies[3].status, copies[12].status) == (CopyStatus.MISSING, CopyStatus.AVAILABLE)
    response = client.get(url(session))
    assert response.context["can_look"] is False and "اعمال شده است" in text_of(response)
    assert "اعمال شده است" in text_of(post(client, session, one_found=key(copies[12])))
    assert client.get(url(session, name="second-look-rest")).status_code == 302


def test_nothing_computed_and_nothing_missing(cast: Cast, client: Client):
    session, _ = read(cast, 12, missing=())
    client.force_login(cast.librarian)
    assert "نسخه‌ای برای جستن نیست" in text_of(client.get(url(session)))
    ReadingSession.objects.filter(pk=session.pk).update(computed_at=None, summary={}, basis="")
    client.force_login(cast.county)
    assert "هنوز یافته‌ای شمرده نشده" in text_of(client.get(url(session)))


NAMES = ["second-look", "second-look-rest"]


def test_who_may(at, cast: Cast):
    session, copies, client = at
    client.force_login(cast.outsider)
    for name in NAMES:
        assert client.get(url(session, name=name)).status_code == 404
        assert client.post(url(session, name=name), {"one_found": "c1"}).status_code == 404
    for role in ("county", "expert", "director", "office"):
        client.force_login(cast.everyone[role])
        response = client.get(url(session))
        assert response.status_code == 200 and response.context["can_look"] is False
        assert "one_found" not in response.content.decode()
        assert client.post(url(session), {"one_found": key(copies[3])}).status_code == 403
        assert client.get(url(session, name="second-look-rest")).status_code == 403
        assert client.post(url(session, name="second-look-rest")).status_code == 403
    assert ReadingEvent.objects.filter(copy__isnull=False).count() == 0


def test_queries_do_not_grow_with_rows(cast: Cast, client: Client):
    """Three missing copies ask as often as forty-five, each with all that can be said of it."""
    counted = []
    for actor, count, missing in (
        (cast.librarian, 60, (10, 30, 50)),
        (cast.outsider, 120, tuple(range(5, 115, 5)) + tuple(range(7, 117, 5))),
    ):
        strange = {5: "9" + str(actor.library.pk * 1_000_000_000 + missing[0] + 1)}
        session, copies = read(cast, count, missing, actor=actor, strange=strange)
        client.force_login(actor)
        client.get(url(session))
        counted.append((queries_of(client, url(session)), len(lines(client, session))))
    (few, of_few), (many, of_many) = counted
    assert (of_few, of_many) == (3, 44)
    assert many <= few


def test_pages_of_fifty(cast: Cast, client: Client):
    session, _ = read(cast, 300, tuple(range(2, 300, 4)))
    client.force_login(cast.librarian)
    first, second = (client.get(url(session, f"?page={number}")) for number in (1, 2))
    assert [len(page.context["lines"]) for page in (first, second)] == [50, 25]

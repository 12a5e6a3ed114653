"""The shelf list on the screen, its ticks, its Excel and its PDF."""

import re
from io import BytesIO
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from libraries.models import Copy, Job
from loans.models import Loan
from shelfreading.models import ReadingEvent, ReadingSession
from shelfreading.services.events import NewEvent, events_take
from shelfreading.services.findings import findings_compute
from shelfreading.services.sessions import session_close, session_start
from tests.cast import Cast, add_copies, numbered_calls

CALLS = ["297/1 الف1", "100/5 ب2", "8فا3/62 د35ج", "955/07 د35ت"]
IN_ORDER = [1, 0, 2, 3]


@pytest.fixture
def copies(cast: Cast) -> list[Copy]:
    return add_copies(cast.library, CALLS)


@pytest.fixture
def session(cast: Cast, copies: list[Copy]) -> ReadingSession:
    return session_start(
        actor=cast.librarian, name="", method="list", section_ids=[], now=timezone.now()
    )


def address(session: ReadingSession, name: str = "shelf-list") -> str:
    return reverse(name, args=[session.pk])


def get(client: Client, user: object, url: str) -> str:
    client.force_login(user)
    response = client.get(url, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def shown_copies(html: str) -> list[int]:
    return [int(pk) for pk in re.findall(r'data-copy="(\d+)"', html)]


def test_the_list_runs_as_the_shelf_does(
    client: Client, cast: Cast, copies: list[Copy], session: ReadingSession
) -> None:
    html = get(client, cast.librarian, address(session))
    assert shown_copies(html) == [copies[place].pk for place in IN_ORDER]


def test_a_lent_copy_stands_out_by_ground_and_by_word(
    client: Client, cast: Cast, copies: list[Copy], session: ReadingSession
) -> None:
    Loan.objects.create(copy=copies[2], lent_at=timezone.now())
    html = get(client, cast.librarian, address(session))
    rows = re.findall(
        r'<li class="(shelf-row[^"]*)" id="p\d" data-copy="(\d+)"(.*?)</li>', html, re.S
    )
    lent = {int(pk): (css, body) for css, pk, body in rows if "is-lent" in css}
    assert list(lent) == [copies[2].pk]
    assert "در امانت" in lent[copies[2].pk][1]
    assert html.count("در امانت") == 1


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("نمونهٔ ۳", [2]),
        ("نمونه 3", [2]),
        ("۴", [3]),
        ("{barcode}", [1]),
        ("نیست‌در‌جهان", []),
    ],
)
def test_search_by_title_registration_number_and_barcode(
    client: Client, cast: Cast, copies: list[Copy], session: ReadingSession,
    words: str, found: list[int],
) -> None:  # fmt: skip
    html = get(
        client, cast.librarian, f"{address(session)}?q={words.format(barcode=copies[1].barcode)}"
    )
    assert shown_copies(html) == [copies[place].pk for place in found]
    if not found:
        assert "چنین نسخه‌ای در این فهرست نیست" in html


@pytest.mark.parametrize(
    ("at_class", "to"), [("297", "#p1"), ("۸فا", "#p2"), ("110", "#p1"), ("900", "#p3")]
)
def test_a_jump_leads_to_the_class_or_what_comes_after_it(
    client: Client, cast: Cast, session: ReadingSession, at_class: str, to: str
) -> None:
    client.force_login(cast.librarian)
    response = client.get(address(session), {"at_class": at_class})
    assert response.url == f"{address(session)}?page=1{to}"


@pytest.mark.parametrize(
    ("at_class", "reason"), [("???", "خوانده نمی‌شود"), ("999", "در این فهرست نیست")]
)
def test_a_jump_to_nowhere_says_so(
    client: Client, cast: Cast, session: ReadingSession, at_class: str, reason: str
) -> None:
    assert reason in get(client, cast.librarian, f"{address(session)}?at_class={at_class}")


def tick(client: Client, session: ReadingSession, shown: list[str], **ticks: list[int]) -> str:
    response = client.post(address(session, "tick"), {"shown": shown, "back": "page=1", **ticks})
    assert response.status_code == 302
    assert response.url == f"{address(session)}?page=1"
    return client.get(response.url).content.decode()


def states(html: str) -> list[str]:
    return re.findall(r'data-tick="(\w*)"', html)


def test_a_page_of_ticks_saved_without_a_script(
    client: Client, cast: Cast, copies: list[Copy], session: ReadingSession
) -> None:
    client.force_login(cast.librarian)
    one, zero, two, _ = (copies[place].pk for place in IN_ORDER)
    shown = [f"{copy.pk}:" for copy in copies]
    html = tick(client, session, shown, present=[one, zero], absent=[two])
    assert states(html) == ["present", "present", "absent", ""]
    assert session.events.count() == 3
    # The same page sent again changes nothing; a cleared and a changed tick are new events.
    tick(client, session, shown, present=[one, zero], absent=[two])
    assert session.events.count() == 3
    shown = [f"{one}:present", f"{zero}:present", f"{two}:absent"]
    html = tick(client, session, shown, present=[two, zero])
    assert states(html) == ["", "present", "present", ""]
    kinds = list(session.events.order_by("received_at", "seq").values_list("kind", flat=True))
    assert sorted(kinds) == ["absent", "present", "present", "present", "undo", "undo"]
    session_close(session_id=session.pk, actor=cast.librarian, now=timezone.now())
    computed = findings_compute(session_id=session.pk, actor=cast.librarian, now=timezone.now())
    assert computed.summary["counts"]["present"] == 2


def test_a_tick_that_someone_else_made_meanwhile_stays(
    client: Client, cast: Cast, copies: list[Copy], session: ReadingSession
) -> None:
    event = NewEvent(uuid4(), "tablet", 1, ReadingEvent.Kind.PRESENT, copy_id=copies[0].pk)
    events_take(session_id=session.pk, events=[event], actor=cast.head, now=timezone.now())
    client.force_login(cast.librarian)
    html = tick(client, session, [f"{copy.pk}:" for copy in copies], absent=[copies[3].pk])
    assert states(html) == ["", "present", "", "absent"]


def test_both_ticks_on_one_copy_are_neither_and_the_rest_is_kept(
    client: Client, cast: Cast, copies: list[Copy], session: ReadingSession
) -> None:
    client.force_login(cast.librarian)
    shown = [f"{copy.pk}:" for copy in copies]
    html = tick(client, session, shown, present=[copies[0].pk, copies[3].pk], absent=[copies[0].pk])
    assert states(html) == ["", "", "", "present"]
    assert "هم «هست» و هم «نیست»" in html


def test_another_librarys_copy_and_nonsense_are_passed_over(
    client: Client, cast: Cast, copies: list[Copy], session: ReadingSession
) -> None:
    (foreign,) = add_copies(cast.other_library, ["100/1 الف1"])
    client.force_login(cast.librarian)
    tick(client, session, [f"{foreign.pk}:", "x:", "9" * 30, ""], present=[foreign.pk])
    assert session.events.count() == 0


def test_a_closed_session_takes_no_ticks_and_says_so(
    client: Client, cast: Cast, copies: list[Copy], session: ReadingSession
) -> None:
    client.force_login(cast.librarian)
    shown = [f"{copies[0].pk}:"]
    tick(client, session, shown, present=[copies[0].pk])
    session_close(session_id=session.pk, actor=cast.librarian, now=timezone.now())
    html = tick(client, session, [f"{copies[1].pk}:"], present=[copies[1].pk])
    assert "پایان یافته است" in html
    assert session.events.count() == 1
    assert 'name="present"' not in html


def test_scanned_copies_show_as_seen(
    client: Client, cast: Cast, copies: list[Copy], session: ReadingSession
) -> None:
    event = NewEvent(uuid4(), "reader", 1, ReadingEvent.Kind.SCAN, raw=copies[1].barcode)
    events_take(session_id=session.pk, events=[event], actor=cast.head, now=timezone.now())
    html = get(client, cast.county, address(session))
    assert html.count("با بارکد دیده شد") == 1
    assert 'name="present"' not in html  # those above only look
    client.force_login(cast.librarian)
    assert client.get(address(session) + "?unread=1").url.endswith("#p1")


def test_the_outsider_finds_no_list(client: Client, cast: Cast, session: ReadingSession) -> None:
    client.force_login(cast.outsider)
    assert client.get(address(session)).status_code == 404
    client.force_login(cast.admin)
    assert client.get(address(session)).status_code == 403


@pytest.mark.parametrize("name", ["tick", "shelf-list-pdf", "shelf-list-xlsx"])
def test_writing_is_by_post_and_inside_ones_scope(
    client: Client, cast: Cast, session: ReadingSession, name: str
) -> None:
    client.force_login(cast.librarian)
    assert client.get(address(session, name)).status_code == 405
    client.force_login(cast.outsider)
    assert client.post(address(session, name)).status_code == 404
    client.force_login(cast.county)
    if name == "tick":
        assert client.post(address(session, name)).status_code == 403
    assert session.events.count() == 0
    assert not Job.objects.filter(owner=cast.outsider).exists()


def test_excel_has_every_copy_in_order_with_loans_and_marks(
    client: Client, cast: Cast, copies: list[Copy], session: ReadingSession,
    django_capture_on_commit_callbacks,
) -> None:  # fmt: skip
    Loan.objects.create(copy=copies[0], lent_at=timezone.now())
    tick_event = NewEvent(uuid4(), "tablet", 1, ReadingEvent.Kind.ABSENT, copy_id=copies[3].pk)
    events_take(session_id=session.pk, events=[tick_event], actor=cast.head, now=timezone.now())
    Copy.objects.filter(pk=copies[1].pk).update(call_number="=1+1")
    client.force_login(cast.county)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(address(session, "shelf-list-xlsx"))
    job = Job.objects.get()
    assert job.result_name.endswith(".xlsx")
    with job.result.open() as file:
        sheet = load_workbook(BytesIO(file.read())).active
    rows = list(sheet.iter_rows(min_row=3, values_only=True))
    assert [row[7] for row in rows] == [copies[place].registration_number for place in IN_ORDER]
    assert [row[10] for row in rows] == ["موجود", "در امانت", "موجود", "موجود"]
    assert [row[11] or "" for row in rows] == ["", "", "", "نیست"]
    assert sheet.cell(3, 3).data_type == "s"


@pytest.mark.pdf
def test_the_pdf_is_a_job_with_a_file(
    client: Client, cast: Cast, copies: list[Copy], session: ReadingSession,
    django_capture_on_commit_callbacks,
) -> None:  # fmt: skip
    client.force_login(cast.county)
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(address(session, "shelf-list-pdf"))
    job = Job.objects.get()
    assert response.url == reverse("job", args=[job.pk])
    assert (job.state, job.library, job.owner) == (Job.State.DONE, cast.library, cast.county)
    with job.result.open() as file:
        assert file.read(5) == b"%PDF-"


def test_the_lists_queries_do_not_grow_with_its_lines(client: Client, cast: Cast) -> None:
    client.force_login(cast.librarian)

    def counted(section: str, calls: list[str], first: int) -> int:
        copies = add_copies(cast.library, calls, section=section, first=first)
        place = cast.library.sections.get(name=section)
        session = session_start(
            actor=cast.librarian, name="", method="list", section_ids=[place.pk],
            now=timezone.now(),
        )  # fmt: skip
        for copy in copies:
            Loan.objects.create(copy=copy, lent_at=timezone.now())
        events = [
            NewEvent(uuid4(), "t", n, ReadingEvent.Kind.PRESENT, copy_id=copy.pk)
            for n, copy in enumerate(copies)
        ]
        events_take(session_id=session.pk, events=events, actor=cast.head, now=timezone.now())
        with CaptureQueriesContext(connection) as captured:
            html = client.get(address(session)).content.decode()
        assert len(shown_copies(html)) == len(calls)
        return len(captured)

    assert counted("مخزن", numbered_calls(3), 1) == counted("کودک", numbered_calls(60), 100)

"""The card cabinet: entering cards, the list that grows, the loan cards, the match."""

import re
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from libraries.domain.jalali import parse_jalali
from libraries.domain.persian import to_persian_digits
from libraries.models import AuditEntry, Copy, CopyStatus, Title, User
from libraries.refusal import Refused
from loans.models import FollowUp, Loan, Member
from shelfreading.card_backs_pdf import card_backs_pdf
from shelfreading.models import ReadingSession
from shelfreading.selectors.card_backs import card_backs
from shelfreading.services.applying import application_undo, findings_apply
from shelfreading.services.cards import Card, Entered, NumberTaken, WrongField, card_enter
from shelfreading.services.decisions import second_look_rest
from shelfreading.services.expected import SHELF_ORDER
from shelfreading.services.findings import findings_compute
from shelfreading.services.loan_cards import session_loan_card_enter
from shelfreading.services.sessions import (
    NOT_BY_CARDS,
    session_close,
    session_start,
    shelf_speak,
)
from tests.cast import Cast, add_copies, make_cast, numbered_calls
from tests.promises import assert_records_hold

Enter = Callable[..., Entered]


def start(cast: Cast, **more: Any) -> ReadingSession:
    asked = {"name": "برگه‌دان", "method": "cards", "section_ids": [], **more}
    return session_start(actor=cast.librarian, now=timezone.now(), **asked)


def enter(
    session: ReadingSession,
    actor: User,
    number: str,
    title: str = "کتاب",
    author: str = "نویسنده",
    call: str = "100/1 الف1",
    **more: Any,
) -> Entered:
    section = more.pop("section_id", None) or session.sections.order_by("position")[0].pk
    card = Card(more.pop("id", uuid4()), section, number, title, author, call, **more)
    return card_enter(session_id=session.pk, card=card, actor=actor, now=timezone.now())


@pytest.fixture
def session(cast: Cast) -> ReadingSession:
    return start(cast)


@pytest.fixture
def card(cast: Cast, session: ReadingSession) -> Enter:
    return lambda *words, **more: enter(session, cast.librarian, *words, **more)


def numbers_in_order(session: ReadingSession) -> list[str]:
    rows = session.expected.order_by("position")
    assert list(rows.values_list("position", flat=True)) == list(range(rows.count()))
    session.refresh_from_db()
    assert session.expected_count == rows.count()
    return list(rows.values_list("copy__registration_number", flat=True))


def test_a_library_without_copies_starts_with_an_empty_list(cast: Cast) -> None:
    session = start(cast)
    assert (session.method, session.expected_count) == ("cards", 0)
    assert session.sections.count() == 2


def test_a_library_without_sections_gets_its_first(cast: Cast) -> None:
    cast.library.sections.all().delete()
    assert [section.name for section in start(cast).sections.all()] == ["مخزن"]


def test_a_library_with_copies_is_told_why_not_and_may_insist(cast: Cast) -> None:
    add_copies(cast.library, numbered_calls(3))
    with pytest.raises(Refused, match="مادّهٔ ۳-۲") as refusal:
        start(cast)
    assert refusal.value.reason == NOT_BY_CARDS
    assert start(cast, despite_copies=True).expected_count == 3


def test_a_card_makes_title_copy_line_and_tick_together(
    cast: Cast, session: ReadingSession, card: Enter
) -> None:
    entered = card("۱۲", "تاريخ بيهقي", "بیهقی", "955/05 ب ج.2")
    copy = Copy.objects.get()
    assert entered.copy == copy
    assert (copy.registration_number, copy.title.title, copy.title.author) == (
        "12", "تاریخ بیهقی", "بیهقی",
    )  # fmt: skip
    assert (copy.main_class, copy.volume, copy.status) == ("955", "2", "available")
    assert numbers_in_order(session) == ["12"]
    event = session.events.get()
    assert (event.kind, event.copy_id, event.by) == ("present", copy.pk, cast.librarian)
    assert AuditEntry.objects.filter(action="card_enter", object_id=str(copy.pk)).count() == 1


def test_the_same_card_sent_again_counts_once(session: ReadingSession, card: Enter) -> None:
    once = uuid4()
    first = card("1", id=once, is_present=False)
    again = card("1", id=once, is_present=False)
    assert (again.copy, again.is_present) == (first.copy, False)
    assert session.events.count() == Copy.objects.count() == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("کلیدر", "دولت‌آبادی"), ("كليدر", "دولت آبادی")),
        (("کلیدر", ""), ("کلیدر ", "")),
    ],
)
def test_a_second_copy_belongs_to_the_title_that_is_known(
    card: Enter, first: tuple[str, str], second: tuple[str, str]
) -> None:
    card("1", *first)
    card("2", *second)
    assert Title.objects.count() == 1
    card("3", first[0], "کس دیگر")
    assert Title.objects.count() == 2


def test_a_title_known_with_its_year_is_not_made_again(
    cast: Cast, session: ReadingSession, card: Enter
) -> None:
    copy = card("1", "کلیدر", "دولت‌آبادی").copy
    Title.objects.filter(pk=copy.title_id).update(year="1363", identity="another")
    assert card("2", "کلیدر", "دولت‌آبادی").copy.title_id == copy.title_id


def test_a_number_that_exists_is_offered_and_makes_no_second_copy(
    session: ReadingSession, card: Enter
) -> None:
    copy = card("7", "نخست").copy
    with pytest.raises(NumberTaken, match="«نخست»") as taken:
        card("۷", "دوم")
    assert (taken.value.copy, taken.value.can_tick) == (copy, True)
    assert Copy.objects.count() == session.events.count() == 1
    assert card("۷", "دوم", same=True, is_present=False).copy == copy
    assert [event.kind for event in session.events.order_by("received_at")] == ["present", "absent"]
    assert numbers_in_order(session) == ["7"]


def test_a_copy_of_the_software_is_ticked_instead(cast: Cast) -> None:
    add_copies(cast.library, numbered_calls(2))
    session = start(cast, despite_copies=True)
    assert enter(session, cast.librarian, "2", same=True).copy.registration_number == "2"
    assert numbers_in_order(session) == ["1", "2"]


def test_a_copy_that_came_in_since_joins_the_list_when_it_is_ticked(
    cast: Cast, session: ReadingSession, card: Enter
) -> None:
    card("5", call="100/5 الف1")
    add_copies(cast.library, numbered_calls(1))
    assert card("1", same=True).copy.registration_number == "1"
    assert numbers_in_order(session) == ["1", "5"]


def test_a_copy_of_a_section_that_is_not_read_is_left_there(cast: Cast) -> None:
    add_copies(cast.library, numbered_calls(1), section="کودک")
    section = cast.library.sections.get(name="مخزن")
    session = start(cast, despite_copies=True, section_ids=[section.pk])
    with pytest.raises(NumberTaken, match="بخش «کودک»") as taken:
        enter(session, cast.librarian, "1", same=True)
    assert not taken.value.can_tick


def test_a_copy_that_another_reading_reads_is_left_to_it(cast: Cast) -> None:
    add_copies(cast.library, numbered_calls(1))
    first = start(cast, despite_copies=True, name="آن یکی")
    session = start(cast, despite_copies=True, class_first="900")
    assert first.expected_count == 1
    with pytest.raises(NumberTaken, match="«آن یکی»"):
        enter(session, cast.librarian, "1", same=True)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"number": ""}, "registration_number"),
        ({"number": "\u200f \u200c"}, "registration_number"),
        ({"number": "1" * 61}, "registration_number"),
        ({"title": " \u200c"}, "title"),
        ({"title": "ک" * 10_000}, "title"),
        ({"author": "ن" * 1_001}, "author"),
        ({"call": "9" * 201}, "call_number"),
        ({"section_id": 10**9}, "section"),
    ],
)
def test_what_can_not_be_taken_is_named_and_nothing_is_written(
    session: ReadingSession, card: Enter, fields: dict[str, Any], field: str
) -> None:
    with pytest.raises(WrongField) as refusal:
        card(**{"number": "1", **fields})
    assert refusal.value.field == field
    assert not Copy.objects.exists()
    assert not Title.objects.exists()
    assert not session.events.exists()


@pytest.mark.parametrize(
    ("call", "notice"), [("", "ندارد"), ("بی‌معنا", "خوانده نشد"), ("297/1 الف1", "")]
)
def test_a_class_that_can_not_be_read_stays_as_it_is_with_a_notice(
    session: ReadingSession, card: Enter, call: str, notice: str
) -> None:
    card("1", call="900/1 ب1")
    entered = card("2", call=call)
    assert entered.copy.call_number == call
    assert (notice in entered.notice) and bool(entered.notice) == bool(notice)
    assert numbers_in_order(session) == (["1", "2"] if notice else ["2", "1"])


def test_a_closed_reading_takes_no_card(cast: Cast, session: ReadingSession, card: Enter) -> None:
    card("1")
    session_close(session_id=session.pk, actor=cast.librarian, now=timezone.now())
    with pytest.raises(Refused, match="پایان یافته"):
        card("2")
    with pytest.raises(Refused, match="پایان یافته"):
        loan_card(cast, session, "1")
    assert Copy.objects.count() == 1
    assert not Loan.objects.exists()


def test_another_kind_of_reading_takes_no_card(cast: Cast) -> None:
    add_copies(cast.library, numbered_calls(1))
    session = start(cast, method="list")
    with pytest.raises(Refused, match="رف‌برگه‌دان نیست"):
        enter(session, cast.librarian, "2")


def test_another_librarys_people_enter_nothing(cast: Cast, session: ReadingSession) -> None:
    with pytest.raises(Refused):
        enter(session, cast.outsider, "1")
    with pytest.raises(Refused):
        enter(session, cast.county, "1")
    assert not Copy.objects.exists()


def test_words_on_stretches_follow_their_copies(
    cast: Cast, session: ReadingSession, card: Enter
) -> None:
    for number in (2, 4, 6):
        card(str(number), call=f"100/{number} الف1")
    shelf_speak(
        session_id=session.pk, first_position=1, last_position=2, was_read=True,
        actor=cast.librarian, now=timezone.now(),
    )  # fmt: skip
    card("1", call="100/1 الف1")
    card("5", call="100/5 الف1")
    word = session.shelves_read.get()
    ends = session.expected.filter(position__in=(word.first_position, word.last_position))
    numbers = ends.order_by("position").values_list("copy__registration_number", flat=True)
    assert list(numbers) == ["4", "6"]


CALLS = ("100/1 الف1", "100/2 الف1", "100/2 الف1", "م 100/1 الف1", "8فا3/62 د35ج", "؟؟", "")


class GrowingList(TestCase):
    """However cards come, the list is the one that would have been frozen from them."""

    @settings(max_examples=15)
    @given(st.lists(st.tuples(st.sampled_from(CALLS), st.booleans()), max_size=12))
    def test_a_list_that_grew_is_the_list_frozen_at_once(
        self, cards: list[tuple[str, bool]]
    ) -> None:
        cast = make_cast()
        grown = start(cast)
        sections = list(cast.library.sections.order_by("position"))
        for number, (call, in_second) in enumerate(cards, start=1):
            enter(grown, cast.librarian, str(number), call=call, section_id=sections[in_second].pk)
        columns = ("copy_id", "position", "rank", "shelf_run")
        rows = list(grown.expected.order_by(*SHELF_ORDER).values_list(*columns))
        assert [row[1] for row in rows] == list(range(len(rows)))
        ReadingSession.objects.filter(pk=grown.pk).update(state="closed", closed_at=timezone.now())
        frozen = start(cast, despite_copies=True)
        at_once = list(frozen.expected.order_by("position").values_list(*columns))
        assert [(copy, place, run) for copy, place, _, run in rows] == [
            (copy, place, run) for copy, place, _, run in at_once
        ]
        # Ranks may leave gaps; what they say of order is the same.
        assert order_told([row[2] for row in rows]) == order_told([row[2] for row in at_once])


def order_told(ranks: list[int]) -> list[int]:
    places = {rank: place for place, rank in enumerate(sorted(set(ranks) - {-1}))}
    return [places.get(rank, -1) for rank in ranks]


def loan_card(cast: Cast, session: ReadingSession, number: str, **more: Any) -> Loan:
    return session_loan_card_enter(
        session_id=session.pk, registration_number=number, actor=cast.librarian,
        now=timezone.now(), **more,
    )  # fmt: skip


def test_shelf_cards_and_loan_cards_are_matched_with_each_other(
    cast: Cast, session: ReadingSession, card: Enter
) -> None:
    today = timezone.localdate()
    for number in range(1, 7):
        card(str(number), call=f"100/{number} الف1", is_present=number <= 2)
    loan_card(cast, session, "2", due_on=today + timedelta(days=30))  # on both: returned
    loan_card(cast, session, "3", due_on=today + timedelta(days=3))
    loan_card(cast, session, "4", due_on=parse_jalali("1404/01/01"))
    late = loan_card(cast, session, "5", due_on=parse_jalali("1404/01/01"))
    FollowUp.objects.create(loan=late, at=timezone.now(), by=cast.librarian, said="می‌آورد")
    session_close(session_id=session.pk, actor=cast.librarian, now=timezone.now())
    done = {"actor": cast.librarian, "now": timezone.now()}
    findings_compute(session_id=session.pk, **done)
    found = dict(session.findings.values_list("copy__registration_number", "finding"))
    assert found == {
        "1": "present", "2": "on_loan_on_shelf", "3": "on_loan", "4": "follow_up_due",
        "5": "unreturned", "6": "missing",
    }  # fmt: skip
    second_look_rest(session_id=session.pk, **done)
    findings_apply(session_id=session.pk, actor=cast.librarian, now=timezone.now())
    statuses = dict(Copy.objects.values_list("registration_number", "status"))
    assert [statuses[str(n)] for n in range(1, 7)] == [
        *["available"] * 4, CopyStatus.UNRETURNED, CopyStatus.MISSING,
    ]  # fmt: skip
    assert Loan.objects.get(copy__registration_number="2").returned_at is not None
    assert_records_hold(cast.library)
    application_undo(session_id=session.pk, actor=cast.librarian, now=timezone.now())
    assert set(Copy.objects.values_list("status", flat=True)) == {"available"}
    assert Loan.objects.filter(returned_at__isnull=True).count() == 4
    assert_records_hold(cast.library)


def test_a_book_lent_after_its_card_was_ticked_stays_lent(
    cast: Cast, session: ReadingSession, card: Enter
) -> None:
    card("1")
    earlier = timezone.now() - timedelta(days=3)
    ReadingSession.objects.filter(pk=session.pk).update(started_at=earlier)
    session.events.update(received_at=earlier)
    loan_card(cast, session, "1", lent_on=timezone.localdate() - timedelta(days=1))
    findings_compute(session_id=session.pk, actor=cast.librarian, now=timezone.now())
    assert session.findings.get().finding == "present"


def test_a_loan_card_finds_its_member_or_enters_them(
    cast: Cast, session: ReadingSession, card: Enter
) -> None:
    for number in "1234":
        card(number)
    first = loan_card(cast, session, "1", member_name="زهرا نمونه", membership_number="۴۵")
    assert first.member is not None
    assert (first.member.full_name, first.member.membership_number) == ("زهرا نمونه", "45")
    assert loan_card(cast, session, "2", membership_number="45").member == first.member
    assert loan_card(cast, session, "3", member_name="زهرا  نمونه").member == first.member
    assert loan_card(cast, session, "4").member is None
    assert Member.objects.count() == 1


def test_the_same_loan_card_twice_changes_nothing(
    cast: Cast, session: ReadingSession, card: Enter
) -> None:
    card("1")
    due = timezone.localdate() + timedelta(days=5)
    assert loan_card(cast, session, "1", due_on=due) == loan_card(cast, session, "1", due_on=due)
    with pytest.raises(Refused, match="پیش‌تر در امانت"):
        loan_card(cast, session, "1", due_on=due + timedelta(days=1))
    assert Loan.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"registration_number": "99"}, "نخست رف‌برگهٔ آن را وارد کنید"),
        ({"registration_number": " "}, "شمارهٔ ثبت خالی است"),
        ({"membership_number": "77"}, "عضوی با شمارهٔ ۷۷ نیست"),
        ({"member_name": "همنام"}, "شمارهٔ عضویت را هم بنویسید"),
        ({"lent_on": parse_jalali("1449/01/01")}, "در آینده"),
        (
            {"lent_on": parse_jalali("1404/02/01"), "due_on": parse_jalali("1404/01/01")},
            "پیش از تاریخ امانت",
        ),
    ],
)
def test_a_loan_card_that_can_not_be_says_why(
    cast: Cast, session: ReadingSession, card: Enter, more: dict[str, Any], reason: str
) -> None:
    card("1")
    for _ in range(2):
        Member.objects.create(library=cast.library, full_name="همنام", search_name="همنام")
    with pytest.raises(Refused, match=reason):
        session_loan_card_enter(
            session_id=session.pk, actor=cast.librarian, now=timezone.now(),
            **{"registration_number": "1", **more},
        )  # fmt: skip
    assert not Loan.objects.exists()


def test_a_loan_of_a_weeded_copy_is_refused(
    cast: Cast, session: ReadingSession, card: Enter
) -> None:
    copy = card("1").copy
    Copy.objects.filter(pk=copy.pk).update(status="weeded")
    with pytest.raises(Refused, match="وجین شده"):
        loan_card(cast, session, "1")


def test_a_reference_copy_with_a_loan_card_is_out_all_the_same(
    cast: Cast, session: ReadingSession, card: Enter
) -> None:
    assert card("1", call="م 030/1 د").copy.is_reference
    assert loan_card(cast, session, "1").returned_at is None


def test_a_foreign_event_id_is_no_card_of_this_reading(
    cast: Cast, session: ReadingSession, card: Enter
) -> None:
    same: UUID = uuid4()
    card("1", id=same)
    ReadingSession.objects.filter(pk=session.pk).update(state="closed", closed_at=timezone.now())
    other = start(cast, despite_copies=True)
    assert enter(other, cast.librarian, "2", id=uuid4()).copy.registration_number == "2"


def test_the_back_of_a_card_counts_and_tells_as_the_directive_lays_it_out(
    cast: Cast, session: ReadingSession, card: Enter
) -> None:
    today = timezone.localdate()
    for number in range(1, 5):
        card(str(number), call=f"900/1 ب ج.{(number + 1) // 2}", is_present=number != 3)
    card("9", "دیگر", call="100/1 الف1", is_present=False)
    loan_card(cast, session, "9", due_on=today + timedelta(days=3))
    done = {"session_id": session.pk, "actor": cast.librarian}
    session_close(now=timezone.now(), **done)
    findings_compute(now=timezone.now(), **done)
    other, back = card_backs(session)
    assert (back.title, back.copies, back.volumes) == ("کتاب", 3, 2)
    assert [line.registration_number for line in back.lines] == ["1", "2", "3", "4"]
    assert [line.is_struck for line in back.lines] == [False, False, True, False]
    assert [line.remark for line in back.lines] == [""] * 4
    assert [reading.on for line in back.lines for reading in line.readings] == [today] * 4
    assert (other.lines[0].is_struck, other.lines[0].readings[0].word) == (False, "امانت")
    second_look_rest(now=timezone.now(), **done)
    findings_apply(now=timezone.now(), **done)
    (again,) = card_backs(session, Copy.objects.get(registration_number="1").title_id)
    assert again.lines[2].remark == "مفقود شده"
    assert again.copies == 3


def test_a_card_with_more_copies_than_fit_goes_on_on_a_second_one(
    session: ReadingSession, card: Enter, tmp_path: Path
) -> None:
    for number in range(1, 12):
        card(str(number), "کتاب $x^2$ #strong")
    target = tmp_path / "cards.pdf"
    assert card_backs_pdf(card_backs(session), target) == 1
    words = subprocess.run(
        ["pdftotext", "-layout", str(target), "-"], capture_output=True, text=True, check=True
    ).stdout
    assert "#strong" in words
    for number in range(1, 12):
        assert re.search(rf"(?<![۰-۹]){to_persian_digits(number)}(?![۰-۹])", words)

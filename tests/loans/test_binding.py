"""To the binder and back (directive 4-3, 4-5)."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from libraries.models import Copy, CopyStatus
from libraries.refusal import Refused
from loans.domain.binding import needs_status
from loans.models import BindingTrip, Loan, Member
from loans.selectors import desk_cards
from loans.services import loan_lend
from loans.services.binding import binding_back, binding_send, long_bindings_mark
from tests.cast import Cast, add_copies, numbered_calls

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


@pytest.fixture
def copies(cast: Cast) -> list[Copy]:
    return add_copies(cast.library, numbered_calls(4))


def send(cast: Cast, copies: list[Copy], sent_on=TODAY, expected_on=None, today=TODAY):
    return binding_send(
        copy_ids=[copy.pk for copy in copies], binder="صحافی نمونه", sent_on=sent_on,
        expected_on=expected_on, actor=cast.librarian, now=timezone.now(), today=today,
    )  # fmt: skip


def back(cast: Cast, trip: BindingTrip, day: date = TODAY, actor=None) -> BindingTrip:
    return binding_back(
        trip_id=trip.pk, back_on=day, actor=actor or cast.librarian, now=timezone.now(), today=TODAY
    )


def status(copy: Copy) -> str:
    return Copy.objects.get(pk=copy.pk).status


@pytest.mark.parametrize(("days", "long"), [(0, False), (14, False), (15, True), (-3, False)])
def test_more_than_two_weeks(days: int, long: bool) -> None:
    assert needs_status(TODAY, TODAY + timedelta(days=days)) is long


def test_a_long_trip_sets_the_status_and_the_way_back_clears_it(
    cast: Cast, copies: list[Copy]
) -> None:
    (trip,) = send(cast, copies[:1], expected_on=TODAY + timedelta(days=15))
    assert status(copies[0]) == CopyStatus.BINDING
    back(cast, trip)
    assert status(copies[0]) == CopyStatus.AVAILABLE
    assert [change.source for change in copies[0].status_changes.all()] == ["binder", "binder"]


def test_a_short_trip_leaves_the_record_and_keeps_the_copy_from_being_lent(
    cast: Cast, copies: list[Copy]
) -> None:
    (trip,) = send(cast, copies[:1], expected_on=TODAY + timedelta(days=14))
    assert status(copies[0]) == CopyStatus.AVAILABLE
    member = Member.objects.create(library=cast.library, full_name="عضو", search_name="عضو")
    who = {"member_id": member.pk, "actor": cast.librarian, "now": timezone.now(), "today": TODAY}
    with pytest.raises(Refused, match="صحافی"):
        loan_lend(copy_id=copies[0].pk, **who)
    back(cast, trip)
    assert loan_lend(copy_id=copies[0].pk, **who).pk
    assert not copies[0].status_changes.exists()


def test_a_short_trip_that_grew_long_is_marked_once(cast: Cast, copies: list[Copy]) -> None:
    send(cast, copies[:1], sent_on=TODAY - timedelta(days=14))
    send(cast, copies[1:2], sent_on=TODAY - timedelta(days=10))
    who = {"library_id": cast.library.pk, "actor": cast.librarian, "now": timezone.now()}
    assert long_bindings_mark(today=TODAY, **who) == 0
    assert long_bindings_mark(today=TODAY + timedelta(days=1), **who) == 1
    assert long_bindings_mark(today=TODAY + timedelta(days=1), **who) == 0
    assert (status(copies[0]), status(copies[1])) == (CopyStatus.BINDING, CopyStatus.AVAILABLE)


def test_sent_late_on_record_it_is_long_at_once(cast: Cast, copies: list[Copy]) -> None:
    send(cast, copies[:1], sent_on=TODAY - timedelta(days=20))
    assert status(copies[0]) == CopyStatus.BINDING


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"status": CopyStatus.WEEDED, "weeding_cause": "worn"}, "وجین"),
        ({"status": CopyStatus.MISSING}, "مفقود"),
    ],
)
def test_what_does_not_stand_here_is_not_sent_and_nothing_is(
    cast: Cast, copies: list[Copy], change: dict[str, str], words: str
) -> None:
    Copy.objects.filter(pk=copies[1].pk).update(**change)
    with pytest.raises(Refused, match=words):
        send(cast, copies)
    assert not BindingTrip.objects.exists()


def test_refusals(cast: Cast, copies: list[Copy]) -> None:
    Loan.objects.create(copy=copies[0], lent_at=timezone.now())
    with pytest.raises(Refused, match="در امانت است"):
        send(cast, copies[:2])
    (trip,) = send(cast, copies[1:2])
    with pytest.raises(Refused, match="هم‌اکنون در صحافی"):
        send(cast, copies[1:2])
    with pytest.raises(Refused, match="در آینده"):
        send(cast, copies[2:3], sent_on=TODAY + timedelta(days=1))
    with pytest.raises(Refused, match="پیش از تاریخ ارسال"):
        send(cast, copies[2:3], expected_on=TODAY - timedelta(days=1))
    strange = add_copies(cast.other_library, numbered_calls(1))
    with pytest.raises(Refused, match="کتابخانهٔ شما"):
        send(cast, [*copies[2:3], *strange])
    with pytest.raises(Refused, match="در آینده"):
        back(cast, trip, TODAY + timedelta(days=1))
    with pytest.raises(Refused, match="پیش از تاریخ ارسال"):
        back(cast, trip, TODAY - timedelta(days=1))
    with pytest.raises(Refused):
        back(cast, trip, actor=cast.outsider)
    back(cast, trip)
    with pytest.raises(Refused, match="پیش‌تر ثبت شده"):
        back(cast, trip)


def test_the_database_holds_one_open_trip_a_copy(cast: Cast, copies: list[Copy]) -> None:
    send(cast, copies[:1])
    with pytest.raises(IntegrityError), transaction.atomic():
        BindingTrip.objects.create(copy=copies[0], sent_on=TODAY, sent_by=cast.librarian)
    with pytest.raises(IntegrityError), transaction.atomic():
        BindingTrip.objects.create(
            copy=copies[1], sent_on=TODAY, back_on=TODAY - timedelta(days=1),
            sent_by=cast.librarian, back_by=cast.librarian,
        )  # fmt: skip


def test_the_page_sends_takes_back_and_names_strangers(
    client: Client, cast: Cast, copies: list[Copy]
) -> None:
    client.force_login(cast.librarian)
    url = reverse("bindings")
    data = {"codes": f"{copies[0].barcode}\r\n{copies[1].registration_number}\n", "binder": "نمونه",
            "sent_on": "1405/09/01", "expected_on": ""}  # fmt: skip
    page = client.post(url, {**data, "codes": data["codes"] + "999888"})
    assert "999888" in page.content.decode() and not BindingTrip.objects.exists()
    page = client.post(url, {**data, "sent_on": "1405/13/01"})
    assert page.status_code == 200 and not BindingTrip.objects.exists()
    page = client.post(url, data, follow=True).content.decode()
    assert "۲ نسخه به صحافی رفت" in page and "صحافی نمونه" not in page
    trip = BindingTrip.objects.get(copy=copies[0])
    page = client.post(reverse("binding-back", args=[trip.pk]), follow=True).content.decode()
    assert "از صحافی بازگشت" in page
    page = client.post(reverse("binding-back", args=[trip.pk]), follow=True).content.decode()
    assert "پیش‌تر ثبت شده" in page
    assert "کتاب نمونهٔ 1" in client.get(url + "?which=back").content.decode()
    client.force_login(cast.outsider)
    assert "کتاب نمونهٔ 2" not in client.get(url).content.decode()
    other = BindingTrip.objects.get(copy=copies[1])
    client.post(reverse("binding-back", args=[other.pk]))
    other.refresh_from_db()
    assert other.back_on is None
    client.force_login(cast.county)
    assert client.get(url).status_code == 403


def test_the_desk_names_what_is_long_at_the_binder(
    client: Client, cast: Cast, copies: list[Copy]
) -> None:
    today = timezone.localdate()
    client.force_login(cast.librarian)
    send(cast, copies[:1], sent_on=today - timedelta(days=14), today=today)
    words = "بیش از دو هفته است که در صحافی است"
    assert words not in client.get(reverse("desk")).content.decode()
    assert [card.sentence for card in desk_cards(cast.librarian, timezone.now())] == []
    send(cast, copies[1:3], sent_on=today - timedelta(days=15), today=today)
    (card,) = desk_cards(cast.librarian, timezone.now())
    assert (card.count, card.late, card.url) == (2, False, reverse("bindings"))
    page = client.get(reverse("desk")).content.decode()
    assert words in page and reverse("bindings") in page
    for name, arguments in (("library", [cast.library.pk]), ("loans", [])):
        page = client.get(reverse(name, args=arguments)).content.decode()
        assert reverse("bindings") in page
    BindingTrip.objects.filter(copy=copies[2]).update(expected_on=today - timedelta(days=1))
    assert desk_cards(cast.librarian, timezone.now())[0].late
    assert desk_cards(cast.outsider, timezone.now()) == []
    client.force_login(cast.county)
    assert (
        reverse("bindings")
        not in client.get(reverse("library", args=[cast.library.pk])).content.decode()
    )


def test_the_page_asks_no_more_for_sixty(client: Client, cast: Cast) -> None:
    client.force_login(cast.librarian)

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(reverse("bindings")).status_code == 200
        return len(seen)

    send(cast, add_copies(cast.library, numbered_calls(3)))
    few = queries()
    send(cast, add_copies(cast.library, numbered_calls(57), first=100))
    assert queries() == few

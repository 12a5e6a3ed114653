"""Lost copies that another library scanned: the desk's card, the list, and «it is back»."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from libraries.models import AuditEntry, Copy, CopyStatus, StatusChange
from libraries.refusal import Refused
from loans.models import Loan
from shelfreading.models import ReadingEvent, ReadingSession
from shelfreading.services.events import NewEvent, events_take
from shelfreading.services.found_elsewhere import copy_is_back
from shelfreading.services.sessions import session_start
from tests.cast import Cast, add_copies, numbered_calls
from tests.pages import queries_of, text_of

Kind = ReadingEvent.Kind
PAGE = "/found-elsewhere/"


@pytest.fixture
def lost(cast: Cast) -> list[Copy]:
    """Missing, unreturned and available copies of the librarian's library."""
    copies = add_copies(cast.library, numbered_calls(4))
    for copy, status in zip(copies, ("missing", "unreturned", "available", "weeded"), strict=True):
        Copy.objects.filter(pk=copy.pk).update(status=status)
        StatusChange.objects.create(
            copy=copy, to_status=status, source="list", at=timezone.now() - timedelta(days=9)
        )
    return copies


@pytest.fixture
def there(cast: Cast) -> ReadingSession:
    """A reading of the outsider's library."""
    add_copies(cast.other_library, numbered_calls(3))
    return session_start(
        actor=cast.outsider, name="پاییز", method="barcode", section_ids=[], now=timezone.now()
    )


def scan(there: ReadingSession, cast: Cast, *codes: str) -> list[NewEvent]:
    events = [
        NewEvent(uuid4(), "there", seq, Kind.SCAN, raw=code) for seq, code in enumerate(codes)
    ]
    events_take(session_id=there.pk, events=events, actor=cast.outsider, now=timezone.now())
    return events


def undo(there: ReadingSession, cast: Cast, event: NewEvent) -> None:
    taken_back = NewEvent(uuid4(), "there", 99, Kind.UNDO, about=event.id)
    events_take(session_id=there.pk, events=[taken_back], actor=cast.outsider, now=timezone.now())


def listed(client: Client) -> list[str]:
    return [line.copy.registration_number for line in client.get(PAGE).context["lines"]]


def back(client: Client, copy: Copy):
    return client.post(reverse("found-elsewhere-back", args=[copy.pk]), follow=True)


def test_a_card_a_list_and_it_is_back(cast: Cast, client: Client, lost, there):
    client.force_login(cast.librarian)
    assert "نسخه‌ای در کتابخانهٔ دیگر دیده نشده است" in text_of(client.get(PAGE))
    assert PAGE not in [card.url for card in client.get("/").context["cards"]]
    scan(there, cast, *[copy.barcode for copy in lost])
    assert sorted(listed(client)) == ["1", "2"]
    page = text_of(client.get(PAGE))
    assert cast.other_library.name in page and "رف‌خوانی «پاییز»" in page
    [card] = [card for card in client.get("/").context["cards"] if card.url == PAGE]
    assert card.count == 2
    # Nothing has changed by itself.
    lost[0].refresh_from_db()
    assert lost[0].status == CopyStatus.MISSING

    assert "بازگشت و «موجود» شد" in text_of(back(client, lost[0]))
    lost[0].refresh_from_db()
    assert lost[0].status == CopyStatus.AVAILABLE
    change = lost[0].status_changes.first()
    assert (change.from_status, change.to_status, change.by) == (
        "missing", "available", cast.librarian,
    )  # fmt: skip
    assert "پاییز" in change.cause and cast.other_library.name in change.cause
    assert AuditEntry.objects.filter(action="copy_is_back", object_id=str(lost[0].pk)).exists()
    assert listed(client) == ["2"]
    assert "دیگر چیزی نیست که ثبت شود" in text_of(back(client, lost[0]))
    assert lost[0].status_changes.count() == 2


def test_an_unreturned_copys_loan_comes_back_with_it(cast: Cast, client: Client, lost, there):
    now = timezone.now()
    loan = Loan.objects.create(
        copy=lost[1], lent_at=now - timedelta(days=120),
        due_on=timezone.localdate(now) - timedelta(days=100),
    )  # fmt: skip
    scan(there, cast, lost[1].barcode)
    client.force_login(cast.head)
    back(client, lost[1])
    loan.refresh_from_db()
    assert loan.returned_at is not None
    forgiven = loan.forgivenesses.get()
    assert forgiven.days_late == 100 and "پاییز" in forgiven.cause


def test_an_undone_scan_takes_it_off(cast: Cast, client: Client, lost, there):
    [event] = scan(there, cast, lost[0].barcode)
    client.force_login(cast.librarian)
    assert listed(client) == ["1"]
    undo(there, cast, event)
    assert listed(client) == []
    assert "دیگر چیزی نیست که ثبت شود" in text_of(back(client, lost[0]))
    lost[0].refresh_from_db()
    assert lost[0].status == CopyStatus.MISSING


def test_what_says_nothing(cast: Cast, client: Client, lost, there):
    """A scan from before it was lost, one that came in late, another library's own barcode, a
    reading of the library itself, a copy without a barcode."""
    client.force_login(cast.librarian)
    scan(there, cast, lost[0].barcode)
    StatusChange.objects.create(
        copy=lost[0], to_status="missing", source="reading", at=timezone.now() + timedelta(1)
    )
    assert listed(client) == []

    own = Copy.objects.filter(library=cast.other_library).first()
    Copy.objects.filter(pk=own.pk).update(barcode=lost[1].barcode)
    scan(there, cast, lost[1].barcode)
    assert listed(client) == []
    Copy.objects.filter(pk=own.pk).update(barcode="5")
    assert listed(client) == ["2"]
    ReadingEvent.objects.update(is_late=True)
    assert listed(client) == []
    ReadingEvent.objects.update(is_late=False)
    Copy.objects.filter(pk=lost[1].pk).update(barcode="")
    assert listed(client) == []

    home = session_start(
        actor=cast.librarian, name="", method="barcode", section_ids=[], now=timezone.now()
    )
    seen = NewEvent(uuid4(), "home", 1, Kind.SCAN, raw=lost[0].barcode)
    StatusChange.objects.filter(at__gt=timezone.now()).delete()
    ReadingEvent.objects.all().delete()
    events_take(session_id=home.pk, events=[seen], actor=cast.librarian, now=timezone.now())
    assert listed(client) == []


def test_who_may(cast: Cast, client: Client, lost, there):
    scan(there, cast, lost[0].barcode)
    client.force_login(cast.outsider)
    assert listed(client) == []
    assert back(client, lost[0]).status_code == 404
    for role in ("county", "expert", "director", "office"):
        client.force_login(cast.everyone[role])
        assert listed(client) == ["1"]
        assert "found-elsewhere/" not in client.get(PAGE).content.decode().split("<main")[1]
        assert back(client, lost[0]).status_code == 403
        assert PAGE not in [card.url for card in client.get("/").context["cards"]]
    client.force_login(cast.admin)
    assert client.get(PAGE).status_code == 403
    with pytest.raises(Refused):
        copy_is_back(copy_id=lost[0].pk, actor=cast.outsider, now=timezone.now())
    with pytest.raises(Refused, match="کارکنان کتابخانهٔ خودش"):
        copy_is_back(copy_id=lost[0].pk, actor=cast.county, now=timezone.now())


def test_queries_do_not_grow_with_rows(cast: Cast, client: Client, there):
    copies = add_copies(cast.library, numbered_calls(60))
    client.force_login(cast.librarian)
    Copy.objects.filter(pk__in=[copy.pk for copy in copies]).update(status="missing")
    scan(there, cast, *[copy.barcode for copy in copies[:3]])
    client.get(PAGE)
    few, few_desk = queries_of(client, PAGE), queries_of(client, "/")
    scan(there, cast, *[copy.barcode for copy in copies[3:45]])
    assert len(listed(client)) == 45
    assert queries_of(client, PAGE) <= few and queries_of(client, "/") <= few_desk

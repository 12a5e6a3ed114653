"""The register book and the cabinets after a reading (directive 3-3 ه, 5-2, 6-1)."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from libraries.models import Copy, CopyStatus
from libraries.refusal import Refused
from shelfreading.domain.remarks import card_comes_out, remark_of
from shelfreading.models import PaperTick, ReadingSession
from shelfreading.selectors.remarks import (
    card_changes,
    card_lines,
    paper_cards,
    paper_left,
    register_changes,
    remark_lines,
)
from shelfreading.services.applying import application_undo, findings_apply
from shelfreading.services.remarks import paper_tick
from tests.cast import Cast
from tests.fresh_readings import Reading, look_again, make_reading, read_and_close

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("before", "after", "remark"),
    [
        ("available", "missing", "مفقود شده"),
        ("available", "unreturned", "بازنگشته"),
        ("available", "weeded", "وجین شده"),
        ("missing", "available", "پیدا شد"),
        ("unreturned", "available", "پیدا شد"),
        ("missing", "weeded", "وجین شده"),
        ("available", "binding", ""),
        ("binding", "available", ""),
        ("missing", "missing", ""),
    ],
)
def test_what_is_written(before: str, after: str, remark: str) -> None:
    assert remark_of(before, after) == remark


def test_a_card_goes_with_the_last_copy_only() -> None:
    assert card_comes_out("missing", 0)
    assert not card_comes_out("missing", 1)
    assert not card_comes_out("available", 0)


def applied(copies: int = 12, missing: int = 3, apart: int = 1) -> Reading:
    """A reading that is applied: the first copies, or the first so far apart, are missing, the last
    was found again. Copies 1 and 2 are of one title, and copy 4, which stays, is another of it."""
    reading = make_reading(copies)
    own = reading.copies
    Copy.objects.filter(pk__in=[own[2].pk, own[4].pk]).update(title=own[1].title_id)
    Copy.objects.filter(pk=own[-1].pk).update(status=CopyStatus.MISSING)
    reading.session.expected.filter(copy=own[-1]).update(status="missing")
    gone = own[: missing * apart : apart]
    read_and_close(reading, [copy for copy in own if copy not in gone])
    look_again(reading.session, reading.actor)
    findings_apply(session_id=reading.session.pk, actor=reading.actor, now=timezone.now())
    return reading


def tick(reading: Reading, changes: list[int], kind: str = "register", done: bool = True) -> int:
    return paper_tick(
        session_id=reading.session.pk, change_ids=changes, kind=kind, done=done,
        actor=reading.actor, now=timezone.now(),
    )  # fmt: skip


def test_lists_of_an_applied_session_shrink_as_they_are_ticked() -> None:
    reading = applied()
    changes = list(register_changes(reading.session, only_left=True))
    lines = remark_lines(changes)
    assert [(line.change.copy.registration_number, line.remark) for line in lines] == [
        ("1", "مفقود شده"), ("2", "مفقود شده"), ("3", "مفقود شده"), ("12", "پیدا شد"),
    ]  # fmt: skip
    cards = card_lines(reading.session, list(card_changes(reading.session, only_left=True)))
    shown = sorted((card.numbers, card.comes_out, card.copies_left) for card in cards)
    assert shown == [(["1"], True, 0), (["2", "3"], False, 1)]
    assert paper_left(reading.session) == {"register": 4, "card": 2}
    assert tick(reading, [changes[0].pk]) == 1
    assert tick(reading, [changes[0].pk]) == 0
    assert tick(reading, [cards[0].change.pk], "card") == 1
    assert paper_left(reading.session) == {"register": 3, "card": 1}
    assert remark_lines(list(register_changes(reading.session, only_left=False)))[0].done
    assert tick(reading, [changes[0].pk], done=False) == 1
    assert paper_left(reading.session) == {"register": 4, "card": 1}


def test_only_lines_of_the_standing_application_are_ticked() -> None:
    reading, other = applied(), applied()
    mine = register_changes(reading.session, only_left=True)[0].pk
    with pytest.raises(Refused, match="صفحه را تازه"):
        tick(other, [mine])
    with pytest.raises(Refused, match="برگزینید"):
        tick(reading, [])
    with pytest.raises(Refused, match="برگه‌دان"):
        tick(reading, [mine], "x")
    application_undo(session_id=reading.session.pk, actor=reading.actor, now=timezone.now())
    with pytest.raises(Refused, match="صفحه را تازه"):
        tick(reading, [mine])
    assert paper_left(reading.session) == {"register": 0, "card": 0}
    assert not PaperTick.objects.exists()


def test_the_page(client: Client, cast: Cast) -> None:
    reading = applied()
    url = reverse("paper", args=[reading.session.pk])
    client.force_login(reading.actor)
    page = client.get(url).content.decode()
    assert page.count("«مفقود شده»") == 3 and "«پیدا شد»" in page
    change = register_changes(reading.session, only_left=True)[0].pk
    page = client.post(url + "?kind=register", {"key": change, "done": "1"}, follow=True)
    assert "۱ ردیف انجام شد" in page.content.decode()
    page = client.post(url + "?kind=register", {"key": "x"}, follow=True).content.decode()
    assert "نخست یک یا چند ردیف" in page
    page = client.get(url + "?kind=card").content.decode()
    assert "برگه بیرون آورده شود" in page and "شماره‌ها خط بخورد" in page
    client.force_login(cast.outsider)
    assert client.get(url).status_code == 404
    assert client.post(url, {"key": change}).status_code == 404
    fresh = make_reading(3)
    client.force_login(fresh.actor)
    page = client.get(reverse("paper", args=[fresh.session.pk])).content.decode()
    assert "هنوز اعمال نشده است" in page


def test_those_above_look_and_tick_nothing(client: Client, cast: Cast) -> None:
    reading = applied()
    session = ReadingSession.objects.get(pk=reading.session.pk)
    county = session.library.county
    cast.county.county = county
    cast.county.save()
    client.force_login(cast.county)
    url = reverse("paper", args=[session.pk])
    change = register_changes(session, only_left=True)[0].pk
    assert client.post(url, {"key": change, "done": "1"}).status_code == 403
    page = client.get(url)
    assert page.status_code == 200 and 'type="checkbox"' not in page.content.decode()
    assert not PaperTick.objects.exists()


def test_queries_do_not_grow_with_rows(client: Client) -> None:
    def queries(reading: Reading, kind: str) -> int:
        client.force_login(reading.actor)
        with CaptureQueriesContext(connection) as seen:
            url = reverse("paper", args=[reading.session.pk])
            assert client.get(f"{url}?kind={kind}").status_code == 200
        return len(seen)

    few, many = applied(12, 3), applied(150, 60, apart=2)
    assert paper_left(few.session)["card"] == 2 and paper_left(many.session)["card"] == 59
    for kind in ("register", "card"):
        assert queries(few, kind) == queries(many, kind)


def test_the_desk_and_the_pages_lead_to_what_is_left(client: Client) -> None:
    reading, other = applied(), applied()
    client.force_login(reading.actor)
    url = reverse("paper", args=[reading.session.pk])
    page = client.get(reverse("desk")).content.decode()
    assert url in page and "۶" in page and "دفتر ثبت و برگه‌دان از" in page
    assert reverse("paper", args=[other.session.pk]) not in page
    for name in ("session", "session-apply"):
        assert url in client.get(reverse(name, args=[reading.session.pk])).content.decode()
    changes = [change.pk for change in register_changes(reading.session, only_left=True)]
    tick(reading, changes)
    cards = card_changes(reading.session, only_left=True)
    assert [(card.count, card.url) for card in paper_cards(reading.actor)] == [(2, url)]
    tick(reading, [card.pk for card in cards], "card")
    assert paper_cards(reading.actor) == []
    assert url not in client.get(reverse("desk")).content.decode()


def test_the_desk_counts_each_reading_as_its_page_does() -> None:
    readings = [applied(), applied(40, 6, apart=3)]
    for reading in readings:
        (card,) = paper_cards(reading.actor)
        assert card.count == sum(paper_left(reading.session).values())
    application_undo(session_id=readings[0].session.pk, actor=readings[0].actor, now=timezone.now())
    assert paper_cards(readings[0].actor) == []

"""A sample of a reading: drawn by the county head, read blind by someone else, compared (B6)."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from libraries.models import AuditEntry, Copy, CopyStatus, User
from libraries.refusal import Refused
from libraries.roles import Role
from loans.models import Loan
from shelfreading.models import ReadingSession, Sample
from shelfreading.selectors.samples import (
    read_copies,
    sample_cards,
    sample_result,
    why_not_reader,
)
from shelfreading.services.samples import (
    sample_answer,
    sample_draw,
    sample_finish,
    sample_scan,
)
from shelfreading.services.sessions import session_close
from tests.cast import Cast, make_user
from tests.pages import queries_of, text_of
from tests.shelfreading.readings import read_session, scan

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def session(cast: Cast) -> ReadingSession:
    """40 copies read by the librarian; copy 3 is missing."""
    return read_session(cast)[0]


@pytest.fixture
def reader(cast: Cast) -> User:
    """A librarian of the same library who wasn't there."""
    return make_user("second", Role.LIBRARIAN, library=cast.library)


def drawn(cast: Cast, session: ReadingSession, **given: object) -> Sample:
    return sample_draw(
        session_id=session.pk, actor=cast.county, now=NOW, **{"size": None, "seed": 7} | given
    )


def test_a_sample_holds_what_the_reading_says_of_each_copy(
    cast: Cast, session: ReadingSession
) -> None:
    population = read_copies(session)
    assert 0 < len(population) <= 40
    sample = drawn(cast, session, size=len(population))
    kept = list(sample.copies.values_list("copy_id", "position", "was_seen"))
    assert kept == population
    missing = set(session.findings.filter(finding="missing").values_list("copy_id", flat=True))
    assert missing
    assert {copy for copy, _, was_seen in kept if not was_seen} == missing
    [entry] = AuditEntry.objects.filter(action="sample_draw")
    assert (entry.actor, entry.data["size"]) == (cast.county, len(population))


def test_the_same_seed_draws_the_same_and_the_usual_size_is_enough(
    cast: Cast, session: ReadingSession
) -> None:
    one = drawn(cast, session)
    first = list(one.copies.values_list("copy_id", flat=True))
    assert one.size == len(first) < one.population
    one.copies.all().delete()
    one.delete()
    again = drawn(cast, session)
    assert list(again.copies.values_list("copy_id", flat=True)) == first
    again.copies.all().delete()
    again.delete()
    assert list(drawn(cast, session, seed=8).copies.values_list("copy_id", flat=True)) != first


def test_what_left_the_shelves_since_is_not_drawn(cast: Cast, session: ReadingSession) -> None:
    population = read_copies(session)
    lent, weeded = (Copy.objects.get(pk=copy_id) for copy_id, _, _ in population[:2])
    Loan.objects.create(copy=lent, lent_at=NOW)
    Copy.objects.filter(pk=weeded.pk).update(status=CopyStatus.WEEDED, weeding_cause="worn")
    assert read_copies(session) == population[2:]


@pytest.mark.parametrize(
    ("size", "words"), [(0, "از ۱ تا"), (-1, "از ۱ تا"), (10_000, "از ۱ تا ۳")]
)
def test_a_size_that_cannot_be_is_refused(
    cast: Cast, session: ReadingSession, size: int, words: str
) -> None:
    with pytest.raises(Refused, match=words):
        drawn(cast, session, size=size)
    assert not Sample.objects.exists()


def test_drawing_twice_or_too_early_is_refused(cast: Cast) -> None:
    open_session, _ = read_session(cast, closed=False)
    with pytest.raises(Refused, match="هنوز خوانده می‌شود"):
        drawn(cast, open_session)
    session_close(session_id=open_session.pk, actor=cast.librarian, now=NOW)
    drawn(cast, open_session)
    with pytest.raises(Refused, match="پیش‌تر برداشته شده"):
        drawn(cast, open_session)


def test_only_the_county_head_draws(cast: Cast, session: ReadingSession) -> None:
    for who in ("librarian", "head", "expert", "director", "office"):
        with pytest.raises(Refused, match="رئیس ادارهٔ شهرستان"):
            sample_draw(session_id=session.pk, size=5, actor=cast.everyone[who], now=NOW)
    stranger = make_user("far", Role.COUNTY_HEAD, county=cast.other_library.county)
    with pytest.raises(Refused, match="در حوزهٔ شما نیست"):
        sample_draw(session_id=session.pk, size=5, actor=stranger, now=NOW)


# --- who reads it -------------------------------------------------------------------


def test_who_read_the_shelves_does_not_read_the_sample(
    cast: Cast, session: ReadingSession, reader: User
) -> None:
    sample = drawn(cast, session)
    helped = make_user("helped", Role.LIBRARIAN, library=cast.library)
    session.participants.add(helped)
    # Scanned without being named: the events tell.
    passed_by = make_user("passed-by", Role.LIBRARIAN, library=cast.library)
    session.events.update(by=passed_by)
    copy_id = sample.copies.all()[0].copy_id
    for actor in (cast.librarian, helped, passed_by):
        assert "در همین رف‌خوانی بوده‌اید" in why_not_reader(session, actor)
        for work in works(sample, copy_id, actor):
            with pytest.raises(Refused, match="در همین رف‌خوانی بوده‌اید"):
                work()
    for actor in (reader, cast.head, cast.county):
        assert why_not_reader(session, actor) == ""
    for actor in (cast.expert, cast.director, cast.office):
        assert why_not_reader(session, actor)
    assert sample.copies.filter(is_seen__isnull=False).count() == 0


def works(sample: Sample, copy_id: int, actor: User) -> list[Callable[[], object]]:
    who = {"sample_id": sample.pk, "actor": actor, "now": NOW}
    return [
        lambda: sample_answer(copy_ids=[copy_id], is_seen=True, **who),
        lambda: sample_scan(code="1", **who),
        lambda: sample_finish(left=sample.size, **who),
    ]


def test_cards_wait_for_those_who_may_read(
    cast: Cast, session: ReadingSession, reader: User
) -> None:
    sample = drawn(cast, session, size=10)
    sees = {user.username: len(sample_cards(user)) for user in (*cast.everyone.values(), reader)}
    assert {name for name, count in sees.items() if count} == {"head", "second", "county"}
    [card] = sample_cards(reader)
    assert (card.count, card.url) == (10, reverse("sample", args=[session.pk]))
    answer(sample, reader)
    assert sample_cards(reader) == sample_cards(cast.county) == []


# --- answering ----------------------------------------------------------------------


def answer(sample: Sample, reader: User, wrong: int = 0) -> Sample:
    """Read the whole sample as the first reading did, but for so many, from the first on."""
    for place, row in enumerate(sample.copies.order_by("position")):
        said = row.was_seen if place >= wrong else not row.was_seen
        sample_answer(
            sample_id=sample.pk, copy_ids=[row.copy_id], is_seen=said, actor=reader, now=NOW
        )
    return sample_finish(sample_id=sample.pk, left=0, actor=reader, now=NOW)


def test_the_agreement_counts_what_both_say(
    cast: Cast, session: ReadingSession, reader: User
) -> None:
    sample = drawn(cast, session, size=20)
    assert sample_result(sample) is None
    result = sample_result(answer(sample, reader, wrong=3))
    assert (result.agreement.compared, result.agreement.agreed) == (20, 17)
    assert [row.position for row in result.disagreements] == sorted(
        sample.copies.order_by("position").values_list("position", flat=True)
    )[:3]
    assert result.readers == [reader.full_name]


def test_a_book_is_found_by_barcode_in_persian_digits_or_registration_number(
    cast: Cast, session: ReadingSession, reader: User
) -> None:
    sample = drawn(cast, session, size=30)
    first, second = (row.copy for row in sample.copies.select_related("copy")[:2])
    who = {"sample_id": sample.pk, "actor": reader, "now": NOW}
    persian = first.barcode.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    assert sample_scan(code=persian, **who).copy == first
    assert sample_scan(code=first.barcode, **who).copy == first  # twice is harmless
    assert sample_scan(code=f" {second.registration_number} ", **who).copy == second
    assert sample.copies.filter(is_seen=True).count() == 2
    outside = session.expected.exclude(copy__in=sample.copies.values("copy"))[0].copy
    for code, words in ((outside.barcode, "در این نمونه نیست"), ("  ", "کدی نیامده"),
                        ("x" * 5000, "در این نمونه نیست")):  # fmt: skip
        with pytest.raises(Refused, match=words):
            sample_scan(code=code, **who)


def test_a_word_can_be_taken_back_until_the_end(
    cast: Cast, session: ReadingSession, reader: User
) -> None:
    sample = drawn(cast, session, size=5)
    who = {"sample_id": sample.pk, "actor": reader, "now": NOW}
    ids = list(sample.copies.values_list("copy_id", flat=True))
    sample_answer(copy_ids=ids, is_seen=False, **who)
    sample_answer(copy_ids=ids[:2], is_seen=None, **who)
    assert sample.copies.filter(is_seen__isnull=True, by__isnull=True).count() == 2
    with pytest.raises(Refused, match="تغییر کرده"):
        sample_finish(left=1, **who)
    sample_finish(left=2, **who)
    for work in works(sample, ids[0], reader):
        with pytest.raises(Refused, match="پایان یافته"):
            work()


def test_nothing_answered_ends_nothing_and_strangers_are_refused(
    cast: Cast, session: ReadingSession, reader: User
) -> None:
    sample = drawn(cast, session, size=5)
    who = {"sample_id": sample.pk, "actor": reader, "now": NOW}
    with pytest.raises(Refused, match="هیچ نسخه‌ای از نمونه پاسخ ندارد"):
        sample_finish(left=5, **who)
    with pytest.raises(Refused, match="در نمونه نیست"):
        sample_answer(copy_ids=[10**9], is_seen=True, **who)
    with pytest.raises(Refused, match="در حوزهٔ شما نیست"):
        sample_answer(sample_id=sample.pk, copy_ids=[1], is_seen=True, actor=cast.outsider, now=NOW)


def test_what_was_lent_since_says_nothing_of_either_reading(
    cast: Cast, session: ReadingSession, reader: User
) -> None:
    sample = drawn(cast, session, size=10)
    rows = list(sample.copies.filter(was_seen=True)[:2])
    Loan.objects.create(copy_id=rows[0].copy_id, lent_at=NOW)
    Copy.objects.filter(pk=rows[1].copy_id).update(status=CopyStatus.BINDING)
    for row in sample.copies.all():
        seen = row.was_seen and row.copy_id not in {each.copy_id for each in rows}
        sample_answer(
            sample_id=sample.pk, copy_ids=[row.copy_id], is_seen=seen, actor=reader, now=NOW
        )
    result = sample_result(sample_finish(sample_id=sample.pk, left=0, actor=reader, now=NOW))
    assert (result.away, result.agreement.compared, result.agreement.agreed) == (2, 8, 8)
    assert result.disagreements == []


def test_the_database_refuses_a_sample_that_cannot_be(cast: Cast, session: ReadingSession) -> None:
    sample = drawn(cast, session, size=5)
    row = sample.copies.all()[0]
    for change in (
        lambda: Sample.objects.create(
            session=session, size=1, population=1, seed=1, drawn_by=cast.county, drawn_at=NOW
        ),
        lambda: Sample.objects.filter(pk=sample.pk).update(size=0),
        lambda: Sample.objects.filter(pk=sample.pk).update(size=10**6),
        lambda: Sample.objects.filter(pk=sample.pk).update(done_at=NOW),
        lambda: sample.copies.filter(pk=row.pk).update(is_seen=True),
        lambda: sample.copies.filter(pk=row.pk).update(is_away=True),
        lambda: sample.copies.create(copy_id=row.copy_id, position=0, was_seen=True),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


# --- the pages ----------------------------------------------------------------------


def test_the_county_head_draws_on_a_page(
    cast: Cast, client: Client, session: ReadingSession
) -> None:
    client.force_login(cast.county)
    url = reverse("sample-draw", args=[session.pk])
    assert "هنوز نمونه‌ای برداشته نشده" in text_of(client.get(reverse("sample", args=[session.pk])))
    for bad, words in (("", "شمار نسخه‌های نمونه"), ("پنجاه", "به عدد"), ("0", "از ۱ تا"),
                       ("999999", "از ۱ تا")):  # fmt: skip
        assert words in text_of(client.post(url, {"size": bad})), bad
    assert not Sample.objects.exists()
    answer = text_of(client.post(url, {"size": "۱۲"}, follow=True))
    assert "نمونه برداشته شد" in answer
    assert Sample.objects.get().size == 12
    assert "پیش‌تر برداشته شده" in text_of(client.post(url, {"size": "12"}))


def test_the_page_to_read_is_blind(
    cast: Cast, client: Client, session: ReadingSession, reader: User
) -> None:
    """Nothing on it differs by what the first reading said."""
    sample = drawn(cast, session, size=len(read_copies(session)))
    client.force_login(reader)
    url = reverse("sample-read", args=[session.pk])
    before = client.get(url).content.decode()
    sample.copies.update(was_seen=False)
    after = client.get(url).content.decode()
    assert without_tokens(before) == without_tokens(after)
    for row in sample.copies.select_related("copy"):
        assert f'id="copy-{row.copy_id}"' in before
        assert row.copy.barcode not in before  # the book has to be taken in hand
    home = text_of(client.get(reverse("sample", args=[session.pk])))
    assert "همخوانی دو خواندن" not in home


def without_tokens(html: str) -> str:
    return "\n".join(
        line for line in html.splitlines() if "csrf" not in line.lower() and "time" not in line
    )


def test_the_sample_is_read_on_its_page(
    cast: Cast, client: Client, session: ReadingSession, reader: User
) -> None:
    sample = drawn(cast, session, size=4)
    rows = list(sample.copies.select_related("copy__title"))
    client.force_login(reader)
    url = reverse("sample-read", args=[session.pk])
    said = client.post(url, {"code": rows[0].copy.barcode}, follow=True)
    assert f"«{rows[0].copy.title.title}» دیده شد" in text_of(said)
    client.post(url, {"seen": rows[1].copy_id})
    client.post(url, {"absent": rows[2].copy_id})
    assert "در این نمونه نیست" in text_of(client.post(url, {"code": "000"}, follow=True))
    for bad in ({}, {"seen": "x"}, {"seen": ""}):
        assert "کدام نسخه" in text_of(client.post(url, bad, follow=True))
    assert "۳ از ۴ نسخه" in text_of(client.get(url))
    finish = reverse("sample-finish", args=[session.pk])
    assert "۱ نسخه پاسخ ندارد" in text_of(client.get(finish))
    assert "تغییر کرده" in text_of(client.post(finish, {"left": "0"}, follow=True))
    assert "همخوانی دو خواندن" in text_of(client.post(finish, {"left": "1"}, follow=True))
    client.force_login(cast.county)
    result = text_of(client.get(reverse("sample", args=[session.pk])))
    assert "از ۴ نسخه)" in result
    assert "نسخه‌هایی که دو خواندن دربارهٔ آن‌ها یکی نیست" in result


def test_who_may_not_read_is_told_why(cast: Cast, client: Client, session: ReadingSession) -> None:
    drawn(cast, session)
    client.force_login(cast.librarian)
    for name in ("sample-read", "sample-finish"):
        answer = client.get(reverse(name, args=[session.pk]), follow=True)
        assert "در همین رف‌خوانی بوده‌اید" in text_of(answer)
    client.force_login(cast.outsider)
    for name in ("sample", "sample-read", "sample-finish"):
        assert client.get(reverse(name, args=[session.pk])).status_code == 404
    client.force_login(cast.expert)
    assert client.get(reverse("sample-read", args=[session.pk])).status_code == 403


def test_pages_ask_no_more_for_many(
    cast: Cast, client: Client, session: ReadingSession, reader: User
) -> None:
    sample = drawn(cast, session, size=3)
    client.force_login(reader)
    urls = [reverse(name, args=[session.pk]) for name in ("sample", "sample-read")]
    few = [queries_of(client, url) for url in urls]
    sample.copies.all().delete()
    sample.delete()
    many = drawn(cast, session, size=30)
    assert [queries_of(client, url) for url in urls] == few
    few_wrong = many
    answer(few_wrong, reader, wrong=2)
    two = queries_of(client, urls[0])
    many.copies.filter(is_away=False).update(was_seen=False)
    assert queries_of(client, urls[0]) == two


def test_a_reading_that_went_on_is_counted_anew_before_the_draw(cast: Cast) -> None:
    session, listed = read_session(cast, closed=False)
    late = listed[3]
    scan(session, [late.barcode], cast.librarian, device="other")
    session_close(session_id=session.pk, actor=cast.librarian, now=timezone.now())
    sample = drawn(cast, session, size=35)
    row = sample.copies.filter(copy=late).first()
    assert row is None or row.was_seen

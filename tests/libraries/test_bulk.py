"""Rows written in bulk are what the ORM would have written, on either database."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, IntegrityError, connection, models, transaction
from django.utils import timezone as django_timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from libraries import bulk
from libraries.bulk import bulk_insert, bulk_rewrite
from libraries.models import Copy, Title
from shelfreading.models import MemoryUpload, ReadingEvent, ReadingSession
from tests.cast import Cast, add_copies

pytestmark = pytest.mark.django_db
NASTY = [
    "", " ", "\\", "\\N", "\\.", "a\n\\.\nb", "\n\\.\n", "\\.\n", "\n", "\r\n", "\t", ",", '"',
    '""', '"a","b"', "a\\", "\\n", "null", "NULL", "None", "'; DROP TABLE x; --", "%s", "{}",
    "=1+1", "نمی‌شود", "كتاب ي", "۱۲۳", "📚", "‏", "e\u0301", "x" * 10_000, "\x01\x1f\x7f", "\u2028",
]  # fmt: skip
TEXT = st.text(
    st.characters(codec="utf-8", exclude_characters="\0"), max_size=30
) | st.sampled_from(NASTY)
TITLE = ("library_id", "title", "author", "publisher", "year", "search_text", "identity")


@pytest.fixture
def session(cast: Cast) -> ReadingSession:
    return ReadingSession.objects.create(
        library=cast.library, name="نام", method="list", started_at=django_timezone.now(),
        started_by=cast.librarian,
    )  # fmt: skip


def both_ways(
    model: type[models.Model], fields: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Insert in bulk and by the ORM, and compare what is read back; the table starts empty."""
    model.objects.all().delete()

    def kept() -> list[tuple[Any, ...]]:
        found = list(model.objects.order_by("pk").values_list(*fields))
        model.objects.all().delete()
        return found

    with transaction.atomic():
        assert bulk_insert(model, fields, rows) == len(rows)
    in_bulk = kept()
    for row in rows:
        model.objects.create(**dict(zip(fields, row, strict=True)))
    assert in_bulk == kept()
    assert len(in_bulk) == len(rows)


def titles(cast: Cast, texts: Sequence[str]) -> list[tuple[Any, ...]]:
    return [
        (cast.library.pk, text, text[::-1], "", text[:40], text, f"{number:032}")
        for number, text in enumerate(texts)
    ]


def test_texts_that_mean_something_to_a_database(cast: Cast) -> None:
    both_ways(Title, TITLE, titles(cast, NASTY))
    with transaction.atomic():
        bulk_insert(Title, TITLE, titles(cast, NASTY))
    assert list(Title.objects.order_by("identity").values_list("title", flat=True)) == NASTY


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(TEXT, max_size=6))
def test_any_text_comes_back_as_it_was(cast: Cast, texts: list[str]) -> None:
    Title.objects.all().delete()
    with transaction.atomic():
        bulk_insert(Title, TITLE, titles(cast, texts))
    assert list(Title.objects.order_by("identity").values_list("title", flat=True)) == texts


def test_times_ids_and_nothing(cast: Cast, session: ReadingSession) -> None:
    fields = (
        "id", "session_id", "device", "seq", "kind", "raw", "code", "copy_id", "about",
        "device_at", "received_at", "by_id", "upload_id", "is_late",
    )  # fmt: skip
    times = [
        datetime(2026, 3, 21, 0, 0, tzinfo=UTC),
        datetime(2026, 3, 20, 23, 59, 59, 999999, tzinfo=ZoneInfo("Asia/Tehran")),
        datetime(1999, 12, 31, 1, 2, 3, 4, tzinfo=timezone(timedelta(hours=-11))),
        None,
    ]
    rows = [
        (
            UUID(int=number + 1), session.pk, "d", 2**62 + number, "scan", raw, "", None,
            uuid4() if number % 2 else None, at, times[0], cast.librarian.pk, None, False,
        )
        for number, (at, raw) in enumerate(zip(times, NASTY, strict=False))
    ]  # fmt: skip
    both_ways(ReadingEvent, fields, rows)


def test_dates_and_flags(cast: Cast) -> None:
    (copy,) = add_copies(cast.library, ["100 الف1"])
    fields = tuple(field.attname for field in Copy._meta.concrete_fields if field.name != "id")
    like = Copy.objects.values(*fields).get(pk=copy.pk)
    rows = [
        tuple(
            (
                like
                | {
                    "registration_number": f"n{number}", "barcode": "", "is_reference": flag,
                    "registered_on": day, "last_seen_on": None,
                }
            )[name]
            for name in fields
        )
        for number, (day, flag) in enumerate([(date(1921, 3, 21), True), (None, False)])
    ]  # fmt: skip
    both_ways(Copy, fields, rows)


def test_json(cast: Cast, session: ReadingSession) -> None:
    fields = (
        "session_id", "filename", "uploaded_at", "uploaded_by_id", "codes", "new_codes", "skipped",
    )  # fmt: skip
    values = [[], {}, [[1, "a\"b\\c\n'"], [2, "نمی‌شود"]], {"n": None, "t": [True, 1.5]}, "متن", 0]
    now = django_timezone.now()
    both_ways(
        MemoryUpload,
        fields,
        [(session.pk, "f", now, cast.librarian.pk, 1, 0, value) for value in values],
    )


@pytest.mark.parametrize("bad", ["a\0b", "a\ud800b"])
@pytest.mark.postgres_only
def test_what_postgresql_cannot_hold_is_an_error_and_writes_nothing(cast: Cast, bad: str) -> None:
    with pytest.raises((DatabaseError, ValueError)), transaction.atomic():
        bulk_insert(Title, TITLE, titles(cast, ["good", bad]))
    assert not Title.objects.exists()


def test_more_rows_than_a_chunk(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "CHUNK", 7)
    for count in (0, 1, 7, 8, 30):
        both_ways(Title, TITLE, titles(cast, [str(number) for number in range(count)]))


def test_rows_may_come_one_by_one(cast: Cast) -> None:
    def rows() -> Iterator[tuple[Any, ...]]:
        yield from titles(cast, ["a", "b"])

    with transaction.atomic():
        assert bulk_insert(Title, TITLE, rows()) == 2


def test_conflicts_stop_everything_or_are_passed_over(cast: Cast) -> None:
    rows = titles(cast, ["a", "b"])
    with transaction.atomic():
        bulk_insert(Title, TITLE, rows[:1])
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk_insert(Title, TITLE, [*rows[1:], *rows])
    assert Title.objects.count() == 1
    with transaction.atomic():  # twice in one transaction, and twice in one call
        bulk_insert(Title, TITLE, [*rows, *rows], ignore_conflicts=True)
        bulk_insert(Title, TITLE, rows, ignore_conflicts=True)
    assert list(Title.objects.order_by("identity").values_list("title", flat=True)) == ["a", "b"]


def test_other_errors_than_conflicts_are_not_passed_over(cast: Cast) -> None:
    (row,) = titles(cast, ["a"])
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk_insert(Title, TITLE, [(None, *row[1:])], ignore_conflicts=True)


def test_a_row_of_the_wrong_length_is_refused(cast: Cast) -> None:
    (row,) = titles(cast, ["a"])
    for wrong in (row[:-1], (*row, "")):
        with pytest.raises((DatabaseError, ValueError)), transaction.atomic():
            bulk_insert(Title, TITLE, [wrong])
    assert not Title.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_it_refuses_to_work(cast: Cast) -> None:
    assert not connection.in_atomic_block
    for write in (bulk_insert, bulk_rewrite):
        with pytest.raises(RuntimeError, match="transaction"):
            write(Title, TITLE[1:2], [])


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(TEXT, min_size=1, max_size=6))
def test_rows_rewritten_get_their_values_and_the_others_stay(cast: Cast, texts: list[str]) -> None:
    Title.objects.all().delete()
    with transaction.atomic():
        bulk_insert(Title, TITLE, titles(cast, [*texts, "stays"]))
        pks = list(Title.objects.order_by("identity").values_list("pk", flat=True))
        changes = [(pk, text + "!", "x") for pk, text in zip(pks, texts, strict=False)]
        assert bulk_rewrite(Title, ("title", "year"), changes) == len(texts)
        assert bulk_rewrite(Title, ("title",), [(0, "nobody")]) == 1
    found = Title.objects.order_by("identity").values_list("title", "year", "author")
    assert list(found) == [
        *((text + "!", "x", text[::-1]) for text in texts), ("stays", "stays", "syats"),
    ]  # fmt: skip

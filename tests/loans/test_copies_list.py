"""A copies list's way in, through the services: what it writes, what it leaves, what it refuses."""

from collections.abc import Sequence
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from libraries.domain.jalali import parse_jalali
from libraries.jobs import SILENT_AFTER, Progress, job_run
from libraries.models import AuditEntry, CopiesList, Copy, CopyStatus, Job, StatusChange, Title
from libraries.refusal import Refused
from loans import copies_list as lists
from loans import list_writing
from loans.models import Loan, Member
from tests.cast import Cast

HEADER = [
    *("ردیف", "عنوان", "پدیدآورنده", "سال نشر", "شماره ثبت", "تاریخ ثبت", "جلد", "نسخه"),
    *("رده اصلی", "شماره راهنما", "بارکد", "بخش", "وضعیت"),
]
LOAN_HEADER = [*HEADER, "امانت گیرنده", "شماره عضویت", "مهلت بازگشت"]
NOTHING = {
    "new": 0, "changed": 0, "retitled": 0, "status_changes": 0,
    "loans_opened": 0, "loans_closed": 0, "loans_changed": 0, "rejected": 0, "warnings": 0,
}  # fmt: skip


def row(number: int, **given: Any) -> list[Any]:
    """A line of the list in HEADER's order: copy `number` of a book of its own."""
    values = {
        "عنوان": f"کتاب {number}", "پدیدآورنده": "نویسندهٔ نمونه", "سال نشر": 1390,
        "شماره ثبت": str(number), "تاریخ ثبت": "1394/11/08", "جلد": "", "نسخه": 1,
        "رده اصلی": "955", "شماره راهنما": f"955/{number:03} د35ت", "بارکد": f"1200{number:06}",
        "بخش": "مخزن", "وضعیت": "موجود",
    } | given  # fmt: skip
    return [number, *values.values()]


def excel(rows: Sequence[Sequence[Any]], header: Sequence[str] = HEADER) -> bytes:
    """An xlsx as the management system gives it: a title line, a blank one, the header."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("فهرست نسخ")
    for line in (["سامانهٔ مدیریت — فهرست نسخ"], [], header, *rows):
        sheet.append(line)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def uploaded(cast: Cast, content: bytes, name: str = "list.xlsx") -> CopiesList:
    """The list, uploaded by the librarian."""
    upload = SimpleUploadedFile(name, content)
    return lists.list_upload(actor=cast.librarian, upload=upload, now=timezone.now())


def step(copies_list: CopiesList, work: lists.ListWork) -> CopiesList:
    """One piece of the worker's work, as `loans.tasks` runs it; what it raises is let through."""
    job = Job.objects.create(
        label="کار", owner=copies_list.uploaded_by, library=copies_list.library,
        created_at=timezone.now(),
    )  # fmt: skip
    fresh = CopiesList.objects.select_related("library", "uploaded_by").get(pk=copies_list.pk)
    work(fresh, Progress(job))
    fresh.refresh_from_db()
    return fresh


def checked(
    cast: Cast, rows: Sequence[Sequence[Any]], *, header: Sequence[str] = HEADER, take: bool = True
) -> CopiesList:
    """The list up to its plan."""
    copies_list = step(uploaded(cast, excel(rows, header)), lists.list_read)
    lists.list_map(
        list_id=copies_list.pk, mapping=copies_list.mapping, take_statuses=take,
        actor=cast.librarian, now=timezone.now(),
    )  # fmt: skip
    return step(copies_list, lists.list_check)


def confirm(cast: Cast, copies_list: CopiesList) -> None:
    lists.list_confirm(list_id=copies_list.pk, actor=cast.librarian, now=timezone.now())


def written(
    cast: Cast, rows: Sequence[Sequence[Any]], *, header: Sequence[str] = HEADER, take: bool = True
) -> CopiesList:
    """The list, written; its counts are those of the writing."""
    copies_list = checked(cast, rows, header=header, take=take)
    confirm(cast, copies_list)
    return step(copies_list, list_writing.list_write)


def holdings(cast: Cast) -> list[dict[str, Any]]:
    """Every copy's row, every loan's, every title's: what a second import must not change."""
    library = cast.library
    return [
        *Copy.objects.filter(library=library).order_by("pk").values(),
        *Loan.objects.filter(copy__library=library).order_by("pk").values(),
        *Title.objects.filter(library=library).order_by("pk").values(),
        *StatusChange.objects.filter(copy__library=library).order_by("pk").values(),
        *Member.objects.filter(library=library).order_by("pk").values(),
    ]


def copy(cast: Cast, number: int) -> Copy:
    return Copy.objects.get(library=cast.library, registration_number=str(number))


def test_a_list_fills_an_empty_library(cast: Cast) -> None:
    copies_list = written(cast, [row(1), row(2, **{"بخش": "مرجع"}), row(3, **{"وضعیت": "مفقود"})])
    assert copies_list.state == CopiesList.State.WRITTEN
    assert copies_list.counts["new"] == 3
    first = copy(cast, 1)
    assert (first.barcode, first.call_number, first.main_class) == (
        "1200000001", "955/001 د35ت", "955",
    )  # fmt: skip
    assert first.registered_on == date(2016, 1, 28)
    assert (first.title.title, first.title.author, first.title.year) == (
        "کتاب 1", "نویسندهٔ نمونه", "1390",
    )  # fmt: skip
    assert first.section.name == "مخزن"
    assert not first.is_reference
    assert copy(cast, 2).is_reference
    assert copy(cast, 2).section.position == 2
    assert copy(cast, 3).status == CopyStatus.MISSING
    entry = AuditEntry.objects.get(action="list_write")
    assert (entry.actor, entry.library, entry.data["new"]) == (cast.librarian, cast.library, 3)


def test_checking_writes_nothing(cast: Cast) -> None:
    copies_list = checked(cast, [row(1), row(2)])
    assert copies_list.counts["new"] == 2
    assert not Copy.objects.exists()
    assert not Title.objects.exists()


def test_the_same_list_again_changes_nothing(cast: Cast) -> None:
    rows = [
        [*row(1), "", "", ""],
        [*row(2, **{"وضعیت": "امانت"}), "عضو نمونه", "77", "1405/06/01"],
        [*row(3, **{"وضعیت": "وجین"}), "", "", ""],
        [*row(4, **{"وضعیت": "امانت"}), "", "", ""],
        [*row(5, **{"تاریخ ثبت": "", "نسخه": "", "بارکد": ""}), "", "", ""],
    ]
    written(cast, rows, header=LOAN_HEADER)
    before = holdings(cast)
    again = written(cast, rows, header=LOAN_HEADER)
    assert again.counts == NOTHING | {"unchanged": 5, "rows": 5}
    assert holdings(cast) == before


def test_what_a_list_leaves_out_stays(cast: Cast) -> None:
    written(cast, [row(1), row(2), row(3, **{"وضعیت": "مفقود"})])
    full = holdings(cast)
    # Fewer rows, fewer columns, empty cells: none of it says that anything is gone.
    shorter = written(cast, [["کتاب 1", "1"], ["کتاب 3", "3"]], header=["عنوان", "شماره ثبت"])
    assert shorter.counts == NOTHING | {"unchanged": 2, "rows": 2}
    empty = {"پدیدآورنده": "", "سال نشر": "", "تاریخ ثبت": "", "بارکد": "", "شماره راهنما": ""}
    assert written(cast, [row(1, **empty)]).counts["unchanged"] == 1
    assert holdings(cast) == full


def test_changes_are_taken_and_keys_follow(cast: Cast) -> None:
    written(cast, [row(1), row(2)])
    old = copy(cast, 1)
    copies_list = written(
        cast, [row(1, **{"عنوان": "نام تازه", "شماره راهنما": "297/1 الف2"} | {"رده اصلی": "297"}),
               row(2)],
    )  # fmt: skip
    assert (copies_list.counts["changed"], copies_list.counts["unchanged"]) == (1, 1)
    new = copy(cast, 1)
    assert new.pk == old.pk
    assert (new.title.title, new.call_number, new.main_class) == (
        "نام تازه", "297/1 الف2", "297",
    )  # fmt: skip
    assert new.shelf_key < old.shelf_key
    assert new.class_key < old.class_key
    assert Title.objects.filter(pk=old.title_id).exists()


def test_a_title_only_spelt_otherwise_is_the_same_title(cast: Cast) -> None:
    written(cast, [row(1, **{"عنوان": "کتاب‌های کودکان"})])
    counts = written(cast, [row(1, **{"عنوان": "كتاب های کودکان"})]).counts
    assert counts["unchanged"] == 1
    assert Title.objects.count() == 1


BARCODE_MOVES = {
    "two copies exchange theirs": (
        [("1", "A1"), ("2", "B2")],
        [("1", "B2"), ("2", "A1")],
        {"1": "B2", "2": "A1"},
    ),
    "three in a ring": (
        [("1", "A1"), ("2", "B2"), ("3", "C3")],
        [("1", "B2"), ("2", "C3"), ("3", "A1")],
        {"1": "B2", "2": "C3", "3": "A1"},
    ),
    "a new copy takes what an old one gives up": (
        [("1", "A1")],
        [("1", "Z9"), ("2", "A1")],
        {"1": "Z9", "2": "A1"},
    ),
    "a copy whose cell is empty gives way": (
        [("1", "A1")],
        [("1", ""), ("2", "A1")],
        {"1": "", "2": "A1"},
    ),
    "a copy outside the list keeps its own": (
        [("1", "A1"), ("2", "B2")],
        [("3", "A1")],
        {"1": "A1", "2": "B2"},
    ),
    "who is refused keeps its own, so the next is refused too": (
        [("1", "A1"), ("2", "B2")],
        [("2", "A1"), ("3", "B2"), ("4", "D4")],
        {"1": "A1", "2": "B2", "4": "D4"},
    ),
}


@pytest.mark.parametrize("case", BARCODE_MOVES)
def test_barcodes_that_move(cast: Cast, case: str) -> None:
    before, listed, after = BARCODE_MOVES[case]
    written(cast, [row(int(number), **{"بارکد": code}) for number, code in before])
    copies_list = written(cast, [row(int(number), **{"بارکد": code}) for number, code in listed])
    found = dict(Copy.objects.values_list("registration_number", "barcode"))
    assert found == after
    refused = len(set(dict(listed)) - set(after)) + sum(
        1 for number, code in listed if number in after and code and after[number] != code
    )
    assert copies_list.counts["rejected"] == refused
    assert bool(copies_list.rejected) == bool(refused)


def test_rows_that_cannot_be_taken_come_back_with_their_reasons(cast: Cast) -> None:
    written(cast, [row(9)])
    copies_list = checked(
        cast,
        [
            row(1),
            row(2, **{"شماره ثبت": "1"}),
            row(3, **{"عنوان": ""}),
            row(4, **{"وضعیت": "نامعلوم"}),
            row(5, **{"بارکد": "1200000009"}),
            row(6, **{"عنوان": "@عنوان"}),
        ],
    )
    assert copies_list.counts["rejected"] == 4
    with copies_list.rejected.open() as file:
        sheet = openpyxl.load_workbook(file).active
        lines = list(sheet.iter_rows(values_only=True))
    assert list(lines[0][2:]) == HEADER
    reasons = {line[0]: line[1] for line in lines[1:]}
    assert set(reasons) == {5, 6, 7, 8}
    assert "تکراری" in reasons[5]
    assert "عنوان خالی است" in reasons[6]
    assert "شناخته نیست" in reasons[7]
    assert "ثبت ۹" in reasons[8]
    confirm(cast, copies_list)
    step(copies_list, list_writing.list_write)
    numbers = Copy.objects.order_by("registration_number").values_list(
        "registration_number", flat=True
    )
    assert list(numbers) == ["1", "6", "9"]


def test_status_changes_have_their_history(cast: Cast) -> None:
    written(cast, [row(1), row(2, **{"وضعیت": "صحافی"}), row(3, **{"وضعیت": "وجین"})])
    assert not StatusChange.objects.exists()
    Copy.objects.filter(registration_number="3").update(weeding_cause="worn")
    copies_list = written(
        cast, [row(1, **{"وضعیت": "مفقود"}), row(2), row(3, **{"وضعیت": "موجود"})]
    )
    assert copies_list.counts["status_changes"] == 3
    change = copy(cast, 1).status_changes.get()
    assert (change.from_status, change.to_status, change.source, change.by) == (
        "available", "missing", StatusChange.Source.LIST, cast.librarian,
    )  # fmt: skip
    assert "list.xlsx" in change.cause
    assert copy(cast, 2).status == CopyStatus.AVAILABLE
    weeded = copy(cast, 3)
    assert (weeded.status, weeded.weeding_cause) == (CopyStatus.AVAILABLE, "")


def test_statuses_are_left_alone_when_asked(cast: Cast) -> None:
    written(cast, [row(1), row(2, **{"وضعیت": "امانت"})])
    counts = written(
        cast, [row(1, **{"وضعیت": "مفقود"}), row(2), row(3, **{"وضعیت": "امانت"})], take=False
    ).counts
    assert (counts["new"], counts["status_changes"], counts["loans_closed"]) == (1, 0, 0)
    assert copy(cast, 1).status == CopyStatus.AVAILABLE
    assert set(
        Loan.objects.filter(returned_at=None).values_list("copy__registration_number", flat=True)
    ) == {"2", "3"}


def test_amanat_opens_a_loan_and_mowjood_closes_it(cast: Cast) -> None:
    lent = {"وضعیت": "امانت"}
    borrower = ["عضو نمونه", "77", "1405/06/01"]
    written(
        cast,
        [[*row(1, **lent), *borrower], [*row(2, **lent), *borrower], [*row(3, **lent), "", "", ""]],
        header=LOAN_HEADER,
    )
    member = Member.objects.get()
    assert (member.full_name, member.membership_number) == ("عضو نمونه", "77")
    loan = Loan.objects.get(copy__registration_number="1")
    assert (loan.member, loan.due_on, loan.source) == (
        member, parse_jalali("1405/06/01"), Loan.Source.LIST,
    )  # fmt: skip
    assert Loan.objects.get(copy__registration_number="3").member is None
    assert copy(cast, 1).status == CopyStatus.AVAILABLE

    later = written(
        cast,
        [[*row(1), "", "", ""], [*row(2, **lent), "", "", "1405/07/01"],
         [*row(3, **lent), *borrower]],
        header=LOAN_HEADER,
    )  # fmt: skip
    assert (later.counts["loans_closed"], later.counts["loans_changed"]) == (1, 2)
    loan.refresh_from_db()
    assert (loan.returned_by, loan.returned_at is None) == (cast.librarian, False)
    assert Loan.objects.get(copy__registration_number="2").due_on == parse_jalali("1405/07/01")
    assert Loan.objects.get(copy__registration_number="2").member == member
    assert Loan.objects.get(copy__registration_number="3").member == member


def test_a_loan_made_at_the_desk_outlives_an_older_list(cast: Cast) -> None:
    written(cast, [row(1)])
    now = timezone.now()
    loan = Loan.objects.create(copy=copy(cast, 1), lent_at=now, due_on=now.date())
    counts = written(cast, [row(1)]).counts
    assert counts["loans_closed"] == 0
    loan.refresh_from_db()
    assert loan.returned_at is None
    assert written(cast, [row(1, **{"وضعیت": "امانت"})]).counts["loans_opened"] == 0


def test_an_unreturned_copy_is_still_lent(cast: Cast) -> None:
    written(cast, [row(1, **{"وضعیت": "امانت"})])
    Copy.objects.update(status=CopyStatus.UNRETURNED)
    assert written(cast, [row(1, **{"وضعیت": "امانت"})]).counts["status_changes"] == 0
    assert written(cast, [row(1, **{"وضعیت": "برنگشته"})]).counts["loans_closed"] == 0
    assert Loan.objects.get().returned_at is None


def test_a_crash_half_way_leaves_nothing_and_can_be_written_again(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(cast, [row(1), row(2, **{"وضعیت": "امانت"})])
    before = holdings(cast)
    copies_list = checked(cast, [row(1, **{"عنوان": "نام تازه"}), row(2), row(3)])
    confirm(cast, copies_list)

    def power_cut(*args: Any, **kwargs: Any) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as patch:
        # After the copies, before the loans: the worst moment.
        patch.setattr(list_writing, "write_loans", power_cut)
        with pytest.raises(OSError, match="no space"):
            step(copies_list, list_writing.list_write)
    assert holdings(cast) == before
    copies_list.refresh_from_db()
    assert copies_list.state == CopiesList.State.CHECKED
    confirm(cast, copies_list)
    assert step(copies_list, list_writing.list_write).counts["new"] == 1
    assert copy(cast, 1).title.title == "نام تازه"


def test_confirmed_twice_it_is_written_once(cast: Cast) -> None:
    copies_list = checked(cast, [row(1)])
    confirm(cast, copies_list)
    Job.objects.create(label="ثبت", owner=cast.librarian, created_at=timezone.now())
    copies_list.job = Job.objects.get(label="ثبت")
    copies_list.state = CopiesList.State.WRITING
    copies_list.save()
    with pytest.raises(Refused, match="همین اکنون"):
        confirm(cast, copies_list)
    step(copies_list, list_writing.list_write)
    with pytest.raises(Refused, match="همین اکنون"):
        confirm(cast, copies_list)
    # A second run of the work itself finds nothing to do, either.
    with pytest.raises((Refused, FileNotFoundError)):
        step(copies_list, list_writing.list_write)
    assert AuditEntry.objects.filter(action="list_write").count() == 1
    copies_list.refresh_from_db()
    assert copies_list.state == CopiesList.State.WRITTEN


def test_work_whose_worker_died_can_be_asked_for_again(cast: Cast) -> None:
    cache.clear()
    copies_list = checked(cast, [row(1)])
    confirm(cast, copies_list)
    copies_list.job = Job.objects.create(
        label="ثبت", owner=cast.librarian, created_at=timezone.now(), state=Job.State.RUNNING
    )
    copies_list.state = CopiesList.State.WRITING
    copies_list.save()
    with pytest.raises(Refused):
        confirm(cast, copies_list)
    Job.objects.update(created_at=timezone.now() - SILENT_AFTER - timedelta(seconds=1))
    confirm(cast, copies_list)
    assert step(copies_list, list_writing.list_write).counts["new"] == 1


def test_a_barcode_given_away_since_the_check_stops_the_writing(cast: Cast) -> None:
    written(cast, [row(1)])
    copies_list = checked(cast, [row(2, **{"بارکد": "77"})])
    Copy.objects.update(barcode="77")
    confirm(cast, copies_list)
    with pytest.raises(Refused, match="دوباره بررسی"):
        step(copies_list, list_writing.list_write)
    copies_list.refresh_from_db()
    assert copies_list.state == CopiesList.State.CHECKED
    assert Copy.objects.count() == 1


def test_the_columns_set_by_hand_are_remembered(cast: Cast) -> None:
    header = ["کتاب", "شماره ثبت", "شناسه", "نویسنده"]
    first = step(uploaded(cast, excel([["الف", 1, "A1", "ب"]], header)), lists.list_read)
    assert "title" not in first.mapping
    mapping = first.mapping | {"title": 0, "barcode": 2}
    lists.list_map(
        list_id=first.pk, mapping=mapping, take_statuses=True, actor=cast.head, now=timezone.now()
    )
    again = step(uploaded(cast, excel([["پ", 2, "A2", "ت"]], header)), lists.list_read)
    assert again.mapping == mapping
    header[3] = "ناشر"
    other = step(uploaded(cast, excel([["پ", 2, "A2", "ت"]], header)), lists.list_read)
    assert other.mapping != mapping


BAD_MAPPINGS = {
    "no title": ({"registration_number": 4}, "«عنوان»"),
    "neither": ({}, "«عنوان» و «شمارهٔ ثبت»"),
    "outside the file": ({"title": 1, "registration_number": 99}, "در فایل نیست"),
    "a field nobody knows": ({"title": 1, "registration_number": 4, "price": 2}, "در فایل نیست"),
    "one column twice": ({"title": 1, "registration_number": 1}, "دو چیز"),
}


@pytest.mark.parametrize("case", BAD_MAPPINGS)
def test_columns_that_cannot_be(cast: Cast, case: str) -> None:
    mapping, sentence = BAD_MAPPINGS[case]
    copies_list = step(uploaded(cast, excel([row(1)])), lists.list_read)
    with pytest.raises(Refused, match=sentence):
        lists.list_map(
            list_id=copies_list.pk, mapping=mapping, take_statuses=True, actor=cast.librarian,
            now=timezone.now(),
        )  # fmt: skip
    copies_list.refresh_from_db()
    assert copies_list.state == CopiesList.State.MAPPING


PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
REFUSED_FILES = {
    "no header": (excel([[1, 2, 3], [4, 5, 6]], ["a", "b", "c"]), "سطر عنوان"),
    "damaged": (excel([row(1)])[:-200], "آسیب دیده"),
    "a picture": (PNG, "list.xlsx"),
    "nothing in it": (excel([], []), ""),
}


@pytest.mark.parametrize("case", REFUSED_FILES)
def test_files_that_are_no_list(cast: Cast, case: str) -> None:
    content, words = REFUSED_FILES[case]
    copies_list = uploaded(cast, content)
    with pytest.raises(Refused) as refusal:
        step(copies_list, lists.list_read)
    copies_list.refresh_from_db()
    assert copies_list.state == CopiesList.State.REFUSED
    assert copies_list.error == refusal.value.reason
    assert words in copies_list.error
    with pytest.raises(Refused, match="تغییر نمی‌کند"):
        lists.list_map(
            list_id=copies_list.pk, mapping={"title": 0, "registration_number": 1},
            take_statuses=True, actor=cast.librarian, now=timezone.now(),
        )  # fmt: skip


def test_an_empty_file_is_refused_at_the_door(cast: Cast) -> None:
    with pytest.raises(Refused, match="صفر بایت"):
        uploaded(cast, b"")
    assert not CopiesList.objects.exists()


def test_what_nobody_foresaw_while_reading_still_ends_in_a_sentence(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies_list = uploaded(cast, excel([row(1)]))
    job = Job.objects.create(label="کار", owner=cast.librarian, created_at=timezone.now())
    monkeypatch.setattr(lists, "find_header", lambda rows: 1 / 0)
    job_run(job.pk, lambda progress: lists.list_read(copies_list, progress))
    job.refresh_from_db()
    copies_list.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert (copies_list.state, copies_list.error) == (
        CopiesList.State.REFUSED, lists.FAILED_TO_READ,
    )  # fmt: skip


def test_only_the_librarys_own_staff_bring_lists_in(cast: Cast) -> None:
    copies_list = checked(cast, [row(1)])
    for actor in (cast.outsider, cast.county):
        with pytest.raises(Refused):
            lists.list_confirm(list_id=copies_list.pk, actor=actor, now=timezone.now())
    with pytest.raises(Refused, match="کارکنان خود کتابخانه"):
        lists.list_upload(
            actor=cast.county, upload=SimpleUploadedFile("a.xlsx", b"x"), now=timezone.now()
        )


def test_a_list_that_looks_like_another_librarys_says_so(cast: Cast) -> None:
    written(cast, [row(number) for number in range(1, 41)])
    strange = [row(number, **{"عنوان": f"چیز دیگر {number}"}) for number in range(1, 22)]
    some = checked(cast, strange[:10] + [row(number) for number in range(11, 41)])
    assert (some.counts["retitled"], lists.list_doubt(some.counts)) == (10, "")
    most = checked(cast, strange + [row(number) for number in range(22, 41)])
    assert "۲۱ نسخه از ۴۰ نسخه" in lists.list_doubt(most.counts)

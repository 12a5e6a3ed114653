import datetime
import os
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libraries.domain.codes import clean_code, lost_digits, with_zeros
from libraries.domain.columns import find_header, guess_mapping
from libraries.domain.copies_list import CheckedList, CopiesListError, CopyRecord, check_rows
from libraries.domain.list_values import STATUS_WORDS, is_yes, status_code
from libraries.files.read_table import read_table

SHARED = Path(os.environ.get("RAFKHAN_SHARED") or Path(__file__).parents[3] / "shared") / "data"
HEADER = ["عنوان", "شماره ثبت", "بارکد", "شماره راهنما", "رده اصلی", "بخش", "وضعیت", "تاریخ ثبت"]
GOOD = ["بوف کور", "12", "100012", "8فا3/62 ه428ب", "8فا3", "مخزن", "موجود", "1394/11/08"]


def check(*rows: list[str], header: list[str] = HEADER, **options) -> CheckedList:
    return check_rows([header, *rows], 0, guess_mapping(header), **options)


def row(**values: str) -> list[str]:
    """The good row with some cells changed, by field."""
    cells = list(GOOD)
    for code, value in values.items():
        cells[guess_mapping(HEADER)[code]] = value
    return cells


def only(checked: CheckedList) -> CopyRecord:
    assert checked.rejected == [] and len(checked.records) == 1
    return checked.records[0]


def reasons(checked: CheckedList) -> list[str]:
    assert checked.records == [] or len(checked.rejected) == 1
    return [reason for rejected in checked.rejected for reason in rejected.reasons]


def test_a_row_becomes_a_record():
    assert only(check(GOOD)) == CopyRecord(
        row_number=2,
        title="بوف کور",
        registration_number="12",
        barcode="100012",
        registered_on=datetime.date(2016, 1, 28),
        main_class="8فا3",
        call_number="8فا3/62 ه428ب",
        section="مخزن",
    )


def test_every_column_of_a_full_list_is_taken():
    header = [
        *("عنوان", "نویسنده", "ناشر", "سال نشر", "شماره ثبت", "جلد", "نسخه", "مرجع", "وضعیت"),
        *("نام عضو", "شماره عضویت", "کد ملی", "موبایل", "تاریخ امانت", "مهلت بازگشت"),
    ]
    cells = [
        *("كليدر", "محمود  دولت‌آبادي", "نشر x", "۱۳۸۵م", " ۱ ۲ ", "۲", "٣", "بله", "در امانت"),
        *("زهرا نمونه", "م-۱۲", "۰۰۱۲۳", "0912 000", "1405/06/01", "۱۴۰۵/۰۶/۱۵"),
    ]
    record = only(check(cells, header=header))
    assert record == CopyRecord(
        row_number=2,
        title="کلیدر",
        author="محمود دولت‌آبادی",
        publisher="نشر x",
        year="۱۳۸۵م",
        registration_number="12",
        volume="2",
        copy_number="3",
        section="مخزن",
        status="on_loan",
        is_reference=True,
        borrower_name="زهرا نمونه",
        borrower_membership="م-12",
        borrower_national_id="00123",
        borrower_mobile="0912000",
        lent_on=datetime.date(2026, 8, 23),
        due_on=datetime.date(2026, 9, 6),
    )


def test_columns_may_run_the_other_way():
    header, cells = HEADER[::-1], [GOOD[::-1]]
    assert only(check(*cells, header=header)) == only(check(GOOD))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"title": ""}, ["عنوان خالی"]),
        ({"title": "\u202d\u202c"}, ["عنوان خالی"]),
        ({"registration_number": " "}, ["شمارهٔ ثبت خالی"]),
        ({"title": "", "registration_number": ""}, ["عنوان خالی", "شمارهٔ ثبت خالی"]),
        ({"status": "پوسیده"}, ["«پوسیده»", "موجود، امانت، صحافی، وجین، مفقود، برنگشته"]),
        ({"title": "x" * 1001}, ["عنوان بیش از ۱۰۰۰"]),
        ({"registration_number": "1" * 61}, ["شمارهٔ ثبت بیش از ۶۰"]),
        ({"barcode": "1" * 61}, ["بارکد بیش از ۶۰"]),
        ({"call_number": "8" * 201}, ["شمارهٔ راهنما بیش از ۲۰۰"]),
        ({"section": "ب" * 101}, ["بخش بیش از ۱۰۰"]),
        ({"barcode": "1.2E+09"}, ["بارکد", "کوتاه شده"]),
        ({"registration_number": "1.2E+09"}, ["شمارهٔ ثبت", "کوتاه شده"]),
    ],
)
def test_rows_that_are_rejected(changed, words):
    checked = check(row(**changed))
    found = reasons(checked)
    assert all(any(word in reason for reason in found) for word in words)
    assert all(reason.endswith(".") for reason in found)
    rejected = checked.rejected[0]
    assert (rejected.row_number, rejected.cells) == (2, row(**changed))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"registration_number": "12"}, {"registration_number": "۱۲", "barcode": "2"}),
        ({"registration_number": "A12"}, {"registration_number": " A 12", "barcode": "2"}),
        ({"barcode": "*77*"}, {"barcode": "٧٧", "registration_number": "13"}),
    ],
)
def test_a_number_comes_once_and_the_second_names_the_first(first, second):
    checked = check(["فهرست"], row(**first), [], row(**second))
    assert [record.row_number for record in checked.records] == [3]
    rejected = [one for one in checked.rejected if one.row_number == 5]
    assert len(rejected) == 1 and "نخست در سطر ۳" in rejected[0].reasons[0]


def test_an_empty_barcode_is_no_repeat_and_is_counted():
    checked = check(
        row(barcode="", registration_number="1"), row(barcode="", registration_number="2")
    )
    assert len(checked.records) == 2 and checked.notices[0].startswith("۲ نسخه بارکد ندارد")


@pytest.mark.parametrize(
    ("missing", "options", "names"),
    [
        ({"شماره ثبت"}, {}, ["«شمارهٔ ثبت»"]),
        ({"عنوان"}, {}, ["«عنوان»"]),
        ({"عنوان", "شماره ثبت"}, {}, ["«عنوان» و «شمارهٔ ثبت»"]),
        ({"بارکد"}, {"require_barcode": True}, ["«بارکد»"]),
    ],
)
def test_a_list_without_a_column_it_needs(missing, options, names):
    header = [heading for heading in HEADER if heading not in missing]
    with pytest.raises(CopiesListError) as caught:
        check(header=header, **options)
    assert all(name in str(caught.value) for name in names) and str(caught.value).endswith(".")


def test_what_a_list_may_do_without():
    header = ["عنوان", "بارکد"]
    checked = check(["بوف کور", "12"], header=header, require_registration=False)
    assert only(checked).barcode == "12"
    without_barcode = check(["بوف کور", "12"], header=["عنوان", "شماره ثبت"])
    assert only(without_barcode).barcode == "" and without_barcode.notices != []


@pytest.mark.parametrize(
    "layout",
    [
        [],
        [""] * 8,
        ["\u202d\u202c", " ", "\u200f"],
        HEADER,
        ["عنوان:", "شمارهٔ ثبت", "باركد", *HEADER[3:]],
        ["فهرست نسخ کتابخانه"],
        ["", "", "", "", "", "", "جمع:", "۳۰۰۰"],
        ["جمع کل", "3000"],
        ["", "", "", "تعداد نسخه‌ها: ۳۰۰۰"],
        # In the column of barcodes, it is a total where it counts the rows.
        ["جمع کل", "", "۱"],
        ["تعداد:", "", "1 نسخه"],
    ],
)
def test_layout_is_passed_over_silently(layout):
    rows = [["فهرست نسخ کتابخانه"], HEADER, GOOD, layout]
    checked = check_rows(rows, 1, guess_mapping(HEADER))
    assert len(checked.records) == 1 and checked.rejected == []


def test_a_book_whose_title_looks_like_layout_stays():
    titles = ["جمع و تفریق", "عنوان", "تعداد نسخه"]
    rows = [row(title=t, registration_number=str(n), barcode="") for n, t in enumerate(titles)]
    assert [record.title for record in check(*rows).records] == titles
    few = ["جمع و تفریق", "12", "1200000012"]
    assert only(check(few)).title == "جمع و تفریق"


def test_short_rows_and_no_header():
    short = ["بوف کور", "12"]
    assert only(check(short)).section == "مخزن"
    checked = check_rows([short], None, {"title": 0, "registration_number": 1, "barcode": 7})
    assert only(checked).row_number == 1


@pytest.mark.parametrize(
    ("text", "day", "warned"),
    [
        ("۱۳۹۴/۱۱/۰۸", datetime.date(2016, 1, 28), False),
        ("1394/11/08 10:22:00", datetime.date(2016, 1, 28), False),
        ("2016-01-28", datetime.date(2016, 1, 28), False),
        ("", None, False),
        ("نامعلوم", None, True),
        ("1394/13/08", None, True),
    ],
)
def test_registration_dates(text, day, warned):
    record = only(check(row(registered_on=text)))
    assert record.registered_on == day
    assert (len(record.warnings) == 1 and text in record.warnings[0]) == warned


@pytest.mark.parametrize(
    ("call_number", "main_class", "stored", "kept_class", "warned"),
    [
        ("1/158 ر376ع", "158", "158/1 ر376ع", "158", False),
        ("۰۸۵/۹۴۳", "943", "۰۸۵/۹۴۳", "943", True),
        ("955/07 د35ت", "955", "955/07 د35ت", "955", False),
        ("025/428", "25", "025/428", "025", False),
        ("955/07", "", "955/07", "955", False),
        ("", "955", "", "955", False),
        ("\u202d۸فا۳/۶۲ ك۳۵ي\u202c", "۸فا۳", "۸فا۳/۶۲ ک۳۵ی", "8فا3", False),
    ],
)
def test_call_numbers(call_number, main_class, stored, kept_class, warned):
    record = only(check(row(call_number=call_number, main_class=main_class)))
    assert (record.call_number, record.main_class) == (stored, kept_class)
    assert bool(record.warnings) == warned


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["955/07", "د35ت", "", ""], "955/07 د35ت"),
        (["25", "د35ت", "2", "1"], "025 د35ت ج.2"),
        (["955/07", "د35ت ج.3 ن.2", "3", "2"], "955/07 د35ت ج.3 ن.2"),
        (["955/07", "د35ت", "", "4"], "955/07 د35ت ن.4"),
        (["955/07", "", "2", ""], "955/07 ج.2"),
        (["955/07 د35ت", "", "2", "3"], "955/07 د35ت ج.2 ن.3"),
        (["955/07", "", "", "1"], "955/07"),
    ],
)
def test_class_and_cutter_in_two_columns_make_a_call_number(cells, expected):
    header = ["عنوان", "شماره ثبت", "شماره رده", "کاتر", "جلد", "نسخه"]
    record = only(check(["x", "1", *cells], header=header))
    assert record.call_number == expected
    assert record.main_class in ("955", "025")


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("", "available"),
        ("موجود", "available"),
        ("در قفسه", "available"),
        ("امانت", "on_loan"),
        ("در امانت", "on_loan"),
        ("امانت داده‌شده", "on_loan"),
        ("صحافي", "binding"),
        ("در صحّافی", "binding"),
        ("وجين شده", "weeded"),
        ("مفقود", "missing"),
        ("گم شده", "missing"),
        ("گم‌شده", "missing"),
        ("برنگشته", "unreturned"),
        ("باز نگشته", "unreturned"),
        ("عدم بازگشت", "unreturned"),
        ("\u202dبرنگشته\u202c ", "unreturned"),
        ("پوسیده", None),
    ],
)
def test_status_words(word, code):
    assert status_code(word) == code
    assert code is None or code in STATUS_WORDS


@pytest.mark.parametrize(
    ("text", "yes"),
    [("بله", True), ("مرجع", True), ("1", True), ("✓", True), ("TRUE", True), ("*", True)]
    + [("", False), ("خیر", False), ("0", False), ("FALSE", False), ("غیر مرجع", False)],
)
def test_yes_and_no(text, yes):
    assert is_yes(text) == yes


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("1200003442", "1200003442"),
        ("۱۲۰۰٠٠٣٤٤٢", "1200003442"),
        ("*1200003442*", "1200003442"),
        ("]C11200003442", "1200003442"),
        ("\x021200003442\r\n\x00", "1200003442"),
        ("\u202d12 000\u00a0034\t42\u200c\u202c", "1200003442"),
        ("]C1*AB-12/x*", "AB-12/x"),
        ('="0012000034"', "0012000034"),
        ("'0012000034", "0012000034"),
        ("1200003442.0", "1200003442"),
        ("12.5", "12.5"),
        ('"', '"'),
        ("=1+1", "=1+1"),
        ("*", "*"),
        ("**", "**"),
        ("]", "]"),
        ("7" * 10_000, "7" * 10_000),
        (" \r\n", ""),
    ],
)
def test_codes_are_cleaned(raw, code):
    assert clean_code(raw) == code


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("]C1* ۱٢\x1d\u200c='\".0"))))
def test_cleaning_a_code_twice_changes_nothing(raw):
    assert clean_code(clean_code(raw)) == clean_code(raw)


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("12", "0012"),
        ("00012", "0012"),
        ("0012", "0012"),
        ("0034", "34"),
        ("99", "99"),
        ("0", "0"),
        # Two copies could be meant, or a letter makes it no number.
        ("7", "7"),
        ("AB", "AB"),
    ],
)
def test_zeros_that_a_spreadsheet_dropped_are_found_again(code, found):
    known = ["0012", "34", "07", "007", "00AB"]
    assert with_zeros([code, *known], known) == [found, *known]


def test_lost_digits():
    texts = ["1.2E+09", "1E+10", "1,5e+12", "12E", "E+9", "12009"]
    assert [text for text in texts if lost_digits(text)] == texts[:3]


@given(
    st.lists(
        st.lists(st.one_of(st.sampled_from([*GOOD, *HEADER, "جمع"]), st.text()), max_size=9),
        max_size=30,
    )
)
def test_every_row_is_taken_rejected_or_layout(rows):
    checked = check(*rows)
    taken = [record.row_number for record in checked.records]
    rejected = [one.row_number for one in checked.rejected]
    assert len({*taken, *rejected}) == len(taken) + len(rejected) <= len(rows)
    assert taken == sorted(taken) and rejected == sorted(rejected)
    for codes in (
        [record.registration_number for record in checked.records],
        [record.barcode for record in checked.records if record.barcode],
    ):
        assert len(codes) == len(set(codes))
    assert all(record.title and record.status in STATUS_WORDS for record in checked.records)
    assert all(one.reasons for one in checked.rejected)


def test_progress_counts_rows():
    calls: list[tuple[int, int]] = []
    many = [row(registration_number=str(n), barcode=str(n)) for n in range(4500)]
    checked = check(*many, progress=lambda done, total: calls.append((done, total)))
    assert len(checked.records) == 4500
    assert calls == [(2000, 4501), (4000, 4501), (4501, 4501)]


@pytest.mark.parametrize(
    ("name", "statuses"),
    [
        (
            "sample/copies.xlsx",
            {"available": 2771, "on_loan": 113, "binding": 35, "missing": 30, "weeded": 28}
            | {"unreturned": 23},
        ),
        (
            "sample-spreadsheetml/copies.xls",
            {"available": 738, "on_loan": 37, "weeded": 8, "binding": 8, "missing": 7}
            | {"unreturned": 2},
        ),
    ],
)
def test_shared_samples_are_taken_whole(name, statuses):
    path = SHARED / name
    if not path.exists():
        pytest.skip("the shared samples are not beside the repository")
    rows = read_table(path).rows
    header_row = find_header(rows)
    checked = check_rows(rows, header_row, guess_mapping(rows[header_row]), require_barcode=True)
    assert checked.rejected == [] and checked.notices == []
    assert Counter(record.status for record in checked.records) == statuses
    assert {record.section for record in checked.records} == {"مخزن", "کودک"}
    assert all(record.barcode and record.registered_on for record in checked.records)
    assert all(record.main_class and not record.warnings for record in checked.records)

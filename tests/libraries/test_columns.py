import pytest
from hypothesis import given
from hypothesis import strategies as st

from libraries.domain.columns import (
    FIELD_BY_CODE,
    FIELDS,
    find_header,
    guess_mapping,
    header_signature,
    heading_key,
    samples,
)

SYSTEM_EXPORT = [
    *("ردیف", "عنوان", "پدیدآورنده", "سال نشر", "شماره ثبت", "تاریخ ثبت", "شماره جلد"),
    *("شماره نسخه", "رده اصلی", "شماره راهنما", "بارکد", "بخش", "وضعیت"),
]


def named(header: list[str]) -> dict[str, str]:
    return {code: header[column] for code, column in guess_mapping(header).items()}


@pytest.mark.parametrize(
    "spelling",
    [
        "شماره ثبت",
        "شماره‌ ثبت",
        "شماره‌ثبت",
        "شمارهٔ ثبت",
        "شماره‌ی ثبت",
        "شماره ی ثبت",
        "شمارة ثبت",
        "شماره ثبت:",
        "(شماره ثبت)",
        " شمـاره  ثبت ",
        "\u202dشماره ثبت\u202c",
        "شماره_ثبت",
        "شماره\nثبت",
        "Registration Number",
    ],
)
def test_spellings_of_one_heading(spelling):
    assert guess_mapping(["عنوان", spelling]) == {"title": 0, "registration_number": 1}


def test_the_management_systems_headings_either_way_round():
    expected = [
        *("row", "title", "author", "year", "registration_number", "registered_on", "volume"),
        *("copy_number", "main_class", "call_number", "barcode", "section", "status"),
    ]
    assert guess_mapping(SYSTEM_EXPORT) == {code: n for n, code in enumerate(expected)}
    turned = guess_mapping(SYSTEM_EXPORT[::-1])
    assert turned == {code: 12 - n for n, code in enumerate(expected)}


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("بارکد نسخه|شماره ثبت کتاب|نام کتاب", "barcode|registration_number|title"),
        ("عنوان (کتاب)|مولفين|تاریخ ثبت در سامانه", "title|author|registered_on"),
        ("محل نشر|ناشر|سال نشر|شابک|قیمت", "|publisher|year||"),
        ("تعداد نسخه|نسخه|تعداد جلد|جلد", "|copy_number||volume"),
        ("عنوان فرعی|عنوان|نام کتابخانه|محل نگهداری", "|title||section"),
        ("شماره رده|كاتر|عنوان", "class_number|author_mark|title"),
        ("رده|كاتر|عنوان", "class_number|author_mark|title"),
        ("رده اصلی|رده|كاتر", "main_class|class_number|author_mark"),
        ("رده|شماره راهنما|كاتر", "main_class|call_number|author_mark"),
        ("رده|شماره رده", "main_class|class_number"),
        ("رده|عنوان|بارکد", "class_number|title|barcode"),
        ("عنوان|بخش نگهداری|بخش", "title||section"),
        ("عنوان|بخش نگهداری|نام کتابخانه", "title|section|"),
        ("وضعیت امانت|وضعیت|مرجع", "|status|reference"),
        ("وضعیت نشر|وضعیت ظاهری|وضعیت جلد|وضعیت فیزیکی", "|||"),
        ("تاریخ امانت|تاریخ بازگشت|نام عضو|شماره عضویت", "lent_on|due_on|borrower_name|membership"),
        ("کدملی|موبايل|امانت‌گیرنده|مهلت", "national_id|mobile|borrower_name|due_on"),
        ("عنوان|عنوان|عنوان", "title||"),
        ("Title|Author|Barcode|Call Number|Status", "title|author|barcode|call_number|status"),
        ("|  |12|۱۳", "|||"),
    ],
)
def test_headings_and_what_they_are_taken_for(header, expected):
    codes = [
        f"borrower_{code}" if f"borrower_{code}" in FIELD_BY_CODE else code
        for code in expected.split("|")
    ]
    mapping = guess_mapping(header.split("|"))
    assert mapping == {code: column for column, code in enumerate(codes) if code}


def test_a_heading_known_as_a_whole_goes_before_one_that_contains_it():
    assert named(["بارکد قدیمی نسخه", "بارکد", "شماره ثبت قدیم", "شماره ثبت"]) == {
        "barcode": "بارکد",
        "registration_number": "شماره ثبت",
    }


def test_every_known_heading_finds_its_own_field():
    for field in FIELDS:
        for heading in field.headings:
            # With no call number beside it, a bare «رده» is all that says where a copy stands.
            alone = "class_number" if heading == "رده" else field.code
            assert guess_mapping([heading]) == {alone: 0}, heading
    keys = [heading_key(heading) for field in FIELDS for heading in field.headings]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("above", "expected"),
    [
        ([], 0),
        ([["سامانه مدیریت کتابخانه‌ها — فهرست نسخ"], []], 2),
        ([["عنوان گزارش: فهرست نسخ"], ["تاریخ ثبت: ۱۴۰۵"], [], ["بخش مرجع"]], 4),
        ([["x"]] * 29, 29),
        ([["x"]] * 30, None),
    ],
)
def test_the_header_is_found_below_titles(above, expected):
    assert find_header([*above, SYSTEM_EXPORT, ["1", "بوف کور"]]) == expected


@pytest.mark.parametrize("rows", [[], [["بارکد"], ["12"]], [["1200006931"]], [[], [""]]])
def test_no_header_is_found_where_fewer_than_two_headings_stand(rows):
    assert find_header(rows) is None


def test_the_signature_forgets_letter_forms_and_knows_columns():
    header = ["شماره ثبت", "", "بارکد", "وضعیت"]
    same = ["شمارهٔ ثبت:", " ", "\u202dباركد\u202c", "وضعيت", "", ""]
    assert header_signature(header) == header_signature(same)
    others = [header[::-1], header[:3], ["شماره ثبت", "بارکد", "وضعیت"], [*header, "بخش"]]
    assert len({header_signature(one) for one in [header, *others]}) == 5


def test_samples_are_the_first_different_values_of_each_column():
    rows = [["فهرست"], ["عنوان", "بخش", ""], ["الف", "مخزن"], ["ب", "مخزن"], [], ["پ", "كودك", "x"]]
    assert samples(rows, 1, n=2) == [["الف", "ب"], ["مخزن", "کودک"], ["x"]]
    assert samples([["12"], ["13"]], -1) == [["12", "13"]]


@given(st.lists(st.one_of(st.sampled_from(SYSTEM_EXPORT), st.text(max_size=30)), max_size=20))
def test_no_column_serves_two_fields(header):
    mapping = guess_mapping(header)
    assert len(set(mapping.values())) == len(mapping)
    assert all(0 <= column < len(header) for column in mapping.values())
    assert mapping.keys() <= FIELD_BY_CODE.keys()

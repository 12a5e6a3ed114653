"""The Noormags pool: read from Excel, handed out once each, the password shown once (R7)."""

import logging
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from libraries.files.limits import Unreadable
from libraries.models import AuditEntry, User
from libraries.refusal import Refused
from libraries.roles import Role
from sms_requests.domain.noormags import (
    DEFAULT_GUIDE,
    Skipped,
    birth_year_trouble,
    check_accounts,
    columns_of,
    handing_text,
)
from sms_requests.models import NoormagsAccount, NoormagsGrant, SmsLine
from sms_requests.selectors.joining import joining_cards
from sms_requests.selectors.noormags import grants_of, grants_xlsx, pool_counts
from sms_requests.services.noormags import (
    AlreadyGiven,
    account_hand_out,
    accounts_import,
    password_show,
)
from tests.cast import Cast, make_user
from tests.sms_requests.applications import NATIONAL_ID, OTHER_ID, SECRET, pool


def workbook(path: Path, *rows: list[Any]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def hand_out(user: User, **values: Any) -> NoormagsGrant:
    given: dict[str, Any] = {
        "full_name": "زهرا نمونه", "national_id": NATIONAL_ID, "birth_year": 1375,
    } | values  # fmt: skip
    return account_hand_out(actor=user, now=timezone.now(), **given)


# --- reading a file -----------------------------------------------------------------------

HEADINGS = {
    ("نام کاربری", "کلمه عبور"): (0, 0, 1),
    ("ردیف", "نام‌کاربری:", "رمزعبور"): (0, 1, 2),
    ("گذرواژه", "نام كاربري"): (0, 1, 0),
    ("No", "User Name", "PASSWORD"): (0, 1, 2),
    ("username", "pass"): (0, 0, 1),
    ("نام کاربری",): None,
    ("کلمه عبور", "رمز"): None,
    ("نام", "نام خانوادگی"): None,
}


@pytest.mark.parametrize("headings", HEADINGS)
def test_columns_are_known_by_their_headings(headings: tuple[str, ...]) -> None:
    assert columns_of([headings]) == HEADINGS[headings]


def test_headings_may_stand_below_a_title() -> None:
    assert columns_of([["حساب‌های نورمگز", ""], ["", ""], ["username", "password"]]) == (2, 0, 1)


ROWS: dict[str, tuple[str, str, Skipped | None]] = {
    "whole": ("u1", "p1", None),
    "noughts in front": ("0012", "000123", None),
    "letters mean themselves": ("Ali.Reza", "كلمه‌ي ١۲3".replace("\u200c", ""), None),
    "marks round it": ("\u200eu2\u200f", " p2\u00a0", None),
    "no name": ("", "p", Skipped.NO_USERNAME),
    "no password": ("u", "", Skipped.NO_PASSWORD),
    "white space": ("u", "  ", Skipped.NO_PASSWORD),
    "name too long": ("u" * 101, "p", Skipped.TOO_LONG),
    "password too long": ("u", "p" * 101, Skipped.TOO_LONG),
    "longest": ("u" * 100, "p" * 100, None),
    "an error of Excel": ("u", "#N/A", Skipped.ERROR),
    "an error for a name": ("#ref!", "p", Skipped.ERROR),
    "digits lost": ("u", "1.23E+15", Skipped.DIGITS),
    "digits made up": ("u", "12345678901234569216", Skipped.DIGITS),
    "fifteen digits": ("u", "123456789012345", None),
    "a line break": ("u", "p\nq", Skipped.UNREADABLE),
    "a hidden mark": ("u", "p\u200eq", Skipped.UNREADABLE),
    "there already": ("held", "p", Skipped.HELD),
    "there in capitals": ("HELD", "p", None),
}


@pytest.mark.parametrize("case", ROWS)
def test_each_row_is_an_account_or_says_why_not(case: str) -> None:
    name, password, why = ROWS[case]
    checked = check_accounts([["نام کاربری", "رمز"], [name, password]], (0, 0, 1), {"held"})
    assert checked.skipped == ({2: why} if why else {})
    marks = "\u200e\u200f \u00a0"
    assert checked.accounts == ([] if why else [(name.strip(marks), password.strip(marks))])


def test_a_name_twice_is_taken_once_and_heads_and_blanks_pass() -> None:
    rows = [["user", "pass"], ["a", "1"], ["", ""], ["a", "2"], ["user", "pass"], ["b", "3"]]
    checked = check_accounts(rows, (0, 0, 1), set())
    assert checked.accounts == [("a", "1"), ("b", "3")]
    assert checked.skipped == {4: Skipped.TWICE}
    assert checked.counts == {Skipped.TWICE: 1}
    assert checked.digits_only == 2


YEARS = {1375: True, 1305: True, 1400: True, 1304: False, 1401: False, 75: False, 1996: False}


@pytest.mark.parametrize("year", YEARS)
def test_birth_years_that_can_be(year: int) -> None:
    trouble = birth_year_trouble(year, 1405)
    assert (trouble == "") == YEARS[year]
    assert ("میلادی" in trouble) == (year == 1996)


def test_the_text_names_the_account_and_the_guide() -> None:
    text = handing_text("زهرا نمونه", "u1", "p1", " ")
    assert text.splitlines()[1:3] == ["نام کاربری: u1", "کلمهٔ عبور: p1"]
    assert text.endswith(DEFAULT_GUIDE)
    assert handing_text("زهرا", "u", "p", "راهنمای ما").endswith("راهنمای ما")


# --- import -------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_file_fills_the_pool_and_leaves_no_password_behind(
    cast: Cast, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    path = workbook(
        tmp_path / "a.xlsx",
        ["نام کاربری", "کلمهٔ عبور"], ["u1", "00123"], ["u2", 456], ["u1", SECRET], ["u3", "=1/0"],
    )  # fmt: skip
    given = {"path": path, "filename": "a.xlsx", "actor": cast.expert, "now": timezone.now()}
    imported = accounts_import(**given)
    kept = dict(NoormagsAccount.objects.values_list("username", "password"))
    assert kept == {"u1": "00123", "u2": "456"}
    assert imported.checked.skipped == {4: Skipped.TWICE, 5: Skipped.NO_PASSWORD}
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.data) == ("noormags_import", {"taken": 2, "skipped": 2})
    assert not any(word in caplog.text for word in (SECRET, "00123", "456"))
    again = accounts_import(**given)
    assert again.checked.accounts == []
    assert again.checked.counts[Skipped.HELD] == 2
    assert NoormagsAccount.objects.count() == 2


@pytest.mark.django_db
def test_what_is_no_list_of_accounts_is_refused_whole(cast: Cast, tmp_path: Path) -> None:
    given = {"filename": "a.xlsx", "actor": cast.expert, "now": timezone.now()}
    with pytest.raises(Refused, match="پیدا نشد"):
        accounts_import(path=workbook(tmp_path / "a.xlsx", ["عنوان", "ناشر"], ["ب", "پ"]), **given)
    broken = tmp_path / "b.xlsx"
    broken.write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(Unreadable):
        accounts_import(path=broken, **given)
    broken.write_bytes(b"x" * 5_000_001)
    with pytest.raises(Unreadable, match="مگابایت"):
        accounts_import(path=broken, **given)
    for actor in (cast.librarian, cast.director, cast.office):
        with pytest.raises(Refused, match="کارشناس استان"):
            accounts_import(path=broken, **given | {"actor": actor})
    assert not NoormagsAccount.objects.exists()
    assert not AuditEntry.objects.exists()


# --- handing out and showing ------------------------------------------------------------------


@pytest.mark.django_db
def test_an_account_is_handed_out_shown_once_and_then_forgotten(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    SmsLine.objects.create(
        number="100", province=cast.expert.province, noormags_guide="راهنمای استان"
    )
    first, _ = pool(cast.expert, 2)
    grant = hand_out(cast.expert, instagram="@zahra")
    assert (grant.account, grant.instagram, grant.birth_year) == (first, "zahra", 1375)
    assert pool_counts(cast.expert) == {"free": 1, "given": 1}
    show = {"grant_id": grant.pk, "actor": cast.expert, "now": timezone.now()}
    text = password_show(**show)
    assert "user0" in text
    assert f"{SECRET}0" in text
    assert text.endswith("راهنمای استان")
    grant.refresh_from_db()
    first.refresh_from_db()
    assert (first.password, grant.shown_by) == ("", cast.expert)
    with pytest.raises(Refused, match="حساب دیگری") as refused:
        password_show(**show)
    entries = AuditEntry.objects.order_by("pk")
    assert [entry.action for entry in entries] == ["noormags_hand_out", "noormags_show"]
    told = str([entry.data for entry in entries]) + str(refused.value) + caplog.text
    assert SECRET not in told
    assert NATIONAL_ID not in told


@pytest.mark.django_db
def test_who_has_one_gets_another_with_a_reason_only(cast: Cast) -> None:
    pool(cast.expert, 3)
    first = hand_out(cast.expert)
    with pytest.raises(AlreadyGiven):
        hand_out(cast.expert, national_id="۰۰۸۴۵۷۵۹۴۸", full_name="نامی دیگر")
    second = hand_out(cast.expert, again_because="به دستش نرسید")
    assert second.account != first.account
    assert second.again_because == "به دستش نرسید"
    # A reason where none is needed says nothing, so the person still counts as one who has one.
    assert hand_out(cast.expert, national_id=OTHER_ID, again_because="بی جا").again_because == ""
    with pytest.raises(IntegrityError), transaction.atomic():
        NoormagsGrant.objects.filter(pk=second.pk).update(again_because="")


@pytest.mark.django_db
def test_each_province_has_its_own_pool_and_list(cast: Cast) -> None:
    pool(cast.expert, 1)
    province = cast.other_library.county.province
    stranger = make_user("stranger", Role.PROVINCIAL_EXPERT, province=province)
    with pytest.raises(Refused, match="آزادی نمانده"):
        hand_out(stranger)
    grant = hand_out(cast.expert)
    with pytest.raises(Refused, match="نیست یا در حوزهٔ شما نیست"):
        password_show(grant_id=grant.pk, actor=stranger, now=timezone.now())
    assert list(grants_of(cast.expert)) == [grant]
    for user in (stranger, cast.librarian, cast.director, cast.office, cast.admin):
        assert not grants_of(user).exists()
        assert pool_counts(user) == {"free": 0, "given": 0}
    pool(stranger, 1)  # the same user name in another province is another account
    assert hand_out(stranger).national_id == grant.national_id


WRONG: dict[str, dict[str, Any]] = {
    "نام": {"full_name": " "},
    "رقم پایانی": {"national_id": "0084575949"},
    "میلادی": {"birth_year": 1996},
    "بسیار بلند": {"instagram": "a" * 61},
}


@pytest.mark.django_db
@pytest.mark.parametrize("sentence", WRONG)
def test_what_cannot_be_is_refused(cast: Cast, sentence: str) -> None:
    pool(cast.expert, 1)
    with pytest.raises(Refused, match=sentence):
        hand_out(cast.expert, **WRONG[sentence])
    assert not NoormagsGrant.objects.exists()


@pytest.mark.django_db
def test_the_database_holds_it_too(cast: Cast) -> None:
    one, two = pool(cast.expert, 2)
    grant = hand_out(cast.expert)
    values = {
        "province": one.province, "full_name": "ب", "birth_year": 1370, "given_at": grant.given_at,
        "given_by": cast.expert, "national_id": OTHER_ID,
    }  # fmt: skip
    for wrong in (
        {"account": one},
        {"account": two, "national_id": NATIONAL_ID},
        {"account": two, "national_id": ""},
        {"account": two, "birth_year": 70},
        {"account": two, "shown_at": grant.given_at},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            NoormagsGrant.objects.create(**values | wrong)


# --- the list, the desk -------------------------------------------------------------------


@pytest.mark.django_db
def test_the_list_is_searched_and_taken_out_without_secrets(cast: Cast) -> None:
    pool(cast.expert, 2)
    grant = hand_out(cast.expert, instagram="zahra_n")
    hand_out(cast.expert, national_id=OTHER_ID, full_name="مریم کریمی", birth_year=1380)
    for words in ("زهرا", "نمونه زهرا", "user0", "@zahra_n"):
        assert list(grants_of(cast.expert, words)) == [grant], words
    assert not grants_of(cast.expert, NATIONAL_ID).exists()  # an ID is nothing to search by
    file = grants_xlsx(grants_of(cast.expert), "استان")
    book = openpyxl.load_workbook(BytesIO(file.read()))
    cells = [str(cell.value) for row in book.active.iter_rows() for cell in row]
    assert "008****948" in cells
    assert not any(SECRET in cell or NATIONAL_ID in cell for cell in cells)


@pytest.mark.django_db
def test_the_expert_is_told_when_few_accounts_are_left(cast: Cast) -> None:
    now = timezone.now()
    assert joining_cards(cast.expert, now) == []  # a province that has none needs none
    pool(cast.expert, 11)
    hand_out(cast.expert)
    assert joining_cards(cast.expert, now) == []
    hand_out(cast.expert, national_id=OTHER_ID)
    (card,) = joining_cards(cast.expert, now + timedelta(1))
    assert (card.count, card.late) == (9, False)
    NoormagsAccount.objects.filter(grant=None).delete()
    (card,) = joining_cards(cast.expert, now)
    assert (card.count, card.late) == (0, True)
    assert joining_cards(cast.director, now) == []

"""Members, loans, follow-ups and forgiveness through the services."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from libraries.domain.jalali import add_months
from libraries.models import AuditEntry, Copy, CopyStatus, StatusChange
from libraries.refusal import Refused
from loans import services
from loans.domain.overdue import Standing, days_late, standing, unreturned_due_by
from loans.models import Loan, Member
from loans.selectors import FILTER_LABELS, loan_counts, loan_lines, open_loans
from tests.cast import Cast, add_copies, numbered_calls

NOW = timezone.make_aware(datetime(2026, 11, 22, 9))
TODAY = timezone.localdate(NOW)


@pytest.fixture
def copy(cast: Cast) -> Copy:
    return add_copies(cast.library, numbered_calls(1))[0]


@pytest.fixture
def member(cast: Cast) -> Member:
    return services.member_add(actor=cast.librarian, full_name="عضو نمونه", now=NOW)


def lend(cast: Cast, copy: Copy, member: Member, **given: object) -> Loan:
    arguments = {"actor": cast.librarian, "now": NOW, "today": TODAY} | given
    return services.loan_lend(copy_id=copy.pk, member_id=member.pk, **arguments)


def call(cast: Cast, loan: Loan, **given: object) -> None:
    arguments = {
        "channel": "phone", "said": "قول داد", "at": NOW, "actor": cast.librarian, "now": NOW,
    } | given  # fmt: skip
    services.follow_up_record(loan_id=loan.pk, **arguments)


def test_a_loan_from_the_desk_and_back(cast: Cast, copy: Copy, member: Member) -> None:
    loan = lend(cast, copy, member)
    assert loan.due_on == TODAY + timedelta(days=14)
    services.loan_return(loan_id=loan.pk, actor=cast.head, now=NOW + timedelta(days=1))
    loan.refresh_from_db()
    assert loan.returned_by == cast.head
    actions = list(AuditEntry.objects.order_by("id").values_list("action", flat=True))
    assert actions == ["member_add", "loan_lend", "loan_return"]
    with pytest.raises(Refused, match="پیش‌تر ثبت شده"):
        services.loan_return(loan_id=loan.pk, actor=cast.head, now=NOW)


NOT_LENT: dict[str, tuple[Callable[[Copy], object], str]] = {
    "reference": (lambda copy: setattr(copy, "is_reference", True), "مرجع"),
    "weeded": (lambda copy: setattr(copy, "status", "weeded"), "وجین"),
    "at the binder": (lambda copy: setattr(copy, "status", "binding"), "صحافی"),
    "missing": (lambda copy: setattr(copy, "status", "missing"), "مفقود"),
    "unreturned": (lambda copy: setattr(copy, "status", "unreturned"), "برنگشته"),
}


@pytest.mark.parametrize("case", NOT_LENT)
def test_what_is_not_lent(cast: Cast, copy: Copy, member: Member, case: str) -> None:
    change, word = NOT_LENT[case]
    change(copy)
    copy.save()
    with pytest.raises(Refused, match=word):
        lend(cast, copy, member)
    assert not Loan.objects.exists()


def test_no_copy_is_lent_twice(cast: Cast, copy: Copy, member: Member) -> None:
    lend(cast, copy, member)
    with pytest.raises(Refused, match="هم‌اکنون در امانت"):
        lend(cast, copy, member)
    assert Loan.objects.count() == 1


def test_a_due_date_in_the_past_is_refused(cast: Cast, copy: Copy, member: Member) -> None:
    with pytest.raises(Refused, match="گذشته"):
        lend(cast, copy, member, due_on=TODAY - timedelta(days=1))


def test_another_librarys_copy_member_and_loan_do_not_exist(
    cast: Cast, copy: Copy, member: Member
) -> None:
    with pytest.raises(Refused):
        lend(cast, copy, member, actor=cast.outsider)
    [theirs] = add_copies(cast.other_library, numbered_calls(1))
    with pytest.raises(Refused):
        lend(cast, theirs, member)
    loan = lend(cast, copy, member)
    with pytest.raises(Refused):
        services.loan_return(loan_id=loan.pk, actor=cast.outsider, now=NOW)
    with pytest.raises(Refused):
        call(cast, loan, actor=cast.outsider)
    with pytest.raises(Refused):
        services.member_open(member_id=member.pk, actor=cast.outsider, now=NOW)


def test_an_unreturned_copy_comes_back_available(cast: Cast, copy: Copy, member: Member) -> None:
    loan = lend(cast, copy, member)
    Copy.objects.update(status=CopyStatus.UNRETURNED)
    services.loan_return(loan_id=loan.pk, actor=cast.librarian, now=NOW)
    copy.refresh_from_db()
    assert copy.status == CopyStatus.AVAILABLE
    change = copy.status_changes.get()
    assert (change.from_status, change.source) == ("unreturned", StatusChange.Source.LOANS)


BAD_CALLS = {
    "tomorrow": ({"at": NOW + timedelta(hours=1)}, "آینده"),
    "before the loan": ({"at": NOW - timedelta(days=1)}, "پیش از امانت"),
    "without a result": ({"said": "  "}, "نتیجهٔ پیگیری"),
    "by pigeon": ({"channel": "pigeon"}, "راه پیگیری"),
}


@pytest.mark.parametrize("case", BAD_CALLS)
def test_follow_ups_that_cannot_be(cast: Cast, copy: Copy, member: Member, case: str) -> None:
    given, word = BAD_CALLS[case]
    loan = lend(cast, copy, member)
    with pytest.raises(Refused, match=word):
        call(cast, loan, **given)
    assert not loan.follow_ups.exists()


def test_a_late_fee_is_forgiven_once(cast: Cast, copy: Copy, member: Member) -> None:
    loan = lend(cast, copy, member, due_on=TODAY)
    later = NOW + timedelta(days=9)

    def forgive(cause: str = "سیل راه را بست") -> None:
        services.fee_forgive(
            loan_id=loan.pk, cause=cause, actor=cast.head, now=later, today=later.date()
        )

    with pytest.raises(Refused, match="نخست بازگشت"):
        forgive()
    services.loan_return(loan_id=loan.pk, actor=cast.head, now=later)
    with pytest.raises(Refused, match="سبب بخشودگی"):
        forgive(" \u200c ")
    forgive()
    forgiveness = loan.forgivenesses.get()
    assert (forgiveness.days_late, forgiveness.cause) == (9, "سیل راه را بست")
    with pytest.raises(Refused, match="پیش‌تر بخشوده"):
        forgive()


def test_what_came_in_time_has_nothing_to_forgive(cast: Cast, copy: Copy, member: Member) -> None:
    loan = lend(cast, copy, member, due_on=TODAY)
    services.loan_return(loan_id=loan.pk, actor=cast.head, now=NOW)
    with pytest.raises(Refused, match="دیرکردی ندارد"):
        services.fee_forgive(loan_id=loan.pk, cause="بیماری", actor=cast.head, now=NOW, today=TODAY)


def test_days_late_end_with_the_return(cast: Cast, copy: Copy, member: Member) -> None:
    loan = lend(cast, copy, member, due_on=TODAY)
    services.loan_return(loan_id=loan.pk, actor=cast.head, now=NOW + timedelta(days=4))
    services.fee_forgive(
        loan_id=loan.pk, cause="بیماری", actor=cast.head, now=NOW + timedelta(days=30),
        today=TODAY + timedelta(days=30),
    )  # fmt: skip
    assert loan.forgivenesses.get().days_late == 4


BAD_MEMBERS = {
    "nameless": ({"full_name": " "}, "نام عضو"),
    "a wrong national id": ({"national_id": "1234567890"}, "کد ملی"),
    "a wrong mobile": ({"mobile": "021"}, "همراه"),
}


@pytest.mark.parametrize("case", BAD_MEMBERS)
def test_members_that_cannot_be(cast: Cast, case: str) -> None:
    given, word = BAD_MEMBERS[case]
    with pytest.raises(Refused, match=word):
        services.member_add(actor=cast.librarian, now=NOW, **({"full_name": "نمونه"} | given))
    assert not Member.objects.exists()


def test_a_member_is_entered_once_and_clean(cast: Cast) -> None:
    given = {"full_name": "عضو  نمونه", "national_id": "۰۰۸۴۵۷۵۹۴۸", "mobile": "+98 912 000 4567"}
    member = services.member_add(actor=cast.librarian, now=NOW, **given)
    assert (member.full_name, member.national_id, member.mobile) == (
        "عضو نمونه", "0084575948", "09120004567",
    )  # fmt: skip
    with pytest.raises(Refused, match="ثبت شده است"):
        services.member_add(actor=cast.head, now=NOW, **given)
    assert services.member_add(actor=cast.outsider, now=NOW, **given).library == cast.other_library
    with pytest.raises(Refused, match="کارکنان خود کتابخانه"):
        services.member_add(actor=cast.county, now=NOW, **given)


def test_opening_personal_data_is_on_record(cast: Cast, member: Member) -> None:
    services.member_open(member_id=member.pk, actor=cast.librarian, now=NOW)
    entry = AuditEntry.objects.get(action="member_open")
    assert (entry.actor, entry.object_id, entry.data) == (cast.librarian, str(member.pk), {})


DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))


@given(today=DAYS, shift=st.integers(-80, 80))
def test_the_last_unreturned_due_date_is_where_the_standing_turns(today: date, shift: int) -> None:
    due_on = unreturned_due_by(today) + timedelta(days=shift)
    expected = add_months(due_on, 2) <= today
    assert (due_on <= unreturned_due_by(today)) == expected
    assert (standing(due_on, today, followed_up=True) == Standing.UNRETURNED) == expected


def test_the_lists_filters_agree_with_the_standing(cast: Cast) -> None:
    due = unreturned_due_by(TODAY)
    cases = [None, TODAY, TODAY - timedelta(days=1), due + timedelta(days=1), due, due]
    for copy, due_on in zip(
        add_copies(cast.library, numbered_calls(len(cases))), cases, strict=True
    ):
        Loan.objects.create(copy=copy, due_on=due_on, lent_at=NOW - timedelta(days=200))
    last = Loan.objects.order_by("pk").last()
    first_late = Loan.objects.filter(due_on=due).first()
    call(cast, last)
    # A call before the book was due is no follow-up of its not coming back.
    call(cast, first_late, at=NOW - timedelta(days=190))
    lines = loan_lines(list(open_loans(cast.librarian, TODAY)), TODAY)
    found = sorted(line.standing for line in lines)
    assert found == sorted(
        [Standing.RUNNING] * 2 + [Standing.OVERDUE] * 2
        + [Standing.FOLLOW_UP_DUE, Standing.UNRETURNED]
    )  # fmt: skip
    assert [line.days_late for line in lines] == [
        days_late(line.loan.due_on, TODAY) for line in lines
    ]
    assert lines[-1].loan.due_on is None
    assert loan_counts(cast.librarian, TODAY) == {
        "all": 6, "overdue": 4, "follow_up_due": 1, "unreturned": 1,
    }  # fmt: skip
    for which in FILTER_LABELS:
        assert (
            open_loans(cast.librarian, TODAY, which=which).count()
            == loan_counts(cast.librarian, TODAY)[which]
        )
    assert open_loans(cast.outsider, TODAY).count() == 0

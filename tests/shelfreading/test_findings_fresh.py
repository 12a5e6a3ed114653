"""Stored findings are as new as what they are made of; where nothing is new, they stay."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from loans.models import Loan
from loans.services import follow_up_record, loan_lend, loan_return
from shelfreading.services.decisions import second_look_set
from shelfreading.services.events import events_take
from shelfreading.services.findings import findings_compute
from shelfreading.services.sessions import session_reopen, shelf_speak
from tests.bring_in import confirmed_list, write
from tests.fresh_readings import Reading, make_reading, read_and_close, scans

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def reading() -> Reading:
    """Closed; the fourth copy is missing, the eighth on loan and ninety days overdue."""
    reading = make_reading()
    today = timezone.localdate()
    copy = reading.copies[7]
    Loan.objects.create(
        copy=copy, source="list", lent_at=reading.at - 120 * DAY, due_on=today - 90 * DAY
    )
    read_and_close(reading, [one for one in reading.copies if one not in {reading.copies[3], copy}])
    return reading


def who(reading: Reading) -> dict[str, Any]:
    return {"actor": reading.actor, "now": timezone.now()}


def loan(reading: Reading) -> Loan:
    return Loan.objects.get(copy=reading.copies[7])


def of_session(service: Callable[..., Any], **given: Any) -> Callable[[Reading], Any]:
    return lambda reading: service(session_id=reading.session.pk, **given, **who(reading))


def call_of_last_month(reading: Reading) -> None:
    follow_up_record(
        loan_id=loan(reading).pk, channel="phone", said="گفت", at=reading.at - 30 * DAY,
        **who(reading),
    )  # fmt: skip


def list_with_another_due_date(reading: Reading) -> None:
    Loan.objects.filter(pk=loan(reading).pk).update(due_on=timezone.localdate() + 5 * DAY)


def list_that_says_it_is_back(reading: Reading) -> None:
    write(confirmed_list(reading.actor, dict.fromkeys(reading.copies, "موجود")))


def lend_the_missing(reading: Reading) -> None:
    loan_lend(
        copy_id=reading.copies[3].pk, member_id=reading.member.pk, today=timezone.localdate(),
        **who(reading),
    )  # fmt: skip


def swap(reading: Reading) -> None:
    """One loan comes back, another is opened again: as many of each as before."""
    other = Loan.objects.create(
        copy=reading.copies[3], lent_at=reading.at - 2 * DAY, returned_at=timezone.now()
    )
    findings_compute(session_id=reading.session.pk, **who(reading))
    Loan.objects.filter(pk=other.pk).update(returned_at=None)
    Loan.objects.filter(pk=loan(reading).pk).update(returned_at=timezone.now())


def counts(reading: Reading) -> dict[str, int]:
    session = findings_compute(session_id=reading.session.pk, **who(reading))
    stored: dict[str, int] = {}
    for finding in session.findings.values_list("finding", flat=True):
        stored[finding] = stored.get(finding, 0) + 1
    assert stored == {code: n for code, n in session.summary["counts"].items() if n}
    return stored


NEWS: dict[str, tuple[Callable[[Reading], Any], dict[str, int]]] = {
    "a call put on record late": (call_of_last_month, {"unreturned": 1, "missing": 1}),
    "another due date": (list_with_another_due_date, {"on_loan": 1, "missing": 1}),
    "a return": (lambda r: loan_return(loan_id=loan(r).pk, **who(r)), {"missing": 1}),
    "a list that says it is back": (list_that_says_it_is_back, {"missing": 1}),
    "the missing copy lent": (lend_the_missing, {"on_loan": 1, "follow_up_due": 1}),
    "a return and a loan opened again": (swap, {"on_loan": 2}),
    "a second look": (
        lambda r: second_look_set(
            session_id=r.session.pk, keys=[f"c{r.copies[3].pk}"], found=True, **who(r)
        ),
        {"follow_up_due": 1},
    ),
    "a word on the stretch": (
        of_session(shelf_speak, first_position=3, last_position=3, was_read=False),
        {"not_read": 1, "follow_up_due": 1},
    ),
    "a late scan": (
        lambda r: (
            session_reopen(session_id=r.session.pk, **who(r)),
            events_take(session_id=r.session.pk, events=scans([r.copies[3]], "late"), **who(r)),
        ),
        {"follow_up_due": 1},
    ),
}


@pytest.mark.parametrize("news", NEWS)
def test_news_are_in_the_findings(reading: Reading, news: str) -> None:
    before = counts(reading)
    assert {code: n for code, n in before.items() if code != "present"} == {
        "missing": 1, "follow_up_due": 1,
    }  # fmt: skip
    bring, wanted = NEWS[news]
    bring(reading)
    after = {code: n for code, n in counts(reading).items() if code != "present"}
    assert {code: after.get(code, 0) for code in wanted} == wanted
    assert after != {code: n for code, n in before.items() if code != "present"}


def test_without_news_nothing_is_computed_anew(reading: Reading) -> None:
    first = findings_compute(session_id=reading.session.pk, **who(reading))
    rows = list(first.findings.values_list("pk", flat=True))
    again = findings_compute(session_id=reading.session.pk, **who(reading))
    assert again.computed_at == first.computed_at
    assert list(again.findings.values_list("pk", flat=True)) == rows

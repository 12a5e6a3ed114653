"""The tie-out (spec B11): every registered copy of a class is somewhere, once."""

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from libraries.models import Copy
from loans.models import Loan
from reports.domain.tie_out import COLUMNS, ClassLine, left_open, tie_out, total
from reports.selectors import standing_application
from reports.services.content import lines_of, tie_out_of
from shelfreading.models import Application, WeedingProposal
from tests.cast import Cast
from tests.sent_reports import read_and_apply

columns = st.sampled_from((*COLUMNS, None))
classes = st.sampled_from(("000", "100", "900", ""))


@given(st.lists(st.tuples(classes, columns)))
def test_the_register_is_what_is_told_and_what_is_open(
    copies: list[tuple[str, str | None]],
) -> None:
    lines = tie_out(copies)
    assert sum(line.register for line in lines) == len(copies)
    assert sum(line.open for line in lines) == sum(column is None for _, column in copies)
    assert [line.closes for line in lines] == [line.open == 0 for line in lines]
    assert total(lines).told == sum(line.told for line in lines)
    assert bool(left_open(lines)) == any(line.open for line in lines)


def test_the_sentence_names_each_class_that_is_open_and_its_numbers() -> None:
    lines = [ClassLine("100", 5, on_shelf=5), ClassLine("800", 9, on_shelf=6, missing=1)]
    said = left_open(lines)
    assert "ردهٔ ۸۰۰ (۹ نسخه در دفتر ثبت، ۷ تعیین‌تکلیف‌شده)" in said
    assert "۱۰۰" not in said


@pytest.fixture
def application(cast: Cast) -> Application:
    found = standing_application(read_and_apply(cast.librarian))
    assert found is not None
    return found


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "lent", "column"),
    [
        ("binding", False, "binding"),
        ("available", False, "on_shelf"),
        ("available", True, "on_loan"),
    ],
)
def test_what_was_settled_for_the_record_stands_where_the_record_has_it(
    application: Application, status: str, lent: bool, column: str
) -> None:
    (before,) = tie_out_of(application)
    change = application.changes.filter(to_status="missing")[0]
    Copy.objects.filter(pk=change.copy_id).update(status=status)
    if lent:
        Loan.objects.create(copy=change.copy, lent_at=timezone.now())
    change.delete()
    (unsaid,) = tie_out_of(application)
    assert (before.open, unsaid.open) == (0, 1)
    application.session.decisions.create(
        copy=change.copy, settlement="record", by=application.applied_by, at=timezone.now()
    )
    (line,) = tie_out_of(application)
    assert line.open == 0
    assert getattr(line, column) == getattr(before, column) + 1
    assert line.missing == before.missing - 1


@pytest.mark.django_db
@pytest.mark.parametrize(("state", "listed"), [("withdrawn", 1), ("refused", 2)])
def test_a_weeding_that_came_to_nothing_leaves_its_copy_on_the_shelf(
    application: Application, state: str, listed: int
) -> None:
    (before,) = tie_out_of(application)
    proposal = application.weeding_proposals.all()[0]
    WeedingProposal.objects.filter(pk=proposal.pk).update(
        state=state, reason="نو است" if state == "refused" else "", decided_at=timezone.now(),
        decided_by=application.applied_by,
    )  # fmt: skip
    (line,) = tie_out_of(application)
    assert (line.weeded, line.on_shelf) == (before.weeded - 1, before.on_shelf + 1)
    assert line.closes
    # What the expert refused stays in the list that the library declared, with his no beside it.
    assert sum(what == "worn" for what, *_ in lines_of(application)) == listed

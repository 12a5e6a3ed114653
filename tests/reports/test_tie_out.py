"""The tie-out (spec B11): every registered copy of a class is somewhere, once."""

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from libraries.models import Copy, CopyStatus
from loans.models import Loan
from reports.domain.tie_out import COLUMNS, ClassLine, left_open, tie_out, total
from reports.selectors import FORMS, report_1_of, standing_application
from reports.services.content import lines_of, tie_out_of
from shelfreading.models import Application, Decision, WeedingProposal
from shelfreading.services.applying import findings_apply
from shelfreading.services.decisions import fate_set
from shelfreading.services.events import events_take
from shelfreading.services.findings import findings_compute
from shelfreading.services.sessions import session_close, session_start
from tests.cast import Cast, add_copies, numbered_calls
from tests.fresh_readings import scans
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
@pytest.mark.parametrize(("state", "gone"), [("withdrawn", 1), ("refused", 0)])
def test_a_reading_reports_what_it_proposed_whatever_the_expert_said_since(
    application: Application, state: str, gone: int
) -> None:
    (before,) = tie_out_of(application)
    proposal = application.weeding_proposals.all()[0]
    WeedingProposal.objects.filter(pk=proposal.pk).update(
        state=state, reason="نو است" if state == "refused" else "", decided_at=timezone.now(),
        decided_by=application.applied_by,
    )  # fmt: skip
    (line,) = tie_out_of(application)
    assert (line.weeded, line.on_shelf) == (before.weeded - gone, before.on_shelf + gone)
    assert line.closes
    # One rule for the frozen lines, the printed count, the printed list and the tie-out.
    listed = sum(what == "worn" for what, *_ in lines_of(application))
    rows = FORMS["weeded-worn"].build(application).rows
    assert listed == report_1_of(application).counts.worn == len(rows) == 2 - gone


@pytest.mark.django_db
def test_the_frozen_lines_count_the_same_binding_as_report_1(cast: Cast) -> None:
    there_already, sent_now, *_ = add_copies(cast.library, numbered_calls(20))
    Copy.objects.filter(pk=there_already.pk).update(status=CopyStatus.BINDING)
    now = timezone.now()
    session = session_start(
        actor=cast.librarian, name="", method="barcode", section_ids=[], now=now
    )
    seen = cast.library.copies.exclude(pk=there_already.pk)
    events_take(session_id=session.pk, events=scans(seen), actor=cast.librarian, now=now)
    session_close(session_id=session.pk, actor=cast.librarian, now=now)
    findings_compute(session_id=session.pk, actor=cast.librarian, now=now)
    fate_set(
        session_id=session.pk, keys=[f"c{sent_now.pk}"], fate=Decision.Fate.BINDING,
        actor=cast.librarian, now=now,
    )  # fmt: skip
    application = findings_apply(session_id=session.pk, actor=cast.librarian, now=now)
    out = [copy_id for what, copy_id, *_ in lines_of(application) if what == "binding"]
    assert sorted(out) == sorted([there_already.pk, sent_now.pk])
    assert report_1_of(application).counts.binding == 2
    assert len(FORMS["binding"].build(application).rows) == 2
    assert sum(line.binding for line in tie_out_of(application)) == 2

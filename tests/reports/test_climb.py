"""A report's whole climb through the services: report 1, 2, 3, the office's answer, and back."""

import json
from dataclasses import dataclass

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from libraries.models import Library, User
from libraries.refusal import Refused
from libraries.roles import Role
from reports.domain.workflow import Move, State
from reports.frozen import digest_of, from_plain, to_plain
from reports.gathered_diff import LineChange, line_changes, sum_changes
from reports.gathering import below_county, below_province
from reports.models import Notice, Report, Revision
from reports.selectors import FORMS, standing_application
from reports.services.deciding import opinions_give, report_move
from reports.services.gathering import correction_close, gathered_submit, office_answer
from reports.services.sending import report_submit
from shelfreading.models import Round, RoundLibrary, WeedingProposal
from shelfreading.services.weeding import proposals_decide
from tests.cast import Cast, make_library, make_user
from tests.sent_reports import day, make_round, read_and_apply

pytestmark = pytest.mark.django_db
KIND = Library.Kind.INSTITUTIONAL


@dataclass
class Country:
    """Two counties of one province; the second has one library that read and one that won't."""

    cast: Cast
    round: Round
    second_head: User
    second_county: User


@pytest.fixture
def country(cast: Cast) -> Country:
    read = make_library("L3", "استان نمونه", "شهرستان دوم")
    silent = make_library("L4", "استان نمونه", "شهرستان دوم")
    round_ = make_round(cast.office, [cast.library, read, silent])
    return Country(
        cast,
        round_,
        make_user("head-3", Role.LIBRARY_HEAD, library=read),
        make_user("county-3", Role.COUNTY_HEAD, county=read.county),
    )


def send(actor: User, round_: Round) -> Report:
    session = read_and_apply(actor, round_=round_)
    return report_submit(session_id=session.pk, actor=actor, now=timezone.now())


def move(report: Report, move: Move, actor: User, comment: str = "") -> Report:
    report.refresh_from_db()
    return report_move(
        report_id=report.pk, move=move, actor=actor, now=timezone.now(), comment=comment,
        revision=report.revision,
    )  # fmt: skip


def gather(actor: User, round_: Round) -> Report:
    return gathered_submit(round_id=round_.pk, library_kind=KIND, actor=actor, now=timezone.now())


def review(report: Report, expert: User, refuse: int = 0) -> None:
    """The expert's word on everything in a library's report; `refuse` weedings are refused."""
    lines = Revision.objects.get(report=report, number=report.revision).lines
    missing = list(lines.filter(what="missing").values_list("copy_id", flat=True))
    now = timezone.now()
    opinions_give(
        report_id=report.pk, copy_ids=missing, verdict="withdraw", note="", actor=expert, now=now
    )
    ids = list(WeedingProposal.objects.filter(session=report.session).values_list("pk", flat=True))
    for some, accept, reason in (
        (ids[:refuse], False, "هنوز خوانده می‌شود."),
        (ids[refuse:], True, ""),
    ):
        if some:
            proposals_decide(proposal_ids=some, accept=accept, reason=reason, actor=expert, now=now)
    move(report, Move.REVIEW, expert)


def test_the_whole_climb_and_back(country: Country) -> None:
    cast, round_ = country.cast, country.round
    first, second = send(cast.head, round_), send(country.second_head, round_)
    assert first.due_on == day(14)
    move(first, Move.ACCEPT, cast.county)
    with pytest.raises(Refused, match="L۴"):
        gather(country.second_county, round_)
    RoundLibrary.objects.filter(library__code="L4").update(
        reason="جابه‌جایی ساختمان", reason_by=country.second_county, reason_at=timezone.now()
    )
    with pytest.raises(Refused, match="L۳"):  # not accepted yet
        gather(country.second_county, round_)
    move(second, Move.ACCEPT, country.second_county)
    counties = [gather(cast.county, round_), gather(country.second_county, round_)]
    form = from_plain(counties[1].revisions.get().content["form"])
    assert [(row.name, row.copies) for row in form.rows] == [("کتابخانهٔ نمونهٔ L3", 20)]
    assert [(row.name, row.reason) for row in form.unread] == [
        ("کتابخانهٔ نمونهٔ L4", "جابه‌جایی ساختمان")
    ]
    assert form.rows[0].counts.in_order() == (0, 0, 2, 0, 2, 0, 1)
    with pytest.raises(Refused, match="پذیرفته نشده"):
        gather(cast.director, round_)
    for report in counties:
        move(report, Move.ACCEPT, cast.director)
    with pytest.raises(Refused, match="کارشناس هنوز"):
        gather(cast.director, round_)
    with pytest.raises(Refused, match="۲ نسخهٔ مفقود بی‌نظر و ۲ پیشنهاد"):
        move(first, Move.REVIEW, cast.expert)
    review(first, cast.expert, refuse=1)
    review(second, cast.expert)
    third = gather(cast.director, round_)
    form = from_plain(third.revisions.get().content["form"])
    assert [row.counts.worn for row in form.rows] == [2, 1]  # one was refused
    with pytest.raises(Refused, match="گزارش شمارهٔ سه» آمده"):
        move(counties[0], Move.RETURN, cast.director, "دوباره")
    office_answer(
        report_id=third.pk, revision=1, tasks=[("provincial_expert", "ردهٔ ۸۰۰ را بازبینید.")],
        comment="", actor=cast.office, now=timezone.now(),
    )  # fmt: skip
    with pytest.raises(Refused, match="۱ اصلاح"):
        gather(cast.director, round_)
    task = third.corrections.get()
    with pytest.raises(Refused, match="بر عهدهٔ کارشناس"):
        correction_close(
            correction_id=task.pk, answer="شد", actor=cast.director, now=timezone.now()
        )
    correction_close(correction_id=task.pk, answer="شد", actor=cast.expert, now=timezone.now())
    third = gather(cast.director, round_)
    assert (third.revision, third.state) == (2, State.SUBMITTED)
    old, new = third.revisions.all()
    assert line_changes(old, new) == [] == sum_changes(old, new)
    office_answer(
        report_id=third.pk, revision=2, tasks=[], comment="", actor=cast.office,
        now=timezone.now(),
    )  # fmt: skip
    third.refresh_from_db()
    assert third.state == State.ACCEPTED
    assert [step.move for step in third.steps.all()] == ["submit", "return", "submit", "accept"]
    told = Notice.objects.filter(user=cast.director, report=third).values_list("text", flat=True)
    assert any("بازگردانده شد" in text for text in told)


def test_what_was_sent_is_frozen_and_its_hash_says_so(country: Country) -> None:
    report = send(country.cast.head, country.round)
    revision = report.revisions.get()
    assert revision.digest == digest_of(revision.content)
    report.session.library.copies.update(main_class="900")
    again = Revision.objects.get(pk=revision.pk)
    assert digest_of(again.content) == revision.digest
    for change in (
        lambda: Revision.objects.update(digest="0" * 64),
        lambda: Revision.objects.all().delete(),
        lambda: revision.classes.update(missing=0),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_report_that_went_back_comes_as_a_new_revision(country: Country) -> None:
    cast = country.cast
    report = send(cast.head, country.round)
    with pytest.raises(Refused, match="بنویسید"):
        move(report, Move.RETURN, cast.county)
    move(report, Move.RETURN, cast.county, "تاریخ‌ها را ببینید.")
    assert report.session.reports.get().state == State.RETURNED
    again = report_submit(session_id=report.session_id, actor=cast.head, now=timezone.now())
    assert (again.pk, again.revision) == (report.pk, 2)
    assert report.revisions.count() == 2
    with pytest.raises(Refused, match="ویراست تازه"):
        report_move(
            report_id=report.pk, move=Move.ACCEPT, actor=cast.county, now=timezone.now(),
            revision=1,
        )  # fmt: skip


def test_nobody_gathers_what_is_another_countys(country: Country) -> None:
    cast, round_ = country.cast, country.round
    send(cast.head, round_)
    county = below_county(round_, KIND, country.second_county.county)
    assert county.rows == []
    assert below_province(round_, KIND, cast.director.province).rows[0].county == "شهرستان نمونه"
    with pytest.raises(Refused, match="می‌فرستد"):
        gather(cast.expert, round_)
    with pytest.raises(Refused, match="نهادی و مشارکتی"):
        gathered_submit(
            round_id=round_.pk, library_kind="independent", actor=cast.county, now=timezone.now()
        )


def test_a_library_that_moved_leaves_its_report_where_it_was_sent(country: Country) -> None:
    cast, round_ = country.cast, country.round
    report = send(cast.head, round_)
    move(report, Move.ACCEPT, cast.county)
    Library.objects.filter(pk=cast.library.pk).update(county=country.second_county.county)
    assert [row.name for row in below_county(round_, KIND, cast.county.county).rows]
    there = below_county(round_, KIND, country.second_county.county)
    assert there.rows == []
    assert {row.name for row in there.unread} == {"کتابخانهٔ نمونهٔ L3", "کتابخانهٔ نمونهٔ L4"}


def test_every_form_comes_back_from_its_frozen_values_as_it_was(country: Country) -> None:
    session = read_and_apply(country.cast.head, round_=country.round)
    application = standing_application(session)
    assert application is not None
    for slug, form in FORMS.items():
        filled = form.build(application)
        plain = json.loads(json.dumps(to_plain(filled)))
        assert from_plain(plain) == filled, slug


def test_a_gathered_report_tells_what_changed_in_its_table(country: Country) -> None:
    cast, round_ = country.cast, country.round
    first = send(country.second_head, round_)
    place = RoundLibrary.objects.filter(library__code="L4")
    place.update(reason="آتش", reason_by=country.second_county, reason_at=timezone.now())
    move(first, Move.ACCEPT, country.second_county)
    second = gather(country.second_county, round_)
    for report, words in ((second, "بازبینید"), (first, "دو نسخه کم است")):
        move(report, Move.RETURN, cast.expert, words)
    place.update(reason="سیل")
    WeedingProposal.objects.filter(session=first.session).update(
        state="withdrawn", decided_at=timezone.now(), decided_by=country.second_head
    )
    report_submit(session_id=first.session_id, actor=country.second_head, now=timezone.now())
    move(first, Move.ACCEPT, country.second_county)
    gather(country.second_county, round_)
    old, new = second.revisions.all()
    assert line_changes(old, new) == [
        LineChange("کتابخانهٔ نمونهٔ L3", "وجین نسخ فرسوده", "۲", "۰"),
        LineChange("کتابخانهٔ نمونهٔ L4", "علت عدم انجام رف‌خوانی", "آتش", "سیل"),
    ]
    changed = sum_changes(old, new)
    assert [(each.label, each.before, each.after) for each in changed] == [
        ("جمع، وجین نسخ فرسوده", 2, 0)
    ]

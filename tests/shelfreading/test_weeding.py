"""The library proposes, the provincial expert decides, only then is the copy weeded."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from libraries.models import AuditEntry, Copy, CopyStatus, StatusChange
from libraries.refusal import Refused
from libraries.roles import Role
from loans.models import BindingTrip, Loan
from shelfreading.models import WeedingProposal
from shelfreading.selectors.remarks import register_changes, remark_lines
from shelfreading.services.applying import application_undo, findings_apply
from shelfreading.services.decisions import fate_set
from shelfreading.services.weeding import Wanted, proposals_make, proposals_withdraw
from tests.cast import Cast, add_copies, make_library, make_user, numbered_calls
from tests.fresh_readings import Reading, make_reading, read_and_close
from tests.promises import assert_records_hold
from tests.shelfreading.weedings import decide, propose

pytestmark = pytest.mark.django_db


@pytest.fixture
def copies(cast: Cast) -> list[Copy]:
    return add_copies(cast.library, numbered_calls(6))


def fresh(copy: Copy) -> Copy:
    return Copy.objects.get(pk=copy.pk)


def test_accepted_it_is_weeded_with_cause_history_and_audit(cast: Cast, copies: list[Copy]) -> None:
    (proposal,) = propose(copies[:1], cast.librarian, "content")
    assert fresh(copies[0]).status == CopyStatus.AVAILABLE
    assert decide([proposal], cast.expert).done == 1
    copy, proposal = fresh(copies[0]), WeedingProposal.objects.get()
    assert (copy.status, copy.weeding_cause) == (CopyStatus.WEEDED, "content")
    change = StatusChange.objects.get(copy=copy)
    assert (change.from_status, change.to_status, change.source, change.by) == (
        "available", "weeded", "weeding", cast.expert,
    )  # fmt: skip
    assert (proposal.state, proposal.decided_by, proposal.status_change) == (
        "accepted", cast.expert, change,
    )  # fmt: skip
    told = AuditEntry.objects.filter(library=cast.library, object_id=str(proposal.pk))
    actions = list(told.order_by("pk").values_list("action", "actor"))
    assert actions == [
        ("weeding_propose", cast.librarian.pk), ("weeding_accept", cast.expert.pk),
    ]  # fmt: skip
    assert_records_hold(cast.library)


def test_refused_it_stays_and_can_be_proposed_again(cast: Cast, copies: list[Copy]) -> None:
    proposals = propose(copies[:2], cast.head)
    for reason in ("", "  \n"):
        with pytest.raises(Refused, match="دلیل رد را بنویسید"):
            decide(proposals, cast.expert, accept=False, reason=reason)
    with pytest.raises(Refused, match="کوتاه‌ترش"):
        decide(proposals, cast.expert, accept=False, reason="ن" * 301)
    assert not WeedingProposal.objects.exclude(state="proposed").exists()
    assert decide(proposals, cast.expert, accept=False, reason="تنها نسخهٔ استان است").done == 2
    assert fresh(copies[0]).status == CopyStatus.AVAILABLE
    assert {each.reason for each in WeedingProposal.objects.all()} == {"تنها نسخهٔ استان است"}
    propose(copies[:1], cast.head)
    assert WeedingProposal.objects.filter(copy=copies[0]).count() == 2


def test_deciding_twice_is_refused_and_says_who_did(cast: Cast, copies: list[Copy]) -> None:
    first, second = propose(copies[:2], cast.librarian)
    decide([first], cast.expert)
    with pytest.raises(Refused, match=f"«پذیرفته» شده است .{cast.expert.full_name}"):
        decide([first], cast.expert, accept=False, reason="نه")
    outcome = decide([first, second], cast.expert)
    assert outcome.done == 1 and "پذیرفته" in outcome.left_words
    assert StatusChange.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [("lend", "در امانت است"), ("bind", "در صحافی است"), ("miss", "«مفقود» است")],
)
def test_what_left_the_shelf_meanwhile_stays_undecided_and_the_others_go_through(
    cast: Cast, copies: list[Copy], change: str, words: str
) -> None:
    proposals = propose(copies[:3], cast.librarian)
    if change == "lend":
        Loan.objects.create(copy=copies[1], lent_at=timezone.now())
    elif change == "bind":
        BindingTrip.objects.create(
            copy=copies[1], sent_on=timezone.localdate(), sent_by=cast.librarian
        )
    else:
        Copy.objects.filter(pk=copies[1].pk).update(status=CopyStatus.MISSING)
    outcome = decide(proposals, cast.expert)
    assert outcome.done == 2
    assert words in outcome.left_words and "ثبت ۲" in outcome.left_words
    states = [each.state for each in WeedingProposal.objects.order_by("copy")]
    assert states == ["accepted", "proposed", "accepted"]
    assert fresh(copies[1]).status != CopyStatus.WEEDED
    # To refuse it, it needn't stand on the shelf.
    assert decide(proposals[1:2], cast.expert, accept=False, reason="نه").done == 1


@pytest.mark.parametrize(
    ("status", "words"),
    [("weeded", "«وجین» است"), ("missing", "«مفقود» است"), ("unreturned", "«برنگشته» است"),
     ("binding", "«صحافی» است"), ("lent", "در امانت است")],
)  # fmt: skip
def test_what_does_not_stand_on_the_shelf_is_not_proposed(
    cast: Cast, copies: list[Copy], status: str, words: str
) -> None:
    if status == "lent":
        Loan.objects.create(copy=copies[0], lent_at=timezone.now())
    else:
        Copy.objects.filter(pk=copies[0].pk).update(status=status)
    with pytest.raises(Refused, match=f"هیچ نسخه‌ای پیشنهاد نشد.*{words}"):
        propose(copies[:1], cast.librarian)
    outcome = proposals_make(
        wanted=[Wanted(copy.pk, "worn") for copy in copies[:2]], actor=cast.librarian,
        now=timezone.now(),
    )  # fmt: skip
    assert outcome.done == 1 and words in outcome.left_words
    assert WeedingProposal.objects.get().copy == copies[1]


def test_refusals_of_proposing(cast: Cast, copies: list[Copy]) -> None:
    now = timezone.now()
    propose(copies[:1], cast.librarian)
    with pytest.raises(Refused, match="منتظر نظر کارشناس"):
        propose(copies[:1], cast.head)
    with pytest.raises(Refused, match="چهار علت"):
        propose(copies[1:2], cast.librarian, "boring")
    with pytest.raises(Refused, match="برگزینید"):
        propose([], cast.librarian)
    with pytest.raises(Refused, match="در کتابخانهٔ شما نیست"):
        propose(copies[1:2], cast.outsider)
    with pytest.raises(Refused, match="۵۰۰۰"):
        proposals_make(
            wanted=[Wanted(pk, "worn") for pk in range(5001)], actor=cast.librarian, now=now
        )
    for above in (cast.expert, cast.county, cast.director):
        with pytest.raises(Refused, match="خود کتابخانه"):
            propose(copies[1:2], above)
    assert WeedingProposal.objects.count() == 1


def test_only_the_expert_of_the_province_decides(cast: Cast, copies: list[Copy]) -> None:
    proposals = propose(copies[:1], cast.librarian)
    for other in (cast.librarian, cast.head, cast.county, cast.director, cast.office):
        with pytest.raises(Refused, match="کارشناس منابع استان"):
            decide(proposals, other)
    strange = make_user(
        "strange", Role.PROVINCIAL_EXPERT, province=cast.other_library.county.province
    )
    with pytest.raises(Refused, match="در حوزهٔ شما نیست"):
        decide(proposals, strange)
    assert WeedingProposal.objects.get().state == "proposed"


def test_withdrawn_while_undecided_only(cast: Cast, copies: list[Copy]) -> None:
    who = {"actor": cast.head, "now": timezone.now()}
    first, second = propose(copies[:2], cast.librarian)
    decide([first], cast.expert)
    for actor in (cast.expert, cast.outsider):
        with pytest.raises(Refused):
            proposals_withdraw(proposal_ids=[second.pk], actor=actor, now=timezone.now())
    outcome = proposals_withdraw(proposal_ids=[first.pk, second.pk], **who)
    assert outcome.done == 1 and "پذیرفته" in outcome.left_words
    with pytest.raises(Refused, match="پس‌گرفته"):
        proposals_withdraw(proposal_ids=[second.pk], **who)
    with pytest.raises(Refused, match="پس‌گرفته"):
        decide([second], cast.expert)
    second.refresh_from_db()
    assert (second.state, second.decided_by) == ("withdrawn", cast.head)


def test_many_at_once(cast: Cast) -> None:
    """More than one IN can hold, in two libraries of the province."""
    near = make_library("NEAR", "استان نمونه", "شهرستان نمونه")
    reader = make_user("near-reader", Role.LIBRARIAN, library=near)
    proposals = [
        *propose(add_copies(cast.library, numbered_calls(510)), cast.librarian),
        *propose(add_copies(near, numbered_calls(3)), reader, "duplicate"),
    ]
    assert decide(proposals, cast.expert).done == 513
    assert Copy.objects.filter(status="weeded", weeding_cause="worn").count() == 510
    assert Copy.objects.filter(library=near, weeding_cause="duplicate").count() == 3
    assert StatusChange.objects.count() == 513
    audit = AuditEntry.objects.filter(action="weeding_accept")
    assert audit.filter(library=near).count() == 3 and audit.count() == 513


@pytest.mark.parametrize(
    "broken",
    [
        {"state": "refused"},
        {"state": "accepted"},
        {"state": "refused", "reason": "", "decided_at": timezone.now()},
        {"cause": "boring"},
        {"reason": "بی‌جا"},
        {"origin": "reading"},
        {"origin": "rule"},
        {"rule": "worn"},
    ],
)
def test_the_database_keeps_a_proposal_whole(
    cast: Cast, copies: list[Copy], broken: dict[str, object]
) -> None:
    (proposal,) = propose(copies[:1], cast.librarian)
    given = dict(broken)
    if "decided_at" in given:
        given["decided_by"] = cast.expert
    with pytest.raises(IntegrityError), transaction.atomic():
        WeedingProposal.objects.filter(pk=proposal.pk).update(**given)
    with pytest.raises(IntegrityError), transaction.atomic():
        WeedingProposal.objects.create(
            library=cast.library, copy=copies[0], cause="worn", origin="hand", why="دوباره",
            proposed_by=cast.librarian, proposed_at=timezone.now(),
        )  # fmt: skip


# --- from a reading ---------------------------------------------------------------


def put_aside(reading: Reading, copy: Copy, fate: str = "weed_worn") -> None:
    fate_set(
        session_id=reading.session.pk, keys=[f"c{copy.pk}"], fate=fate, actor=reading.actor,
        now=timezone.now(),
    )  # fmt: skip


def apply(reading: Reading):
    return findings_apply(session_id=reading.session.pk, actor=reading.actor, now=timezone.now())


def undo(reading: Reading):
    return application_undo(session_id=reading.session.pk, actor=reading.actor, now=timezone.now())


@pytest.fixture
def reading(db: None) -> Reading:
    """Closed: all seen, the third found again after it was missing, the sixth lent and there."""
    made = make_reading()
    Copy.objects.filter(pk=made.copies[2].pk).update(status=CopyStatus.MISSING)
    made.session.expected.filter(copy=made.copies[2]).update(status=CopyStatus.MISSING)
    Loan.objects.create(copy=made.copies[5], lent_at=made.at - timedelta(days=20))
    read_and_close(made, made.copies)
    return made


def expert_of(reading: Reading):
    return make_user("its-expert", Role.PROVINCIAL_EXPERT, province=reading.library.county.province)


def test_a_reading_proposes_and_its_copies_stay_available(reading: Reading) -> None:
    plain, found, lent = reading.copies[0], reading.copies[2], reading.copies[5]
    for copy in (plain, found, lent):
        put_aside(reading, copy)
    application = apply(reading)
    assert {fresh(copy).status for copy in (plain, found, lent)} == {CopyStatus.AVAILABLE}
    assert lent.loans.get().returned_at is not None
    proposals = application.weeding_proposals.all()
    assert {each.copy for each in proposals} == {plain, found, lent}
    assert {(each.origin, each.session, each.cause) for each in proposals} == {
        ("reading", reading.session, "worn")
    }
    assert all(reading.session.name in each.why for each in proposals)
    journal = application.changes.filter(proposal__isnull=False)
    assert {line.proposal_id for line in journal} == {each.pk for each in proposals}
    undo(reading)
    assert {each.state for each in application.weeding_proposals.all()} == {"withdrawn"}
    assert fresh(found).status == CopyStatus.MISSING
    # Applied again, it proposes again.
    assert apply(reading).weeding_proposals.filter(state="proposed").count() == 3


def test_what_waits_already_is_not_proposed_twice(reading: Reading) -> None:
    put_aside(reading, reading.copies[0])
    propose(reading.copies[:1], reading.actor, "content")
    application = apply(reading)
    assert not application.weeding_proposals.exists()
    assert WeedingProposal.objects.get(copy=reading.copies[0]).cause == "content"


@pytest.mark.parametrize("accept", [True, False])
def test_what_the_expert_decided_keeps_the_whole_step(reading: Reading, accept: bool) -> None:
    put_aside(reading, reading.copies[0])
    application = apply(reading)
    decide(
        list(application.weeding_proposals.all()), expert_of(reading), accept=accept,
        reason="" if accept else "نسخهٔ دیگری نیست",
    )  # fmt: skip
    with pytest.raises(Refused, match="شمارهٔ ثبت ۱"):
        undo(reading)


def test_a_copy_weeded_since_it_was_seen_is_not_proposed_again(
    reading: Reading,
) -> None:
    put_aside(reading, reading.copies[0])
    decide(propose(reading.copies[:1], reading.actor), expert_of(reading))
    assert not apply(reading).weeding_proposals.exists()
    assert fresh(reading.copies[0]).status == CopyStatus.WEEDED


def test_the_register_book_says_so_once_the_expert_accepted(reading: Reading) -> None:
    for copy in reading.copies[:2]:
        put_aside(reading, copy)
    application = apply(reading)

    def remarks() -> dict[str, str]:
        changes = list(register_changes(reading.session, only_left=True))
        return {line.change.copy.registration_number: line.remark for line in remark_lines(changes)}

    assert remarks() == {"3": "پیدا شد"}
    first = application.weeding_proposals.order_by("copy").first()
    decide([first], expert_of(reading))
    assert remarks() == {"1": "وجین شده", "3": "پیدا شد"}

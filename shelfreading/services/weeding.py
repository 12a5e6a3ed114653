"""Proposing copies for weeding and deciding on them (directive 4-5, 7-4; spec B8).

The library proposes, the provincial expert decides, only then is the copy weeded. Of many, what
can't be done is left as it is and named; the others go through together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from libraries.bulk import bulk_insert, in_chunks
from libraries.domain.persian import stored_form, to_persian_digits
from libraries.locking import lock_all
from libraries.models import AuditEntry, Copy, CopyStatus, StatusChange, User, WeedingCause
from libraries.refusal import Refused
from libraries.roles import Right
from loans.models import BindingTrip, Loan
from shelfreading.models import WeedingProposal

State = WeedingProposal.State
MOST_AT_ONCE = 5000
NAMED = 5
LONGEST_REASON = 300
BY_HAND = "به تشخیص کتابدار"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A copy to be proposed: why, and by which rule ("" where a person chose it by hand)."""

    copy_id: int
    cause: str
    why: str = BY_HAND
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many went through, and a Persian line for each that was left as it is."""

    done: int
    left: tuple[str, ...] = ()

    @property
    def left_words(self) -> str:
        """What was left in one sentence, the first few named; "" where nothing was."""
        if not self.left:
            return ""
        more = len(self.left) - NAMED
        others = f"؛ و {to_persian_digits(more)} نسخهٔ دیگر" if more > 0 else ""
        return "؛ ".join(self.left[:NAMED]) + others + "."


@transaction.atomic
def proposals_make(*, wanted: Sequence[Wanted], actor: User, now: datetime) -> Outcome:
    """Propose copies of the actor's library, each once.

    Raises Refused where none of them can be proposed, above a library, and for a cause that is
    none of the four.
    """
    if actor.library_id is None or not actor.has_right(Right.PROPOSE_WEEDING):
        raise Refused("وجین را کارکنان خود کتابخانه پیشنهاد می‌دهند.")
    _refuse_number(len(wanted))
    if any(each.cause not in WeedingCause.values for each in wanted):
        raise Refused("علت وجین را از چهار علت فهرست برگزینید.")
    by_copy = {each.copy_id: each for each in wanted}
    copies = _held_copies(list(by_copy), library_id=actor.library_id)
    unfit = _unfit(copies) | _waiting(copies)
    fit = [copy for copy in copies if copy.pk not in unfit]
    left = [f"{_name(copy)} {unfit[copy.pk]}" for copy in copies if copy.pk in unfit]
    if strangers := len(by_copy) - len(copies):
        left.append(f"{to_persian_digits(strangers)} نسخه در کتابخانهٔ شما نیست")
    outcome = Outcome(len(fit), tuple(left))
    if not fit:
        raise Refused(f"هیچ نسخه‌ای پیشنهاد نشد: {outcome.left_words}")
    proposals = [
        WeedingProposal(
            library_id=actor.library_id,
            copy=copy,
            cause=each.cause,
            origin=WeedingProposal.Origin.RULE if each.rule else WeedingProposal.Origin.HAND,
            rule=each.rule,
            why=stored_form(each.why)[:300] or BY_HAND,
            proposed_by=actor,
            proposed_at=now,
        )
        for copy in fit
        for each in (by_copy[copy.pk],)
    ]
    WeedingProposal.objects.bulk_create(proposals, batch_size=1000)
    _audit("weeding_propose", proposals, actor, now)
    return outcome


@transaction.atomic
def proposals_withdraw(*, proposal_ids: Sequence[int], actor: User, now: datetime) -> Outcome:
    """Take proposals of the actor's library back while nobody has decided on them.

    Raises Refused where none of them can be.
    """
    if actor.library_id is None or not actor.has_right(Right.PROPOSE_WEEDING):
        raise Refused("پیشنهاد را کارکنان خود کتابخانه پس می‌گیرند.")
    _refuse_number(len(proposal_ids))
    mine = WeedingProposal.objects.filter(library=actor.library_id)
    proposals, left = _held_proposals(mine, proposal_ids)
    if not proposals:
        raise Refused(f"هیچ پیشنهادی پس گرفته نشد: {Outcome(0, tuple(left)).left_words}")
    for proposal in proposals:
        proposal.state, proposal.decided_by, proposal.decided_at = State.WITHDRAWN, actor, now
    _save(proposals)
    _audit("weeding_withdraw", proposals, actor, now)
    return Outcome(len(proposals), tuple(left))


@transaction.atomic
def proposals_decide(
    *,
    proposal_ids: Sequence[int],
    accept: bool,
    reason: str = "",
    actor: User,
    now: datetime,
) -> Outcome:
    """The provincial expert's word: accepted, the copy is weeded; refused, it stays, and why.

    A copy that is on loan, or whose record changed since, is left undecided when it should be
    weeded. Raises Refused: not the expert, no reason for a refusal, or none of them is undecided.
    """
    if not actor.has_right(Right.DECIDE_WEEDING):
        raise Refused("دربارهٔ وجین کارشناس منابع استان نظر می‌دهد.")
    reason = "" if accept else stored_form(reason).strip()
    if not accept and not reason:
        raise Refused("دلیل رد را بنویسید؛ کتابخانه آن را می‌بیند.")
    if len(reason) > LONGEST_REASON:
        most = to_persian_digits(LONGEST_REASON)
        raise Refused(f"دلیل رد از {most} نویسه بلندتر است؛ کوتاه‌ترش کنید.")
    _refuse_number(len(proposal_ids))
    proposals, left = _held_proposals(WeedingProposal.objects.for_user(actor), proposal_ids)
    if accept:
        unfit = _unfit([proposal.copy for proposal in proposals])
        left += [
            f"{_name(each.copy)} {unfit[each.copy_id]}"
            for each in proposals
            if each.copy_id in unfit
        ]
        proposals = [each for each in proposals if each.copy_id not in unfit]
    outcome = Outcome(len(proposals), tuple(left))
    if not proposals:
        raise Refused(f"نظری ثبت نشد: {outcome.left_words}")
    for proposal in proposals:
        proposal.state = State.ACCEPTED if accept else State.REFUSED
        proposal.reason, proposal.decided_by, proposal.decided_at = reason, actor, now
    if accept:
        _weed(proposals, actor, now)
    _save(proposals)
    _audit("weeding_accept" if accept else "weeding_refuse", proposals, actor, now)
    return outcome


def _refuse_number(count: int) -> None:
    if not count:
        raise Refused("نخست یک یا چند ردیف را برگزینید.")
    if count > MOST_AT_ONCE:
        raise Refused(
            f"در هر بار حداکثر {to_persian_digits(MOST_AT_ONCE)} نسخه پذیرفته می‌شود؛ "
            "با فیلتر کم‌ترشان کنید."
        )


def _held_copies(copy_ids: Sequence[int], **scope: Any) -> list[Copy]:
    """The copies under lock, in the order of their ids."""
    ids = sorted(set(copy_ids))
    copies: list[Copy] = []
    for chunk in in_chunks(ids):
        lock_all(Copy.objects.filter(pk__in=chunk, **scope))
        wanted = Copy.objects.filter(pk__in=chunk, **scope).select_related("title", "library")
        copies += wanted.order_by("pk")
    return copies


def _held_proposals(
    scope: Any, proposal_ids: Sequence[int]
) -> tuple[list[WeedingProposal], list[str]]:
    """Those still undecided, under lock with their copies; and a line for each that isn't.

    Copies are locked before their proposals, as applying does and taking back.
    """
    ids = sorted(set(proposal_ids))
    copy_ids: list[int] = []
    for chunk in in_chunks(ids):
        copy_ids += scope.filter(pk__in=chunk).values_list("copy_id", flat=True)
    copies = {copy.pk: copy for copy in _held_copies(copy_ids)}
    undecided: list[WeedingProposal] = []
    left: list[str] = []
    found = 0
    for chunk in in_chunks(ids):
        lock_all(scope.filter(pk__in=chunk))
        for proposal in scope.filter(pk__in=chunk).select_related("decided_by").order_by("pk"):
            found += 1
            proposal.copy = copies[proposal.copy_id]
            if proposal.state == State.PROPOSED:
                undecided.append(proposal)
            else:
                left.append(
                    f"{_name(proposal.copy)} پیش‌تر «{proposal.get_state_display()}» شده است "
                    f"({proposal.decided_by.full_name})"
                )
    if strangers := len(ids) - found:
        left.append(f"{to_persian_digits(strangers)} پیشنهاد دیگر نیست یا در حوزهٔ شما نیست")
    return undecided, left


def _name(copy: Copy) -> str:
    return f"«{copy.title.title}» (ثبت {to_persian_digits(copy.registration_number)})"


def _unfit(copies: Sequence[Copy]) -> dict[int, str]:
    """Why a copy can't be weeded now: it doesn't stand on the shelf."""
    ids = [copy.pk for copy in copies]
    reasons: dict[int, str] = {}
    for chunk in in_chunks(ids):
        out = BindingTrip.objects.filter(copy__in=chunk, back_on__isnull=True)
        reasons |= dict.fromkeys(out.values_list("copy_id", flat=True), "در صحافی است")
        lent = Loan.objects.filter(copy__in=chunk, returned_at__isnull=True)
        reasons |= dict.fromkeys(lent.values_list("copy_id", flat=True), "در امانت است")
    for copy in copies:
        if copy.status != CopyStatus.AVAILABLE:
            reasons[copy.pk] = f"در سامانه «{copy.get_status_display()}» است"
    return reasons


def _waiting(copies: Sequence[Copy]) -> dict[int, str]:
    reasons: dict[int, str] = {}
    for chunk in in_chunks([copy.pk for copy in copies]):
        open_ones = WeedingProposal.objects.filter(copy__in=chunk, state=State.PROPOSED)
        reasons |= dict.fromkeys(
            open_ones.values_list("copy_id", flat=True),
            "پیش‌تر پیشنهاد شده و منتظر نظر کارشناس است",
        )
    return reasons


def _weed(proposals: Sequence[WeedingProposal], actor: User, now: datetime) -> None:
    """Give the copies their status, with the step in their history."""
    changes = StatusChange.objects.bulk_create(
        [
            StatusChange(
                copy=proposal.copy,
                from_status=proposal.copy.status,
                to_status=CopyStatus.WEEDED,
                source=StatusChange.Source.WEEDING,
                cause=f"وجین {proposal.get_cause_display()} با نظر کارشناس استان",
                at=now,
                by=actor,
            )
            for proposal in proposals
        ],
        batch_size=1000,
    )
    by_cause: dict[str, list[int]] = {}
    for proposal, change in zip(proposals, changes, strict=True):
        proposal.status_change = change
        by_cause.setdefault(proposal.cause, []).append(proposal.copy_id)
    for cause, copy_ids in by_cause.items():
        for chunk in in_chunks(copy_ids):
            Copy.objects.filter(pk__in=chunk).update(status=CopyStatus.WEEDED, weeding_cause=cause)


def _save(proposals: Sequence[WeedingProposal]) -> None:
    WeedingProposal.objects.bulk_update(
        proposals, ["state", "reason", "decided_by", "decided_at", "status_change"], batch_size=500
    )


def _audit(action: str, proposals: Sequence[WeedingProposal], actor: User, now: datetime) -> None:
    """One line of the audit a copy."""
    bulk_insert(
        AuditEntry,
        ("at", "actor_id", "action", "library_id", "object_type", "object_id", "data"),
        (
            (
                now,
                actor.pk,
                action,
                proposal.library_id,
                "shelfreading.weedingproposal",
                str(proposal.pk),
                {"copy": proposal.copy_id, "cause": proposal.cause, "reason": proposal.reason},
            )
            for proposal in proposals
        ),
    )

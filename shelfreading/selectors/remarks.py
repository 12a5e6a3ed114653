"""The paper work of an applied session: remarks by registration number, cards by title."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from libraries.desk import DeskCard
from libraries.domain.jalali import format_jalali
from libraries.models import Copy, CopyStatus, User
from shelfreading.domain.remarks import REMARKS, card_comes_out, remark_of
from shelfreading.models import (
    Application,
    AppliedChange,
    PaperTick,
    ReadingSession,
    WeedingProposal,
)

GONE = tuple(REMARKS)
ACCEPTED = WeedingProposal.State.ACCEPTED
# It went when it was applied, or later, when the expert accepted its weeding.
_WENT = Q(to_status__in=GONE) | Q(proposal__state=ACCEPTED)


@dataclass(frozen=True, slots=True)
class RemarkLine:
    """A line for the register book."""

    change: AppliedChange
    remark: str
    done: bool


@dataclass(slots=True)
class CardLine:
    """A title whose card is looked at: its copies that went, and how many are left."""

    change: AppliedChange
    comes_out: bool
    copies_left: int
    numbers: list[str] = field(default_factory=list)
    done: bool = False


def _changes(session: ReadingSession) -> QuerySet[AppliedChange]:
    return AppliedChange.objects.filter(
        application__session=session, application__undone_at__isnull=True
    )


def register_changes(session: ReadingSession, *, only_left: bool) -> QuerySet[AppliedChange]:
    """Changes that the register book has to say, in the order of registration numbers."""
    changes = _for_register(_changes(session))
    if only_left:
        changes = _without_tick(changes, PaperTick.Kind.REGISTER)
    return changes.select_related("copy__title", "proposal").order_by(
        "copy__registration_key", "copy_id"
    )


def _for_register(changes: QuerySet[AppliedChange]) -> QuerySet[AppliedChange]:
    back = Q(to_status=CopyStatus.AVAILABLE, from_status__in=GONE)
    kept = Q(from_status=F("to_status")) & ~Q(proposal__isnull=False, proposal__state=ACCEPTED)
    return changes.filter(back | _WENT).exclude(kept)


def _for_cabinets(changes: QuerySet[AppliedChange]) -> QuerySet[AppliedChange]:
    """One change for each title of which a copy went, the first by shelf order."""
    changes = changes.filter(_WENT)
    before = changes.filter(
        application=OuterRef("application"),
        copy__title=OuterRef("copy__title"),
        position__lt=OuterRef("position"),
    )
    return changes.filter(~Exists(before))


def _becomes(change: AppliedChange) -> str:
    """The copy's status after all that followed from the change."""
    accepted = change.proposal is not None and change.proposal.state == ACCEPTED
    return CopyStatus.WEEDED if accepted else change.to_status


def _without_tick(changes: QuerySet[AppliedChange], kind: str) -> QuerySet[AppliedChange]:
    return changes.exclude(paper_ticks__kind=kind)


def remark_lines(changes: Sequence[AppliedChange]) -> list[RemarkLine]:
    """The lines of some changes, with their ticks, in one query more."""
    done = _done(changes, PaperTick.Kind.REGISTER)
    return [
        RemarkLine(
            change,
            remark_of(change.from_status, _becomes(change)),
            change.pk in done,
        )
        for change in changes
    ]


def card_changes(session: ReadingSession, *, only_left: bool) -> QuerySet[AppliedChange]:
    """One change for each title of which a copy went, the first by shelf order."""
    found = _for_cabinets(_changes(session))
    if only_left:
        found = _without_tick(found, PaperTick.Kind.CARD)
    return found.select_related("copy__title", "proposal").order_by("copy__title__title", "pk")


def card_lines(session: ReadingSession, changes: Sequence[AppliedChange]) -> list[CardLine]:
    """The titles' lines: numbers that went, copies left, whether the card comes out."""
    titles = [change.copy.title_id for change in changes]
    left = dict(
        Copy.objects.filter(title__in=titles)
        .exclude(status__in=GONE)
        .values_list("title")
        .annotate(n=Count("pk"))
    )
    numbers: dict[int, list[str]] = {}
    gone = _changes(session).filter(_WENT, copy__title__in=titles)
    for title, number in gone.order_by("copy__registration_key").values_list(
        "copy__title", "copy__registration_number"
    ):
        numbers.setdefault(title, []).append(number)
    done = _done(changes, PaperTick.Kind.CARD)
    return [
        CardLine(
            change,
            card_comes_out(_becomes(change), left.get(change.copy.title_id, 0)),
            left.get(change.copy.title_id, 0),
            numbers.get(change.copy.title_id, []),
            change.pk in done,
        )
        for change in changes
    ]


def _done(changes: Sequence[AppliedChange], kind: str) -> set[int]:
    return set(
        PaperTick.objects.filter(change__in=changes, kind=kind).values_list("change", flat=True)
    )


def paper_left(session: ReadingSession) -> dict[str, int]:
    """How many lines wait in the register book and in the cabinets."""
    return {
        PaperTick.Kind.REGISTER.value: register_changes(session, only_left=True).count(),
        PaperTick.Kind.CARD.value: card_changes(session, only_left=True).count(),
    }


def paper_cards(user: User) -> list[DeskCard]:
    """For each applied reading whose paper work is not done, what is left of it: two queries."""
    standing = AppliedChange.objects.for_user(user).filter(application__undone_at__isnull=True)
    left: Counter[int] = Counter()
    for changes, kind in (
        (_for_register(standing), PaperTick.Kind.REGISTER),
        (_for_cabinets(standing), PaperTick.Kind.CARD),
    ):
        rows = _without_tick(changes, kind).order_by().values_list("application__session")
        left.update(dict(rows.annotate(n=Count("pk"))))
    applied = Application.objects.filter(session__in=left, undone_at__isnull=True)
    return [
        DeskCard(
            sentence=f"ردیف دفتر ثبت و برگه‌دان از «{application.session.name}» مانده است",
            count=left[application.session_id],
            url=reverse("paper", args=(application.session_id,)),
            action="دیدن دفتر ثبت و برگه‌ها",
            since=application.applied_at,
            age=f"از {format_jalali(timezone.localdate(application.applied_at), long=True)}",
            symbol="list",
        )
        for application in applied.select_related("session").order_by("applied_at")
    ]

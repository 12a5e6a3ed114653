"""The paper work of an applied session: remarks by registration number, cards by title."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from libraries.models import Copy, CopyStatus
from shelfreading.domain.remarks import REMARKS, card_comes_out, remark_of
from shelfreading.models import AppliedChange, PaperTick, ReadingSession

GONE = tuple(REMARKS)


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
    back = Q(to_status=CopyStatus.AVAILABLE, from_status__in=GONE)
    changes = _changes(session).filter(back | Q(to_status__in=GONE))
    changes = changes.exclude(from_status=F("to_status"))
    if only_left:
        changes = changes.exclude(paper_ticks__kind=PaperTick.Kind.REGISTER)
    return changes.select_related("copy__title").order_by("copy__registration_key", "copy_id")


def remark_lines(changes: Sequence[AppliedChange]) -> list[RemarkLine]:
    """The lines of some changes, with their ticks, in one query more."""
    done = _done(changes, PaperTick.Kind.REGISTER)
    return [
        RemarkLine(
            change,
            remark_of(change.from_status, change.to_status),
            change.pk in done,
        )
        for change in changes
    ]


def card_changes(session: ReadingSession, *, only_left: bool) -> QuerySet[AppliedChange]:
    """One change for each title of which a copy went, the first by shelf order."""
    changes = _changes(session).filter(to_status__in=GONE)
    before = changes.filter(copy__title=OuterRef("copy__title"), position__lt=OuterRef("position"))
    found = changes.filter(~Exists(before))
    if only_left:
        found = found.exclude(paper_ticks__kind=PaperTick.Kind.CARD)
    return found.select_related("copy__title").order_by("copy__title__title", "pk")


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
    gone = _changes(session).filter(to_status__in=GONE, copy__title__in=titles)
    for title, number in gone.order_by("copy__registration_key").values_list(
        "copy__title", "copy__registration_number"
    ):
        numbers.setdefault(title, []).append(number)
    done = _done(changes, PaperTick.Kind.CARD)
    return [
        CardLine(
            change,
            card_comes_out(change.to_status, left.get(change.copy.title_id, 0)),
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

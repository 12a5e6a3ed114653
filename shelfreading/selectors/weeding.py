"""Proposals for weeding as the pages show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from libraries.desk import DeskCard
from libraries.domain.codes import clean_code
from libraries.domain.jalali import format_jalali
from libraries.domain.persian import search_key, to_ascii_digits
from libraries.models import User, WeedingCause
from libraries.roles import Right
from shelfreading.models import WeedingProposal

State = WeedingProposal.State
_MARKS = {
    State.PROPOSED: ("tone-call", "clock"),
    State.ACCEPTED: ("tone-weed", "weeded"),
    State.REFUSED: ("tone-quiet", "cross"),
    State.WITHDRAWN: ("tone-quiet", "undo"),
}


def proposals_of(
    user: User,
    *,
    state: str = "",
    cause: str = "",
    origin: str = "",
    library: int | None = None,
    session: int | None = None,
    words: str = "",
) -> QuerySet[WeedingProposal]:
    """The proposals of the user's scope that fit, newest first; "" and None ask for all.

    `words` are a barcode, a registration number or a part of the title.
    """
    proposals = WeedingProposal.objects.for_user(user)
    wanted: dict[str, Any] = {
        "state": state, "cause": cause, "origin": origin, "library": library, "session": session,
    }  # fmt: skip
    proposals = proposals.filter(**{name: value for name, value in wanted.items() if value})
    if words.strip():
        found = Q(copy__barcode=clean_code(words))
        found |= Q(copy__registration_number=to_ascii_digits(words).strip())
        if key := search_key(words):
            found |= Q(copy__title__search_text__contains=key)
        proposals = proposals.filter(found)
    return proposals.order_by("-proposed_at", "-pk")


def for_decision(proposals: QuerySet[WeedingProposal]) -> QuerySet[WeedingProposal]:
    """In the order in which the expert goes through them: library, cause, shelf."""
    return proposals.order_by(
        "library__name", "library_id", "cause", "copy__section__position", "copy__shelf_key", "pk"
    )


def counts_by(proposals: QuerySet[WeedingProposal], field: str) -> dict[str, int]:
    """How many there are of each value of `field`."""
    return dict(proposals.order_by().values_list(field).annotate(n=Count("pk")))


@dataclass(frozen=True, slots=True)
class WeedingLine:
    """A proposal with the look of its state and, in words, what proposed it."""

    proposal: WeedingProposal
    css: str
    symbol: str
    by: str


def weeding_lines(proposals: Iterable[WeedingProposal]) -> list[WeedingLine]:
    """The lines of one page."""
    return [
        WeedingLine(
            proposal,
            *_MARKS[State(proposal.state)],
            proposal.get_rule_display() if proposal.rule else proposal.get_origin_display(),
        )
        for proposal in proposals
    ]


def with_what_is_shown(proposals: QuerySet[WeedingProposal]) -> QuerySet[WeedingProposal]:
    """With all that a line of the list shows, in one query."""
    return proposals.select_related(
        "copy__title", "copy__section", "library", "proposed_by", "decided_by", "session"
    )


def weeding_cards(user: User) -> list[DeskCard]:
    """What waits for the expert's word in the province, a card for each cause."""
    if not user.has_right(Right.DECIDE_WEEDING):
        return []
    waiting = proposals_of(user, state=State.PROPOSED).order_by()
    rows = waiting.values_list("cause").annotate(
        n=Count("pk"), libraries=Count("library", distinct=True), since=Min("proposed_at")
    )
    cards = []
    for cause, count, libraries, since in sorted(rows, key=lambda row: row[3]):
        named = WeedingCause(cause).label
        where = "یک کتابخانه" if libraries == 1 else "چند کتابخانه"
        cards.append(
            DeskCard(
                sentence=f"نسخه از {where} برای وجین {named} پیشنهاد شده و منتظر نظر شماست",
                count=count,
                url=f"{reverse('weeding-decide')}?cause={cause}",
                action="نظر دادن",
                since=since,
                age=f"نخستین از {format_jalali(timezone.localdate(since), long=True)}",
                symbol="weeded",
            )
        )
    return cards

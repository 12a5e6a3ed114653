"""What the pages of the card cabinet show: the last cards, known titles, the last loan cards."""

from dataclasses import dataclass

from django.db.models import OuterRef, Q, QuerySet, Subquery

from libraries.domain.persian import search_key, to_ascii_digits, to_persian_digits
from libraries.models import Copy, Library, Title, User
from loans.models import Loan
from shelfreading.models import ReadingEvent, ReadingSession

LAST_CARDS = 12
MOST_TITLES = 8
# Fewer letters fit half the library.
LEAST_LETTERS = 2


@dataclass(frozen=True, slots=True)
class CardLine:
    """A card that was entered: its copy, and whether it was ticked or struck."""

    copy: Copy
    is_present: bool


def last_cards(session: ReadingSession, user: User) -> list[CardLine]:
    """The cards that the user entered last, newest first."""
    events = (
        ReadingEvent.objects.filter(session=session, device=f"cards-{user.pk}", copy__isnull=False)
        .select_related("copy__title")
        .order_by("-seq", "-received_at")
    )
    return [
        CardLine(event.copy, event.kind == ReadingEvent.Kind.PRESENT)
        for event in events[:LAST_CARDS]
        if event.copy is not None
    ]


def following_number(number: str) -> str:
    """The registration number that comes after this one, in Persian digits; "" where none does."""
    digits = to_ascii_digits(number)
    if not (digits.isascii() and digits.isdecimal()):
        return ""
    return to_persian_digits(str(int(digits) + 1).zfill(len(digits)))


@dataclass(frozen=True, slots=True)
class KnownTitle:
    """A title of the library with the call number of its first copy."""

    pk: int
    title: str
    author: str
    call_number: str


def known_titles(library: Library, words: str) -> list[KnownTitle]:
    """A few of the library's titles that begin with the words, or, where none does, hold them."""
    key = search_key(words)
    if len(key) < LEAST_LETTERS:
        return []
    first_call = Copy.objects.filter(title=OuterRef("pk")).order_by("pk").values("call_number")[:1]
    titles = Title.objects.filter(library=library).order_by("search_text", "pk")
    for condition in (Q(search_text__startswith=key), Q(search_text__contains=key)):
        rows = titles.filter(condition).values_list("pk", "title", "author", Subquery(first_call))
        if found := rows[:MOST_TITLES]:
            return [KnownTitle(pk, title, author, call or "") for pk, title, author, call in found]
    return []


def last_loan_cards(session: ReadingSession, user: User) -> QuerySet[Loan]:
    """The loan cards that the user entered last, newest first."""
    return (
        Loan.objects.filter(copy__library=session.library_id, source=Loan.Source.CARD, lent_by=user)
        .select_related("copy__title", "member")
        .order_by("-pk")[:LAST_CARDS]
    )

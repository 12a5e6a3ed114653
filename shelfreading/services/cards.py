"""Entering the cards of a cabinet: title, copy, list and tick in one step (directive 3-3)."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from libraries import audit
from libraries.copy_facts import KEYS, is_reference, shelf_keys, title_identity
from libraries.domain.call_numbers import main_class, parse, repair
from libraries.domain.codes import clean_code
from libraries.domain.copy_records import LONGEST
from libraries.domain.persian import search_key, stored_form, to_persian_digits
from libraries.locking import locked
from libraries.models import Copy, Library, Section, Title, User
from libraries.refusal import Refused
from shelfreading.models import ExpectedCopy, ReadingEvent, ReadingSession
from shelfreading.services.events import READING_IS_OVER, NewEvent, events_take
from shelfreading.services.expected import expected_add

NOT_A_CARD_READING = "این رف‌خوانی با رف‌برگه‌دان نیست؛ رف‌برگه‌ها را در رف‌خوانی خودشان وارد کنید."
LABELS = {
    "registration_number": "شمارهٔ ثبت",
    "title": "عنوان",
    "author": "پدیدآورنده",
    "call_number": "شمارهٔ راهنما",
}


@dataclass(frozen=True, slots=True)
class Card:
    """A card as it was typed. `id` is made with the card and makes it count once; `same` says
    that the copy which has this registration number is meant, and no second one.
    """

    id: UUID
    section_id: int
    registration_number: str
    title: str
    author: str = ""
    call_number: str = ""
    is_present: bool = True
    same: bool = False


@dataclass(frozen=True, slots=True)
class Entered:
    """What became of a card: its copy, whether it was ticked, what its person should know."""

    copy: Copy
    is_present: bool
    notice: str = ""


class NumberTaken(Refused):
    """A card's registration number is another record's. `copy` has it; `can_tick` where that copy
    may be ticked in place of a second one.
    """

    def __init__(self, reason: str, copy: Copy, *, can_tick: bool) -> None:
        super().__init__(reason)
        self.copy = copy
        self.can_tick = can_tick


class WrongField(Refused):
    """A field of the card, `field`, can't be taken as it is."""

    def __init__(self, reason: str, field: str) -> None:
        super().__init__(reason)
        self.field = field


@transaction.atomic
def card_enter(*, session_id: int, card: Card, actor: User, now: datetime) -> Entered:
    """Enter a card and tick or strike it: title and copy if new, its line of the list, the event.

    The same card twice, by its id, counts once. A class that can't be read is kept as it is, with
    a notice. Raises NumberTaken, WrongField, or Refused where the session isn't being read.
    """
    library = library_of(actor)
    session = locked(
        ReadingSession.objects.for_user(actor).select_related("library"), pk=session_id
    )
    if known := _entered_before(session, card.id):
        return known
    if session.state != ReadingSession.State.READING:
        raise Refused(READING_IS_OVER)
    if session.method != ReadingSession.Method.CARDS:
        raise Refused(NOT_A_CARD_READING)
    section = session.sections.filter(pk=card.section_id).first()
    if section is None:
        raise WrongField("این بخش در این رف‌خوانی نیست؛ یکی از بخش‌های آن را برگزینید.", "section")
    number = clean_code(card.registration_number)
    copy = (
        Copy.objects.filter(library=library, registration_number=number)
        .select_related("title", "section")
        .first()
    )
    is_new = copy is None
    if copy is None:
        card = cleaned(card)
        copy = Copy.objects.create(library=library, **facts_of(card, library, section))
    else:
        _refuse_taken(session, copy, card)
    if not session.expected.filter(copy=copy).exists():
        expected_add(session, copy)
    kind = ReadingEvent.Kind.PRESENT if card.is_present else ReadingEvent.Kind.ABSENT
    event = NewEvent(
        card.id, f"cards-{actor.pk}", int(now.timestamp() * 1000), kind, copy_id=copy.pk
    )
    events_take(session_id=session.pk, events=[event], actor=actor, now=now)
    if is_new:
        audit.record(
            "card_enter", actor=actor, library=library, subject=copy, now=now, session=session.pk
        )
    return Entered(copy, card.is_present, notice_of(copy, card, library) if is_new else "")


def library_of(actor: User) -> Library:
    """The actor's library under lock: two who enter one number wait for each other here."""
    if actor.library_id is None:
        raise Refused("رف‌برگه‌ها را کارکنان خود کتابخانه وارد می‌کنند.")
    return locked(Library.objects.all(), pk=actor.library_id)


def _entered_before(session: ReadingSession, event_id: UUID) -> Entered | None:
    event = (
        session.events.filter(pk=event_id, copy__isnull=False)
        .select_related("copy__title", "copy__section")
        .first()
    )
    if event is None or event.copy is None:
        return None
    return Entered(event.copy, event.kind == ReadingEvent.Kind.PRESENT)


def cleaned(card: Card) -> Card:
    """The card as the records keep it; raises WrongField."""
    clean = replace(
        card,
        registration_number=clean_code(card.registration_number),
        title=stored_form(card.title),
        author=stored_form(card.author),
        call_number=repair(card.call_number) if card.call_number.strip() else "",
    )
    if not clean.registration_number:
        raise WrongField("شمارهٔ ثبت خالی است؛ آن را از پشت رف‌برگه بنویسید.", "registration_number")
    if not clean.title:
        raise WrongField("عنوان خالی است؛ عنوان کتاب را بنویسید.", "title")
    for field, label in LABELS.items():
        if len(getattr(clean, field)) > LONGEST[field]:
            longest = to_persian_digits(LONGEST[field])
            raise WrongField(f"{label} بیش از {longest} نویسه دارد؛ آن را کوتاه کنید.", field)
    return clean


def facts_of(card: Card, library: Library, section: Section) -> dict[str, Any]:
    """What a copy's record says by a cleaned card; its title is made where there is none yet."""
    parts = parse(card.call_number, library.rules)
    keys = shelf_keys(card.call_number, card.registration_number, library.rules)
    return {
        "title": title_of(card, library),
        "section": section,
        "registration_number": card.registration_number,
        "call_number": card.call_number,
        "main_class": main_class(card.call_number)[: LONGEST["main_class"]],
        "volume": parts.volume[: LONGEST["volume"]],
        "copy_number": parts.copy[: LONGEST["copy_number"]],
        "is_reference": is_reference(None, card.call_number, section.name, library.rules),
        **dict(zip(KEYS, keys, strict=True)),
    }


def title_of(card: Card, library: Library) -> Title:
    """The library's title with these words, however they are spelt; a new one where it has none.

    A card says neither publisher nor year, so the one title that has both words is meant even
    where the records know these of it.
    """
    identity = title_identity(card.title, card.author, "", "")
    search_text = search_key(f"{card.title} {card.author}")
    known = Title.objects.filter(library=library)
    if exact := known.filter(identity=identity).first():
        return exact
    wanted = (search_key(card.title), search_key(card.author))
    same = [
        title
        for title in known.filter(search_text=search_text)[:10]
        if (search_key(title.title), search_key(title.author)) == wanted
    ]
    if len(same) == 1:
        return same[0]
    return Title.objects.create(
        library=library,
        title=card.title,
        author=card.author,
        search_text=search_text,
        identity=identity,
    )


def _refuse_taken(session: ReadingSession, copy: Copy, card: Card) -> None:
    """Raise NumberTaken unless the card says that this copy is meant and it can be ticked here."""
    number = to_persian_digits(copy.registration_number)
    sentence = f"شمارهٔ ثبت {number} در سامانه از آن «{copy.title.title[:80]}» است"
    here = session.expected.filter(copy=copy).exists()
    if not here and copy.section_id not in session.sections.values_list("pk", flat=True):
        raise NumberTaken(
            f"{sentence}، در بخش «{copy.section.name}» که در این رف‌خوانی نیست؛ شماره را درست کنید "
            "یا آن را در رف‌خوانی بخش خودش علامت بزنید.",
            copy,
            can_tick=False,
        )
    elsewhere = (
        ExpectedCopy.objects.filter(copy=copy, session__state=ReadingSession.State.READING)
        .exclude(session=session)
        .select_related("session")
        .first()
    )
    if elsewhere is not None:
        raise NumberTaken(
            f"{sentence} و هم‌اکنون در رف‌خوانی «{elsewhere.session.name}» خوانده می‌شود؛ آن را "
            "همان‌جا علامت بزنید یا شماره را درست کنید.",
            copy,
            can_tick=False,
        )
    if not card.same:
        raise NumberTaken(
            f"{sentence}؛ اگر همان کتاب است همان نسخه را علامت بزنید، وگرنه شماره را درست کنید.",
            copy,
            can_tick=True,
        )


def notice_of(copy: Copy, card: Card, library: Library) -> str:
    """What whoever typed the card should know of it; '' where nothing is amiss."""
    if not card.call_number:
        return "شمارهٔ راهنما ندارد و در پایان فهرست می‌ایستد."
    if not parse(copy.call_number, library.rules).readable:
        return "شمارهٔ راهنما خوانده نشد؛ همان‌گونه که بود ماند و در پایان فهرست می‌ایستد."
    return ""

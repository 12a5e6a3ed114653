"""Putting a card right that was typed wrong, as long as its session is being read."""

from datetime import datetime

from django.db import transaction

from libraries import audit
from libraries.domain.persian import to_persian_digits
from libraries.locking import locked
from libraries.models import AuditEntry, Copy, Title, User
from libraries.refusal import Refused
from shelfreading.models import ReadingSession
from shelfreading.services.cards import (
    Card,
    Entered,
    NumberTaken,
    WrongField,
    cleaned,
    facts_of,
    library_of,
    notice_of,
)
from shelfreading.services.events import READING_IS_OVER
from shelfreading.services.expected import order_anew


def can_correct(session: ReadingSession, copy_id: int) -> bool:
    """Whether the copy came into the records by a card of this session, which is still read."""
    return (
        session.state == ReadingSession.State.READING
        and AuditEntry.objects.filter(
            action="card_enter",
            object_type=Copy._meta.label_lower,
            object_id=str(copy_id),
            data__session=session.pk,
        ).exists()
    )


@transaction.atomic
def card_correct(
    *, session_id: int, copy_id: int, card: Card, actor: User, now: datetime
) -> Entered:
    """Give the copy of a card that was entered in this session the words of `card`; its place in
    the list follows, its tick stays.

    Raises NumberTaken, WrongField, or Refused where the copy is older than the session's cards:
    records that a list brought in are put right by a list.
    """
    library = library_of(actor)
    session = locked(
        ReadingSession.objects.for_user(actor).select_related("library"), pk=session_id
    )
    copy = locked(Copy.objects.for_user(actor).select_related("title", "section"), pk=copy_id)
    if session.state != ReadingSession.State.READING:
        raise Refused(READING_IS_OVER)
    if not can_correct(session, copy_id):
        raise Refused(
            "این نسخه با رف‌برگهٔ همین رف‌خوانی وارد نشده است و اینجا درست نمی‌شود؛ آن را با فهرست "
            "نسخ درست کنید."
        )
    section = session.sections.filter(pk=card.section_id).first()
    if section is None:
        raise WrongField("این بخش در این رف‌خوانی نیست؛ یکی از بخش‌های آن را برگزینید.", "section")
    card = cleaned(card)
    other = (
        Copy.objects.filter(library=library, registration_number=card.registration_number)
        .exclude(pk=copy.pk)
        .select_related("title")
        .first()
    )
    if other is not None:
        number = to_persian_digits(card.registration_number)
        raise NumberTaken(
            f"شمارهٔ ثبت {number} در سامانه از آن «{other.title.title[:80]}» است؛ شماره را درست "
            "کنید.",
            other,
            can_tick=False,
        )
    before = copy.title
    for name, value in facts_of(card, library, section).items():
        setattr(copy, name, value)
    copy.save()
    if before != copy.title and not before.copies.exists():
        Title.objects.filter(pk=before.pk).delete()
    order_anew(session)
    audit.record(
        "card_correct", actor=actor, library=library, subject=copy, now=now, session=session.pk
    )
    return Entered(copy, True, notice_of(copy, card, library))

"""Ending a reading together with what people say of the stretches that nobody read."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from libraries.models import User
from shelfreading.models import ReadingSession
from shelfreading.services.findings import findings_compute
from shelfreading.services.sessions import session_close, shelf_speak

Words = Mapping[tuple[int, int], bool | None]
"""First and last position of a stretch → it was read, it was not, or None: no word."""


@transaction.atomic
def shelves_speak(*, session_id: int, words: Words, actor: User, now: datetime) -> ReadingSession:
    """Say of several stretches at once whether they were read; the findings follow."""
    for (first, last), was_read in words.items():
        shelf_speak(
            session_id=session_id,
            first_position=first,
            last_position=last,
            was_read=was_read,
            actor=actor,
            now=now,
        )
    return findings_compute(session_id=session_id, actor=actor, now=now)


@transaction.atomic
def session_end(*, session_id: int, words: Words, actor: User, now: datetime) -> ReadingSession:
    """Keep the words on the stretches and end the reading, both or neither."""
    shelves_speak(session_id=session_id, words=words, actor=actor, now=now)
    session_close(session_id=session_id, actor=actor, now=now)
    return findings_compute(session_id=session_id, actor=actor, now=now)

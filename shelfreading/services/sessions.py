"""A session's life: start, take part, speak for a stretch, close, open again."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from libraries import audit
from libraries.bulk import bulk_insert
from libraries.domain.call_numbers import class_bounds
from libraries.domain.copies_list import DEFAULT_SECTION
from libraries.domain.persian import search_key, stored_form
from libraries.files.limits import persian_number
from libraries.locking import locked
from libraries.models import Copy, CopyStatus, Library, Section, User
from libraries.refusal import Refused
from loans.models import BindingTrip, Loan
from loans.services.binding import long_bindings_mark
from shelfreading.domain.frozen_list import freeze
from shelfreading.models import ExpectedCopy, ReadingSession, ShelfRead
from shelfreading.selectors.devices import device_lines
from shelfreading.selectors.rounds import round_asking
from shelfreading.services.rounds import reason_drop

MAX_NAME = 120
NOT_BY_CARDS = (
    "نسخه‌های این کتابخانه در سامانه است و رف‌برگه‌دان روشِ کتابخانه‌ای است که نسخه‌هایش در نرم‌افزار "
    "نیست (مادّهٔ ۳-۲)؛ بارکدخوان یا فهرست نسخ را برگزینید، یا پافشاری بر رف‌برگه را علامت بزنید."
)


@transaction.atomic
def session_start(
    *,
    actor: User,
    name: str,
    method: str,
    section_ids: Sequence[int],
    class_first: str = "",
    class_last: str = "",
    reference: str = ReadingSession.Reference.ANY,
    participant_ids: Sequence[int] = (),
    other_colleagues: str = "",
    despite_copies: bool = False,
    now: datetime,
) -> ReadingSession:
    """Start a reading and freeze the list of what should stand there (directive 3, spec S3.4).

    The shelves are chosen sections (none chosen: all), a range of main classes, reference
    copies or not. Several sessions run at once as long as no copy is in two of them. A reading
    by cards may begin with nothing, and takes each card into its list as it is entered; where
    the library's copies are in the software it begins only `despite_copies`, when a person
    insists (directive 3-2). Copies that have been at the binder for more than two weeks get their
    status first (directive 4-5). It counts for the round that asks this library (directive 7-7),
    which takes back its reason for not reading. Raises Refused when nothing stands there or
    another open session reads a part of it.
    """
    if actor.library_id is None:
        raise Refused("رف‌خوانی را کارکنان خود کتابخانه آغاز می‌کنند.")
    library = locked(Library.objects.all(), pk=actor.library_id)
    if method not in ReadingSession.Method.values:
        raise Refused("روش رف‌خوانی را از فهرست برگزینید.")
    by_cards = method == ReadingSession.Method.CARDS
    if by_cards and not despite_copies and library.copies.exists():
        raise Refused(NOT_BY_CARDS)
    if reference not in ReadingSession.Reference.values:
        raise Refused("بگویید منابع مرجع هم خوانده می‌شوند یا نه.")
    sections = list(Section.objects.filter(library=library, pk__in=section_ids))
    if len(sections) != len(set(section_ids)):
        raise Refused("یکی از بخش‌های برگزیده در این کتابخانه نیست.")
    if not sections:
        sections = list(library.sections.all())
    if by_cards and not sections:
        sections = [_first_section(library)]
    try:
        lowest, highest = class_bounds(class_first, class_last, library.rules)
    except ValueError as error:
        raise Refused(str(error)) from None

    long_bindings_mark(library_id=library.pk, actor=actor, now=now, today=timezone.localdate(now))
    copies = Copy.objects.filter(library=library, section__in=sections)
    if class_first:
        copies = copies.filter(class_key__gte=lowest)
    if class_last:
        copies = copies.filter(class_key__lte=highest)
    if reference != ReadingSession.Reference.ANY:
        copies = copies.filter(is_reference=reference == ReadingSession.Reference.ONLY)
    rows = list(
        copies.order_by(
            "section__position", "section_id", "shelf_key", "registration_key", "pk"
        ).values_list("pk", "section_id", "shelf_key", "barcode", "status")
    )
    if not rows and not by_cards:
        raise Refused(
            "با این بخش‌ها و رده‌ها هیچ نسخه‌ای در سامانه نیست؛ گزینش را بازتر کنید "
            "یا نخست فهرست نسخ را وارد کنید."
        )
    _refuse_overlap(library, [row[0] for row in rows])

    place = round_asking(library, timezone.localdate(now))
    if place is not None:
        reason_drop(place=place, actor=actor, now=now)
    session = ReadingSession.objects.create(
        library=library,
        round=place.round if place else None,
        name=stored_form(name)[:MAX_NAME] or _default_name(sections, class_first, class_last),
        method=method,
        class_first=stored_form(class_first),
        class_last=stored_form(class_last),
        reference=reference,
        started_at=now,
        started_by=actor,
        other_colleagues=other_colleagues.strip()[:2000],
        expected_count=len(rows),
    )
    session.sections.set(sections)
    staff = User.objects.filter(library=library, is_active=True)
    session.participants.set([actor, *staff.filter(pk__in=participant_ids)])
    open_loans = dict(
        Loan.objects.filter(copy__library=library, returned_at__isnull=True).values_list(
            "copy_id", "pk"
        )
    )
    at_binder = set(
        BindingTrip.objects.filter(copy__library=library, back_on__isnull=True).values_list(
            "copy_id", flat=True
        )
    )
    places = freeze([(section, key) for _, section, key, _, _ in rows], library.rules)
    bulk_insert(
        ExpectedCopy,
        (
            "session_id",
            "copy_id",
            "position",
            "rank",
            "shelf_run",
            "code",
            "status",
            "loan_id_at_start",
        ),
        (
            (
                session.pk,
                copy_id,
                position,
                rank,
                shelf_run,
                barcode or f"#{copy_id}",
                _frozen_status(status, copy_id in at_binder),
                open_loans.get(copy_id),
            )
            for position, ((copy_id, _, _, barcode, status), (rank, shelf_run)) in enumerate(
                zip(rows, places, strict=True)
            )
        ),
    )
    audit.record(
        "session_start",
        actor=actor,
        library=library,
        subject=session,
        now=now,
        expected=len(rows),
        method=method,
    )
    return session


def _frozen_status(status: str, at_binder: bool) -> str:
    """A copy on a short trip keeps its record (directive 4-5) and is at the binder all the same
    (4-3): not standing there it isn't missing."""
    return CopyStatus.BINDING if at_binder and status == CopyStatus.AVAILABLE else status


def _first_section(library: Library) -> Section:
    """The section of a library that has none yet, as a copies list would name it."""
    return Section.objects.create(
        library=library, name=DEFAULT_SECTION, search_name=search_key(DEFAULT_SECTION)
    )


def _default_name(sections: Sequence[Section], first: str, last: str) -> str:
    name = "، ".join(section.name for section in sections)
    if first or last:
        name += f" — رده‌های {first or 'آغاز'} تا {last or 'پایان'}"
    return name[:MAX_NAME]


def _refuse_overlap(library: Library, copy_ids: Sequence[int]) -> None:
    wanted = set(copy_ids)
    for other in library.sessions.filter(state=ReadingSession.State.READING):
        shared = wanted.intersection(other.expected.values_list("copy_id", flat=True))
        if shared:
            raise Refused(
                f"{persian_number(len(shared))} نسخه از این قفسه‌ها هم‌اکنون در رف‌خوانی "
                f"«{other.name}» خوانده می‌شود؛ "
                "قفسه‌های دیگری برگزینید یا نخست آن را پایان دهید."
            )


@transaction.atomic
def session_colleagues_set(
    *, session_id: int, participant_ids: Sequence[int], other_colleagues: str, actor: User
) -> ReadingSession:
    """Say who takes part; report 1 prints them."""
    session = locked(ReadingSession.objects.for_user(actor), pk=session_id)
    staff = User.objects.filter(library=session.library_id, is_active=True)
    session.participants.set(staff.filter(pk__in=participant_ids))
    session.other_colleagues = other_colleagues.strip()[:2000]
    session.save(update_fields=["other_colleagues"])
    return session


@transaction.atomic
def shelf_speak(
    *,
    session_id: int,
    first_position: int,
    last_position: int,
    was_read: bool | None,
    actor: User,
    now: datetime,
) -> None:
    """Say of a stretch that it was read, or was not; None takes the word back.

    Raises Refused when the session is applied or the stretch isn't in its list.
    """
    session = _unapplied(session_id, actor)
    if not 0 <= first_position <= last_position < session.expected_count:
        raise Refused("این قفسه در فهرست این رف‌خوانی نیست.")
    place = {"first_position": first_position, "last_position": last_position}
    if was_read is None:
        session.shelves_read.filter(**place).delete()
    else:
        ShelfRead.objects.update_or_create(
            session=session,
            first_position=first_position,
            last_position=last_position,
            defaults={"was_read": was_read, "by": actor, "at": now},
        )
    audit.record(
        "shelf_speak",
        actor=actor,
        library=session.library,
        subject=session,
        now=now,
        was_read=was_read,
        **place,
    )


@transaction.atomic
def session_close(
    *, session_id: int, actor: User, now: datetime, despite: Collection[str] = ()
) -> ReadingSession:
    """End the reading. Later events are kept, and wait for someone to say that they count.

    Raises Refused while a device holds unsent events or may still be reading (spec B2), unless
    it is among `despite`: the devices that the person who ends it was told of and accepts.
    """
    session = locked(
        ReadingSession.objects.for_user(actor).select_related("library"), pk=session_id
    )
    if session.state != ReadingSession.State.READING:
        raise Refused("این رف‌خوانی پیش‌تر پایان یافته است.")
    if not session.events.exists():
        raise Refused("هنوز هیچ نسخه‌ای خوانده نشده است؛ نخست قفسه‌ها را بخوانید.")
    still_open = [line for line in device_lines(session, now) if line.is_open]
    if any(line.device not in despite for line in still_open):
        raise Refused(
            f"{'؛ '.join(line.words for line in still_open)}. بگذارید بفرستند و قفسه را تمام "
            "کنند، یا با علامت زدن جملهٔ پایین صفحه بپذیرید که خواندن بی آن‌ها پایان یابد."
        )
    session.state = ReadingSession.State.CLOSED
    session.closed_at = now
    session.closed_by = actor
    session.save(update_fields=["state", "closed_at", "closed_by"])
    audit.record("session_close", actor=actor, library=session.library, subject=session, now=now)
    return session


@transaction.atomic
def session_reopen(*, session_id: int, actor: User, now: datetime) -> ReadingSession:
    """Go on reading a closed session; an applied one has to be taken back first."""
    locked(Library.objects.for_user(actor), sessions=session_id)  # as every start does
    session = _unapplied(session_id, actor)
    if session.state != ReadingSession.State.CLOSED:
        raise Refused("این رف‌خوانی هنوز باز است.")
    _refuse_overlap(session.library, list(session.expected.values_list("copy_id", flat=True)))
    session.state = ReadingSession.State.READING
    session.closed_at = session.closed_by = None
    session.save(update_fields=["state", "closed_at", "closed_by"])
    audit.record("session_reopen", actor=actor, library=session.library, subject=session, now=now)
    return session


def _unapplied(session_id: int, actor: User) -> ReadingSession:
    session = locked(
        ReadingSession.objects.for_user(actor).select_related("library"), pk=session_id
    )
    if session.state == ReadingSession.State.APPLIED:
        raise Refused("یافته‌های این رف‌خوانی اعمال شده است؛ نخست اعمال را برگردانید.")
    return session

"""What the pages of places, copies and jobs show.

What later apps keep of a copy or a library (loans, readings) is asked for by the names of its
reverse relations, so that this app imports none of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.urls import reverse

from libraries.desk import DeskCard
from libraries.domain.call_numbers import HUNDREDS, hundreds_of, key_readable, shelf_key
from libraries.domain.codes import clean_code
from libraries.domain.persian import search_key, stored_form, to_ascii_digits
from libraries.models import Copy, CopyStatus, Job, Library, User

ON_LOAN = "on_loan"
OTHER_CLASSES = "other"
CLASS_LABELS = HUNDREDS | {OTHER_CLASSES: "کنگره و ناخوانا"}
STATUS_LABELS: dict[str, str] = {
    CopyStatus.AVAILABLE.value: "موجود",
    ON_LOAN: "در امانت",
    **{status.value: status.label for status in CopyStatus if status is not CopyStatus.AVAILABLE},
}
_ON_LOAN = Q(loans__isnull=False, loans__returned_at__isnull=True)
JOBS_SHOWN = 50
# Shorter numbers begin every barcode of a library, and are meant for something else.
LEAST_OF_BARCODE = 6


# Places


def libraries_of(
    user: User, *, words: str = "", county: int | None = None, kind: str = "", degree: str = ""
) -> QuerySet[Library]:
    """The libraries of the user's scope, by province, county and name."""
    libraries = Library.objects.for_user(user).select_related("county__province")
    for word in stored_form(words).split():
        libraries = libraries.filter(
            Q(name__icontains=word)
            | Q(place__icontains=word)
            | Q(county__name__icontains=word)
            | Q(code=to_ascii_digits(word))
        )
    if county:
        libraries = libraries.filter(county=county)
    if kind:
        libraries = libraries.filter(kind=kind)
    if degree:
        libraries = libraries.filter(degree=int(degree))
    return libraries.order_by("county__province__name", "county__name", "name", "pk")


@dataclass(frozen=True, slots=True)
class LibraryLine:
    """A library in the list: how many copies it has, how many readings run, when the last ended."""

    library: Library
    copies: int
    reading: int
    last_read: datetime | None


def library_lines(libraries: Sequence[Library]) -> list[LibraryLine]:
    """The libraries of one page with their numbers: two queries for all of them."""
    ids = [library.pk for library in libraries]
    copies = dict(
        Copy.objects.filter(library__in=ids).values_list("library").annotate(Count("pk")).order_by()
    )
    readings = {
        pk: (running, last)
        for pk, running, last in Library.objects.filter(pk__in=ids)
        .annotate(
            running=Count("sessions", filter=Q(sessions__state="reading")),
            last=Max("sessions__closed_at"),
        )
        .order_by()
        .values_list("pk", "running", "last")
    }
    return [
        LibraryLine(library, copies.get(library.pk, 0), *readings[library.pk])
        for library in libraries
    ]


def sections_of(library: Library) -> QuerySet[Any]:
    """The library's sections in their order, each with `copies_count`."""
    # A query that groups drops the model's own ordering.
    return library.sections.annotate(copies_count=Count("copies")).order_by("position", "pk")


@dataclass(frozen=True, slots=True)
class TallyLine:
    """A main class's hundreds: how many copies of each status, in the order of STATUS_LABELS."""

    code: str
    label: str
    by_status: list[tuple[str, int]]
    total: int


def class_tallies(library: Library) -> list[TallyLine]:
    """Copies by hundreds and status, then their sum; a lent copy counts as on loan, and only so.

    A copy that is lent and unreturned counts as unreturned: the status says more than the loan.
    """
    cells: dict[tuple[str, str], int] = {}
    copies = Copy.objects.filter(library=library)
    rows = copies.values_list("main_class", "status").annotate(Count("pk")).order_by()
    for main_class, status, count in rows:
        cell = (hundreds_of(main_class) or OTHER_CLASSES, status)
        cells[cell] = cells.get(cell, 0) + count
    lent = copies.filter(_ON_LOAN, status=CopyStatus.AVAILABLE)
    for main_class, count in lent.values_list("main_class").annotate(Count("pk")).order_by():
        code = hundreds_of(main_class) or OTHER_CLASSES
        cells[code, CopyStatus.AVAILABLE] -= count
        cells[code, ON_LOAN] = cells.get((code, ON_LOAN), 0) + count
    lines = [_tally(code, label, [code], cells) for code, label in CLASS_LABELS.items()]
    return [line for line in lines if line.total] + [_tally("", "همه", CLASS_LABELS, cells)]


def _tally(
    code: str, label: str, classes: Iterable[str], cells: dict[tuple[str, str], int]
) -> TallyLine:
    classes = list(classes)
    by_status = [
        (status, sum(cells.get((one, status), 0) for one in classes)) for status in STATUS_LABELS
    ]
    return TallyLine(code, label, by_status, sum(count for _, count in by_status))


def last_sessions(library: Library, limit: int) -> QuerySet[Any]:
    """The library's newest readings."""
    sessions: Any = library.sessions
    newest: QuerySet[Any] = sessions.order_by("-started_at", "-pk")[:limit]
    return newest


# Copies


def copies_of(
    user: User,
    *,
    words: str = "",
    library: int | None = None,
    section: int | None = None,
    status: str = "",
    hundreds: str = "",
    reference: str = "",
) -> QuerySet[Copy]:
    """The copies of the user's scope that fit, in shelf order.

    `words` are parts of title or author, all of which must occur; or a registration number, a
    barcode or the beginning of one, or the beginning of a call number. `status` is a key of
    STATUS_LABELS, `hundreds` of CLASS_LABELS, `reference` "yes", "no" or "".
    """
    copies = Copy.objects.for_user(user)
    if library:
        copies = copies.filter(library=library)
    if section:
        copies = copies.filter(section=section)
    if status == ON_LOAN:
        copies = copies.filter(_ON_LOAN)
    elif status:
        copies = copies.filter(status=status)
    if status == CopyStatus.AVAILABLE:
        copies = copies.exclude(pk__in=Copy.objects.filter(_ON_LOAN).values("pk"))
    if hundreds == OTHER_CLASSES:
        copies = copies.exclude(main_class__regex=r"^[0-9۰-۹]")
    elif hundreds:
        copies = copies.filter(main_class__startswith=hundreds[0])
    if reference:
        copies = copies.filter(is_reference=reference == "yes")
    if words.strip():
        copies = copies.filter(_matches(words))
    return copies.select_related("title", "section", "library").order_by(
        "library__name", "library_id", "section__position", "section_id", "shelf_key",
        "registration_key", "pk",
    )  # fmt: skip


def _matches(words: str) -> Q:
    in_title = Q()
    for word in stored_form(words).split():
        in_title &= Q(title__search_text__contains=search_key(word))
    code = clean_code(words)
    found = in_title | Q(registration_number=code) | Q(barcode=code)
    if len(code) >= LEAST_OF_BARCODE:
        found |= Q(barcode__startswith=code)
    # Zeros at the end of a key end its fields, so without them it begins all that goes on alike.
    key = shelf_key(words)
    if key_readable(key):
        found |= Q(shelf_key__startswith=key.rstrip("0"))
    return found


@dataclass(frozen=True, slots=True)
class CopyLine:
    """A copy in the list and what its mark shows: its status, or that it is lent and until when."""

    copy: Copy
    status: str
    due_on: date | None

    @property
    def status_label(self) -> str:
        """The status in words."""
        return STATUS_LABELS[self.status]


def copy_lines(copies: Sequence[Copy]) -> list[CopyLine]:
    """The copies of one page, with their open loans: one query for all of them."""
    lent = dict(
        Copy.objects.filter(_ON_LOAN, pk__in=[copy.pk for copy in copies]).values_list(
            "pk", "loans__due_on"
        )
    )
    return [
        CopyLine(
            copy,
            ON_LOAN
            if copy.pk in lent and copy.status == CopyStatus.AVAILABLE
            else str(copy.status),
            lent.get(copy.pk),
        )
        for copy in copies
    ]


# Jobs


def jobs_of(user: User) -> QuerySet[Job]:
    """The person's own long work, newest first."""
    return Job.objects.filter(owner=user)[:JOBS_SHOWN]


def job_cards(user: User) -> list[DeskCard]:
    """The person's own work that still runs."""
    return [
        DeskCard(
            sentence=f"{job.label}: {job.get_state_display()}",
            url=reverse("job", args=(job.pk,)),
            action="دیدن پیشرفت",
            since=job.created_at,
            symbol="clock",
        )
        for job in Job.objects.filter(
            owner=user, state__in=(Job.State.WAITING, Job.State.RUNNING)
        ).order_by("created_at")
    ]

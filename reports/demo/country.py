"""A made-up country with the reports of two rounds, to see and to measure what many reports cost.

What it writes are frozen rows, as the services would have left them: no copy was read. The copies
behind the figures exist in the first library only.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from libraries.bulk import bulk_insert
from libraries.demo import library as demo
from libraries.domain.call_numbers import HUNDREDS
from libraries.domain.persian import search_key, to_persian_digits
from libraries.holdings import KEYS, shelf_keys, title_identity
from libraries.models import Copy, County, Library, Province, Section, Title, User
from reports.domain.tie_out import COLUMNS
from reports.domain.workflow import Level, Move, State
from reports.forms.gathered import Kind, LibraryRow
from reports.forms.report_1 import Counts, Report1
from reports.forms.report_2 import Report2
from reports.frozen import digest_of, to_plain
from reports.models import Report, ReportStep, Revision, RevisionClass, RevisionLine
from shelfreading.models import ReadingSession, Round, RoundLibrary

What = RevisionLine.What
SEED = 1405
UNREAD = 40  # one library in so many didn't read, and said why
REASON = "جابه‌جایی ساختمان کتابخانه"
_FIGURES = ("register", *COLUMNS, *(f"new_{what}" for what in What.values))
# How many in a thousand of a register a reading finds, about: in the order of report 1.
_FOUND_OF_1000 = (14, 12, 20, 4, 3, 2, 1)


@dataclass(frozen=True, slots=True)
class Size:
    """How large a country; spec "Scale" has the real numbers."""

    provinces: int = 31
    counties: int = 450
    libraries: int = 3415


@dataclass(slots=True)
class _Reading:
    """A library's report of a round, before it is written."""

    library: Library
    session_id: int
    started: datetime
    closed: datetime
    classes: dict[str, dict[str, int]]

    @property
    def sums(self) -> dict[str, int]:
        return {name: sum(figures[name] for figures in self.classes.values()) for name in _FIGURES}

    @property
    def counts(self) -> Counts:
        sums = self.sums
        return Counts(**{what: sums[f"new_{what}"] for what in What.values})


@transaction.atomic
def country_make(*, year: int, size: Size, now: datetime) -> list[User]:
    """Write the country into an empty database, with the rounds of `year` and the year before;
    the staff of its first library and those above it."""
    dice = random.Random(SEED)
    libraries = _places(size, dice)
    staff = demo.staff(libraries[0])
    office = next(user for user in staff if user.username == "office")
    for back in (1, 0):
        opened = now - timedelta(days=365 * back + 120)
        asked = _round(year - back, opened, office, libraries)
        readers = [
            library for number, library in enumerate(libraries) if number % UNREAD != UNREAD - 1
        ]
        readings = list(_readings(asked, readers, staff[1], opened, dice))
        _reports(asked, readings, staff, whole=bool(back))
    return staff


def _places(size: Size, dice: random.Random) -> list[Library]:
    """Provinces, counties and libraries, so many each; some provinces are large, none is empty."""
    provinces = [Province(name=f"نمونهٔ {_number(at, 2)}") for at in range(1, size.provinces + 1)]
    Province.objects.bulk_create(provinces)
    weights = [2 + (at * 7) % 5 * 2 for at in range(size.provinces)]
    counties = []
    for at, count in enumerate(_parts(size.counties, weights)):
        for number in range(1, count + 1):
            name = f"نمونه‌شهر {_number(at + 1, 2)}/{_number(number, 2)}"
            counties.append(County(province=provinces[at], name=name))
    County.objects.bulk_create(counties)
    libraries: list[Library] = []
    for county, count in zip(
        counties, _parts(size.libraries, [dice.randint(2, 5) for _ in counties]), strict=True
    ):
        for _ in range(count):
            code = f"{len(libraries) + 1:05}"
            libraries.append(
                Library(
                    county=county,
                    code=code,
                    name=f"کتابخانهٔ عمومی نمونهٔ {to_persian_digits(code)}",
                    kind=Library.Kind.PARTICIPATORY
                    if dice.random() < 0.25
                    else Library.Kind.INSTITUTIONAL,
                    degree=dice.randint(1, 9),
                    place=county.name,
                )
            )
    return Library.objects.bulk_create(libraries, batch_size=1000)


def _parts(whole: int, weights: list[int]) -> list[int]:
    """A number parted by weights into whole numbers of at least one each."""
    left = whole - len(weights)
    parts = [1 + left * weight // sum(weights) for weight in weights]
    for at in range(whole - sum(parts)):
        parts[at % len(parts)] += 1
    return parts


def _number(value: int, digits: int) -> str:
    return to_persian_digits(f"{value:0{digits}}")


def _round(year: int, opened: datetime, office: User, libraries: list[Library]) -> Round:
    day = timezone.localdate(opened)
    asked = Round.objects.create(
        year=year, circular_number=str(1000 + year), circular_on=day, opens_on=day,
        closes_on=day + timedelta(days=130), kinds=["institutional", "participatory"],
        opened_by=office, opened_at=opened,
    )  # fmt: skip
    rows = (
        (asked.pk, library.pk, REASON, office.pk, opened)
        if number % UNREAD == UNREAD - 1
        else (asked.pk, library.pk, "", None, None)
        for number, library in enumerate(libraries)
    )
    bulk_insert(
        RoundLibrary, ("round_id", "library_id", "reason", "reason_by_id", "reason_at"), rows
    )
    return asked


def _readings(
    asked: Round, libraries: list[Library], head: User, opened: datetime, dice: random.Random
) -> Iterator[_Reading]:
    """A reading of each library, applied and reported, with its figures by main class."""
    sessions, figures = [], []
    for library in libraries:
        started = opened + timedelta(days=dice.randint(5, 40))
        closed = started + timedelta(days=dice.randint(3, 20))
        classes = _classes(dice)
        figures.append(classes)
        sessions.append(
            ReadingSession(
                library=library,
                name=f"رف‌خوانی دورهٔ {to_persian_digits(asked.year)}",
                method="barcode",
                state=ReadingSession.State.APPLIED,
                started_at=started,
                started_by=head,
                closed_at=closed,
                closed_by=head,
                round=asked,
                is_reported=True,
                expected_count=sum(line["register"] for line in classes.values()),
            )  # fmt: skip
        )
    ReadingSession.objects.bulk_create(sessions, batch_size=500)
    for session, classes in zip(sessions, figures, strict=True):
        assert session.closed_at is not None
        yield _Reading(session.library, session.pk, session.started_at, session.closed_at, classes)


def _classes(dice: random.Random) -> dict[str, dict[str, int]]:
    """Ten main classes whose sums tie out, of about 12,000 copies in all."""
    of = dice.randint(4_000, 20_000)
    return {name: _class(of * dice.randint(2, 18) // 100, dice) for name in HUNDREDS}


def _class(register: int, dice: random.Random) -> dict[str, int]:
    found = [register * share * dice.randint(2, 18) // 10_000 for share in _FOUND_OF_1000]
    line = dict(zip((f"new_{what}" for what in What.values), found, strict=True))
    line |= {
        "on_loan": register // 20,
        "binding": line["new_binding"],
        "weeded": sum(found[:4]),
        "missing": line["new_missing"] + register // 400,
        "unreturned": line["new_unreturned"],
        "not_read": register // 50 if dice.random() < 0.1 else 0,
    }
    told = sum(line[name] for name in COLUMNS if name != "on_shelf")
    return {"register": register, "on_shelf": register - told, **line}


def _reports(asked: Round, readings: list[_Reading], staff: list[User], *, whole: bool) -> None:
    """The reports of one round with their revisions; `whole`: also in the first county, which
    otherwise is still at it."""
    head, county_head = staff[1], staff[2]
    at_work = None if whole else readings[0].library.county_id
    second = _gathered(asked, readings, county_head, at_work)
    reports, revisions, steps = [], [], []
    for number, reading in enumerate(readings):
        county = reading.library.county
        mine = county.pk == at_work
        state = State.ACCEPTED if mine and number % 3 else State.REVIEWED
        if mine and number == 1:
            state = State.SUBMITTED
        sent = reading.closed + timedelta(days=5)
        report = Report(
            level=Level.LIBRARY, round=asked, session_id=reading.session_id,
            library=reading.library, county=county, province=county.province,
            library_kind=reading.library.kind, state=state, since=sent,
            due_on=timezone.localdate(reading.closed) + timedelta(days=14), public_id=uuid4(),
            parent=second.get((county.pk, reading.library.kind)),
        )  # fmt: skip
        reports.append(report)
    Report.objects.bulk_create(reports, batch_size=500)
    for report, reading in zip(reports, readings, strict=True):
        content = _content(reading)
        revisions.append(_revision(report, content, head, report.since))
        steps.append(_step(report, head))
    Revision.objects.bulk_create(revisions, batch_size=200)
    ReportStep.objects.bulk_create(steps, batch_size=500)
    bulk_insert(
        RevisionClass,
        ("revision_id", "main_class", *_FIGURES),
        (
            (revision.pk, name, *(figures[column] for column in _FIGURES))
            for revision, reading in zip(revisions, readings, strict=True)
            for name, figures in reading.classes.items()
        ),
    )
    _lines(revisions[0], readings[0])


def _gathered(
    asked: Round, readings: list[_Reading], county_head: User, at_work: int | None
) -> dict[tuple[int, str], Report]:
    """An accepted report 2 for each county and kind, but of the county that is at work."""
    groups: dict[tuple[int, str], list[_Reading]] = {}
    for reading in readings:
        groups.setdefault((reading.library.county_id, reading.library.kind), []).append(reading)
    groups = {key: some for key, some in groups.items() if key[0] != at_work}
    sent = {key: max(r.closed for r in some) + timedelta(days=12) for key, some in groups.items()}
    reports = {
        key: Report(
            level=Level.COUNTY, round=asked, county=some[0].library.county,
            province=some[0].library.county.province, library_kind=key[1], state=State.ACCEPTED,
            since=sent[key], due_on=timezone.localdate(sent[key]) + timedelta(days=7),
            public_id=uuid4(),
        )
        for key, some in groups.items()
    }  # fmt: skip
    Report.objects.bulk_create(reports.values(), batch_size=500)
    revisions = []
    for key, report in reports.items():
        county = groups[key][0].library.county
        form = Report2(
            kind=cast(Kind, key[1]), province=county.province.name, county=county.name,
            year=asked.year, rows=tuple(_row(reading) for reading in groups[key]),
        )  # fmt: skip
        revisions.append(_revision(report, {"form": to_plain(form)}, county_head, sent[key]))
    Revision.objects.bulk_create(revisions, batch_size=200)
    ReportStep.objects.bulk_create(
        (_step(report, county_head) for report in reports.values()), batch_size=500
    )
    return reports


def _row(reading: _Reading) -> LibraryRow:
    library, sums = reading.library, reading.sums
    return LibraryRow(
        name=library.name,
        county=library.county.name,
        degree=library.degree,
        methods=("barcode",),
        started_on=_day(reading.started),
        ended_on=_day(reading.closed),
        copies=sums["register"] - sums["not_read"],
        counts=reading.counts,
    )


def _content(reading: _Reading) -> dict[str, Any]:
    """Report 1 alone, of the forms: the others would list copies."""
    library, sums = reading.library, reading.sums
    form = Report1(
        county_addressee=library.county.name, library=library.name, degree=library.degree,
        method="barcode", started_on=_day(reading.started), ended_on=_day(reading.closed),
        copies_read=sums["register"] - sums["not_read"], counts=reading.counts,
    )  # fmt: skip
    return {"forms": {"report-1": to_plain(form)}, "copies": {}}


def _revision(report: Report, content: dict[str, Any], by: User, at: datetime) -> Revision:
    return Revision(
        report=report, number=1, content=content, digest=digest_of(content), submitted_by=by,
        submitted_at=at,
    )  # fmt: skip


def _step(report: Report, by: User) -> ReportStep:
    return ReportStep(
        report=report, revision=1, move=Move.SUBMIT, becomes=State.SUBMITTED, by=by,
        at=report.since,
    )  # fmt: skip


def _day(moment: datetime) -> date:
    return timezone.localdate(moment)


def _lines(revision: Revision, reading: _Reading) -> None:
    """The copies behind a report's figures, as many as it counts."""
    library = reading.library
    section, _ = Section.objects.get_or_create(
        library=library, name="مخزن", search_name=search_key("مخزن")
    )
    wanted = [
        (what, name)
        for name, figures in reading.classes.items()
        for what in What.values
        for _ in range(figures[f"new_{what}"])
    ]
    first = library.copies.count() + 1
    books = demo.books()
    titles, numbers = [], range(first, first + len(wanted))
    for number in numbers:
        name, author, _, year = books[number % len(books)]
        titles.append(
            Title(
                library=library, title=name, author=author, year=year,
                search_text=search_key(f"{name} {author}"),
                identity=title_identity(name, author, str(number), year),
            )
        )  # fmt: skip
    Title.objects.bulk_create(titles, batch_size=500)
    copies = []
    for number, title, (_, name) in zip(numbers, titles, wanted, strict=True):
        call_number = f"{name}/{number % 1000} ن{number % 90 + 10}"
        keys = shelf_keys(call_number, str(number), library.rules)
        copies.append(
            Copy(
                library=library, title=title, section=section, registration_number=str(number),
                call_number=call_number, main_class=name, **dict(zip(KEYS, keys, strict=True)),
            )
        )  # fmt: skip
    Copy.objects.bulk_create(copies, batch_size=500)
    RevisionLine.objects.bulk_create(
        (
            RevisionLine(
                revision=revision, what=what, copy=copy, main_class=name, position=position
            )
            for position, (copy, (what, name)) in enumerate(zip(copies, wanted, strict=True))
        ),
        batch_size=500,
    )

"""Reports 2 and 3 leave a county and a province, and the office answers (directive 7-2 to 7-6)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from libraries import audit
from libraries.domain.persian import to_persian_digits
from libraries.locking import lock_all, locked
from libraries.models import County, Province, User
from libraries.refusal import Refused
from libraries.roles import Role
from reports.domain.deadlines import report_2_due
from reports.domain.workflow import Level, Move, State
from reports.forms import report_2, report_3
from reports.forms.gathered import KINDS
from reports.frozen import to_plain
from reports.gathering import (
    Gathered,
    annexes_of,
    below_county,
    below_province,
    person_in_role,
)
from reports.models import Correction, Report, Revision
from reports.services.deciding import report_move
from reports.services.sending import moved, revision_add
from shelfreading.models import Round

MOST_TASKS = 50
LONGEST_TASK = 2000


@transaction.atomic
def gathered_submit(
    *, round_id: int, library_kind: str, actor: User, now: datetime, comment: str = ""
) -> Report:
    """Send report 2 of the actor's county or report 3 of the actor's province, for one kind of
    library; sent back before, it is a new revision.

    Raises Refused while a report below waits for a word, a library gave neither report nor
    reason, or a correction of the office is not dealt with.
    """
    if library_kind not in KINDS:
        raise Refused("گزارش‌های دو و سه تنها برای کتابخانه‌های نهادی و مشارکتی است.")
    round_ = Round.objects.filter(pk=round_id).first()
    if round_ is None:
        raise Refused("این دوره دیگر نیست.")
    place = _held_place(actor)
    level, key = _whose(place)
    report = sent_before(round_, library_kind, place)
    becomes = moved(level, report.state if report else State.DRAFT, Move.SUBMIT, actor)
    # Held before they are read: one that is being sent back comes before this, or after it.
    lock_all(Report.objects.filter(round=round_, library_kind=library_kind, **key))
    found = gather(round_, library_kind, place)
    _refuse_waiting(report, found)
    if report is None:
        report = unsent(round_, library_kind, place)
    if isinstance(place, County):
        report.due_on = report_2_due(last_sent_on(found.children))
    form = gathered_form(report, found)
    revision = revision_add(report, {"form": to_plain(form)}, becomes, actor, now, comment)
    Report.objects.filter(parent=report).update(parent=None)
    Report.objects.filter(pk__in=[child.pk for child in found.children]).update(parent=report)
    audit.record(
        "gathered_submit", actor=actor, subject=report, now=now, revision=report.revision,
        digest=revision.digest, libraries=len(found.rows),
    )  # fmt: skip
    return report


def sent_before(round_: Round, kind: str, place: County | Province) -> Report | None:
    """A place's report 2 or 3 of a round and kind, if it was ever sent."""
    level, key = _whose(place)
    return Report.objects.filter(level=level, round=round_, library_kind=kind, **key).first()


def unsent(round_: Round, kind: str, place: County | Province) -> Report:
    """The report that a place has still to send; not kept before it is sent."""
    report = Report(level=_whose(place)[0], round=round_, library_kind=kind, revision=0)
    report.county = place if isinstance(place, County) else None
    report.province = place.province if isinstance(place, County) else place
    return report


def gather(round_: Round, kind: str, place: County | Province) -> Gathered:
    """What lies below a county or a province."""
    if isinstance(place, County):
        return below_county(round_, kind, place)
    return below_province(round_, kind, place)


def _whose(place: County | Province) -> tuple[Level, dict[str, Any]]:
    if isinstance(place, County):
        return Level.COUNTY, {"county": place}
    return Level.PROVINCE, {"province": place}


def _held_place(actor: User) -> County | Province:
    """The place that the actor reports for, under lock: two of one office don't send at once."""
    if actor.role == Role.COUNTY_HEAD and actor.county_id:
        return locked(County.objects.select_related("province"), pk=actor.county_id)
    if actor.role == Role.DIRECTOR_GENERAL and actor.province_id:
        return locked(Province.objects.all(), pk=actor.province_id)
    raise Refused("گزارش شمارهٔ دو را رئیس ادارهٔ شهرستان و شمارهٔ سه را مدیر کل استان می‌فرستد.")


def _refuse_waiting(report: Report | None, found: Gathered) -> None:
    waits = [wait.sentence for wait in found.waits]
    if found.is_empty:
        waits.append("هیچ کتابخانه‌ای از این نوع در این دوره نیست.")
    if report is not None:
        left = report.corrections.filter(done_at__isnull=True).count()
        if left:
            waits.append(
                f"{to_persian_digits(left)} اصلاحِ خواستهٔ ادارهٔ کل منابع هنوز انجام نشده است."
            )
    if waits:
        raise Refused(" ".join(waits))


def last_sent_on(reports: Sequence[Report]) -> date | None:
    """The day on which the last of the libraries' reports was first sent; None before the first."""
    first = Revision.objects.filter(report__in=[report.pk for report in reports], number=1)
    latest = first.order_by("-submitted_at").values_list("submitted_at", flat=True).first()
    return timezone.localdate(latest) if latest else None


def gathered_form(report: Report, found: Gathered) -> report_2.Report2 | report_3.Report3:
    """Report 2 or 3 with the values of what was found below it."""
    assert report.round is not None
    values: dict[str, Any] = {
        "kind": report.library_kind,
        "province": report.province.name,
        "year": report.round.year,
        "annexes": annexes_of(found.rows),
        "rows": tuple(found.rows),
        "unread": tuple(found.unread),
    }
    if report.level == Level.COUNTY:
        assert report.county is not None
        head = person_in_role(Role.COUNTY_HEAD, county=report.county)
        return report_2.Report2(**values, county=report.county.name, county_head=head)
    director = person_in_role(Role.DIRECTOR_GENERAL, province=report.province)
    return report_3.Report3(**values, director_general=director)


@transaction.atomic
def office_answer(
    *,
    report_id: int,
    revision: int,
    tasks: Sequence[tuple[str, str]],
    comment: str,
    actor: User,
    now: datetime,
) -> Report:
    """The resources office's answer to report 3 (directive 7-6): accepted, or sent back with
    corrections, each a task of the director general or of the expert.

    `tasks` are pairs of desk and text; none means accepted. Raises Refused where a task says
    nothing or too much.
    """
    tasks = [(desk, text.strip()) for desk, text in tasks if text.strip()]
    _refuse_tasks(tasks)
    if tasks and not comment.strip():
        comment = f"{to_persian_digits(len(tasks))} اصلاح خواسته شده است."
    report = report_move(
        report_id=report_id,
        move=Move.RETURN if tasks else Move.ACCEPT,
        actor=actor,
        now=now,
        comment=comment,
        revision=revision,
    )
    if report.level != Level.PROVINCE:
        raise Refused("ادارهٔ کل منابع به گزارش شمارهٔ سه پاسخ می‌دهد.")
    Correction.objects.bulk_create(
        Correction(report=report, desk=desk, text=text, asked_by=actor, asked_at=now)
        for desk, text in tasks
    )
    return report


def _refuse_tasks(tasks: Sequence[tuple[str, str]]) -> None:
    if len(tasks) > MOST_TASKS:
        raise Refused(
            f"{to_persian_digits(len(tasks))} اصلاح نوشته‌اید؛ بیش از "
            f"{to_persian_digits(MOST_TASKS)} اصلاح در یک پاسخ نمی‌گنجد، چند تا را یکی کنید."
        )
    desks = {desk for desk, _ in Correction.DESKS}
    for number, (desk, text) in enumerate(tasks, start=1):
        if desk not in desks:
            raise Refused(
                to_persian_digits(f"بگویید اصلاح {number} بر عهدهٔ مدیر کل است یا کارشناس.")
            )
        if len(text) > LONGEST_TASK:
            raise Refused(
                to_persian_digits(
                    f"اصلاح {number}، {len(text)} نویسه است؛ بیش از {LONGEST_TASK} نویسه نمی‌گنجد، "
                    "کوتاهش کنید."
                )
            )


@transaction.atomic
def correction_close(*, correction_id: int, answer: str, actor: User, now: datetime) -> Correction:
    """Say how a correction was dealt with; whoever it was given to does. Raises Refused where it
    is another desk's, was dealt with before, or no answer is given."""
    reports = Report.objects.for_user(actor)
    correction = locked(Correction.objects.filter(report__in=reports), pk=correction_id)
    if correction.desk != actor.role:
        raise Refused(f"این اصلاح بر عهدهٔ {correction.get_desk_display()} است.")
    if correction.done_at is not None:
        raise Refused("این اصلاح پیش‌تر انجام شده است.")
    answer = answer.strip()
    if not answer:
        raise Refused("بنویسید با این اصلاح چه کرده‌اید.")
    if len(answer) > LONGEST_TASK:
        raise Refused(
            to_persian_digits(
                f"پاسخ {len(answer)} نویسه است؛ بیش از {LONGEST_TASK} نویسه نمی‌گنجد، کوتاهش کنید."
            )
        )
    correction.answer = answer
    correction.done_by = actor
    correction.done_at = now
    correction.save(update_fields=["answer", "done_by", "done_at"])
    audit.record("correction_close", actor=actor, subject=correction, now=now)
    return correction

"""Telling people of a report's moves, in the application and by e-mail (never personal data)."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from libraries.domain.persian import to_persian_digits
from libraries.models import User
from libraries.roles import Role
from reports.domain.workflow import Level, Move, State, waits_for
from reports.mail import notices_mail
from reports.models import Notice, Report, ReportStep

_WORDS = {
    Move.SUBMIT: "فرستاده شد",
    Move.ACCEPT: "پذیرفته شد",
    Move.RETURN: "برای اصلاح بازگردانده شد",
    Move.REVIEW: "بررسی شد",
}


def people_of(report: Report, roles: set[str]) -> list[User]:
    """The active staff with one of the roles in whose scope the report lies."""
    at = Q(role=Role.RESOURCES_OFFICE)
    at |= Q(role__in=(Role.PROVINCIAL_EXPERT, Role.DIRECTOR_GENERAL), province=report.province_id)
    if report.county_id:
        at |= Q(role=Role.COUNTY_HEAD, county=report.county_id)
    if report.library_id:
        at |= Q(role=Role.LIBRARY_HEAD, library=report.library_id)
    return list(User.objects.filter(at, role__in=roles, is_active=True).order_by("pk"))


_SENDER = {
    Level.LIBRARY: Role.LIBRARY_HEAD,
    Level.COUNTY: Role.COUNTY_HEAD,
    Level.PROVINCE: Role.DIRECTOR_GENERAL,
}


def notices_send(step: ReportStep) -> list[Notice]:
    """A notice for each desk that the report waits for now, and for whoever sent it; not for the
    one who made the move. E-mail goes out after the commit, by the worker."""
    report = step.report
    roles = {desk.value for desk in waits_for(report.level, State(step.becomes))}
    roles.add(_SENDER[Level(report.level)])
    text = to_persian_digits(f"{report} (ویراست {report.revision}) {_WORDS[Move(step.move)]}.")
    notices = Notice.objects.bulk_create(
        Notice(user=person, report=report, text=text[:300], at=step.at)
        for person in people_of(report, roles)
        if person.pk != step.by_id
    )
    told = [notice.pk for notice in notices if notice.user.email]
    if told:
        transaction.on_commit(lambda: notices_mail.enqueue(told))
    return notices


def notices_read(*, user: User, now: datetime, notice_id: int | None = None) -> int:
    """Mark one of the user's notices as read, or all of them; how many were not yet."""
    unread = Notice.objects.filter(user=user, read_at__isnull=True)
    if notice_id is not None:
        unread = unread.filter(pk=notice_id)
    return unread.update(read_at=now)

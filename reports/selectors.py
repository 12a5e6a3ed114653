"""The forms of an applied session, filled from its journal."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from django.utils import timezone

from libraries.models import CopyStatus, Library, User, WeedingCause
from libraries.roles import Role
from reports.forms import annex, minutes_5, minutes_6, report_1
from reports.forms.common import CopyRow, LibraryHeader
from shelfreading.domain.findings import Finding
from shelfreading.models import Application, AppliedChange, ReadingSession

# The forms print «کتابخانه عمومی» themselves.
_PRINTED_ALREADY = re.compile("^کتابخانه[\u200cٔ ]*(ی )?عمومی\\s+")


@dataclass(frozen=True, slots=True)
class SessionForm:
    """One form that a session can print: its name in addresses, its title, how it is made."""

    slug: str
    label: str
    what: str
    rows: Callable[[Application], Any] | None
    build: Callable[[Application], Any]
    blank: Callable[[], Any]
    render_html: Callable[..., str]
    to_xlsx: Callable[..., bytes]


def standing_application(session: ReadingSession) -> Application | None:
    """The session's application that was not taken back."""
    return (
        session.applications.filter(undone_at__isnull=True)
        .select_related("session__library__county__province")
        .first()
    )


def sought_once(application: Application) -> int:
    """How many copies weren't seen, were looked for only once, and so are on no form: missing
    takes two looks (spec B5)."""
    missing = application.session.findings.filter(finding=Finding.MISSING)
    return missing.filter(was_sought=False).count()


def library_header(library: Library, date: Any) -> LibraryHeader:
    """The lines that stand under the title of minutes and lists."""
    return LibraryHeader(
        library=bare_name(library),
        province=library.county.province.name,
        county=library.county.name,
        place=library.place,
        degree=library.degree,
        date=date,
    )


def bare_name(library: Library) -> str:
    """The library's name without «کتابخانهٔ عمومی», which the forms print before it."""
    return _PRINTED_ALREADY.sub("", library.name)


def _unreturned(application: Application) -> Any:
    return application.changes.filter(to_status=CopyStatus.UNRETURNED)


def _missing(application: Application) -> Any:
    return application.changes.filter(to_status=CopyStatus.MISSING)


def _weeded(cause: str, application: Application) -> Any:
    return application.changes.filter(to_status=CopyStatus.WEEDED, weeding_cause=cause)


def _binding(application: Application) -> Any:
    return application.changes.filter(to_status=CopyStatus.BINDING)


def _copy_rows(changes: Any) -> tuple[CopyRow, ...]:
    """Lines of a form, in shelf order."""
    rows: list[AppliedChange] = list(
        changes.select_related("copy__title").order_by("position", "copy_id")
    )
    return tuple(
        CopyRow(
            title=change.copy.title.title,
            author=change.copy.title.author,
            year=change.copy.title.year,
            registration_number=change.copy.registration_number,
            registered_on=change.copy.registered_on,
            volume=change.copy.volume,
            copy_number=change.copy.copy_number,
            main_class=change.copy.main_class,
        )
        for change in rows
    )


def _library_head(library: Library) -> str | None:
    heads = User.objects.filter(library=library, role=Role.LIBRARY_HEAD, is_active=True)
    names = [head.full_name for head in heads[:2]]
    return names[0] if len(names) == 1 else None


def _list_form(make: Callable[..., Any], rows: Callable[[Application], Any]) -> Any:
    def build(application: Application) -> Any:
        library = application.session.library
        applied_on = timezone.localdate(application.applied_at)
        return make(
            header=library_header(library, applied_on),
            rows=_copy_rows(rows(application)),
            declared_on=applied_on,
            library_head=_library_head(library),
        )

    return build


def report_1_of(application: Application) -> report_1.Report1:
    """Report 1 of an applied session (directive 7-1): its period, method, people and numbers."""
    session = application.session
    library = session.library
    counts = report_1.Counts(
        content=_weeded(WeedingCause.CONTENT, application).count(),
        duplicate=_weeded(WeedingCause.DUPLICATE, application).count(),
        worn=_weeded(WeedingCause.WORN, application).count(),
        no_audience=_weeded(WeedingCause.NO_AUDIENCE, application).count(),
        missing=_missing(application).count(),
        unreturned=_unreturned(application).count(),
        binding=_binding(application).count(),
    )
    names = [name for line in report_1.ANNEXES for name in line]
    annexes = frozenset(name for name in names if getattr(counts, name))
    colleagues = [user.full_name for user in session.participants.order_by("pk")]
    colleagues += [line.strip() for line in session.other_colleagues.splitlines() if line.strip()]
    not_read = session.findings.filter(finding=Finding.NOT_READ).count()
    assert session.closed_at is not None
    return report_1.Report1(
        county_addressee=library.county.name,
        started_on=timezone.localdate(session.started_at),
        ended_on=timezone.localdate(session.closed_at),
        copies_read=session.expected_count - not_read,
        library=bare_name(library),
        degree=library.degree,
        method=cast(report_1.Method, session.method),
        annexes=annexes,
        colleagues=tuple(colleagues),
        counts=counts,
        library_head=_library_head(library),
    )


def _annex_form(
    slug: str, kind: annex.AnnexKind, rows: Callable[[Application], Any]
) -> SessionForm:
    return SessionForm(
        slug=slug,
        label=f"صورت {annex.WHAT[kind]}",
        what="ضمیمهٔ گزارش شمارهٔ یک",
        rows=rows,
        build=_list_form(partial(annex.AnnexList, kind), rows),
        blank=partial(annex.blank, kind),
        render_html=annex.render_html,
        to_xlsx=annex.to_xlsx,
    )


FORMS: dict[str, SessionForm] = {
    form.slug: form
    for form in (
        SessionForm(
            "report-1",
            "گزارش شمارهٔ یک",
            "گزارش انجام رف‌خوانی کتابخانه به رئیس ادارهٔ شهرستان",
            None,
            report_1_of,
            report_1.blank,
            report_1.render_html,
            report_1.to_xlsx,
        ),
        SessionForm(
            "minutes-5",
            "صورتجلسهٔ شمارهٔ پنج",
            "گزارش عدم بازگشت منابع از امانت",
            _unreturned,
            _list_form(minutes_5.Minutes5, _unreturned),
            minutes_5.blank,
            minutes_5.render_html,
            minutes_5.to_xlsx,
        ),
        SessionForm(
            "minutes-6",
            "صورتجلسهٔ شمارهٔ شش",
            "گزارش منابع مفقودی",
            _missing,
            _list_form(minutes_6.Minutes6, _missing),
            minutes_6.blank,
            minutes_6.render_html,
            minutes_6.to_xlsx,
        ),
        _annex_form("weeded-content", "content", partial(_weeded, WeedingCause.CONTENT)),
        _annex_form("weeded-duplicate", "duplicate", partial(_weeded, WeedingCause.DUPLICATE)),
        _annex_form("weeded-worn", "worn", partial(_weeded, WeedingCause.WORN)),
        _annex_form(
            "weeded-no-audience", "no_audience", partial(_weeded, WeedingCause.NO_AUDIENCE)
        ),
        _annex_form("binding", "binding", _binding),
    )
}

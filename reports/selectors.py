"""The forms of an applied session, filled from its journal."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any, cast

from django.db.models import Q
from django.utils import timezone

from libraries.models import Copy, CopyStatus, Library, User, WeedingCause
from libraries.roles import Role
from loans.models import BindingTrip
from reports.forms import annex, minutes_5, minutes_6, report_1
from reports.forms.common import CopyRow, LibraryHeader
from shelfreading.domain.findings import Finding
from shelfreading.models import Application, AppliedChange, ReadingSession, WeedingProposal

KIND_OF_CAUSE: dict[str, annex.AnnexKind] = {
    WeedingCause.CONTENT: "content",
    WeedingCause.DUPLICATE: "duplicate",
    WeedingCause.WORN: "worn",
    WeedingCause.NO_AUDIENCE: "no_audience",
}
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
    """What the session proposed for weeding, as the library declares it; report 1 counts and lists
    the same. The expert's no stands in the list beside its copy, and counts in report 3, which
    alone comes after the final weeding (directive 7-4)."""
    proposals = application.weeding_proposals.filter(cause=cause)
    return proposals.exclude(state=WeedingProposal.State.WITHDRAWN)


def _binding(application: Application) -> Any:
    """The copies out to be rebound: those that the reading sent, and those that were at the binder
    while it went on; they count as holdings, and the reports give their number (directive 4-3)."""
    sent = application.changes.filter(to_status=CopyStatus.BINDING)
    out = application.session.findings.filter(finding=Finding.AT_BINDER)
    return Copy.objects.filter(Q(pk__in=sent.values("copy")) | Q(pk__in=out.values("copy")))


def _binding_rows(application: Application) -> tuple[CopyRow, ...]:
    """Those copies in shelf order, each with the day it was sent, where that is on record."""
    copies = list(
        _binding(application)
        .select_related("title")
        .order_by("section__position", "section_id", "shelf_key", "registration_key", "pk")
    )
    trips = BindingTrip.objects.filter(
        copy__in=_binding(application), sent_on__lte=timezone.localdate(application.applied_at)
    )
    sent_on = dict(trips.order_by("sent_on", "pk").values_list("copy_id", "sent_on"))
    return tuple(replace(_copy_row(copy), sent_on=sent_on.get(copy.pk)) for copy in copies)


def _copy_rows(changes: Any) -> tuple[CopyRow, ...]:
    """Lines of a form from an application's changes, in shelf order."""
    lines: list[AppliedChange] = list(
        changes.select_related("copy__title").order_by("position", "copy_id")
    )
    return tuple(_copy_row(line.copy) for line in lines)


def _copy_row(copy: Copy, opinion: str = "") -> CopyRow:
    return CopyRow(
        title=copy.title.title,
        author=copy.title.author,
        year=copy.title.year,
        registration_number=copy.registration_number,
        registered_on=copy.registered_on,
        volume=copy.volume,
        copy_number=copy.copy_number,
        main_class=copy.main_class,
        opinion=opinion,
    )


def _library_head(library: Library) -> str | None:
    heads = User.objects.filter(library=library, role=Role.LIBRARY_HEAD, is_active=True)
    names = [head.full_name for head in heads[:2]]
    return names[0] if len(names) == 1 else None


def _change_rows(
    rows: Callable[[Application], Any],
) -> Callable[[Application], tuple[CopyRow, ...]]:
    return lambda application: _copy_rows(rows(application))


def _list_form(make: Callable[..., Any], rows: Callable[[Application], tuple[CopyRow, ...]]) -> Any:
    def build(application: Application) -> Any:
        library = application.session.library
        applied_on = timezone.localdate(application.applied_at)
        return make(
            header=library_header(library, applied_on),
            rows=rows(application),
            declared_on=applied_on,
            library_head=_library_head(library),
        )

    return build


def weeding_list(
    kind: annex.AnnexKind, library: Library, proposals: Any, declared_on: date, part_of: str = ""
) -> annex.AnnexList:
    """A weeding list with the expert's column: filled where he decided, blank to write in
    otherwise. His name stands under it where one expert decided all that is decided.
    """
    lines: list[WeedingProposal] = list(
        proposals.select_related("copy__title", "decided_by").order_by(
            "copy__section__position", "copy__shelf_key", "copy__registration_key", "pk"
        )
    )
    withdrawn = WeedingProposal.State.WITHDRAWN  # by the library, not by an expert
    experts = {
        line.decided_by.full_name for line in lines if line.decided_by and line.state != withdrawn
    }
    return annex.AnnexList(
        kind,
        header=library_header(library, declared_on),
        rows=tuple(_copy_row(line.copy, weeding_word(line)) for line in lines),
        declared_on=declared_on,
        library_head=_library_head(library),
        expert=experts.pop() if len(experts) == 1 else None,
        part_of=part_of,
    )


def weeding_word(proposal: WeedingProposal) -> str:
    """What became of a proposed weeding, as the expert's column of lists and pages says it; ""
    while it waits for him."""
    match proposal.state:
        case WeedingProposal.State.ACCEPTED:
            return "موافقت شد"
        case WeedingProposal.State.REFUSED:
            return f"مخالفت شد: {proposal.reason}"
        case WeedingProposal.State.WITHDRAWN:
            return "کتابخانه پس گرفت"
        case _:
            return ""


def _weeding_form(slug: str, kind: annex.AnnexKind) -> SessionForm:
    def build(application: Application) -> annex.AnnexList:
        return weeding_list(
            kind,
            application.session.library,
            _weeded(kind, application),
            timezone.localdate(application.applied_at),
            annex.OF_REPORT_1,
        )

    return _annex_form(slug, kind, partial(_weeded, kind), build)


def library_weeding_list(library: Library, cause: str, state: str, today: date) -> annex.AnnexList:
    """All that a library has proposed for one cause, whatever proposed it; `state` of a proposal
    or "" for all but the withdrawn. Raises KeyError for a cause that is none.
    """
    kind = KIND_OF_CAUSE[cause]
    return weeding_list(kind, library, weeding_of_library(library, cause, state), today)


def weeding_of_library(library: Library, cause: str, state: str) -> Any:
    """The proposals behind `library_weeding_list`."""
    proposals = library.weeding_proposals.filter(cause=cause)
    if state in WeedingProposal.State.values:
        return proposals.filter(state=state)
    return proposals.exclude(state=WeedingProposal.State.WITHDRAWN)


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
    slug: str,
    kind: annex.AnnexKind,
    rows: Callable[[Application], Any],
    build: Callable[[Application], annex.AnnexList],
) -> SessionForm:
    return SessionForm(
        slug=slug,
        label=f"صورت {annex.WHAT[kind]}",
        what="ضمیمهٔ گزارش شمارهٔ یک",
        rows=rows,
        build=build,
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
            _list_form(minutes_5.Minutes5, _change_rows(_unreturned)),
            minutes_5.blank,
            minutes_5.render_html,
            minutes_5.to_xlsx,
        ),
        SessionForm(
            "minutes-6",
            "صورتجلسهٔ شمارهٔ شش",
            "گزارش منابع مفقودی",
            _missing,
            _list_form(minutes_6.Minutes6, _change_rows(_missing)),
            minutes_6.blank,
            minutes_6.render_html,
            minutes_6.to_xlsx,
        ),
        _weeding_form("weeded-content", "content"),
        _weeding_form("weeded-duplicate", "duplicate"),
        _weeding_form("weeded-worn", "worn"),
        _weeding_form("weeded-no-audience", "no_audience"),
        _annex_form(
            "binding",
            "binding",
            _binding,
            _list_form(partial(annex.AnnexList, "binding"), _binding_rows),
        ),
    )
}

"""The copies behind a report's figures, and the expert's word on them, one by one or many."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from libraries.domain.persian import to_persian_digits
from libraries.refusal import Refused
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from reports.domain.workflow import Level, State
from reports.forms_way import ACCEPT, OpinionsForm, WeedingForm
from reports.models import Report, Revision, RevisionLine
from reports.selectors_review import left_to_say, review_lines
from reports.selectors_way import WEEDINGS, line_counts, lines_of_revision, reports_of, revision_of
from reports.services.deciding import opinions_give
from shelfreading.services.weeding import proposals_decide

PAGE = 100
What = RevisionLine.What


@requires(Right.VIEW_REPORTS)
@require_http_methods(["GET", "HEAD", "POST"])
def report_copies(request: StaffRequest, report_id: int, number: int, what: str) -> HttpResponse:
    """The copies of one list of a revision. The expert's words are posted here too."""
    report = get_object_or_404(reports_of(request.user), pk=report_id, level=Level.LIBRARY)
    revision = revision_of(report, number)
    if revision is None or what not in What.values:
        raise Http404("این گزارش چنین فهرستی ندارد.")
    asks = _asks(request, report, revision, what)
    form: OpinionsForm | WeedingForm | None = None
    if asks:
        form = (OpinionsForm if what == What.MISSING else WeedingForm)(request.POST or None)
    if request.method == "POST":
        if not request.user.has_right(Right.GIVE_OPINIONS):
            raise PermissionDenied("دربارهٔ نسخه‌ها کارشناس منابع استان نظر می‌دهد.")
        if form is None:
            messages.error(request, "این گزارش اکنون منتظر نظر کارشناس نیست.")
        elif form.is_valid():
            try:
                said = _say(request, report, what, form)
            except Refused as refusal:
                form.add_error(None, refusal.reason)
            else:
                messages.success(request, said)
                return redirect(request.get_full_path() + "#main")  # past the form, to the message
    is_current = revision.number == report.revision
    rows = lines_of_revision(revision, what)
    only_left = bool(request.GET.get("left"))
    if only_left:
        rows = rows.filter(copy__in=left_to_say(report, what).values("copy"))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "report": report,
        "revision": revision,
        "what": what,
        "label": What(what).label,
        "chips": _chips(report, revision, what),
        "page_obj": page,
        "lines": review_lines(report, what, list(page.object_list)),
        "form": form,
        "picked": form.picked() if form else set(),
        "left": left_to_say(report, what).count() if is_current else 0,
        "why_not": "" if form else _why_not(report, is_current),
        "only_left": only_left,
        "is_missing": what == What.MISSING,
        "is_weeding": what in WEEDINGS,
    }
    return render(request, "reports/copies.html", context)


def _asks(request: StaffRequest, report: Report, revision: Revision, what: str) -> bool:
    """Whether this person may say a word on these copies now."""
    return (
        request.user.has_right(Right.GIVE_OPINIONS)
        and report.state == State.ACCEPTED
        and revision.number == report.revision
        and (what == What.MISSING or what in WEEDINGS)
    )


def _why_not(report: Report, is_current: bool) -> str:
    """Why nobody, or not this person, can say a word on these copies now."""
    if not is_current:
        return "این فهرست از ویراستی پیشین است؛ نظر دربارهٔ ویراست کنونی داده می‌شود."
    return {
        State.SUBMITTED: "کارشناس منابع استان پس از پذیرش رئیس ادارهٔ شهرستان نظر می‌دهد.",
        State.RETURNED: "گزارش بازگردانده شده است؛ کارشناس دربارهٔ ویراست تازه نظر می‌دهد.",
        State.ACCEPTED: "این فهرست منتظر نظر کارشناس منابع استان است.",
    }.get(State(report.state), "")


def _chips(report: Report, revision: Revision, chosen: str) -> list[dict[str, Any]]:
    return [
        {
            "label": What(what).label,
            "url": f"../{what}/",
            "count": count,
            "active": what == chosen,
            "css": "",
        }
        for what, count in line_counts(revision).items()
    ]


def _say(request: StaffRequest, report: Report, what: str, form: OpinionsForm | WeedingForm) -> str:
    """Pass the word on to its service; the sentence that tells what was done."""
    asked, now = form.cleaned_data, timezone.now()
    left = left_to_say(report, what)
    copies = set(left.values_list("copy", flat=True)) if asked["everything"] else form.picked()
    if not copies:
        raise Refused("نخست یک یا چند نسخه را برگزینید.")
    if isinstance(form, OpinionsForm):
        count = opinions_give(
            report_id=report.pk,
            copy_ids=copies,
            verdict=asked["verdict"],
            note=asked["note"],
            actor=request.user,
            now=now,
        )
        return f"نظر شما دربارهٔ {to_persian_digits(count)} نسخه ثبت شد."
    outcome = proposals_decide(
        proposal_ids=list(left.filter(copy__in=copies).values_list("pk", flat=True)),
        accept=asked["decision"] == ACCEPT,
        reason=asked["reason"],
        actor=request.user,
        now=now,
    )
    said = f"تصمیم شما دربارهٔ {to_persian_digits(outcome.done)} نسخه ثبت شد."
    return f"{said} {outcome.left_words}".strip()

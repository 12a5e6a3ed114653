"""What one request's page shows: the person, the copies to choose from, what happened so far."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from libraries.catalogue import TitleMatch, find_titles
from libraries.domain.persian import to_persian_digits
from libraries.models import Copy, CopyStatus, Library
from loans.models import BindingTrip, Loan, LoanRules, Member
from loans.services import borrower_hindered
from sms_requests.domain.desk import UNREACHED_AFTER
from sms_requests.domain.parse import Kind
from sms_requests.domain.way import HOLDS_A_COPY, State
from sms_requests.models import MessageOut, Request, RequestCall, RequestStep
from sms_requests.selectors.membership import member_at
from sms_requests.selectors.messages import SILENT_LABEL, without_news
from sms_requests.services.library_copies import copy_taken

MOST_TITLES = 10
MOST_ELSEWHERE = 10
MOST_COPIES_EACH = 12


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks, as far as the national ID tells. `notes` warn; there are none where all fits."""

    member: Member | None
    is_own: bool
    notes: Sequence[str]
    number_fits: bool


def person_of(request: Request, today: date) -> Person:
    """The membership behind a request, and whether the text came from that member's number.

    Looked for in the request's own library only: where else somebody is a member is not shown to
    it, unless the request came from there.
    """
    member = request.member
    if member is None and request.library is not None:
        member = member_at(request.library, request.national_id)
    if member is None:
        return Person(None, False, ["کسی با این کد ملی در این کتابخانه عضو نیست."], False)
    is_own = member.library_id == request.library_id
    notes = []
    if not member.mobile:
        notes.append(
            "شمارهٔ تلفنی از این عضو ثبت نشده است؛ هنگام تماس مطمئن شوید درخواست از خود اوست."
        )
    elif member.mobile != request.mobile:
        notes.append(
            "شمارهٔ فرستنده با شمارهٔ عضو یکی نیست؛ پیش از آماده‌سازی با خود عضو تماس بگیرید و "
            "مطمئن شوید درخواست از اوست."
        )
    if not member.is_active:
        notes.append("عضویت این شخص غیرفعال است و کتابی به او امانت داده نمی‌شود.")
    elif is_own and (hindrance := borrower_hindered(member, LoanRules.of(member.library), today)):
        notes.append(hindrance)  # better known before the book is prepared than when it is fetched
    return Person(member, is_own, notes, member.mobile == request.mobile)


def application_of(request: Request) -> Request | None:
    """The application for membership that the same person has waiting at the same library."""
    if not request.national_id:
        return None
    found: Request | None = Request.objects.filter(
        kind=Kind.MEMBERSHIP, state=State.WAITING,
        library=request.library_id, national_id=request.national_id,
    ).first()  # fmt: skip
    return found


@dataclass(frozen=True, slots=True)
class Choice:
    """A copy in the search's answer; `taken` says in a word or two why it can't be chosen."""

    copy: Copy
    taken: str


@dataclass(frozen=True, slots=True)
class TitleChoices:
    """A title with its copies, those that can be chosen first."""

    match: TitleMatch
    choices: Sequence[Choice]


def own_titles(words: str, library: Library) -> list[TitleChoices]:
    """The library's own titles that fit, each with its copies: three queries besides the search."""
    matches = find_titles(
        words, libraries=Library.objects.filter(pk=library.pk), own=library, limit=MOST_TITLES
    )
    copies = list(
        Copy.objects.filter(title__in=[match.title.pk for match in matches])
        .exclude(status=CopyStatus.WEEDED)
        .select_related("section")
        .order_by("shelf_key", "registration_key", "pk")
    )
    ids = [copy.pk for copy in copies]
    lent = set(
        Loan.objects.filter(copy__in=ids, returned_at__isnull=True).values_list("copy", flat=True)
    )
    bound = set(
        BindingTrip.objects.filter(copy__in=ids, back_on__isnull=True).values_list(
            "copy", flat=True
        )
    )
    held = dict(
        Request.objects.filter(copy__in=ids, state__in=HOLDS_A_COPY).values_list("copy", "pk")
    )
    of_title: dict[int, list[Choice]] = {}
    for copy in copies:
        of_title.setdefault(copy.title_id, []).append(Choice(copy, _taken(copy, lent, bound, held)))
    return [
        TitleChoices(
            match,
            sorted(of_title.get(match.title.pk, []), key=lambda one: bool(one.taken))[
                :MOST_COPIES_EACH
            ],
        )
        for match in matches
    ]


def _taken(copy: Copy, lent: set[int], bound: set[int], held: dict[int, int]) -> str:
    if copy.pk in lent:
        return "در امانت"
    if copy.pk in held:
        return f"برای درخواست {to_persian_digits(held[copy.pk])}"
    if copy.is_reference:
        return "مرجع"
    if copy.pk in bound:
        return "در صحافی"
    return "" if copy.status == CopyStatus.AVAILABLE else copy.get_status_display()


def titles_elsewhere(words: str, library: Library) -> list[TitleMatch]:
    """Titles in the other libraries of the province that can be lent now, each library once."""
    others = Library.objects.filter(county__province=library.county.province_id).exclude(
        pk=library.pk
    )
    found = find_titles(words, libraries=others, limit=5 * MOST_ELSEWHERE)
    first: dict[int, TitleMatch] = {}
    for match in found:
        if match.lendable:
            first.setdefault(match.title.library_id, match)
    return list(first.values())[:MOST_ELSEWHERE]


def kept_copy_trouble(request: Request) -> str:
    """Why the copy that is kept can't be handed over any more, in a sentence; "" where it can."""
    if request.state not in list(HOLDS_A_COPY):
        return ""
    if request.copy is None:
        return "نسخهٔ کنارگذاشته دیگر در فهرست نسخ نیست."
    return copy_taken(request.copy, besides=request)


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step in the history; `sent` is what became of its text, "" where it has none."""

    step: RequestStep
    sent: str
    css: str


TONES = {
    MessageOut.State.DELIVERED: "tone-ok",
    MessageOut.State.FAILED: "tone-late",
}


def step_lines(request: Request, now: datetime) -> list[StepLine]:
    """The request's steps, newest first, with their texts' news: two queries."""
    steps: QuerySet[RequestStep] = request.steps.select_related(
        "by", "message_in", "message_out"
    ).order_by("-at", "-pk")
    silent = set(
        MessageOut.objects.filter(without_news(now), steps__request=request).values_list(
            "pk", flat=True
        )
    )
    lines = []
    for step in steps:
        out = step.message_out
        if out is None:
            lines.append(StepLine(step, "", ""))
        elif out.pk in silent:
            lines.append(StepLine(step, SILENT_LABEL, "tone-call"))
        else:
            css = TONES.get(MessageOut.State(out.state), "tone-quiet")
            lines.append(StepLine(step, out.get_state_display(), css))
    return lines


def seems_unreachable(calls: Sequence[RequestCall]) -> bool:
    """Whether so many calls were in vain, with nobody ever reached, that closing is in place."""
    reached = any(call.outcome == RequestCall.Outcome.AGREED for call in calls)
    return not reached and len(calls) >= UNREACHED_AFTER

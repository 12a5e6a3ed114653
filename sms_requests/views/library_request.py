"""One request at the library's desk: where it stands, the one next step, and every other."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from libraries.models import Library
from libraries.refusal import Refused
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from sms_requests.domain.desk import next_move
from sms_requests.domain.masked import masked_text
from sms_requests.domain.parse import Kind
from sms_requests.domain.way import By, Move, State, moves_of
from sms_requests.forms.library import CorrectForm, StepForm, TellingForm
from sms_requests.models import Request, RequestCall
from sms_requests.selectors import library_page as page
from sms_requests.selectors.late import late
from sms_requests.selectors.library import request_url
from sms_requests.services.library import request_correct, request_open_sender
from sms_requests.services.library_copies import others_of
from sms_requests.services.library_texts import takes_texts
from sms_requests.services.moves import by_of
from sms_requests.views.library import TONES
from sms_requests.views.library_steps import LEAVES, STEPS, form_for, preview

WITH = ("message", "library__county", "member__library", "copy__title", "copy__section", "offered",
        "loan", "province")  # fmt: skip


@requires(Right.VIEW_REQUESTS)
@require_GET
def request_page(request: StaffRequest, request_id: int) -> HttpResponse:
    """The request; a membership has a page of its own."""
    item = _item(request, request_id)
    if item.kind == Kind.MEMBERSHIP and item.library_id:
        return redirect(request_url(item, request.user))
    return _page(request, item)


@requires(Right.HANDLE_REQUESTS)
@require_POST
def request_step(request: StaffRequest, request_id: int, move: str) -> HttpResponse:
    """Make one step; where it is refused, the page says why and keeps what was typed."""
    item, chosen = _item(request, request_id), _move(move)
    step, now = STEPS[chosen], timezone.now()
    form = form_for(chosen, item, now, request.POST)
    if form.is_valid():
        more = {"today": timezone.localdate(now)} if chosen is Move.HAND_OVER else {}
        try:
            step.service(
                request_id=item.pk, actor=request.user, now=now, **form.cleaned_data, **more
            )
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, step.done)
            return redirect("requests") if chosen in LEAVES else redirect("request", item.pk)
    return _page(request, _item(request, request_id), failed=(chosen, form))


@requires(Right.HANDLE_REQUESTS)
@require_POST
def request_preview(request: StaffRequest, request_id: int, move: str) -> HttpResponse:
    """The text of a step as its form stands, and in how many messages it goes."""
    item, chosen = _item(request, request_id), _move(move)
    shown = preview(chosen, item, timezone.now(), request.POST)
    return render(request, "sms_requests/library_preview.html", {"preview": shown})


@requires(Right.HANDLE_REQUESTS)
@require_POST
def request_correction(request: StaffRequest, request_id: int) -> HttpResponse:
    """Put right what was understood of the text."""
    item = _item(request, request_id)
    form = CorrectForm(request.POST, auto_id="id_correct_%s")
    if form.is_valid():
        try:
            request_correct(
                request_id=item.pk, actor=request.user, now=timezone.now(), **form.cleaned_data
            )
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, "درخواست اصلاح شد.")
            return redirect("request", item.pk)
    return _page(request, item, correction=form)


@requires(Right.OPEN_SENDERS)
@require_POST
def request_sender(request: StaffRequest, request_id: int) -> HttpResponse:
    """The same page with number and national ID whole, this once; the audit tells of it."""
    item = _item(request, request_id)
    request_open_sender(request_id=item.pk, actor=request.user, now=timezone.now())
    response = _page(request, item, is_opened=True)
    response.headers["Cache-Control"] = "no-store"
    return response


def _item(request: StaffRequest, request_id: int) -> Request:
    return get_object_or_404(
        Request.objects.for_user(request.user).select_related(*WITH), pk=request_id
    )


def _move(name: str) -> Move:
    if name not in list(STEPS):
        raise Http404
    return Move(name)


def _page(
    request: StaffRequest,
    item: Request,
    *,
    failed: tuple[Move, StepForm] | None = None,
    correction: CorrectForm | None = None,
    is_opened: bool = False,
) -> HttpResponse:
    user, now = request.user, timezone.now()
    acts = by_of(user, item) is By.LIBRARY
    calls = list(item.calls.select_related("by").order_by("-at", "-pk"))
    is_told = any(call.outcome == RequestCall.Outcome.AGREED for call in calls)
    moves = moves_of(item.kind, item.state, By.LIBRARY) if acts else ()
    forms = {move: form_for(move, item, now) for move in moves if move in STEPS}
    data: dict[Move, Any] = {}
    told = _sentences(failed[1]) if failed else []
    if failed and failed[0] in forms:
        forms[failed[0]] = failed[1]
        data[failed[0]] = failed[1].data
    elif failed and not told:  # the form's own complaints have no form to stand in any more
        told = ["وضعیت درخواست در این میان تغییر کرده است و این گام با آن نمی‌شود."]
    trouble = page.kept_copy_trouble(item)
    is_late = Request.objects.filter(late(now), pk=item.pk).exists()
    leads = next_move(item.state, is_prepared=item.prepared_at is not None, is_told=is_told)
    if trouble:
        leads = Move.FIND if item.state == State.FOUND else Move.LET_GO
    elif is_late and item.state == State.READY:
        leads = Move.CLOSE
    context: dict[str, Any] = {
        "item": item,
        "text": item.message.text if is_opened else masked_text(item.message.text),
        "tone": TONES[item.state],
        "is_late": is_late,
        "acts": acts,
        "person": page.person_of(item, timezone.localdate(now)),
        "takes_texts": takes_texts(item),
        "is_opened": is_opened,
        "can_open": user.has_right(Right.OPEN_SENDERS) and not is_opened,
        "application": page.application_of(item) if item.state == State.NO_MEMBER else None,
        "leads": leads if leads in forms else None,
        "forms": {str(move): form for move, form in forms.items()},
        "previews": {
            str(move): preview(move, item, now, data.get(move))
            for move in forms
            if issubclass(STEPS[move].form, TellingForm)
        },
        "failed": told,
        "failed_move": str(failed[0]) if failed else "",
        "correction": correction or CorrectForm(
            initial={"wanted": item.wanted, "full_name": item.full_name}, auto_id="id_correct_%s"
        ),
        "trouble": trouble,
        "unreachable": item.is_open and page.seems_unreachable(calls),
        "calls": calls,
        "outcomes": RequestCall.Outcome.choices,
        "steps": page.step_lines(item, now),
        "way": _way(item, is_told),
        "today": now,
    }  # fmt: skip
    if Move.FIND in forms:
        context |= _search(request.GET, item, leads is Move.FIND)
    if Move.OFFER in forms:
        context |= _offer(request.GET, item, now)
    return render(request, "sms_requests/library_request.html", context)


def _sentences(form: StepForm) -> list[str]:
    """What was refused of a form as a whole, and of what it carries unseen."""
    told = [str(error) for error in form.non_field_errors()]
    for field in form.hidden_fields():
        told += [str(error) for error in field.errors]
    return told


def _way(item: Request, is_told: bool) -> list[dict[str, str]]:
    """The five steps to the loan, as the bar above the page shows them."""
    found = item.state in (State.FOUND, State.READY, State.LENT)
    announced = item.state in (State.READY, State.LENT)
    done = {
        "یافتن": found,
        "تماس": is_told or announced,  # a text may have said it
        "آماده‌سازی": found and item.prepared_at is not None,
        "اعلام": announced,
        "تحویل": item.state == State.LENT,
    }
    current = next((label for label, is_done in done.items() if not is_done), "")
    return [
        {"label": label, "state": "done" if is_done else "current" if label == current else "todo"}
        for label, is_done in done.items()
    ]


def _search(asked: Mapping[str, str], item: Request, leads: bool) -> dict[str, Any]:
    """The catalogue's answer to the words typed, or to what was asked for."""
    words = asked.get("q", "").strip()[:200] or item.wanted
    if not (leads or "q" in asked) or item.library is None:
        return {"words": words}
    titles = page.own_titles(words, item.library)
    # What only resembles the words doesn't keep another library's own copy of them out of sight.
    can_lend = any(not one.taken for title in titles if title.match.exact for one in title.choices)
    elsewhere = item.state == State.WAITING and (not can_lend or "elsewhere" in asked)
    return {
        "words": words,
        "searched": True,
        "titles": titles,
        "can_lend": can_lend,
        "looked_elsewhere": elsewhere,
        "elsewhere": page.titles_elsewhere(words, item.library) if elsewhere else [],
    }


def _offer(asked: Mapping[str, str], item: Request, now: Any) -> dict[str, Any]:
    """The library chosen to be offered, with the text as it would go."""
    chosen = asked.get("offer", "")
    if not (chosen.isdecimal() and len(chosen) < 18):
        return {}
    library: Library | None = others_of(item).filter(pk=int(chosen)).first()
    if library is None:
        return {}
    form = form_for(Move.OFFER, item, now)
    form.initial["library_id"] = library.pk
    shown = preview(Move.OFFER, item, now, form.initial)
    return {"offered": library, "offer_form": form, "offer_preview": shown}

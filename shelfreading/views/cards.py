"""The card cabinet: cards and loan cards, typed one after another.

A script sends each card by itself and asks for JSON; without it the same form is posted and the
page comes back, so that whatever can be done can be done either way.
"""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from libraries.domain.persian import to_persian_digits
from libraries.models import Copy
from libraries.refusal import Refused
from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from shelfreading.forms_cards import CardCorrectionForm, CardForm, LoanCardForm
from shelfreading.models import ReadingSession
from shelfreading.selectors.cards import (
    CardLine,
    following_number,
    known_titles,
    last_cards,
    last_loan_cards,
)
from shelfreading.services.card_corrections import can_correct, card_correct
from shelfreading.services.cards import Card, NumberTaken, WrongField, card_enter
from shelfreading.services.loan_cards import session_loan_card_enter


@requires(Right.READ_SHELVES)
@require_http_methods(["GET", "HEAD", "POST"])
def cards(request: StaffRequest, session_id: int) -> HttpResponse:
    """Enter shelf-list cards, each ticked or struck (directive 3-3)."""
    session = _session(request, session_id)
    if request.method == "POST" and not {"look", "take"} & set(request.POST):
        return _card_posted(request, session)
    if request.method == "POST":
        return _titles_looked_up(request, session)
    lines = last_cards(session, request.user)
    initial = {"section": request.GET.get("section", ""), **_after(lines)}
    return _cards_page(request, session, CardForm(session=session, initial=initial))


def _card_posted(request: StaffRequest, session: ReadingSession) -> HttpResponse:
    form = CardForm(request.POST, session=session)
    if not form.is_valid():
        return _not_taken(request, session, form)
    asked = form.cleaned_data
    card = Card(
        id=asked["id"],
        section_id=asked["section"].pk,
        registration_number=asked["registration_number"],
        title=asked["title"],
        author=asked["author"],
        call_number=asked["call_number"],
        is_present=not asked["absent"],
        same="same" in request.POST,
    )
    try:
        entered = card_enter(
            session_id=session.pk, card=card, actor=request.user, now=timezone.now()
        )
    except NumberTaken as taken:
        form.add_error("registration_number", taken.reason)
        return _not_taken(request, session, form, taken)
    except WrongField as wrong:
        form.add_error(wrong.field, wrong.reason)
        return _not_taken(request, session, form)
    except Refused as refusal:
        form.add_error(None, refusal.reason)
        return _not_taken(request, session, form)
    line = CardLine(entered.copy, entered.is_present)
    if _wants_json(request):
        return _taken("shelfreading/card_line.html", session, line=line, notice=entered.notice)
    if entered.notice:
        messages.warning(request, entered.notice)
    section = urlencode({"section": card.section_id})
    return redirect(f"{reverse('cards', args=[session.pk])}?{section}")


def _not_taken(
    request: StaffRequest, session: ReadingSession, form: Form, taken: NumberTaken | None = None
) -> HttpResponse:
    """Say why, with all that was typed."""
    if _wants_json(request):
        reasons = [str(error) for errors in form.errors.values() for error in errors]
        answer: dict[str, Any] = {"taken": False, "reason": " ".join(reasons)}
        if taken:
            answer["copy"] = reverse("copy", args=[taken.copy.pk])
            answer["same"] = taken.can_tick
        return JsonResponse(answer)
    if isinstance(form, LoanCardForm):
        return _loan_cards_page(request, session, form)
    return _cards_page(request, session, form, number_taken=taken)


def _titles_looked_up(request: StaffRequest, session: ReadingSession) -> HttpResponse:
    """Without a script: the titles that fit what was typed, and the one that was chosen of them."""
    typed = {name: request.POST.get(name, "") for name in CardForm.base_fields}
    found = known_titles(session.library, typed["title"])
    chosen = next((one for one in found if str(one.pk) == request.POST.get("take")), None)
    if chosen is not None:
        typed |= {
            "title": chosen.title,
            "author": chosen.author,
            "call_number": chosen.call_number,
        }
        found = []
    form = CardForm(session=session, initial={name: typed[name] for name in typed if typed[name]})
    return _cards_page(request, session, form, titles=found, looked_up="look" in request.POST)


def _cards_page(
    request: StaffRequest, session: ReadingSession, form: Form, **more: Any
) -> HttpResponse:
    context = {
        "session": session,
        "form": form,
        "lines": last_cards(session, request.user),
        "is_open": session.state == ReadingSession.State.READING,
        **more,
    }
    return render(request, "shelfreading/cards.html", context)


def _after(lines: list[CardLine]) -> dict[str, str]:
    """The next card as the last one leaves it: its words stay, its number goes up by one."""
    if not lines:
        return {}
    last: Copy = lines[0].copy
    return {
        "registration_number": following_number(last.registration_number),
        "title": last.title.title,
        "author": last.title.author,
        "call_number": last.call_number,
    }


@requires(Right.READ_SHELVES)
@require_http_methods(["GET", "HEAD", "POST"])
def card_correction(request: StaffRequest, session_id: int, copy_id: int) -> HttpResponse:
    """Put a card right that was typed wrong."""
    session = _session(request, session_id)
    line = get_object_or_404(
        session.expected.select_related("copy__title", "copy__section"), copy=copy_id
    )
    copy: Copy = line.copy
    words = {
        "section": copy.section_id,
        "registration_number": to_persian_digits(copy.registration_number),
        "title": copy.title.title,
        "author": copy.title.author,
        "call_number": copy.call_number,
    }
    posted = request.POST if request.method == "POST" else None
    form = CardCorrectionForm(posted, session=session, initial=words)
    if form.is_valid():
        asked = form.cleaned_data
        card = Card(
            id=uuid4(),
            section_id=asked["section"].pk,
            registration_number=asked["registration_number"],
            title=asked["title"],
            author=asked["author"],
            call_number=asked["call_number"],
        )
        try:
            entered = card_correct(
                session_id=session.pk,
                copy_id=copy_id,
                card=card,
                actor=request.user,
                now=timezone.now(),
            )
        except NumberTaken as taken:
            form.add_error("registration_number", taken.reason)
        except WrongField as wrong:
            form.add_error(wrong.field, wrong.reason)
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, f"رف‌برگهٔ «{entered.copy.title.title}» درست شد.")
            if entered.notice:
                messages.warning(request, entered.notice)
            return redirect("cards", session.pk)
    context = {
        "session": session,
        "form": form,
        "copy": copy,
        "can_correct": can_correct(session, copy_id),
    }
    return render(request, "shelfreading/card_correction.html", context)


@requires(Right.READ_SHELVES)
@require_safe
def card_titles(request: StaffRequest, session_id: int) -> HttpResponse:
    """Titles of the library that fit what is being typed, for the page's script."""
    session = _session(request, session_id)
    found = [
        {"title": title.title, "author": title.author, "call_number": title.call_number}
        for title in known_titles(session.library, request.GET.get("q", "")[:200])
    ]
    return JsonResponse({"titles": found})


@requires(Right.WRITE_LOANS)
@require_http_methods(["GET", "HEAD", "POST"])
def loan_cards(request: StaffRequest, session_id: int) -> HttpResponse:
    """Enter loan cards: which copies are out, to be matched with shelf and cards."""
    session = _session(request, session_id)
    form = LoanCardForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _loan_cards_page(request, session, form)
    if not form.is_valid():
        return _not_taken(request, session, form)
    try:
        loan = session_loan_card_enter(
            session_id=session.pk, actor=request.user, now=timezone.now(), **form.cleaned_data
        )
    except Refused as refusal:
        form.add_error("registration_number", refusal.reason)
        return _not_taken(request, session, form)
    if _wants_json(request):
        return _taken("shelfreading/loan_card_line.html", session, loan=loan)
    return redirect("loan-cards", session.pk)


def _loan_cards_page(request: StaffRequest, session: ReadingSession, form: Form) -> HttpResponse:
    context = {
        "session": session,
        "form": form,
        "loans": last_loan_cards(session, request.user),
        "is_open": session.state == ReadingSession.State.READING,
    }
    return render(request, "shelfreading/loan_cards.html", context)


def _taken(template: str, session: ReadingSession, **context: Any) -> JsonResponse:
    line = render_to_string(template, {"session": session, **context})
    return JsonResponse({"taken": True, "line": line})


def _wants_json(request: StaffRequest) -> bool:
    return request.headers.get("Accept", "") == "application/json"


def _session(request: StaffRequest, session_id: int) -> ReadingSession:
    sessions = ReadingSession.objects.for_user(request.user).select_related("library")
    return get_object_or_404(sessions, pk=session_id, method=ReadingSession.Method.CARDS)

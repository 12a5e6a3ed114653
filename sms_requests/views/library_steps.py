"""The steps of a library's desk: which form asks for each, which service makes it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from libraries.domain.jalali import format_jalali
from sms_requests.domain.way import ClosedReason, Move, State
from sms_requests.forms.library import (
    AnnounceForm,
    CallForm,
    CloseForm,
    FindForm,
    HandOverForm,
    NoteForm,
    OfferForm,
    SendBackForm,
    StepForm,
    TakeOfferForm,
    TellingForm,
    TicksForm,
)
from sms_requests.models import Request
from sms_requests.selectors.library_page import seems_unreachable
from sms_requests.services import library as desk
from sms_requests.services import library_copies as copies
from sms_requests.services import library_handing as handing
from sms_requests.services import library_texts as texts
from sms_requests.services.moves import Say

KEPT_FOR = timedelta(days=3)
OPENS, CLOSES = "09:00", "13:00"


@dataclass(frozen=True, slots=True)
class Step:
    """A step as the page offers it: its form, the service behind it, what is said when done."""

    form: type[StepForm]
    service: Callable[..., Any]
    done: str


STEPS: dict[Move, Step] = {
    Move.FIND: Step(FindForm, copies.request_find, "نسخه برای این درخواست کنار گذاشته شد."),
    Move.LET_GO: Step(NoteForm, copies.request_let_go, "نسخه رها شد."),
    Move.OFFER: Step(OfferForm, copies.request_offer, "پیشنهاد ثبت شد؛ اکنون با عضو تماس بگیرید."),
    Move.TAKE_OFFER: Step(
        TakeOfferForm, copies.request_take_offer, "درخواست به کتابخانهٔ دیگر سپرده شد."
    ),
    Move.DECLINE_OFFER: Step(NoteForm, copies.request_decline_offer, "پیشنهاد برداشته شد."),
    Move.CALL: Step(CallForm, desk.request_call, "تماس ثبت شد."),
    Move.PREPARE: Step(TicksForm, handing.request_prepare, "آماده‌سازی ثبت شد."),
    Move.ANNOUNCE: Step(AnnounceForm, handing.request_announce, "زمان و جای تحویل ثبت شد."),
    Move.HAND_OVER: Step(
        HandOverForm, handing.request_hand_over, "کتاب تحویل داده و امانت آن ثبت شد."
    ),
    Move.CLOSE: Step(CloseForm, desk.request_close, "درخواست بسته شد."),
    Move.REOPEN: Step(NoteForm, desk.request_reopen, "درخواست دوباره باز شد."),
    Move.SEND_BACK: Step(SendBackForm, desk.request_send_back, "درخواست به کارشناس بازگشت."),
    Move.ADMIT: Step(NoteForm, desk.request_admit, "عضویت پیدا شد و درخواست به جریان افتاد."),
}
# After these the request is no longer at this library.
LEAVES = (Move.TAKE_OFFER, Move.SEND_BACK)


def form_for(
    move: Move, item: Request, now: datetime, data: Mapping[str, Any] | None = None
) -> StepForm:
    """The form of a step for this request, with what is usual filled in."""
    kind = STEPS[move].form
    last = item.steps.order_by("-pk").values_list("pk", flat=True).first()
    initial: dict[str, Any] = {"after": last or 0}
    more: dict[str, Any] = {}
    if issubclass(kind, TellingForm):
        more["takes_texts"] = texts.takes_texts(item)
        initial["tell"] = move in (Move.ANNOUNCE, Move.OFFER, Move.CLOSE)
    if issubclass(kind, TicksForm):
        more["items"] = handing.checks_of(item)[move]
    if move is Move.ANNOUNCE:
        today = timezone.localdate(now)
        initial |= {
            "from_on": format_jalali(today + timedelta(days=1)),
            "until_on": format_jalali(today + KEPT_FOR),
            "opens": OPENS,
            "closes": CLOSES,
            "place": item.collect_place or (item.library.name if item.library else ""),
        }
    if move is Move.HAND_OVER:
        entry = handing.borrower_of(item) is None
        more |= {
            "usual_due": handing.usual_due_on(item, timezone.localdate(now)),
            "needs_entry": entry,
            "needs_name": entry and item.member is None,
        }
        initial["full_name"] = item.full_name
    if move is Move.CLOSE:
        initial["reason"] = _likely_reason(item, now)
    form: StepForm = kind(data, initial=initial, auto_id=f"id_{move}_%s", **more)
    return form


def _likely_reason(item: Request, now: datetime) -> str:
    """Why the request would be closed now, where its state says so."""
    if item.state == State.READY and item.collect_until and item.collect_until < now:
        return ClosedReason.NOT_COLLECTED.value
    if item.state == State.NO_MEMBER:
        return ClosedReason.NOT_A_MEMBER.value
    if seems_unreachable(list(item.calls.all())):
        return ClosedReason.UNREACHED.value
    return ""


def preview(
    move: Move, item: Request, now: datetime, data: Mapping[str, Any] | None = None
) -> texts.Preview | None:
    """The text that goes with a step, from what is in its form; None where that says too little."""
    asked = form_for(
        move, item, now, data if data is not None else form_for(move, item, now).initial
    )
    asked.is_valid()
    say = _say(move, item, asked.cleaned_data)
    return texts.preview_of(say) if say else None


def _say(move: Move, item: Request, values: Mapping[str, Any]) -> Say | None:
    if move is Move.OFFER and values.get("library_id"):
        library = copies.others_of(item).filter(pk=values["library_id"]).first()
        return texts.offer_say(item, library) if library else None
    if move is Move.TAKE_OFFER and item.offered:
        return texts.taken_say(item, item.offered)
    if move is Move.ANNOUNCE and {"begin", "end", "place"} <= values.keys():
        return texts.ready_say(item, values["begin"], values["end"], values["place"])
    if move is Move.HAND_OVER and values.get("due_on"):
        return texts.lent_say(item, values["due_on"])
    if move is Move.CLOSE and values.get("reason"):
        return texts.closed_say(item, values["reason"])
    return None

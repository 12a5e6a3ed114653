"""The printed card of command barcodes (spec B9)."""

from dataclasses import dataclass
from itertools import groupby

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from pystrich.code128 import Code128Encoder

from libraries.rights import StaffRequest, requires
from libraries.roles import Right
from shelfreading.domain.commands import CARD, MARK, NO_BARCODE, SHELF_END, UNDO, Command

WHAT_IT_DOES = {
    "weed_content": "کتابی که تازه خوانده‌اید برای وجین محتوایی نامزد می‌شود.",
    "weed_duplicate": "برای وجین تکراری نامزد می‌شود.",
    "weed_worn": "برای وجین فرسوده نامزد می‌شود.",
    "weed_no_audience": "برای وجین بدون مخاطب نامزد می‌شود.",
    "binding": "برای ارسال به صحافی نامزد می‌شود.",
    "spine_label": "برچسب عطف تازه می‌خواهد.",
    NO_BARCODE: "به جای بارکد کتاب؛ سپس شمارهٔ ثبت را بنویسید یا کتاب بعدی را بخوانید.",
    UNDO: "آخرین کار، هر چه باشد. دو بار، دو کار را.",
    SHELF_END: "پس از آخرین کتاب قفسه؛ ترتیب همان قفسه نشان داده می‌شود.",
}
# Clear space that a reader wants on both sides of a Code 128, in modules.
QUIET = 10


@dataclass(frozen=True, slots=True)
class Bars:
    """A Code 128 to draw: a path of bars one unit high, and the width of all with its margins."""

    path: str
    width: int


@dataclass(frozen=True, slots=True)
class CardLine:
    """A command of the card as it is printed."""

    command: Command
    note: str
    bars: Bars


def bars_of(code: str) -> Bars:
    """The bars of a code in modules, to be drawn as an SVG path."""
    parts = []
    place = QUIET
    for bit, run in groupby(Code128Encoder(code).bars):
        width = len(list(run))
        if bit == "1":
            parts.append(f"M{place} 0h{width}v1h-{width}z")
        place += width
    return Bars("".join(parts), place + QUIET)


@requires(Right.READ_SHELVES)
@require_safe
def command_card(request: StaffRequest) -> HttpResponse:
    """The card on one A4 page, to print from the browser."""
    lines = [
        CardLine(command, WHAT_IT_DOES[command.value or command.kind], bars_of(command.code))
        for command in CARD
    ]
    context = {
        "marks": [line for line in lines if line.command.kind == MARK],
        "others": [line for line in lines if line.command.kind != MARK],
    }
    return render(request, "shelfreading/command_card.html", context)

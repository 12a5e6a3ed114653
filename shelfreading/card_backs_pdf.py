"""The backs of the cards on paper: four to an A4 sheet, of a card's own size, to be cut out."""

import json
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings

from libraries.domain.persian import stored_form
from libraries.domain.printed import printed
from libraries.refusal import Refused
from libraries.templatetags.fa import call_parts
from shelfreading.selectors.card_backs import BackLine, CardBack, CardReading
from shelfreading.typeset import TypesettingStopped, typeset

TEMPLATE = Path("templates") / "shelfreading" / "card_backs.typ"
# What fits beside one registration number, the newest.
READINGS_ON_LINE = 4
TITLE_LETTERS = 70
NUMBER_LETTERS = 14
ZERO_WIDTH_SPACE = "\u200b"


def card_backs_pdf(backs: Iterable[CardBack], out_path: Path) -> int:
    """Write the cards to `out_path` and return how many titles they are.

    Values reach Typst as data, never as markup; the same cards give the same bytes. Raises
    Refused when there is no card, or the machine has not memory enough.
    """
    cards = [_data(back) for back in backs]
    if not cards:
        raise Refused("در این رف‌خوانی هنوز رف‌برگه‌ای نیست؛ نخست رف‌برگه‌ها را وارد کنید.")
    with TemporaryDirectory(prefix="card-backs-") as folder:
        (Path(folder) / "data.json").write_text(
            json.dumps({"cards": cards}, ensure_ascii=False), encoding="utf-8"
        )
        try:
            typeset(settings.BASE_DIR / TEMPLATE, Path(folder), settings.FORMS_FONT_DIR, out_path)
        except TypesettingStopped as error:
            raise Refused(
                "چیدن برگه‌ها نیمه‌کاره ماند، چون حافظهٔ رایانه کم آمد؛ پشت برگه‌ها را عنوان به عنوان "
                "چاپ کنید."
            ) from error
    return len(cards)


def _data(back: CardBack) -> dict[str, object]:
    return {
        "title": _brief(printed(back.title), TITLE_LETTERS),
        "author": _brief(printed(back.author), TITLE_LETTERS // 2),
        "call": call_parts(stored_form(back.call_number)),
        "copies": printed(back.copies),
        "volumes": printed(back.volumes),
        "lines": [_line(line) for line in back.lines],
    }


def _line(line: BackLine) -> dict[str, object]:
    number = printed(line.registration_number)
    if len(number) > NUMBER_LETTERS:
        number = ZERO_WIDTH_SPACE.join(number)
    return {
        "number": number,
        "volume": printed(line.volume),
        "struck": line.is_struck,
        "ticked": bool(line.readings) and line.readings[-1].is_seen,
        "remark": line.remark,
        "readings": [_reading(reading) for reading in line.readings[-READINGS_ON_LINE:]],
    }


def _reading(reading: CardReading) -> dict[str, object]:
    return {"on": printed(reading.on), "seen": reading.is_seen, "word": reading.word}


def _brief(text: str, letters: int) -> str:
    return text if len(text) <= letters else f"{text[:letters].rstrip()}…"

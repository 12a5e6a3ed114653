"""What is answered to a text: short Persian sentences that fit their parts.

Each template says in how many parts it must fit (`sending.part_count` counts them). Long values
are shortened with «…», never the sentence. No answer holds more about a person than the person's
own text did.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from string import Formatter

from sms_requests.domain.sending import ONE_PART, PART_OF_MANY

ELLIPSIS = "…"
_LIBRARY = re.compile(r"^\s*کتابخانه(?:[\u200c ]?ی|ٔ)?(?:\s+عمومی)?\s+")


class Reply(StrEnum):
    """What there is to say."""

    RECEIVED = "received"
    MISSING = "missing"
    NO_MEMBER = "no_member"
    MEMBERSHIP_RECEIVED = "membership_received"
    ALREADY_MEMBER = "already_member"
    MEMBERSHIP_APPROVED = "membership_approved"
    MEMBERSHIP_REFUSED = "membership_refused"
    NOORMAGS = "noormags"
    ROUTED = "routed"
    READY = "ready"
    OTHER_COPY = "other_copy"
    HANDED_OVER = "handed_over"
    CLOSED = "closed"
    REPEATED = "repeated"
    STATUS = "status"
    NO_REQUEST = "no_request"
    CANCELLED = "cancelled"
    TOO_LATE_TO_CANCEL = "too_late_to_cancel"
    FLOOD = "flood"
    UNCLEAR = "unclear"
    RETURN_DAYS = "return_days"


@dataclass(frozen=True, slots=True)
class Template:
    """A sentence with the names of its values in braces, and the parts it must fit in."""

    text: str
    most_parts: int

    @property
    def names(self) -> tuple[str, ...]:
        """The values it takes, in the order they stand in."""
        return tuple(name for _, name, _, _ in Formatter().parse(self.text) if name)


TEMPLATES: dict[Reply, Template] = {
    Reply.RECEIVED: Template(
        "درخواست کتاب «{title}» از کتابخانهٔ {library} رسید. کتابدار با شما تماس می‌گیرد.", 2
    ),
    Reply.ROUTED: Template("درخواست «{title}» رسید و برای کتابخانه‌تان فرستاده می‌شود.", 1),
    Reply.MISSING: Template(
        "در پیام شما {parts} نیست یا خوانده نشد. همه را در یک پیام بفرستید؛ نمونه: {example}", 3
    ),
    Reply.UNCLEAR: Template(
        "پیامتان روشن نبود. برای امانت کتاب، نام کتابخانه، کد ملی و عنوان کتاب را بفرستید.", 2
    ),
    Reply.NO_MEMBER: Template(
        "با این کد ملی عضوی در کتابخانهٔ {library} پیدا نشد و درخواست شما نگه داشته شد. برای عضویت "
        "بفرستید: عضویت، نام و نام خانوادگی، کد ملی، نام کتابخانه.",
        3,
    ),
    Reply.MEMBERSHIP_RECEIVED: Template(
        "درخواست عضویت در کتابخانهٔ {library} رسید. پس از بررسی خبر می‌دهیم.", 2
    ),
    Reply.ALREADY_MEMBER: Template(
        "شما عضو کتابخانهٔ {library} هستید. برای امانت کتاب، نام کتابخانه، کد ملی و عنوان کتاب را "
        "بفرستید.",
        2,
    ),
    Reply.MEMBERSHIP_APPROVED: Template(
        "عضویت شما در کتابخانهٔ {library} تأیید شد. اکنون می‌توانید با پیامک کتاب بخواهید.", 2
    ),
    Reply.MEMBERSHIP_REFUSED: Template(
        "عضویت در کتابخانهٔ {library} تأیید نشد: {reason}. برای پیگیری با کتابخانه تماس بگیرید.", 3
    ),
    Reply.NOORMAGS: Template(
        "حساب نورمگز از راه دایرکت اینستاگرام ادارهٔ کل داده می‌شود؛ نام، کد ملی و سال تولد را "
        "همان‌جا بفرستید.",
        2,
    ),
    Reply.READY: Template(
        "«{title}» آماده است. {when} برای گرفتن آن به {where} بیایید و کارت شناسایی همراه بیاورید.",
        3,
    ),
    Reply.OTHER_COPY: Template(
        "«{title}» در کتابخانهٔ شما نیست ولی کتابخانهٔ {library} آن را دارد. کتابدار تماس می‌گیرد.", 3
    ),
    Reply.HANDED_OVER: Template("«{title}» به امانت داده شد. روز بازگشت: {due}.", 2),
    Reply.CLOSED: Template("درخواست «{title}» بسته شد: {reason}.", 2),
    Reply.REPEATED: Template("درخواست «{title}» پیش‌تر رسیده است: {state}.", 3),
    Reply.STATUS: Template("وضعیت «{title}»: {state}.", 3),
    Reply.NO_REQUEST: Template("از این شماره درخواستی در جریان نیست.", 1),
    Reply.CANCELLED: Template("درخواست «{title}» لغو شد.", 1),
    Reply.TOO_LATE_TO_CANCEL: Template(
        "درخواست «{title}» را دیگر نمی‌شود با پیامک لغو کرد؛ با کتابخانه تماس بگیرید.", 2
    ),
    Reply.FLOOD: Template(
        "پیام‌هایتان رسید و نگه داشته شد ولی زیاد است؛ پاسخ هرکدام با تأخیر می‌آید.", 2
    ),
    Reply.RETURN_DAYS: Template(
        "زمان بازگرداندن کتاب در کتابخانهٔ {library}: {days}. کتاب‌های امانتی را همان وقت بیاورید.", 3
    ),
}
PARTS = {
    "library": "نام کتابخانه",
    "national_id": "کد ملی درست (ده رقم)",
    "title": "عنوان کتاب",
    "full_name": "نام و نام خانوادگی",
}
# Nobody's: its check digit is wrong on purpose, so that a copied example is no request.
EXAMPLE_ID = "۰۱۲۳۴۵۶۷۸۰"
EXAMPLES = {
    "library": "کتابخانهٔ حافظ",
    "national_id": f"کد ملی {EXAMPLE_ID}",
    "title": "کتاب بوف کور",
    "full_name": "نام و نام خانوادگی",
}


def letters(text: str) -> int:
    """The length of a text as it travels: UTF-16 units, so that an emoji counts as two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def room(most_parts: int) -> int:
    """The letters that so many parts hold together."""
    return ONE_PART if most_parts == 1 else most_parts * PART_OF_MANY


def shortened(text: str, most: int) -> str:
    """The text in at most so many letters, ended with «…» where something was left out."""
    if letters(text) <= most:
        return text
    kept = text
    while kept and letters(kept) > most - 1:
        kept = kept[:-1]
    return kept.rstrip("\u200c\u200d ،.؛:-") + ELLIPSIS if most > 0 else ""


def reply(kind: Reply, values: Mapping[str, str]) -> str:
    """The answer of a kind with its values set in, within the parts that the kind may have.

    Where it would be longer, the longest value is shortened first. Line breaks in values become
    spaces; «کتابخانه عمومی» before a library's name is left out, since the sentence says it.
    Raises KeyError where a value is missing that the kind needs.
    """
    template = TEMPLATES[kind]
    given = {name: " ".join(values[name].split()) for name in template.names}
    if "library" in given:
        given["library"] = _LIBRARY.sub("", given["library"])
    bare = letters(template.text.format_map(dict.fromkeys(template.names, "")))
    left = room(template.most_parts) - bare
    return template.text.format_map(_fitted(given, left))


def _fitted(given: Mapping[str, str], left: int) -> dict[str, str]:
    """The values in so many letters together: short ones whole, the longer ones alike."""
    fitted: dict[str, str] = {}
    shortest_first = sorted(given, key=lambda name: letters(given[name]))
    for place, name in enumerate(shortest_first):
        share = left // (len(shortest_first) - place)
        fitted[name] = shortened(given[name], share)
        left -= letters(fitted[name])
    return fitted


def missing_reply(missing: Iterable[str]) -> str:
    """What to answer where parts are missing: which, and how a text that holds them looks.

    `missing` holds names of `ParsedMessage.missing`.
    """
    wanted = [name for name in PARTS if name in set(missing)]
    if not wanted:
        raise ValueError("nothing is missing")
    named = " و ".join(filter(None, ("، ".join(PARTS[n] for n in wanted[:-1]), PARTS[wanted[-1]])))
    joins = "full_name" in wanted and "title" not in wanted
    shown = ("library", "national_id", "full_name" if joins else "title")
    example = "، ".join(EXAMPLES[name] for name in shown)
    return reply(Reply.MISSING, {"parts": named, "example": example})

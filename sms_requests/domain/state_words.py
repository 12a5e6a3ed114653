"""What a sender is told of a request: its title and how it stands, and nothing about a person."""

from libraries.domain.persian import to_persian_digits
from sms_requests.domain.masked import masked_text
from sms_requests.domain.parse import Kind
from sms_requests.domain.way import State

_WORDS: dict[State, str] = {
    State.UNROUTED: "نزد کارشناس استان در حال بررسی است",
    State.NO_MEMBER: "نگه داشته شده است تا عضو آن کتابخانه شوید",
    State.WAITING: "در کتابخانه در حال بررسی است",
    State.FOUND: "کتاب برایتان کنار گذاشته شده است و کتابدار تماس می‌گیرد",
    State.OFFERED: "کتابخانهٔ دیگری آن را دارد و کتابدار تماس می‌گیرد",
    State.READY: "آماده است",
}


def told_title(kind: str, wanted: str) -> str:
    """What a request is called in a text to its sender; long numbers in a title are hidden."""
    if kind == Kind.MEMBERSHIP:
        return "عضویت"
    if kind == Kind.LOAN:
        return masked_text(wanted, for_page=False) or "کتاب"
    return "پیام شما"


def state_words(state: str, *, when: str = "", where: str = "", others: int = 0) -> str:
    """How an open request stands. `when` and `where` it is to be collected, where it is ready;
    `others`: how many more requests of the sender are open.
    """
    words = _WORDS[State(state)]
    if state == State.READY and when:
        words += f"؛ {when}"
    if state == State.READY and where:
        words += f" در {where}"
    if others:
        words += f"؛ {to_persian_digits(others)} درخواست باز دیگر هم دارید"
    return words

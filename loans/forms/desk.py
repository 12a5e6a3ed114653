"""The loans desk: its one field, and what it shows."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from django import forms

from libraries.models import Copy


class DeskForm(forms.Form):
    """A code as a reader sends it, or a part of a member's name."""

    code = forms.CharField(
        label="بارکد یا شمارهٔ ثبت کتاب، یا عضو",
        max_length=200,
        widget=forms.TextInput(
            attrs={"autofocus": True, "autocomplete": "off", "enterkeyhint": "go", "dir": "auto"}
        ),
        help_text="عضو را با کارت، بخشی از نام، شمارهٔ عضویت، کد ملی یا تلفن همراه کامل پیدا کنید.",
        error_messages={"required": "بارکد را بخوانید، یا نام عضو یا شمارهٔ ثبت کتاب را بنویسید."},
    )

    def say_nothing_found(self, elsewhere: Sequence[Copy]) -> None:
        """Say that the code names nothing here, and whose the book may be."""
        if not elsewhere:
            self.add_error(
                "code",
                "کتاب یا عضوی با این بارکد، شماره یا نام در کتابخانه نیست؛ دوباره بخوانید یا "
                "بنویسید.",
            )
            return
        book = elsewhere[0]
        owners = "، ".join(
            f"«{copy.library.name}» (شهرستان {copy.library.county.name})" for copy in elsewhere
        )
        self.add_error(
            "code",
            f"این بارکد در کتابخانهٔ شما نیست؛ کتاب «{book.title}» از آن {owners} است. امانت آن "
            "اینجا بسته نمی‌شود؛ کتاب را به همان کتابخانه بفرستید.",
        )


class DeskState:
    """What the desk shows, by ids: a member, a copy, a loan just returned; a bad id is none."""

    def __init__(self, data: Mapping[str, str]) -> None:
        self.member = _number(data.get("member"))
        self.copy = _number(data.get("copy"))
        self.loan = _number(data.get("loan"))
        self.shown_at: datetime | None = None
        try:
            self.shown_at = datetime.fromtimestamp(float(data.get("shown", "")), UTC)
        except (ValueError, OverflowError, OSError):
            return


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 18 else None

"""Many copies at once, as a reader sends their codes: one a line."""

from typing import Any

from django import forms

from libraries.domain.persian import to_persian_digits
from libraries.models import Copy, User
from loans.selectors import copy_to_lend

MOST_CODES = 500


class CodesForm(forms.Form):
    """Barcodes or registration numbers of the user's library; once it is valid, `copies`.

    `verb` is what happens to them: «در هر بار حداکثر … کتاب را می‌توان …».
    """

    verb = ""
    codes = forms.CharField(
        label="بارکد یا شمارهٔ ثبت نسخه‌ها، هر کدام در یک خط",
        help_text="بارکدخوان را روی کتاب‌ها بگیرید؛ پس از هر کد خودش به خط بعد می‌رود.",
        widget=forms.Textarea(attrs={"rows": 5, "dir": "ltr", "autocomplete": "off"}),
        max_length=40_000,
        error_messages={"required": "بارکد یا شمارهٔ ثبت دست‌کم یک کتاب را بنویسید."},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.copies: list[Copy] = []

    def clean_codes(self) -> str:
        """Find each copy; codes that none has are named, and nothing happens to any."""
        text: str = self.cleaned_data["codes"]
        codes = list(dict.fromkeys(filter(None, map(str.strip, text.splitlines()))))
        if len(codes) > MOST_CODES:
            raise forms.ValidationError(
                f"در هر بار حداکثر {to_persian_digits(MOST_CODES)} کتاب را می‌توان {self.verb}."
            )
        found = {code: copy_to_lend(self.user, code) for code in codes}
        strangers = [code for code, copy in found.items() if copy is None]
        if strangers:
            raise forms.ValidationError(
                f"این کدها در کتابخانهٔ شما نیست: {'، '.join(strangers[:10])}؛ "
                "درستشان کنید یا بردارید."
            )
        self.copies = [copy for copy in found.values() if copy is not None]
        return text

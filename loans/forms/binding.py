"""Forms of sending to the binder and taking back."""

from typing import Any

from django import forms

from libraries.domain.persian import to_persian_digits
from libraries.forms import FilterForm
from libraries.models import Copy, User
from loans.forms.dates import JalaliDateField
from loans.selectors import copy_to_lend

MOST_CODES = 500
_DATE = {"dir": "ltr", "autocomplete": "off"}


class BindingFilter(FilterForm):
    """Search over the trips."""

    q = forms.CharField(label="جست‌وجو در صحافی", required=False, max_length=200)


class BindingSendForm(forms.Form):
    """Which copies go to the binder, to whom, from when until when."""

    codes = forms.CharField(
        label="بارکد یا شمارهٔ ثبت نسخه‌ها، هر کدام در یک خط",
        help_text="بارکدخوان را روی کتاب‌ها بگیرید؛ پس از هر کد خودش به خط بعد می‌رود.",
        widget=forms.Textarea(attrs={"rows": 4, "dir": "ltr", "autocomplete": "off"}),
        max_length=40_000,
        error_messages={"required": "بارکد یا شمارهٔ ثبت دست‌کم یک کتاب را بنویسید."},
    )
    binder = forms.CharField(label="نام صحافی", required=False, max_length=120)
    sent_on = JalaliDateField(label="تاریخ ارسال", widget=forms.TextInput(attrs=_DATE))
    expected_on = JalaliDateField(
        label="بازگشت احتمالی",
        required=False,
        help_text="اگر بیش از دو هفته باشد وضعیت نسخه «صحافی» می‌شود (مادّهٔ ۴-۵).",
        widget=forms.TextInput(attrs=_DATE),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.copies: list[Copy] = []

    def clean_codes(self) -> str:
        """Find each copy; codes that none has are named, and nothing is sent."""
        text = self.cleaned_data["codes"]
        codes = list(dict.fromkeys(filter(None, map(str.strip, text.splitlines()))))
        if len(codes) > MOST_CODES:
            raise forms.ValidationError(
                f"در هر بار حداکثر {to_persian_digits(MOST_CODES)} کتاب را می‌توان فرستاد."
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


class BindingBackForm(forms.Form):
    """The day a copy came back; today where nothing is said."""

    back_on = JalaliDateField(required=False)

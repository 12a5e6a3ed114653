"""Forms of the Noormags pool: the list's search, a file of accounts, a person's request."""

from typing import Any

from django import forms

from libraries.domain.persian import stored_form, to_ascii_digits
from libraries.forms import DigitsInput, FilterForm
from sms_requests.services.noormags import LONGEST_REASON

_CODE = {"dir": "ltr", "autocomplete": "off"}


class GrantsFilter(FilterForm):
    """Which grants to list."""

    q = forms.CharField(label="جست‌وجو در واگذاری‌ها", required=False, max_length=100)


class AccountsFileForm(forms.Form):
    """An Excel file with user names and passwords."""

    file = forms.FileField(
        label="فایل اکسل",
        allow_empty_file=True,
        help_text="با دو ستون «نام کاربری» و «کلمهٔ عبور»؛ ستون‌های دیگر خوانده نمی‌شوند.",
        error_messages={"required": "فایلی برنگزیده‌اید؛ فایل حساب‌ها را برگزینید."},
    )


class HandOutForm(forms.Form):
    """Who asked for an account in the direct messages."""

    full_name = forms.CharField(
        label="نام و نام خانوادگی",
        max_length=200,
        error_messages={"required": "نام و نام خانوادگی را بنویسید."},
    )
    national_id = forms.CharField(
        label="کد ملی",
        max_length=40,
        widget=forms.TextInput(attrs={**_CODE, "inputmode": "numeric"}),
        error_messages={"required": "کد ملی را بنویسید."},
    )
    birth_year = forms.CharField(
        label="سال تولد (شمسی)",
        max_length=20,
        widget=DigitsInput,
        help_text="چهار رقم، مانند ۱۳۷۵",
        error_messages={"required": "سال تولد را بنویسید."},
    )
    instagram = forms.CharField(
        label="نام در اینستاگرام",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs=_CODE),
    )
    again = forms.BooleanField(label="پیش‌تر حساب گرفته است؛ حساب دیگری بده", required=False)
    again_because = forms.CharField(
        label="علت واگذاری دوباره",
        required=False,
        max_length=LONGEST_REASON,
        help_text="با تیک بالا لازم است.",
    )

    def __init__(self, *args: Any, offers_again: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not offers_again:
            del self.fields["again"], self.fields["again_because"]

    def clean_birth_year(self) -> int:
        """The year; the service says which can be."""
        digits = to_ascii_digits(stored_form(self.cleaned_data["birth_year"]))
        if not (digits.isdecimal() and digits.isascii() and len(digits) == 4):
            raise forms.ValidationError("سال تولد را با چهار رقم بنویسید، مانند ۱۳۷۵.")
        return int(digits)

    def clean(self) -> dict[str, Any]:
        """Another account is given with a reason only."""
        given = self.cleaned_data
        if given.pop("again", False):
            if not given.get("again_because", "").strip() and "again_because" not in self.errors:
                self.add_error("again_because", "علت واگذاری دوباره را بنویسید.")
        else:
            given.pop("again_because", None)
        return given

"""Return days as they are typed: several on one form, without a script too."""

import re
from datetime import time
from typing import Any
from uuid import uuid4

from django import forms

from libraries.domain.persian import stored_form, to_ascii_digits, to_persian_digits
from libraries.forms import FilterForm
from loans.forms.dates import JalaliDateField
from sms_requests.domain.return_days import MOST_DAYS, Day
from sms_requests.models import ReturnAnnouncement

ROWS_AT_FIRST = 3
_HOUR = re.compile(r"([0-9]{1,2})(?:\s*[:.٫]\s*([0-9]{2}))?")
_TYPED = {"dir": "ltr", "autocomplete": "off"}


class HourField(forms.CharField):
    """An hour of the day, «۸» or «۸:۳۰», in any digits; cleans to a time."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs={**_TYPED, "inputmode": "text"}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """A time as it is typed."""
        return to_persian_digits(f"{value:%H:%M}") if isinstance(value, time) else value

    def clean(self, value: Any) -> time:
        """The time, or a ValidationError that says how to write one."""
        text = to_ascii_digits(stored_form(super().clean(value)))
        found = _HOUR.fullmatch(text)
        if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
            raise forms.ValidationError("ساعت خوانده نمی‌شود؛ آن را مانند ۸ یا ۱۳:۳۰ بنویسید.")
        return time(int(found[1]), int(found[2] or 0))


class ReturnDayForm(forms.Form):
    """One day with its hours."""

    on = JalaliDateField(
        label="روز",
        widget=forms.TextInput(attrs={**_TYPED, "placeholder": "۱۴۰۵/۰۹/۰۱"}),
        error_messages={"required": "روز را بنویسید."},
    )
    opens_at = HourField(label="از ساعت", error_messages={"required": "ساعت آغاز را بنویسید."})
    closes_at = HourField(label="تا ساعت", error_messages={"required": "ساعت پایان را بنویسید."})


_ReturnDays = forms.formset_factory(
    ReturnDayForm, extra=ROWS_AT_FIRST, max_num=MOST_DAYS, absolute_max=MOST_DAYS
)


class ReturnDaysForms(_ReturnDays):  # type: ignore[misc, valid-type]
    """The rows of days; those left blank are none."""

    @property
    def days(self) -> list[Day]:
        """The days that were written, once the rows are valid."""
        return [
            Day(row["on"], row["opens_at"], row["closes_at"])
            for row in (form.cleaned_data for form in self.forms)
            if row
        ]

    @property
    def has_room(self) -> bool:
        """Whether another row can be offered."""
        return self.total_form_count() < MOST_DAYS

    @staticmethod
    def with_another_row(data: Any) -> Any:
        """What was sent, with one more row to fill in."""
        data = data.copy()
        rows = data.get("days-TOTAL_FORMS", "")
        count = int(rows) if rows.isdecimal() else ROWS_AT_FIRST
        data["days-TOTAL_FORMS"] = str(min(count + 1, MOST_DAYS))
        return data


class AnnounceForm(forms.Form):
    """Whom the days concern, and what is told besides."""

    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    concerns = forms.ChoiceField(
        label="به چه کسانی خبر داده شود؟",
        choices=ReturnAnnouncement.Concerns.choices,
        initial=ReturnAnnouncement.Concerns.ALL,
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label="یادداشت",
        required=False,
        max_length=100,
        help_text="در پایان پیامک می‌آید، مانند «کتاب‌ها را در صندوق جلوی در بگذارید».",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class NoticesFilter(FilterForm):
    """Which borrowers of an announcement to list."""

    q = forms.CharField(label="جست‌وجو در امانت‌گیرندگان", required=False, max_length=100)

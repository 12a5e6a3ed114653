"""A field for Jalali days."""

from datetime import date
from typing import Any

from django import forms

from libraries.domain.jalali import format_jalali, parse_jalali


class JalaliDateField(forms.CharField):
    """A day of the Jalali calendar, typed as text; cleans to a date, None where empty."""

    def prepare_value(self, value: Any) -> Any:
        """A date as it is typed."""
        return format_jalali(value) if isinstance(value, date) else value

    def clean(self, value: Any) -> date | None:
        """The day, or a ValidationError that says what is wrong with it."""
        text = super().clean(value)
        try:
            return parse_jalali(text)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None

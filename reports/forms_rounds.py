"""The filter of a round's overview."""

from django import forms

from libraries.forms import ANY, FilterForm
from libraries.models import Library


class RoundFilter(FilterForm):
    """Which libraries of a round to show."""

    q = forms.CharField(label="جست‌وجو در کتابخانه‌های دوره", required=False, max_length=100)
    kind = forms.ChoiceField(label="نوع", required=False, choices=[ANY, *Library.Kind.choices])

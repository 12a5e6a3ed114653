"""Filters of the expert's lists: the day's requests, the line's texts."""

from collections.abc import Sequence
from typing import Any

from django import forms

from libraries.forms import ANY, FilterForm
from loans.forms.dates import JalaliDateField
from sms_requests.domain.suggest import Choice
from sms_requests.domain.way import STATE_LABELS
from sms_requests.models import MessageIn, MessageOut
from sms_requests.selectors.messages import SILENT_LABEL

_DAY = {"dir": "ltr", "autocomplete": "off", "placeholder": "۱۴۰۵/۰۹/۰۱"}
RETRYING, SILENT = "retrying", "silent"
OUT_STATES = {
    **dict(MessageOut.State.choices),
    RETRYING: "در صف پس از تلاش ناموفق",
    SILENT: SILENT_LABEL,
}
TROUBLES = {
    "any": "هر اشکالی",
    MessageIn.Trouble.CHARSET.value: str(MessageIn.Trouble.CHARSET.label),
    MessageIn.Trouble.INCOMPLETE.value: str(MessageIn.Trouble.INCOMPLETE.label),
}


def _day(label: str) -> JalaliDateField:
    return JalaliDateField(
        label=label, required=False, max_length=40, widget=forms.TextInput(attrs=_DAY)
    )


class DayFilter(FilterForm):
    """Which requests of which day. `late` leaves the day aside and shows what is late now."""

    day = _day("روز")
    state = forms.ChoiceField(
        label="وضعیت",
        required=False,
        choices=[ANY, *((state.value, label) for state, label in STATE_LABELS.items())],
    )
    library = forms.ChoiceField(label="کتابخانه", required=False)

    def __init__(self, data: Any, *, choices: Sequence[Choice]) -> None:
        super().__init__(data)
        names: Any = self.fields["library"]
        names.choices = [ANY, *((str(choice.id), choice.label) for choice in choices)]


class TextsInFilter(FilterForm):
    """Which texts that came."""

    trouble = forms.ChoiceField(label="اشکال", required=False, choices=[ANY, *TROUBLES.items()])
    day = _day("روز")


class TextsOutFilter(FilterForm):
    """Which texts that leave or left."""

    state = forms.ChoiceField(label="وضعیت", required=False, choices=[ANY, *OUT_STATES.items()])
    day = _day("روز")

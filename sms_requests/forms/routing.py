"""Forms of the provincial expert's desk."""

from collections.abc import Sequence
from typing import Any

from django import forms

from sms_requests.domain.suggest import Choice, matching_libraries, the_one_meant
from sms_requests.domain.way import REASON_LABELS, ClosedReason
from sms_requests.models import KIND_LABELS, RequestCall
from sms_requests.services.moves import LONGEST_NAME, LONGEST_WANTED
from sms_requests.services.routing import EXPERT_REASONS

_NUMBER = {"dir": "ltr", "autocomplete": "off", "inputmode": "numeric"}


class LibraryForm(forms.Form):
    """Which library: chosen from the list, or typed; what is typed must fit what is chosen.

    `clean` gives `library` as an id. Where the words typed fit several, `found` holds them.
    """

    typed = forms.CharField(required=False, max_length=200)
    library = forms.CharField(required=False, max_length=20)
    tell = forms.BooleanField(required=False)

    def __init__(self, data: Any, *, choices: Sequence[Choice]) -> None:
        super().__init__(data)
        self.choices = choices
        self.found: list[Choice] = []

    def clean(self) -> dict[str, Any]:
        """The library's id, or a sentence that says what to do."""
        cleaned = super().clean() or {}
        typed, chosen = cleaned.get("typed", "").strip(), cleaned.get("library", "")
        by_id = {str(choice.id): choice for choice in self.choices}
        if typed:
            self.found = matching_libraries(typed, self.choices)
            one = the_one_meant(typed, self.choices)
            fitting = {str(choice.id) for choice in self.found}
            if one is not None and chosen not in fitting:
                chosen = str(one.id)
            elif chosen not in fitting:
                chosen = str(self.found[0].id) if len(self.found) == 1 else ""
            if not chosen:
                raise forms.ValidationError(
                    f"«{typed}» به چند کتابخانه می‌خورد؛ یکی را برگزینید."
                    if self.found
                    else f"کتابخانه‌ای مانند «{typed}» در استان شما نیست؛ نام دیگری بنویسید."
                )
        if chosen not in by_id:
            raise forms.ValidationError("کتابخانه را برگزینید یا نامش را بنویسید.")
        cleaned["library"] = by_id[chosen].id
        return cleaned


class CorrectForm(forms.Form):
    """What was understood of a text, put right. The national ID is empty: it is shown masked."""

    kind = forms.ChoiceField(label="نوع", choices=[(k.value, v) for k, v in KIND_LABELS.items()])
    wanted = forms.CharField(label="عنوان کتاب", required=False, max_length=LONGEST_WANTED)
    full_name = forms.CharField(label="نام و نام خانوادگی", required=False, max_length=LONGEST_NAME)
    national_id = forms.CharField(
        label="کد ملی", required=False, max_length=40, widget=forms.TextInput(attrs=_NUMBER)
    )


class CloseForm(forms.Form):
    """Why a request ends here, and whether its sender is told."""

    reason = forms.ChoiceField(
        label="علت بستن",
        choices=[("", "—"), *((r.value, REASON_LABELS[ClosedReason(r)]) for r in EXPERT_REASONS)],
        error_messages={"required": "علت بستن را برگزینید."},
    )
    note = forms.CharField(
        label="یادداشت",
        required=False,
        max_length=500,
        help_text="برای «علت دیگر» همین نوشته در پیامک می‌آید.",
    )
    tell = forms.BooleanField(label="به فرستنده پیامک برود", required=False)


class UnroutedCallForm(forms.Form):
    """How a call ended."""

    outcome = forms.ChoiceField(
        label="نتیجهٔ تماس",
        choices=RequestCall.Outcome.choices,
        error_messages={"required": "نتیجهٔ تماس را برگزینید."},
    )
    said = forms.CharField(label="گفته‌ها", required=False, max_length=500)


class ByHandForm(CorrectForm):
    """A request made by hand of a garbled text."""

    mobile = forms.CharField(
        label="شمارهٔ فرستنده",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={**_NUMBER, "inputmode": "tel"}),
    )
    field_order = ("kind", "mobile", "wanted", "full_name", "national_id")

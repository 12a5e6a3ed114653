"""Forms of the library's desk for requests: the list's filter, and one form a step."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils import timezone

from libraries.forms import ANY, FilterForm
from libraries.models import Library, User
from loans.forms.dates import JalaliDateField
from sms_requests.domain.desk import hour_words
from sms_requests.domain.way import REASON_LABELS, ClosedReason
from sms_requests.models import KIND_LABELS, RequestCall

HOURS = [time(hour, minute) for hour in range(7, 22) for minute in (0, 30)]
NOT_ALL_TICKED = "همهٔ موردهای فهرست بهداشتی باید تیک بخورد."
_DAY = {"dir": "ltr", "autocomplete": "off", "inputmode": "numeric"}
# What ends a request at a library; the others are the expert's or the program's.
REASONS = [
    (reason.value, REASON_LABELS[reason])
    for reason in ClosedReason
    if reason is not ClosedReason.NO_REQUEST
]


class RequestsFilter(FilterForm):
    """Which requests to list."""

    q = forms.CharField(label="جست‌وجو در درخواست‌ها", required=False, max_length=100)
    kind = forms.ChoiceField(
        label="نوع", required=False, choices=[ANY, *((k.value, v) for k, v in KIND_LABELS.items())]
    )
    library = forms.ModelChoiceField(
        Library.objects.none(), label="کتابخانه", required=False, empty_label="همه"
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if user.library_id:
            del self.fields["library"]
        else:
            libraries: Any = self.fields["library"]
            libraries.queryset = Library.objects.for_user(user)


class StepForm(forms.Form):
    """What every step's form carries: the last step that the page knew of."""

    after = forms.IntegerField(
        widget=forms.HiddenInput,
        min_value=0,
        error_messages={"required": "صفحه را تازه کنید و دوباره ثبت کنید."},
    )


class NoteForm(StepForm):
    """A step with a word of explanation, if one is needed."""

    note = forms.CharField(
        label="یادداشت",
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class SendBackForm(NoteForm):
    """Back to the expert, with the reason."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        note = self.fields["note"]
        note.required, note.label = True, "چرا بازمی‌گردد؟"
        note.error_messages["required"] = "برای کارشناس بنویسید چرا درخواست را بازمی‌گردانید."


class TellingForm(StepForm):
    """A step that may send a text."""

    tell = forms.BooleanField(label="پیامک بفرست", required=False)

    def __init__(self, *args: Any, takes_texts: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not takes_texts:
            del self.fields["tell"]
        else:
            self.order_fields([*(name for name in self.fields if name != "tell"), "tell"])


class FindForm(StepForm):
    """The copy that is kept."""

    copy_id = forms.IntegerField(
        widget=forms.HiddenInput,
        max_value=2**62,
        error_messages={"required": "نسخه‌ای را برگزینید.", "invalid": "نسخه‌ای را برگزینید."},
    )


class OfferForm(TellingForm):
    """The library whose copy is offered."""

    library_id = forms.IntegerField(
        widget=forms.HiddenInput,
        max_value=2**62,
        error_messages={"required": "کتابخانه‌ای را برگزینید."},
    )


class TakeOfferForm(TellingForm, NoteForm):
    """The member's yes."""


class CallForm(StepForm):
    """A call: the result is a button."""

    outcome = forms.ChoiceField(
        choices=RequestCall.Outcome.choices,
        widget=forms.HiddenInput,
        error_messages={"required": "نتیجهٔ تماس را با یکی از دکمه‌ها برگزینید."},
    )
    said = forms.CharField(
        label="عضو چه گفت؟",
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="برای نمونه: فردا ساعت ۱۰ می‌آید",
    )


class TicksForm(StepForm):
    """A health list, each item of which must be ticked (spec R4)."""

    ticked = forms.MultipleChoiceField(
        label="فهرست بهداشتی",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": NOT_ALL_TICKED},
    )

    def __init__(self, *args: Any, items: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ticked: Any = self.fields["ticked"]
        ticked.choices = [(item, item) for item in items]

    def clean_ticked(self) -> list[str]:
        """Every item of the list."""
        ticked: list[str] = self.cleaned_data["ticked"]
        choices: Any = self.fields["ticked"]
        if len(set(ticked)) < len({item for item, _ in choices.choices}):
            raise forms.ValidationError(NOT_ALL_TICKED)
        return ticked


class HandOverForm(TellingForm, TicksForm):
    """The handing over: the health list, when the book is due, the membership where it is none."""

    due_on = JalaliDateField(
        label="مهلت بازگشت", required=False, widget=forms.TextInput(attrs=_DAY)
    )
    full_name = forms.CharField(
        label="نام و نام خانوادگی، از روی کارت شناسایی", required=False, max_length=200
    )
    enters = forms.BooleanField(label="عضویت او در این کتابخانه هم ثبت شود", required=False)

    field_order = ("ticked", "due_on", "full_name", "enters")

    def __init__(
        self, *args: Any, usual_due: date, needs_entry: bool, needs_name: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        due_on: Any = self.fields["due_on"]
        due_on.help_text = "اگر دست نزنید، مهلت آیین امانت است."
        self.initial.setdefault("due_on", usual_due)
        if not needs_entry:
            del self.fields["enters"]
        if not (needs_entry and needs_name):
            del self.fields["full_name"]
        self.order_fields(["ticked", "due_on", "full_name", "enters", "tell"])


class AnnounceForm(TellingForm):
    """When and where the book can be collected."""

    from_on = JalaliDateField(label="از روز", widget=forms.TextInput(attrs=_DAY))
    until_on = JalaliDateField(label="تا روز", widget=forms.TextInput(attrs=_DAY))
    opens = forms.TypedChoiceField(label="از ساعت", coerce=time.fromisoformat)
    closes = forms.TypedChoiceField(label="تا ساعت", coerce=time.fromisoformat)
    place = forms.CharField(
        label="کجا",
        max_length=200,
        error_messages={"required": "جای گرفتن کتاب را بنویسید."},
    )

    field_order = ("from_on", "until_on", "opens", "closes", "place", "tell")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("opens", "closes"):
            field: Any = self.fields[name]
            field.choices = [(f"{hour:%H:%M}", hour_words(hour)) for hour in HOURS]

    def clean(self) -> dict[str, Any]:
        """The two moments, `begin` and `end`, in place of days and hours."""
        given = self.cleaned_data
        if {"from_on", "until_on", "opens", "closes"} <= given.keys():
            if given["until_on"] < given["from_on"]:
                self.add_error("until_on", "روز پایان پیش از روز آغاز است.")
            elif given["closes"] <= given["opens"]:
                self.add_error("closes", "ساعت پایان باید پس از ساعت آغاز باشد.")
            else:
                given["begin"] = _moment(given.pop("from_on"), given.pop("opens"))
                given["end"] = _moment(given.pop("until_on"), given.pop("closes"))
        return given


def _moment(day: date, hour: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, hour))


class CloseForm(TellingForm, NoteForm):
    """Why a request ends without a loan."""

    reason = forms.ChoiceField(
        label="علت",
        choices=[("", "برگزینید"), *REASONS],
        error_messages={"required": "علت بستن درخواست را برگزینید."},
    )

    field_order = ("reason", "note", "tell")


class CorrectForm(forms.Form):
    """What was understood of the text, put right."""

    wanted = forms.CharField(label="عنوان خواسته‌شده", required=False, max_length=500)
    full_name = forms.CharField(label="نام و نام خانوادگی", required=False, max_length=200)
    national_id = forms.CharField(
        label="کد ملی",
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs=_DAY),
        help_text="خالی بماند، کد ملی کنونی می‌ماند.",
    )

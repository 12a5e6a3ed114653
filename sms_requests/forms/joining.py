"""Forms of the page of an application for membership, one a step."""

from typing import Any

from django import forms

from sms_requests.domain.way import REASON_LABELS, ClosedReason
from sms_requests.forms.library import NoteForm, TellingForm
from sms_requests.services.joining import LONGEST_REASON

_CODE = {"dir": "ltr", "autocomplete": "off"}
# How an application ends without being decided.
REASONS = [
    (reason.value, REASON_LABELS[reason])
    for reason in (
        ClosedReason.REPEATED,
        ClosedReason.UNREACHED,
        ClosedReason.ANSWERED,
        ClosedReason.NO_REQUEST,
        ClosedReason.OTHER,
    )
]


class ApproveForm(TellingForm):
    """A new membership; `seen` are the look-alikes that the page showed."""

    seen = forms.CharField(required=False, max_length=400, widget=forms.HiddenInput)
    membership_number = forms.CharField(
        label="شمارهٔ عضویت",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs=_CODE),
        help_text="خالی بماند، شمارهٔ بعدی کتابخانه داده می‌شود.",
    )

    def clean_seen(self) -> set[int]:
        """The ids; what is none is left out, which at worst asks for another look."""
        return {int(pk) for pk in self.cleaned_data["seen"].split(",") if pk.isdecimal()}


class LinkForm(TellingForm):
    """The member whom the application is found to come from."""

    member_id = forms.IntegerField(
        widget=forms.HiddenInput,
        max_value=2**62,
        error_messages={"required": "عضوی را برگزینید."},
    )


class RefuseForm(TellingForm):
    """Why the application is refused; the sender reads it."""

    reason = forms.CharField(
        label="علت",
        max_length=LONGEST_REASON,
        help_text="همین کلمه‌ها در پیامک می‌آید؛ برای نمونه: نشانی شما در حوزهٔ این کتابخانه نیست",
        error_messages={
            "required": "بنویسید چرا عضویت تأیید نمی‌شود.",
            "max_length": "علت را در ۱۰۰ نویسه بنویسید تا در پیامک جا شود.",
        },
    )
    field_order = ("reason", "tell")


class EndForm(NoteForm):
    """Why an application is closed."""

    reason = forms.ChoiceField(
        label="علت",
        choices=[("", "برگزینید"), *REASONS],
        error_messages={"required": "علت بستن درخواست را برگزینید."},
    )
    field_order = ("reason", "note")


class ApplicantForm(forms.Form):
    """Who the text comes from, put right."""

    full_name = forms.CharField(
        label="نام و نام خانوادگی",
        max_length=200,
        error_messages={"required": "نام درخواست‌دهنده را بنویسید."},
    )
    national_id = forms.CharField(
        label="کد ملی",
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={**_CODE, "inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, is_known: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        national_id = self.fields["national_id"]
        if is_known:
            national_id.help_text = "خالی بماند، کد ملی کنونی می‌ماند."
        else:
            national_id.required = True
            national_id.error_messages["required"] = "کد ملی ده‌رقمی درخواست‌دهنده را بنویسید."

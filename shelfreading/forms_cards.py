"""Forms of the card cabinet: a card, a loan card. Fields come in the order they are typed in."""

from typing import Any
from uuid import uuid4

from django import forms

from libraries.models import Section
from loans.forms.dates import JalaliDateField
from shelfreading.models import ReadingSession

# Enter goes through the fields that carry this mark, and saves at the last.
STEP = {"data-step": True, "autocomplete": "off", "spellcheck": "false"}
# Longer than anything the records take, so that what is too long is told and not cut off.
LONG = 20_000


def _text(label: str, *, empty: str = "", **attrs: Any) -> forms.CharField:
    """A field to type in; `empty` is what is said where it must not be empty."""
    return forms.CharField(
        label=label,
        required=bool(empty),
        max_length=LONG,
        widget=forms.TextInput(attrs={**STEP, **attrs}),
        error_messages={
            "required": empty,
            "max_length": f"{label} بلندتر از آن است که خوانده شود؛ آن را کوتاه کنید.",
        },
    )


def _number(where: str) -> forms.CharField:
    return _text(
        "شمارهٔ ثبت",
        empty=f"شمارهٔ ثبت خالی است؛ {where}",
        autofocus=True,
        dir="auto",
        inputmode="numeric",
    )


class CardForm(forms.Form):
    """One shelf-list card. What it may hold is the service's to say."""

    id = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={
            "required": "کارت بی‌نشان آمد؛ صفحه را تازه کنید.",
            "invalid": "نشان کارت خوانده نشد؛ صفحه را تازه کنید.",
        },
    )
    section = forms.ModelChoiceField(
        Section.objects.none(),
        label="بخش",
        empty_label=None,
        error_messages={
            "required": "بخش را برگزینید.",
            "invalid_choice": "این بخش در این رف‌خوانی نیست؛ یکی از بخش‌های آن را برگزینید.",
        },
    )
    registration_number = _number("آن را از پشت رف‌برگه بنویسید.")
    title = _text("عنوان", empty="عنوان خالی است؛ عنوان کتاب را بنویسید.", dir="auto")
    author = _text("پدیدآورنده", dir="auto")
    call_number = _text("شمارهٔ راهنما یا رده", dir="auto")
    absent = forms.BooleanField(label="در قفسه نیست (خط بخورد)", required=False)

    def __init__(self, *args: Any, session: ReadingSession, **kwargs: Any) -> None:
        kwargs["initial"] = {"id": uuid4(), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        sections: Any = self.fields["section"]
        sections.queryset = session.sections.order_by("position", "pk")


class CardCorrectionForm(CardForm):
    """A card that was entered, to be put right; its tick is the list's affair."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["id"], self.fields["absent"]


class LoanCardForm(forms.Form):
    """One loan card."""

    registration_number = _number("آن را از کارت امانت بنویسید.")
    membership_number = _text("شمارهٔ عضویت", dir="auto", inputmode="numeric")
    member_name = _text("نام عضو", dir="auto")
    due_on = JalaliDateField(
        label="مهلت بازگشت",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={**STEP, "placeholder": "۱۴۰۵/۰۹/۰۱", "dir": "auto"}),
    )
    lent_on = JalaliDateField(
        label="تاریخ امانت",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
        help_text="تنها اگر کتاب پس از آغاز رف‌خوانی امانت رفته است.",
    )

"""Forms of rounds: opening, extending, and the reason for not reading."""

from django import forms

from libraries.domain.persian import to_ascii_digits
from libraries.models import Library
from loans.forms.dates import JalaliDateField
from shelfreading.services.rounds import LONGEST_NUMBER, LONGEST_REASON

_LIKE = "مانند ۱۴۰۵/۰۷/۰۱"
# Reports 2 and 3 gather these two (directive 7-3, 7-5).
_GATHERED = [Library.Kind.INSTITUTIONAL.value, Library.Kind.PARTICIPATORY.value]


class RoundForm(forms.Form):
    """A new round, as its circular has it."""

    year = forms.CharField(
        label="سال دوره",
        max_length=4,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "dir": "ltr"}),
        error_messages={"required": "سال دوره را بنویسید، مانند ۱۴۰۵."},
    )
    circular_number = forms.CharField(
        label="شمارهٔ بخشنامه",
        max_length=LONGEST_NUMBER,
        error_messages={"required": "شمارهٔ بخشنامه را بنویسید."},
    )
    circular_on = JalaliDateField(
        label="تاریخ بخشنامه",
        help_text=_LIKE,
        error_messages={"required": "تاریخ بخشنامه را بنویسید."},
    )
    opens_on = JalaliDateField(
        label="آغاز مهلت رف‌خوانی",
        help_text=_LIKE,
        error_messages={"required": "روزی را بنویسید که رف‌خوانی از آن آغاز می‌شود."},
    )
    closes_on = JalaliDateField(
        label="پایان مهلت رف‌خوانی",
        help_text="واپسین روز رف‌خوانی؛ گزارش هر کتابخانه تا دو هفته پس از پایان خواندنش می‌رسد.",
        error_messages={"required": "واپسین روز مهلت رف‌خوانی را بنویسید."},
    )
    kinds = forms.MultipleChoiceField(
        label="کدام کتابخانه‌ها بخوانند؟",
        choices=Library.Kind.choices,
        initial=_GATHERED,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "دست‌کم یک نوع کتابخانه را برگزینید."},
        help_text="گزارش‌های شمارهٔ دو و سه کتابخانه‌های نهادی و مشارکتی را جدا از هم می‌آورند.",
    )

    def clean_year(self) -> int:
        """The Jalali year, in Persian or other digits."""
        text = to_ascii_digits(self.cleaned_data["year"]).strip()
        if not text.isascii() or not text.isdigit() or not 1300 <= int(text) <= 1599:
            raise forms.ValidationError("سال را چهاررقمی و هجری خورشیدی بنویسید، مانند ۱۴۰۵.")
        return int(text)


class ExtensionForm(forms.Form):
    """A later end of a round's window."""

    closes_on = JalaliDateField(
        label="پایان تازهٔ مهلت",
        help_text=_LIKE,
        error_messages={"required": "پایان تازهٔ مهلت را بنویسید."},
    )
    reason = forms.CharField(
        label="علت تمدید",
        help_text="همهٔ کتابخانه‌ها و ادارات آن را می‌بینند.",
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": LONGEST_REASON}),
        error_messages={"required": "علت تمدید را بنویسید."},
    )


class ReasonForm(forms.Form):
    """Why a library won't read."""

    reason = forms.CharField(
        label="علت عدم انجام رف‌خوانی",
        help_text="در گزارش شمارهٔ دو و سه کنار شمار کتابخانه‌های نخوانده می‌آید؛ نامی از کسی نبرید.",
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": LONGEST_REASON}),
        error_messages={"required": "علت را بنویسید."},
    )

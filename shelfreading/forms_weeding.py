"""Forms of the pages of weeding."""

from typing import Any

from django import forms
from django.http import QueryDict

from libraries.domain.persian import to_persian_digits
from libraries.forms import ANY, FilterForm
from libraries.models import Copy, Library, User, WeedingCause
from loans.selectors import copy_to_lend
from shelfreading.models import WeedingProposal, WeedingRules
from shelfreading.services.weeding import LONGEST_REASON
from shelfreading.services.weeding_rules import LIMITS

MOST_CODES = 500
_NO_CAUSE = "علت وجین را از چهار علت فهرست برگزینید."


class WeedingFilter(FilterForm):
    """Which proposals to list; above a library, of which library."""

    q = forms.CharField(label="جست‌وجو در پیشنهادها", required=False, max_length=200)
    origin = forms.ChoiceField(
        label="از راه", required=False, choices=[ANY, *WeedingProposal.Origin.choices]
    )
    library = forms.ModelChoiceField(
        Library.objects.none(), label="کتابخانه", required=False, empty_label="همه"
    )
    state = forms.ChoiceField(
        required=False, choices=WeedingProposal.State.choices, widget=forms.HiddenInput
    )
    cause = forms.ChoiceField(
        required=False, choices=WeedingCause.choices, widget=forms.HiddenInput
    )
    session = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if user.library_id:
            del self.fields["library"]
        else:
            libraries: Any = self.fields["library"]
            libraries.queryset = Library.objects.for_user(user).order_by("name")

    @property
    def active(self) -> int:
        """How many of the filters that can be seen are in force."""
        return len(set(self.chosen()) & {"origin", "library"})

    def wanted(self) -> dict[str, Any]:
        """What `proposals_of` takes."""
        chosen = self.chosen()
        if library := chosen.pop("library", None):
            chosen["library"] = library.pk
        if words := chosen.pop("q", ""):
            chosen["words"] = words
        return chosen


class CauseForm(forms.Form):
    """For what a copy is proposed, and what the librarian has to say of it."""

    cause = forms.ChoiceField(
        label="علت وجین",
        choices=[("", "علت را برگزینید"), *WeedingCause.choices],
        error_messages={"required": _NO_CAUSE, "invalid_choice": _NO_CAUSE},
    )
    why = forms.CharField(
        label="توضیح",
        required=False,
        max_length=300,
        help_text="کارشناس استان آن را می‌خواند.",
    )


class CodesForm(CauseForm):
    """Several copies at once, as a reader sends their codes."""

    codes = forms.CharField(
        label="بارکد یا شمارهٔ ثبت نسخه‌ها، هر کدام در یک خط",
        help_text="بارکدخوان را روی کتاب‌ها بگیرید؛ پس از هر کد خودش به خط بعد می‌رود.",
        widget=forms.Textarea(attrs={"rows": 6, "dir": "ltr", "autocomplete": "off"}),
        max_length=40_000,
        error_messages={"required": "بارکد یا شمارهٔ ثبت دست‌کم یک کتاب را بنویسید."},
    )
    field_order = ("codes", "cause", "why")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.copies: list[Copy] = []

    def clean_codes(self) -> str:
        """Find each copy; codes that none has are named, and nothing is proposed."""
        text: str = self.cleaned_data["codes"]
        codes = list(dict.fromkeys(filter(None, map(str.strip, text.splitlines()))))
        if len(codes) > MOST_CODES:
            raise forms.ValidationError(
                f"در هر بار حداکثر {to_persian_digits(MOST_CODES)} کتاب را می‌توان پیشنهاد داد."
            )
        found = {code: copy_to_lend(self.user, code) for code in codes}
        strangers = [code for code, copy in found.items() if copy is None]
        if strangers:
            raise forms.ValidationError(
                f"این کدها در کتابخانهٔ شما نیست: {'، '.join(strangers[:10])}؛ "
                "درستشان کنید یا بردارید."
            )
        self.copies = [copy for copy in found.values() if copy is not None]
        return text


class LimitsForm(forms.ModelForm):
    """From what on the rules propose a copy."""

    class Meta:
        model = WeedingRules
        fields = LIMITS
        labels = {
            "unlent_years": "امانت‌نرفته در این شمار سال",
            "loans_a_copy": "هر نسخه در سال پاسخ‌گوی این شمار امانت است",
            "worn_loans": "فرسوده پس از این شمار امانت",
        }
        help_texts = {
            "unlent_years": (
                "نسخه‌ای که در این سال‌ها امانت نرفته: وجین بدون مخاطب. خالی: بی این قاعده."
            ),
            "loans_a_copy": (
                "از هر عنوان به اندازهٔ امانت‌های یک سال نسخه می‌ماند و بقیه بیش از نیاز است: وجین "
                "تکراری. خالی: بی این قاعده."
            ),
            "worn_loans": "نسخه‌ای که این شمار بار امانت رفته: وجین فرسوده. خالی: بی این قاعده.",
        }


class ReasonForm(forms.Form):
    """Why the expert refuses."""

    reason = forms.CharField(
        label="دلیل رد",
        max_length=LONGEST_REASON,
        help_text="کتابخانه آن را می‌بیند.",
        error_messages={"required": "دلیل رد را بنویسید؛ کتابخانه آن را می‌بیند."},
    )


def picked(data: QueryDict) -> list[int]:
    """The ids of the rows picked; those of the whole page where that is asked for."""
    keys = data.getlist("page_key" if "page_all" in data else "key")
    return [int(key) for key in keys if key.isascii() and key.isdigit() and len(key) < 19]

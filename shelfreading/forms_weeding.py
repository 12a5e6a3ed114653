"""Forms of the pages of weeding."""

from typing import Any

from django import forms
from django.http import QueryDict

from libraries.forms import ANY, DigitsInput, FilterForm
from libraries.models import Library, User, WeedingCause
from loans.forms.codes import CodesForm
from shelfreading.models import WeedingProposal, WeedingRules
from shelfreading.services.weeding import LONGEST_REASON
from shelfreading.services.weeding_rules import LIMITS

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


class ProposalForm(CodesForm, CauseForm):
    """Several copies at once, as a reader sends their codes."""

    verb = "پیشنهاد داد"
    field_order = ("codes", "cause", "why")


class LimitsForm(forms.ModelForm):
    """From what on the rules propose a copy."""

    class Meta:
        model = WeedingRules
        fields = LIMITS
        widgets = dict.fromkeys(LIMITS, DigitsInput)
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

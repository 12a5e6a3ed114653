"""Forms of the pages on which reports are found, sent and decided."""

from typing import Any

from django import forms

from libraries.domain.persian import to_ascii_digits
from libraries.models import County, Library, User
from reports.domain.workflow import MOVE_LABELS, Move
from reports.forms.seal import HASH_LETTERS
from reports.models import Opinion
from reports.models.reports import LEVELS, STATES
from shelfreading.models import Round

# How long a text may be is the service's word, with how long it is: nothing typed is lost.
_TEXT = forms.Textarea(attrs={"rows": 4})
_DECIDING = [(move.value, MOVE_LABELS[move]) for move in Move if move != Move.SUBMIT]
ACCEPT, REFUSE = "accept", "refuse"


class SendForm(forms.Form):
    """What the library head says along with the report."""

    comment = forms.CharField(label="توضیح برای رئیس ادارهٔ شهرستان", required=False, widget=_TEXT)


class MoveForm(forms.Form):
    """A desk's move with the revision that it looked at."""

    revision = forms.IntegerField(
        widget=forms.HiddenInput,
        min_value=1,
        error_messages={"required": "صفحه را تازه کنید و دوباره تصمیم بگیرید."},
    )
    move = forms.ChoiceField(
        choices=_DECIDING,
        error_messages={
            "required": "یکی از دکمه‌های تصمیم را بزنید.",
            "invalid_choice": "یکی از دکمه‌های تصمیم را بزنید.",
        },
    )
    comment = forms.CharField(
        label="توضیح",
        required=False,
        widget=_TEXT,
        help_text="برای بازگرداندن لازم است: چه چیزی، کجا، باید درست شود.",
    )


class _PickForm(forms.Form):
    """Which copies are meant: those picked, all of the page, or all that are left."""

    everything = forms.BooleanField(required=False)
    page_all = forms.BooleanField(required=False)

    def picked(self) -> set[int]:
        """The ids that were picked, or those of the whole page; of a form not sent, none."""
        if not self.is_bound:
            return set()
        source: Any = self.data
        name = "page_key" if self.data.get("page_all") else "key"
        return {int(key) for key in source.getlist(name) if key.isascii() and key.isdecimal()}


class OpinionsForm(_PickForm):
    """The expert's word on missing copies."""

    verdict = forms.ChoiceField(
        label="نظر",
        choices=[("", "نظر شما چیست؟"), *Opinion.Verdict.choices],
        error_messages={
            "required": "نظر را از فهرست برگزینید.",
            "invalid_choice": "نظر را از فهرست برگزینید.",
        },
    )
    note = forms.CharField(label="توضیح", required=False, widget=forms.TextInput)


class WeedingForm(_PickForm):
    """The expert's decision on proposed weedings."""

    decision = forms.ChoiceField(
        label="تصمیم",
        choices=[("", "چه تصمیمی می‌گیرید؟"), (ACCEPT, "موافقت با وجین"), (REFUSE, "مخالفت")],
        error_messages={
            "required": "تصمیم را از فهرست برگزینید.",
            "invalid_choice": "تصمیم را از فهرست برگزینید.",
        },
    )
    reason = forms.CharField(
        label="دلیل مخالفت",
        required=False,
        widget=forms.TextInput,
        help_text="برای مخالفت لازم است؛ کتابخانه آن را می‌بیند.",
    )


class ReportsFilter(forms.Form):
    """Search and filters over the reports of one's scope."""

    q = forms.CharField(label="نام کتابخانه", required=False, max_length=100)
    level = forms.ChoiceField(label="گزارش", required=False, choices=[("", "همهٔ گزارش‌ها"), *LEVELS])
    round = forms.ModelChoiceField(
        label="دوره", required=False, queryset=Round.objects.all(), empty_label="همهٔ دوره‌ها"
    )
    kind = forms.ChoiceField(
        label="نوع", required=False, choices=[("", "همهٔ نوع‌ها"), *Library.Kind.choices]
    )
    county = forms.ModelChoiceField(
        label="شهرستان",
        required=False,
        queryset=County.objects.none(),
        empty_label="همهٔ شهرستان‌ها",
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if user.library_id or user.county_id:
            del self.fields["county"]
            if user.library_id:
                del self.fields["kind"]
        else:
            counties = County.objects.select_related("province")
            if user.province_id:
                counties = counties.filter(province=user.province_id)
            self.fields["county"].queryset = counties  # type: ignore[attr-defined]


class HashForm(forms.Form):
    """The hash as it stands on a print: sixteen letters, in groups or not."""

    hash = forms.CharField(label="کد صحت‌سنجیِ روی برگ", required=False, max_length=100)

    def clean_hash(self) -> str:
        """The letters alone, digits of either kind; "" where nothing was typed."""
        typed = to_ascii_digits(self.cleaned_data["hash"]).lower()
        letters = "".join(letter for letter in typed if letter.isascii() and letter.isalnum())
        if typed.strip() and len(letters) < HASH_LETTERS:
            raise forms.ValidationError("شانزده نویسهٔ کد صحت‌سنجی را کامل بنویسید.")
        return letters


STATE_NAMES = {state for state, _ in STATES}

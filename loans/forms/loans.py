"""Forms of loans and of what is done about them."""

from typing import Any

from django import forms

from libraries.forms import ANY, FilterForm
from libraries.models import Copy, User
from loans.forms.dates import JalaliDateField
from loans.models import FollowUp, Member
from loans.selectors import LATE_LABELS, copy_to_lend, members_of
from loans.selectors.loans import FOLLOW_UP_DUE, UNRETURNED

MOST_MEMBERS_OFFERED = 20
BY_MEMBER = "member"
_CODE = {"dir": "ltr", "autocomplete": "off", "inputmode": "text"}


class LoansFilter(FilterForm):
    """Which open loans to list."""

    q = forms.CharField(label="جست‌وجو در امانت‌ها", required=False, max_length=200)
    late = forms.ChoiceField(label="چقدر دیر", required=False, choices=[ANY, *LATE_LABELS.items()])
    order = forms.ChoiceField(
        label="ترتیب",
        required=False,
        choices=[("", "دیرکرده‌ترین نخست"), (BY_MEMBER, "به نام عضو")],
    )


class CallsFilter(FilterForm):
    """Which members to call."""

    q = forms.CharField(label="جست‌وجو در عضوها و کتاب‌ها", required=False, max_length=200)
    which = forms.ChoiceField(
        label="حال",
        required=False,
        choices=[
            ("", "همهٔ دیرکرده‌ها"),
            (FOLLOW_UP_DUE, "دو ماه گذشته و پیگیری‌نشده"),
            (UNRETURNED, "دو ماه گذشته با وجود پیگیری"),
        ],
    )
    late = forms.ChoiceField(label="چقدر دیر", required=False, choices=[ANY, *LATE_LABELS.items()])


class LoanForm(forms.Form):
    """Lend a copy: which, to whom, until when."""

    code = forms.CharField(
        label="بارکد یا شمارهٔ ثبت کتاب",
        max_length=60,
        widget=forms.TextInput(attrs={**_CODE, "autofocus": True}),
        error_messages={"required": "بارکد کتاب را بخوانید یا شمارهٔ ثبت آن را بنویسید."},
    )
    member = forms.CharField(
        label="عضو",
        max_length=200,
        help_text="نام، شمارهٔ عضویت، کد ملی یا تلفن همراه",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "نام یا شمارهٔ عضو را بنویسید."},
    )
    due_on = JalaliDateField(label="مهلت بازگشت", widget=forms.TextInput(attrs={"dir": "ltr"}))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.found_copy: Copy | None = None
        self.found_member: Member | None = None
        self.offered: list[Member] = []

    def clean_code(self) -> str:
        """The copy itself stands in `found_copy`."""
        code: str = self.cleaned_data["code"]
        self.found_copy = copy_to_lend(self.user, code)
        if self.found_copy is None:
            raise forms.ValidationError(
                "نسخه‌ای با این بارکد یا شمارهٔ ثبت در کتابخانه نیست؛ آن را دوباره بخوانید."
            )
        return code

    def clean_member(self) -> str:
        """The member stands in `found_member`; several that fit, in `offered` to choose from."""
        words: str = self.cleaned_data["member"]
        chosen = self.data.get("member_id", "")
        members = members_of(self.user, words)
        if chosen.isdecimal():
            self.found_member = members.filter(pk=int(chosen)).first()
        if self.found_member is None:
            self.offered = list(members[:MOST_MEMBERS_OFFERED])
            if not self.offered:
                raise forms.ValidationError("عضوی با این نام یا شماره نیست؛ نخست او را ثبت کنید.")
            if len(self.offered) > 1:
                raise forms.ValidationError("چند عضو با این نام هست؛ یکی را از زیر برگزینید.")
            self.found_member = self.offered[0]
        return words


class FollowUpForm(forms.Form):
    """One attempt to get a book back."""

    channel = forms.ChoiceField(label="از راه", choices=FollowUp.Channel.choices)
    on = JalaliDateField(label="تاریخ پیگیری", widget=forms.TextInput(attrs={"dir": "ltr"}))
    said = forms.CharField(
        label="نتیجه",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="چه کسی پاسخ داد و چه گفت",
        error_messages={"required": "نتیجهٔ پیگیری را بنویسید: چه کسی پاسخ داد و چه گفت."},
    )


class CallForm(FollowUpForm):
    """One call to a member for all the late books: the result is a button, the rest is given."""

    RESULTS = {
        "promised": "قول داد بیاورد",
        "no_answer": "پاسخ نداد",
        "says_returned": "گفت بازگردانده است",
        "wrong_number": "شماره درست نبود",
        "other": "ثبت با توضیح",
    }

    field_order = ("said", "channel", "on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said = self.fields["said"]
        said.required = False
        said.label = "توضیح"
        said.help_text = "اگر چیزی بیش از نتیجهٔ بالا گفته شد"

    def clean(self) -> dict[str, Any]:
        """Put result and words together in `said`."""
        result = self.data.get("result", "")
        words = self.cleaned_data.get("said", "").strip()
        if result not in self.RESULTS or (result == "other" and not words):
            self.add_error("said", "نتیجهٔ تماس را برگزینید یا در توضیح بنویسید چه گفته شد.")
        elif result != "other":
            told = self.RESULTS[result]
            self.cleaned_data["said"] = f"{told}؛ {words}" if words else told
        return self.cleaned_data


class ForgiveForm(forms.Form):
    """Why a late fee isn't asked for."""

    cause = forms.CharField(
        label="سبب بخشودگی",
        max_length=300,
        error_messages={"required": "سبب بخشودگی را بنویسید."},
    )

"""Forms of lists, loans and members."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms

from libraries.domain.columns import FIELDS
from libraries.domain.jalali import format_jalali, parse_jalali
from libraries.forms import FilterForm
from libraries.models import Copy, User
from loans.models import FollowUp, Member
from loans.selectors import copy_to_lend, members_of

MOST_MEMBERS_OFFERED = 20
_CODE = {"dir": "ltr", "autocomplete": "off", "inputmode": "text"}


class JalaliDateField(forms.CharField):
    """A day of the Jalali calendar, typed as text; cleans to a date, None where empty."""

    def prepare_value(self, value: Any) -> Any:
        """A date as it is typed."""
        return format_jalali(value) if isinstance(value, date) else value

    def clean(self, value: Any) -> date | None:
        """The day, or a ValidationError that says what is wrong with it."""
        text = super().clean(value)
        try:
            return parse_jalali(text)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None


class ListUploadForm(forms.Form):
    """A file with the library's copies."""

    file = forms.FileField(
        label="فایل فهرست نسخ",
        allow_empty_file=True,
        help_text="فایل اکسل (xlsx یا xls) یا CSV، همان‌گونه که از سامانهٔ مدیریت یا نمایه گرفته‌اید.",
        error_messages={"required": "فایلی برنگزیده‌اید؛ فایل فهرست نسخ را برگزینید."},
    )


class ColumnsForm(forms.Form):
    """What each column of a file holds: one choice a column."""

    take_statuses = forms.BooleanField(
        label="وضعیت و امانت نسخه‌هایی که در سامانه هستند نیز از فهرست گرفته شود",
        required=False,
        help_text=(
            "اگر فهرست از وضعیت‌هایی که در رف‌خوان ثبت کرده‌اید کهنه‌تر است، این را بردارید. "
            "نسخه‌های تازه همیشه با وضعیت فهرست ثبت می‌شوند."
        ),
    )

    def __init__(
        self,
        *args: Any,
        header: Sequence[str],
        samples: Sequence[Sequence[str]],
        mapping: Mapping[str, int],
        take_statuses: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["take_statuses"].initial = take_statuses
        self.header = header
        self.samples = samples
        held = {index: code for code, index in mapping.items()}
        choices = [
            ("", "— به کار نمی‌آید —"),
            *(
                (field.code, f"{field.label} (لازم)" if field.required else field.label)
                for field in FIELDS
            ),
        ]
        for index, heading in enumerate(header):
            self.fields[_column(index)] = forms.ChoiceField(
                label=heading or f"ستون {index + 1}",
                choices=choices,
                required=False,
                initial=held.get(index, ""),
            )

    @property
    def columns(self) -> list[tuple[str, Sequence[str], forms.BoundField]]:
        """Each column's heading, some of its values, and its choice."""
        return [
            (
                heading,
                self.samples[index] if index < len(self.samples) else (),
                self[_column(index)],
            )
            for index, heading in enumerate(self.header)
        ]

    def clean(self) -> dict[str, Any]:
        """Refuse two columns for one thing: each is told at both of its columns."""
        columns: dict[str, list[int]] = {}
        for index in range(len(self.header)):
            if code := self.cleaned_data.get(_column(index)):
                columns.setdefault(code, []).append(index)
        for field in FIELDS:
            same = columns.get(field.code, [])
            for index in same if len(same) > 1 else ():
                self.add_error(
                    _column(index),
                    f"«{field.label}» را برای دو ستون برگزیده‌اید؛ یکی را بردارید.",
                )
        self.mapping = {code: indexes[0] for code, indexes in columns.items()}
        return self.cleaned_data


def _column(index: int) -> str:
    return f"column-{index}"


class LoansFilter(FilterForm):
    """Which open loans to list."""

    q = forms.CharField(label="جست‌وجو در امانت‌ها", required=False, max_length=200)


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


class ForgiveForm(forms.Form):
    """Why a late fee isn't asked for."""

    cause = forms.CharField(
        label="سبب بخشودگی",
        max_length=300,
        error_messages={"required": "سبب بخشودگی را بنویسید."},
    )


class MembersFilter(FilterForm):
    """Which members to list."""

    q = forms.CharField(label="جست‌وجو در اعضا", required=False, max_length=200)


class MemberForm(forms.Form):
    """A new member."""

    full_name = forms.CharField(
        label="نام و نام خانوادگی",
        max_length=200,
        error_messages={"required": "نام عضو را بنویسید."},
    )
    membership_number = forms.CharField(
        label="شمارهٔ عضویت", max_length=40, required=False, widget=forms.TextInput(attrs=_CODE)
    )
    national_id = forms.CharField(
        label="کد ملی",
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={**_CODE, "inputmode": "numeric"}),
    )
    mobile = forms.CharField(
        label="تلفن همراه",
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={**_CODE, "inputmode": "tel"}),
    )

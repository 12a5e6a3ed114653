"""Forms of members, and of the rules they borrow by."""

from django import forms

from libraries.forms import DigitsInput, FilterForm
from loans.models import LoanRules
from loans.services.rules import RULES

_CODE = {"dir": "ltr", "autocomplete": "off", "inputmode": "text"}


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


class RulesForm(forms.ModelForm):
    """By which rules the library lends."""

    class Meta:
        model = LoanRules
        fields = RULES
        widgets = {name: DigitsInput for name in RULES if name != "overdue_may_borrow"}
        help_texts = {
            "renewals": "۰ یعنی امانت تمدید نمی‌شود.",
            "renewal_days": "از مهلت پیشین شمرده می‌شود، نه از روز تمدید.",
            "fee_a_day": (
                "۰ یعنی جریمه گرفته نمی‌شود. جریمه هنگام بازگشت و با نرخ همان روز حساب می‌شود."
            ),
        }

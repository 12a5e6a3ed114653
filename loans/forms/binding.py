"""Forms of sending to the binder and taking back."""

from django import forms

from libraries.forms import FilterForm
from loans.forms.codes import CodesForm
from loans.forms.dates import JalaliDateField

_DATE = {"dir": "ltr", "autocomplete": "off"}


class BindingFilter(FilterForm):
    """Search over the trips."""

    q = forms.CharField(label="جست‌وجو در صحافی", required=False, max_length=200)


class BindingSendForm(CodesForm):
    """Which copies go to the binder, to whom, from when until when."""

    verb = "فرستاد"
    binder = forms.CharField(label="نام صحافی", required=False, max_length=120)
    sent_on = JalaliDateField(label="تاریخ ارسال", widget=forms.TextInput(attrs=_DATE))
    expected_on = JalaliDateField(
        label="بازگشت احتمالی",
        required=False,
        help_text="اگر بیش از دو هفته باشد وضعیت نسخه «صحافی» می‌شود (مادّهٔ ۴-۵).",
        widget=forms.TextInput(attrs=_DATE),
    )


class BindingBackForm(forms.Form):
    """The day a copy came back; today where nothing is said."""

    back_on = JalaliDateField(required=False)

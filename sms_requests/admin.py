"""Django admin for the SMS lines. Texts and requests are seen at their desks, not here."""

import re
from typing import ClassVar

from django import forms
from django.contrib import admin

from libraries.domain.persian import to_ascii_digits
from sms_requests.models import SmsLine


class SmsLineForm(forms.ModelForm[SmsLine]):
    """A line; its number is kept in ASCII digits, as the gateway names it."""

    class Meta:
        model = SmsLine
        fields: ClassVar = "__all__"

    def clean_number(self) -> str:
        """The number without spaces and signs."""
        digits = re.sub(r"\D", "", to_ascii_digits(self.cleaned_data["number"]), flags=re.ASCII)
        if not digits:
            raise forms.ValidationError("شمارهٔ خط از رقم است؛ آن را بنویسید.")
        return digits


@admin.register(SmsLine)
class SmsLineAdmin(admin.ModelAdmin):
    """A province's line: its number, its hours, its lists."""

    form = SmsLineForm
    list_display = ("number", "province", "opens_at", "closes_at")
    list_select_related = ("province",)

"""Forms of samples."""

from django import forms

from libraries.domain.persian import to_ascii_digits


class DrawForm(forms.Form):
    """How many copies to read again."""

    size = forms.CharField(
        label="چند نسخه؟",
        max_length=7,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "dir": "ltr"}),
        error_messages={"required": "شمار نسخه‌های نمونه را بنویسید."},
    )

    def clean_size(self) -> int:
        """A whole number, in Persian or other digits; its bounds are the service's."""
        text = to_ascii_digits(self.cleaned_data["size"]).strip()
        if not (text.isascii() and text.isdigit()):
            raise forms.ValidationError("شمار نسخه‌ها را به عدد بنویسید، مانند ۵۰.")
        return int(text)

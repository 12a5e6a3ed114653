"""Filters of the lists of places and copies, and what forms share."""

from typing import Any

from django import forms

from libraries.domain.persian import to_persian_digits
from libraries.models import County, Library, Section, User
from libraries.selectors import CLASS_LABELS, STATUS_LABELS

ANY = ("", "همه")


class DigitsInput(forms.TextInput):
    """A whole number in Persian digits; all three alphabets of digits are taken.

    No number input: browsers take and show only Latin digits in it.
    """

    def __init__(self) -> None:
        super().__init__({"dir": "ltr", "autocomplete": "off", "inputmode": "numeric"})

    def format_value(self, value: Any) -> str | None:
        """The number as a Persian reader expects it."""
        return to_persian_digits(str(value)) if value not in (None, "") else None


class FilterForm(forms.Form):
    """A list's filters: a bad value is no filter, never an error."""

    def chosen(self) -> dict[str, Any]:
        """The filters in force by name; those that say nothing are left out."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def active(self) -> int:
        """How many filters are in force besides the search."""
        return len(set(self.chosen()) - {"q"})


class LibrariesFilter(FilterForm):
    """Which libraries to list."""

    q = forms.CharField(label="جست‌وجو در کتابخانه‌ها", required=False, max_length=100)
    county = forms.ModelChoiceField(
        County.objects.none(), label="شهرستان", required=False, empty_label="همه"
    )
    kind = forms.ChoiceField(label="نوع", required=False, choices=[ANY, *Library.Kind.choices])
    degree = forms.ChoiceField(
        label="درجه",
        required=False,
        choices=[ANY, *((str(n), to_persian_digits(n)) for n in range(1, 10))],
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        counties: Any = self.fields["county"]
        counties.queryset = County.objects.filter(
            libraries__in=Library.objects.for_user(user)
        ).distinct()
        if user.county_id:
            del self.fields["county"]


class CopiesFilter(FilterForm):
    """Which copies to list. Sections belong to a library, so they show when one is meant."""

    q = forms.CharField(label="جست‌وجو در نسخه‌ها", required=False, max_length=200)
    library = forms.ModelChoiceField(
        Library.objects.none(), label="کتابخانه", required=False, empty_label="همه"
    )
    section = forms.ModelChoiceField(
        Section.objects.none(), label="بخش", required=False, empty_label="همه"
    )
    status = forms.ChoiceField(label="وضعیت", required=False, choices=[ANY, *STATUS_LABELS.items()])
    hundreds = forms.ChoiceField(
        label="ردهٔ اصلی",
        required=False,
        choices=[
            ANY,
            *(
                (code, f"{to_persian_digits(code)} {label}" if code.isdigit() else label)
                for code, label in CLASS_LABELS.items()
            ),
        ],
    )
    reference = forms.ChoiceField(
        label="مرجع",
        required=False,
        choices=[ANY, ("yes", "فقط مرجع"), ("no", "فقط غیرمرجع")],
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        libraries: Any = self.fields["library"]
        libraries.queryset = Library.objects.for_user(user)
        asked = self.data.get("library", "")
        library_id = user.library_id or (int(asked) if str(asked).isdecimal() else None)
        if user.library_id:
            del self.fields["library"]
        if library_id is None:
            del self.fields["section"]
        else:
            sections: Any = self.fields["section"]
            sections.queryset = Section.objects.for_user(user).filter(library=library_id)

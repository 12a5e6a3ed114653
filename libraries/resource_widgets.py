"""How single cells of the administrators' Excel files are read and written."""

from datetime import date
from typing import Any

from django.db import models
from import_export.widgets import ForeignKeyWidget, Widget

from libraries.copy_facts import is_reference, title_identity
from libraries.domain.jalali import format_jalali, parse_jalali
from libraries.domain.persian import search_key, stored_form
from libraries.models import County, Library, Section, Title

YES, NO = "بله", "خیر"
_YES = {YES, "1", "true", "yes"}
_NO = {NO, "0", "false", "no"}


class ChoiceWidget(Widget):
    """A choice by its Persian word; its code is understood too."""

    def __init__(self, choices: type[models.TextChoices], what: str) -> None:
        super().__init__()
        self.what = what
        self.codes = {choice.label: choice.value for choice in choices}
        self.labels = {choice.value: choice.label for choice in choices}

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        """The code. Raises ValueError for a word that is none of them."""
        word = stored_form(str(value or ""))
        code = self.codes.get(word, word)
        if code not in self.labels:
            known = "، ".join(self.codes)
            raise ValueError(f"«{word}» {self.what} شناخته‌شده‌ای نیست؛ یکی از این‌ها: {known}.")
        return code

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        """The Persian word."""
        return self.labels.get(value, value or "")


class YesNoWidget(Widget):
    """Yes or no; `empty` is what a cell left empty means."""

    def __init__(self, *, empty: bool) -> None:
        super().__init__()
        self.empty = empty

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> bool:
        """True or False. Raises ValueError for anything else."""
        word = stored_form(str(value if value is not None else "")).lower()
        if not word:
            return self.empty
        if word not in _YES | _NO:
            raise ValueError(f"«{word}» نه «{YES}» است و نه «{NO}».")
        return word in _YES

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        """The Persian word."""
        return YES if value else NO


class ReferenceWidget(YesNoWidget):
    """Whether a copy is reference: where nobody says, its prefix or its section does."""

    def __init__(self) -> None:
        super().__init__(empty=False)

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> bool:
        """True or False."""
        says = super().clean(value, row) if value else None
        return is_reference(says, row["شماره راهنما"], row["بخش"], library_of(row).rules)


class JalaliWidget(Widget):
    """A day of the Jalali calendar."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> date | None:
        """The day, None for an empty cell. Raises ValueError with a Persian sentence."""
        return parse_jalali(str(value or ""))

    def render(self, value: date | None, obj: Any = None, **kwargs: Any) -> str:
        """Such as ۱۳۹۴/۱۱/۰۸."""
        return format_jalali(value) if value else ""


class NamedWidget(ForeignKeyWidget):
    """A row of another table by its name or code; `what` says which table, in Persian."""

    def __init__(self, model: type[models.Model], field: str, what: str) -> None:
        super().__init__(model, field)
        self.what = what

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        """The row, None for an empty cell. Raises ValueError where there is none."""
        try:
            return super().clean(stored_form(str(value or "")), row)
        except self.model.DoesNotExist:
            raise ValueError(f"{self.what} «{value}» در سامانه نیست.") from None


class CountyWidget(Widget):
    """A county with its province: «تهران / ری». Names of counties are not unique in the country."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> County | None:
        """The county, None for an empty cell. Raises ValueError where it is none or several."""
        text = stored_form(str(value or ""))
        if not text:
            return None
        *province, name = (part.strip() for part in text.rsplit("/", 1))
        found = County.objects.filter(name=name)
        if province:
            found = found.filter(province__name=province[0])
        if len(found) > 1:
            raise ValueError(f"چند شهرستان «{name}» هست؛ بنویسید «استان / شهرستان».")
        if not found:
            raise ValueError(f"شهرستان «{text}» در سامانه نیست.")
        return found[0]

    def render(self, value: County | None, obj: Any = None, **kwargs: Any) -> str:
        """Province and county."""
        return f"{value.province.name} / {value.name}" if value else ""


class TitleWidget(Widget):
    """A copy's title by all that names it, found or made in the row's library."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Title:
        """The title. Raises ValueError for an empty one."""
        if not value:
            raise ValueError("عنوان نسخه نوشته نشده است.")
        parts = [row[name] for name in ("عنوان", "پدیدآورنده", "ناشر", "سال نشر")]
        title, _ = Title.objects.get_or_create(
            library=library_of(row),
            identity=title_identity(*parts),
            defaults={
                "title": parts[0],
                "author": parts[1],
                "publisher": parts[2],
                "year": parts[3][:40],
                "search_text": search_key(f"{parts[0]} {parts[1]}"),
            },
        )
        return title

    def render(self, value: Title | None, obj: Any = None, **kwargs: Any) -> str:
        """The title proper."""
        return value.title if value else ""


class SectionWidget(Widget):
    """A section by its name, found or made in the row's library."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Section:
        """The section. Raises ValueError for an empty one."""
        if not value:
            raise ValueError("بخش نسخه نوشته نشده است.")
        library = library_of(row)
        section, _ = Section.objects.get_or_create(
            library=library,
            search_name=search_key(value),
            defaults={"name": value, "position": library.sections.count()},
        )
        return section

    def render(self, value: Section | None, obj: Any = None, **kwargs: Any) -> str:
        """The section's name."""
        return value.name if value else ""


def library_of(row: Any) -> Library:
    """The library of a row of copies. Raises ValueError where its code is unknown."""
    code = row["کد کتابخانه"]
    library = Library.objects.filter(code=code).first()
    if library is None:
        raise ValueError(f"کتابخانه‌ای با کد «{code}» در سامانه نیست.")
    return library

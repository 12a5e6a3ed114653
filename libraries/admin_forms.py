"""What Django admin asks of titles, copies and sections beyond their single fields."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet

from libraries.copy_facts import title_identity
from libraries.domain.persian import search_key, stored_form
from libraries.models import Copy, Title


class TitleForm(forms.ModelForm):
    """A title is known by its words, and stands once in a library."""

    class Meta:
        model = Title
        fields = ("library", "title", "author", "publisher", "year", "subjects")

    def clean(self) -> dict[str, Any]:
        """Set what the title is found and known by."""
        given = super().clean() or {}
        parts = [stored_form(given.get(name) or "") for name in self.Meta.fields[1:]]
        for name, part in zip(self.Meta.fields[1:], parts, strict=True):
            if name in given:
                given[name] = part
        title = self.instance
        title.identity = title_identity(*parts[:4])
        title.search_text = search_key(f"{parts[0]} {parts[1]}")
        others = Title.objects.filter(library=given.get("library"), identity=title.identity)
        if others.exclude(pk=title.pk).exists():
            raise ValidationError("این عنوان پیش‌تر در همین کتابخانه ثبت شده است.")
        return given


class CopyForm(forms.ModelForm):
    """A copy with its title and its section stands in one library."""

    class Meta:
        model = Copy
        fields = (
            "library", "title", "section", "registration_number", "registered_on", "barcode",
            "call_number", "main_class", "volume", "copy_number", "is_reference", "status",
            "weeding_cause", "last_seen_on",
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Refuse a title or a section of another library."""
        given = super().clean() or {}
        library = given.get("library")
        for name, what in (("title", "عنوان"), ("section", "بخش")):
            part = given.get(name)
            if library and part and part.library_id != library.pk:
                self.add_error(name, f"این {what} از آن کتابخانهٔ دیگری است.")
        return given


class SectionFormSet(BaseInlineFormSet):
    """A library's sections: each name once, however it is spelt."""

    def clean(self) -> None:
        """Set what a section is known by, and refuse a second one of that name."""
        super().clean()
        seen: set[str] = set()
        for form in self.forms:
            given = getattr(form, "cleaned_data", None)
            if not given or given.get("DELETE") or not given.get("name"):
                continue
            form.instance.name = stored_form(given["name"])
            form.instance.search_name = search_key(given["name"])
            if form.instance.search_name in seen:
                raise ValidationError(f"بخش «{form.instance.name}» دو بار آمده است.")
            seen.add(form.instance.search_name)

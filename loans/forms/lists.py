"""Forms of a list on its way in."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from libraries.domain.columns import Field
from libraries.models import CopiesList


class ListUploadForm(forms.Form):
    """A file with the library's copies."""

    kind = forms.ChoiceField(
        label="فهرستِ", choices=CopiesList.Kind.choices, required=False, initial="copies"
    )
    file = forms.FileField(
        label="فایل",
        allow_empty_file=True,
        help_text="فایل اکسل (xlsx یا xls) یا CSV، همان‌گونه که از سامانهٔ مدیریت یا نمایه گرفته‌اید.",
        error_messages={"required": "فایلی برنگزیده‌اید؛ فایل فهرست را برگزینید."},
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
        fields: Sequence[Field],
        is_of_copies: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["take_statuses"].initial = take_statuses
        if not is_of_copies:
            del self.fields["take_statuses"]
        self.known = fields
        self.header = header
        self.samples = samples
        held = {index: code for code, index in mapping.items()}
        choices = [
            ("", "— به کار نمی‌آید —"),
            *(
                (field.code, f"{field.label} (لازم)" if field.required else field.label)
                for field in fields
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
        for field in self.known:
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

"""Forms of the pages of findings, closing, applying, and matching two files."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from libraries.files.limits import megabytes
from libraries.models import Library, Section
from shelfreading.domain.effects import HANDLED
from shelfreading.domain.findings import Finding
from shelfreading.models import WEEDING_OF_FATE, Decision
from shelfreading.selectors.closing import UnreadRun
from shelfreading.selectors.findings import CLASS_CHOICES, OUT_OF_ORDER
from shelfreading.services.closing import Words

FOUND, SOUGHT, DONE, UNDONE, TAKE_BACK = "found", "sought", "done", "undone", "take_back"
_FATES = [(fate.value, fate.label) for fate in Decision.Fate]
_ACTION_LABELS = {
    value: f"پیشنهاد {label}" if value in WEEDING_OF_FATE else label for value, label in _FATES
} | {
    FOUND: "در جست‌وجوی دوم پیدا شد",
    SOUGHT: "در جست‌وجوی دوم هم نبود",
    DONE: "انجام شد",
    UNDONE: "هنوز انجام نشده است",
    TAKE_BACK: "پس گرفتن تصمیم",
}
_WORK_LISTS = {
    *(Finding.MISPLACED, Finding.UNKNOWN, Finding.WEEDED_ON_SHELF, Finding.FOLLOW_UP_DUE),
    OUT_OF_ORDER,
}
_LEAVE = [Decision.Fate.LEAVE.value, TAKE_BACK]


def actions_for(finding: str, *, applied: bool) -> list[tuple[str, str]]:
    """What can be decided of the rows of a class, as (action, words); after applying, only
    whether the work at the shelf was done.
    """
    actions: list[str] = []
    if not applied:
        if finding in {Finding.MISSING, Finding.NOT_READ, Finding.KNOWN_MISSING}:
            actions.append(FOUND)
        if finding == Finding.MISSING:
            actions.append(SOUGHT)
        if finding in HANDLED or finding == OUT_OF_ORDER:
            actions += [fate for fate, _ in _FATES if fate != Decision.Fate.LEAVE]
        if finding in {*HANDLED, Finding.MISSING, Finding.UNRETURNED, Finding.MISPLACED}:
            actions += _LEAVE
        elif finding == OUT_OF_ORDER:
            actions.append(TAKE_BACK)
    if finding in _WORK_LISTS:
        actions = [DONE, UNDONE, *actions]
    return [(action, str(_ACTION_LABELS[action])) for action in actions]


class FindingsFilter(forms.Form):
    """Search and filters over the rows of a class."""

    q = forms.CharField(label="جست‌وجو", required=False, max_length=200)
    hundreds = forms.ChoiceField(
        label="ردهٔ اصلی", required=False, choices=[("", "همهٔ رده‌ها"), *CLASS_CHOICES]
    )
    section = forms.ModelChoiceField(
        label="بخش", required=False, queryset=Section.objects.none(), empty_label="همهٔ بخش‌ها"
    )

    def __init__(self, *args: Any, library: Library, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["section"].queryset = library.sections.all()  # type: ignore[attr-defined]


class DecideForm(forms.Form):
    """What was chosen for which rows. `page_all` takes every row of the page."""

    action = forms.ChoiceField(
        choices=list(_ACTION_LABELS.items()),
        error_messages={
            "required": "نخست بگویید با ردیف‌های برگزیده چه شود.",
            "invalid_choice": "تصمیم را از فهرست برگزینید.",
        },
    )

    def keys(self) -> list[str]:
        """The rows' keys, each once, in the page's order."""
        name = "page_key" if self.data.get("page_all") else "key"
        return list(dict.fromkeys(self.data.getlist(name)))  # type: ignore[attr-defined]


class RunsForm(forms.Form):
    """For each unread run: was it read, or not."""

    NOT_READ, READ = "no", "yes"

    def __init__(self, *args: Any, runs: Sequence[UnreadRun], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.runs = runs
        for run in runs:
            self.fields[run.name] = forms.ChoiceField(
                label="این قفسه",
                choices=[(self.NOT_READ, "خوانده نشده است"), (self.READ, "خوانده شده است")],
                widget=forms.RadioSelect,
                initial=self.READ if run.was_read else self.NOT_READ,
                # A run that came up since the page was opened has no word yet.
                required=False,
                error_messages={"invalid_choice": "بگویید این قفسه خوانده شده است یا نه."},
            )

    def words(self) -> Words:
        """The words that differ from those on record."""
        said: dict[tuple[int, int], bool | None] = {}
        for run in self.runs:
            answer = self.cleaned_data[run.name]
            place = (run.first.position, run.last.position)
            if answer == self.READ and not run.was_read:
                said[place] = True
            elif answer == self.NOT_READ and run.was_read:
                said[place] = None
        return said


class SettlementForm(forms.Form):
    """Which of the two wins, for one or more copies in conflict."""

    settlement = forms.ChoiceField(
        choices=Decision.Settlement.choices,
        error_messages={"required": "بگویید کدام درست است."},
    )
    copy_id = forms.TypedMultipleChoiceField(coerce=int)

    def __init__(self, *args: Any, copy_ids: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["copy_id"]
        field.choices = [(copy_id, "") for copy_id in copy_ids]  # type: ignore[attr-defined]
        field.error_messages |= {
            "required": "نسخه‌ای برگزیده نشده است.",
            "invalid_choice": "یکی از نسخه‌ها دیگر در تعارض نیست؛ صفحه را تازه کنید.",
        }


class MatchFilesForm(forms.Form):
    """The copies list and the reader's memory."""

    copies = forms.FileField(
        label="فهرست نسخ",
        help_text="اکسل، SpreadsheetML (‎.xls) یا CSV از سامانهٔ مدیریت یا نمایه، با ستون بارکد.",
        allow_empty_file=True,
    )
    scans = forms.FileField(
        label="بارکدهای خوانده‌شده",
        help_text="حافظهٔ بارکدخوان: متن، CSV یا اکسل، به همان ترتیبی که قفسه‌ها خوانده شده است.",
        allow_empty_file=True,
    )

    def clean_copies(self) -> UploadedFile:
        """Not empty, not too large."""
        return _fitting(self.cleaned_data["copies"])

    def clean_scans(self) -> UploadedFile:
        """Not empty, not too large."""
        return _fitting(self.cleaned_data["scans"])


def _fitting(upload: UploadedFile) -> UploadedFile:
    if not upload.size:
        raise forms.ValidationError(
            f"فایل «{upload.name}» خالی است (صفر بایت)؛ آن را دوباره خروجی بگیرید."
        )
    if upload.size > settings.MAX_UPLOAD_BYTES:
        raise forms.ValidationError(
            f"فایل «{upload.name}» از {megabytes(settings.MAX_UPLOAD_BYTES)} مگابایت بزرگ‌تر است؛ "
            "فایل کوچک‌تری بفرستید."
        )
    return upload

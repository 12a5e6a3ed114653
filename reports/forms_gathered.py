"""Forms of reports 2 and 3: sending them, the office's answer, what was done about it."""

from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory

from reports.models import Correction
from reports.services.gathering import MOST_TASKS

_TEXT = {"rows": 3}
ROWS, MORE_ROWS = 3, 3
ACCEPT, CORRECT, MORE = "accept", "correct", "more"


class SendGatheredForm(forms.Form):
    """What goes along with a report 2 or 3."""

    comment = forms.CharField(
        label="توضیح", required=False, widget=forms.Textarea(attrs=_TEXT)
    )  # how long it may be is the service's word, with how long it is


class AnswerForm(forms.Form):
    """The resources office's answer: accepted, or corrections wanted; or more rows to write in."""

    revision = forms.IntegerField(
        widget=forms.HiddenInput,
        min_value=1,
        error_messages={"required": "صفحه را تازه کنید و دوباره پاسخ بدهید."},
    )
    answer = forms.ChoiceField(
        choices=[(ACCEPT, ""), (CORRECT, ""), (MORE, "")],
        error_messages={
            "required": "یکی از دکمه‌های پاسخ را بزنید.",
            "invalid_choice": "یکی از دکمه‌های پاسخ را بزنید.",
        },
    )
    comment = forms.CharField(
        label="توضیح برای استان", required=False, widget=forms.Textarea(attrs=_TEXT)
    )


class TaskForm(forms.Form):
    """One correction and whose task it is; a row without text is no task."""

    desk = forms.ChoiceField(label="بر عهدهٔ", choices=Correction.DESKS)
    text = forms.CharField(label="اصلاح", required=False, widget=forms.Textarea(attrs=_TEXT))


TaskForms: Any = formset_factory(
    TaskForm, extra=0, max_num=MOST_TASKS, absolute_max=MOST_TASKS + MORE_ROWS
)


def task_rows(data: Any = None) -> BaseFormSet[TaskForm]:
    """The rows as they were sent, or as many empty ones as a page begins with."""
    if data is None:
        return TaskForms(initial=[{}] * ROWS, prefix="task")
    return TaskForms(data, prefix="task")


def with_more_rows(data: Any) -> BaseFormSet[TaskForm]:
    """The rows as they were sent, and some empty ones behind them."""
    longer = data.copy()
    count = data.get("task-TOTAL_FORMS", "")
    rows = int(count) if count.isascii() and count.isdecimal() and len(count) < 4 else 0
    longer["task-TOTAL_FORMS"] = str(min(rows + MORE_ROWS, MOST_TASKS))
    return TaskForms(longer, prefix="task")


class CloseForm(forms.Form):
    """What was done about a correction."""

    answer = forms.CharField(
        label="چه کردید؟",
        widget=forms.Textarea(attrs=_TEXT),
        error_messages={"required": "بنویسید با این اصلاح چه کرده‌اید."},
    )

"""A copies list's steps as pages ask for them: each hands its work to the worker."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django_tasks.base import Task

from libraries.jobs import job_start
from libraries.models import CopiesList, User
from loans import tasks
from loans.copies_list import list_confirm, list_map, list_upload


@transaction.atomic
def list_bring_in(
    *, actor: User, upload: UploadedFile, now: datetime, kind: str = CopiesList.Kind.COPIES
) -> CopiesList:
    """Keep an uploaded file and have it read. Raises Refused as `list_upload` does."""
    copies_list = list_upload(actor=actor, upload=upload, now=now, kind=kind)
    return _start(copies_list, tasks.list_read, "خواندن", actor)


@transaction.atomic
def list_columns_confirm(
    *, list_id: int, mapping: Mapping[str, int], take_statuses: bool, actor: User, now: datetime
) -> CopiesList:
    """Confirm a list's columns and have every row checked. Raises Refused as `list_map` does."""
    copies_list = list_map(
        list_id=list_id, mapping=mapping, take_statuses=take_statuses, actor=actor, now=now
    )
    return _start(copies_list, tasks.list_check, "بررسی", actor)


@transaction.atomic
def list_write_confirm(*, list_id: int, actor: User, now: datetime) -> CopiesList:
    """Have a checked list written. Raises Refused as `list_confirm` does."""
    copies_list = list_confirm(list_id=list_id, actor=actor, now=now)
    return _start(copies_list, tasks.list_write, "ثبت", actor)


def _start(copies_list: CopiesList, task: "Task[Any, Any]", verb: str, actor: User) -> CopiesList:
    copies_list.job = job_start(
        label=f"{verb} فهرست «{copies_list.filename}»"[:200],
        owner=actor,
        library=copies_list.library,
        task=task,
        next_url=reverse("copies-list", args=(copies_list.pk,)),
        list_id=copies_list.pk,
    )
    copies_list.save(update_fields=["job"])
    return copies_list

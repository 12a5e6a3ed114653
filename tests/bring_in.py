"""A copies list of copies that are here, brought in with other statuses."""

import csv
import io
from collections.abc import Mapping

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from libraries.jobs import Progress
from libraries.models import CopiesList, Copy, Job, User
from loans import copies_list as lists
from loans import list_writing

HEADER = ("شماره ثبت", "عنوان", "پدیدآورنده", "سال نشر", "شماره راهنما", "بارکد", "وضعیت")


def checked_list(actor: User, statuses: Mapping[Copy, str]) -> CopiesList:
    """A list of these copies with these Persian statuses, as far as it goes without writing."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(HEADER)
    for copy, status in statuses.items():
        title = copy.title
        rows.writerow(
            [copy.registration_number, title.title, title.author, title.year]
            + [copy.call_number, copy.barcode, status]
        )
    upload = SimpleUploadedFile("list.csv", text.getvalue().encode())
    copies_list = lists.list_upload(actor=actor, upload=upload, now=timezone.now())
    lists.list_read(copies_list, _progress(copies_list))
    lists.list_map(
        list_id=copies_list.pk,
        mapping=copies_list.mapping,
        take_statuses=True,
        actor=actor,
        now=timezone.now(),
    )
    copies_list.refresh_from_db()
    lists.list_check(copies_list, _progress(copies_list))
    return copies_list


def confirmed_list(actor: User, statuses: Mapping[Copy, str]) -> CopiesList:
    """The same, confirmed: nothing but the writing is left."""
    copies_list = checked_list(actor, statuses)
    return lists.list_confirm(list_id=copies_list.pk, actor=actor, now=timezone.now())


def write(copies_list: CopiesList) -> str:
    """What the worker does with a confirmed list; may be called from several threads."""
    fresh = CopiesList.objects.select_related("library", "uploaded_by").get(pk=copies_list.pk)
    return list_writing.list_write(fresh, _progress(fresh))


def _progress(copies_list: CopiesList) -> Progress:
    job = Job.objects.create(
        label="کار",
        owner=copies_list.uploaded_by,
        library=copies_list.library,
        created_at=timezone.now(),
    )
    return Progress(job)

"""Long work on copies lists, done by the worker."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from django_tasks import task

from libraries.jobs import Progress, job_run
from libraries.models import CopiesList
from loans import copies_list as lists
from loans import list_writing


@contextmanager
def _no_collector() -> Iterator[None]:
    """Keep Python's cycle collector from walking again and again through a list's million cells,
    which live to the end and hold no cycle: it costs a fifth of the time.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _on_list(job_id: int, list_id: int, work: "lists.ListWork") -> None:
    def run(progress: Progress) -> str:
        copies_list = CopiesList.objects.select_related("library", "uploaded_by").get(pk=list_id)
        with _no_collector():
            return work(copies_list, progress)

    job_run(job_id, run)


@task()
def list_read(job_id: int, list_id: int) -> None:
    """Read an uploaded list and guess its columns."""
    _on_list(job_id, list_id, lists.list_read)


@task()
def list_check(job_id: int, list_id: int) -> None:
    """Check a list whose columns are confirmed."""
    _on_list(job_id, list_id, lists.list_check)


@task()
def list_write(job_id: int, list_id: int) -> None:
    """Write a checked list."""
    _on_list(job_id, list_id, list_writing.list_write)

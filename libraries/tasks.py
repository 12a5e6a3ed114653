"""The worker's part in the catalogue."""

from django.core.cache import cache
from django.db import transaction
from django_tasks import task

from libraries.catalogue_index import catalogue_refresh

# The sign that the worker is woken already; a worker that was lost is woken again after this.
WOKEN, WOKEN_SECONDS = "catalogue-woken", 60
# Then whatever else waits for the worker has its turn.
AT_ONCE = 20_000


@task()
def catalogue_index() -> None:
    """Bring the catalogue's index up with what was written, and come again if there is more."""
    cache.delete(WOKEN)
    if catalogue_refresh(most=AT_ONCE) >= AT_ONCE:
        catalogue_index.enqueue()


def catalogue_wake() -> None:
    """Let the worker look at what was written, once the transaction is committed."""
    transaction.on_commit(_enqueue, robust=True)


def _enqueue() -> None:
    if cache.add(WOKEN, True, WOKEN_SECONDS):
        catalogue_index.enqueue()

"""Writing what a library says of itself."""

from datetime import datetime

from django.db import transaction

from libraries import audit
from libraries.bulk import bulk_rewrite
from libraries.copy_facts import KEYS, shelf_keys
from libraries.locking import lock_all, locked
from libraries.models import Copy, Library, Section, User
from libraries.refusal import Refused


@transaction.atomic
def section_move(*, section_id: int, step: int, actor: User, now: datetime) -> Section:
    """Move a section one place up (`step` -1) or down (1) in the order of the library's shelves.

    Readings that have begun keep the order they froze. Raises Refused for another library's
    staff; at an end of the order nothing changes.
    """
    library_id = Section.objects.filter(pk=section_id).values_list("library", flat=True).first()
    if library_id is None or library_id != actor.library_id:
        raise Refused("ترتیب بخش‌ها را کارکنان خود کتابخانه تعیین می‌کنند.")
    library = locked(Library.objects.all(), pk=library_id)
    order = list(library.sections.all())
    place = next(i for i, section in enumerate(order) if section.pk == section_id)
    section = order.pop(place)
    order.insert(min(max(place + step, 0), len(order)), section)
    for position, one in enumerate(order):
        one.position = position
    Section.objects.bulk_update(order, ["position"])
    audit.record("section_move", actor=actor, library=library, subject=section, now=now, step=step)
    return section


@transaction.atomic
def shelf_keys_renew(library: Library) -> int:
    """Give every copy of a library the place that the library's order gives it now.

    For when the order itself changed. Readings that have begun keep the order they froze.
    Returns how many copies there are.
    """
    locked(Library.objects.all(), pk=library.pk)
    copies = Copy.objects.filter(library=library)
    lock_all(copies)
    rows = copies.values_list("pk", "call_number", "registration_number")
    return bulk_rewrite(
        Copy,
        KEYS,
        [(pk, *shelf_keys(call, number, library.rules)) for pk, call, number in rows],
    )

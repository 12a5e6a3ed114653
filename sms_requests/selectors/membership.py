"""Whose membership a request speaks of."""

from libraries.models import Library
from loans.models import Member


def member_at(library: Library, national_id: str) -> Member | None:
    """The library's member with this national ID (ten ASCII digits); None where there is none,
    or no ID is known. A membership that rests is one too: waking it is the library's to decide.
    """
    if not national_id:
        return None
    found: Member | None = Member.objects.filter(library=library, national_id=national_id).first()
    return found

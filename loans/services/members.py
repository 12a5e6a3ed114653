"""Writing members."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from libraries import audit
from libraries.domain.national_id import NATIONAL_ID_LENGTH, clean_mobile, clean_national_id
from libraries.domain.persian import search_key, stored_form, to_ascii_digits
from libraries.locking import locked
from libraries.models import Library, User
from libraries.refusal import Refused
from loans.models import Member


def member_add(
    *,
    actor: User,
    full_name: str,
    membership_number: str = "",
    national_id: str = "",
    mobile: str = "",
    number_is_made: bool = False,
    now: datetime,
) -> Member:
    """Enter a member of the actor's library. Raises Refused with the reason.

    `number_is_made` gives the next membership number in place of `membership_number`; the caller
    holds the library.
    """
    if actor.library is None:
        raise Refused("عضو را کارکنان خود کتابخانه ثبت می‌کنند.")
    name = stored_form(full_name)
    if not name:
        raise Refused("نام عضو را بنویسید.")
    try:
        clean_id = clean_national_id(national_id) if national_id.strip() else ""
        clean_phone = clean_mobile(mobile) if mobile.strip() else ""
    except ValueError as error:
        raise Refused(str(error)) from None
    number = to_ascii_digits(stored_form(membership_number))
    if number_is_made:
        number = next_membership_number(actor.library)
    try:
        with transaction.atomic():
            member = Member.objects.create(
                library=actor.library,
                full_name=name,
                search_name=search_key(name)[:200],
                membership_number=number,
                national_id=clean_id,
                mobile=clean_phone,
            )
            audit.record("member_add", actor=actor, library=actor.library, subject=member, now=now)
            return member
    except IntegrityError:
        if not _is_known(actor.library, clean_id, number):
            raise
        raise Refused("عضوی با همین کد ملی یا شمارهٔ عضویت در این کتابخانه ثبت شده است.") from None


def _is_known(library: Library, national_id: str, number: str) -> bool:
    """Whether the library has a member of this national ID or membership number."""
    same = Q(pk__in=())
    if national_id:
        same |= Q(national_id=national_id)
    if number:
        same |= Q(membership_number=number)
    return Member.objects.filter(same, library=library).exists()


def next_membership_number(library: Library) -> str:
    """The number behind the library's highest, as wide as that one; «1» where none is a number.

    Numbers as long as a national ID are none that a library counts up.
    """
    given = Member.objects.filter(library=library).values_list("membership_number", flat=True)
    counted = [
        number
        for number in given
        if number.isascii() and number.isdecimal() and len(number) < NATIONAL_ID_LENGTH
    ]
    highest = max(counted, key=int, default="0")
    return str(int(highest) + 1).zfill(len(highest))


@transaction.atomic
def member_open(*, member_id: int, actor: User, now: datetime) -> Member:
    """Show a member's personal data whole, and log that it was opened."""
    member = locked(Member.objects.for_user(actor), pk=member_id)
    audit.record("member_open", actor=actor, library=member.library, subject=member, now=now)
    return member


@transaction.atomic
def member_set_active(*, member_id: int, is_active: bool, actor: User, now: datetime) -> Member:
    """Let a membership rest, so that nothing more is lent on it, or wake it again.

    What is out already stays on loan. Setting it as it stands changes nothing.
    """
    member = locked(Member.objects.for_user(actor), pk=member_id)
    if member.is_active == is_active:
        return member
    member.is_active = is_active
    member.save(update_fields=["is_active"])
    audit.record(
        "member_activate" if is_active else "member_deactivate",
        actor=actor, library=member.library, subject=member, now=now,
    )  # fmt: skip
    return member

"""Writing members."""

from datetime import datetime

from django.db import IntegrityError, transaction

from libraries import audit
from libraries.domain.national_id import clean_mobile, clean_national_id
from libraries.domain.persian import search_key, stored_form, to_ascii_digits
from libraries.locking import locked
from libraries.models import User
from libraries.refusal import Refused
from loans.models import Member


def member_add(
    *,
    actor: User,
    full_name: str,
    membership_number: str = "",
    national_id: str = "",
    mobile: str = "",
    now: datetime,
) -> Member:
    """Enter a member of the actor's library. Raises Refused with the reason."""
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
    try:
        with transaction.atomic():
            member = Member.objects.create(
                library=actor.library,
                full_name=name,
                search_name=search_key(name)[:200],
                membership_number=to_ascii_digits(stored_form(membership_number)),
                national_id=clean_id,
                mobile=clean_phone,
            )
            audit.record("member_add", actor=actor, library=actor.library, subject=member, now=now)
            return member
    except IntegrityError:
        raise Refused("عضوی با همین کد ملی یا شمارهٔ عضویت در این کتابخانه ثبت شده است.") from None


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

"""Whether a copy may go out. One place for services, lists and pages to ask."""

from libraries.models import Copy, CopyStatus
from loans.models import BindingTrip

_STATUS_REASONS = {
    CopyStatus.BINDING: "این نسخه در صحافی است و تا بازگشت از صحافی امانت داده نمی‌شود.",
    CopyStatus.WEEDED: "این نسخه وجین شده است و امانت داده نمی‌شود؛ آن را از قفسه بردارید.",
    CopyStatus.MISSING: (
        "این نسخه در سامانه «مفقود» است و امانت داده نمی‌شود؛ اگر کتاب در دست شماست، نخست پیدا شدنش "
        "را با رف‌خوانی ثبت کنید."
    ),
    CopyStatus.UNRETURNED: (
        "این نسخه در سامانه «برنگشته» است و امانت داده نمی‌شود؛ اگر کتاب در دست شماست، نخست بازگشت "
        "آن را ثبت کنید."
    ),
}


def reason_not_lendable(copy: Copy) -> str:
    """Why a copy, by what its own record says, can't be lent to anybody; "" where it can.

    That it is on loan already is not asked here: only an open loan says it.
    """
    if copy.is_reference:
        return "این نسخه مرجع است و امانت داده نمی‌شود؛ در کتابخانه از آن استفاده می‌کنند."
    if reason := _STATUS_REASONS.get(CopyStatus(copy.status), ""):
        return reason
    # Out for less than two weeks, its status doesn't say so (directive 4-5).
    if BindingTrip.objects.filter(copy=copy, back_on__isnull=True).exists():
        return _STATUS_REASONS[CopyStatus.BINDING]
    return ""

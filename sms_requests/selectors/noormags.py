"""Who was given which Noormags account, and how many are left (spec R7)."""

from io import BytesIO

from django.db.models import Q, QuerySet
from django.utils import timezone

from libraries.domain.jalali import format_jalali
from libraries.domain.national_id import mask_national_id
from libraries.domain.persian import stored_form
from libraries.files.write import Sheet, write_workbook
from libraries.models import User
from sms_requests.models import NoormagsAccount, NoormagsGrant

HEADERS = (
    *("ردیف", "نام و نام خانوادگی", "کد ملی", "سال تولد", "نام در اینستاگرام", "نام کاربری"),
    *("تاریخ واگذاری", "واگذارکننده", "کلمهٔ عبور نشان داده شد", "علت واگذاری دوباره"),
)
WIDTHS = (7, 26, 14, 10, 20, 20, 14, 22, 18, 30)


def pool_counts(user: User) -> dict[str, int]:
    """How many accounts of the user's province are `free`, and how many were `given`."""
    return {
        "free": NoormagsAccount.objects.for_user(user).free().count(),
        "given": NoormagsGrant.objects.for_user(user).count(),
    }


def grants_of(user: User, words: str = "") -> QuerySet[NoormagsGrant]:
    """The accounts that were handed out in the user's province, newest first; or those with all
    these words in the person's name, or with this in the user name or the Instagram name.
    """
    grants = NoormagsGrant.objects.for_user(user).select_related("account", "given_by", "shown_by")
    if wanted := stored_form(words):
        in_name = Q()
        for word in wanted.split():
            in_name &= Q(full_name__icontains=word)
        other = Q(account__username__icontains=wanted)
        other |= Q(instagram__icontains=wanted.lstrip("@"))
        grants = grants.filter(in_name | other)
    found: QuerySet[NoormagsGrant] = grants.order_by("-given_at", "-pk")
    return found


def grants_xlsx(grants: QuerySet[NoormagsGrant], note: str) -> BytesIO:
    """The list as Excel, the IDs masked and no passwords; the file is open at its beginning."""
    target = BytesIO()
    rows = [
        (
            number,
            grant.full_name,
            mask_national_id(grant.national_id),
            str(grant.birth_year),
            grant.instagram,
            grant.account.username,
            format_jalali(timezone.localdate(grant.given_at)),
            grant.given_by.full_name,
            format_jalali(timezone.localdate(grant.shown_at)) if grant.shown_at else "",
            grant.again_because,
        )
        for number, grant in enumerate(grants, start=1)
    ]
    write_workbook(target, [Sheet("واگذاری‌ها", HEADERS, rows, WIDTHS, [note])])
    target.seek(0)
    return target

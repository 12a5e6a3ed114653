"""Applications and kept requests that tests of membership stand on."""

from typing import Any
from uuid import uuid4

from django.utils import timezone

from libraries.domain.persian import search_key
from libraries.models import Library, User
from loans.models import Member
from sms_requests.models import MessageIn, NoormagsAccount, NoormagsGrant, Request

SENDER = "09121112233"
NATIONAL_ID = "0084575948"
OTHER_ID = "0499370899"
SECRET = "s3cret-Pass"


def a_request(library: Library, kind: str = "membership", **values: Any) -> Request:
    """A request at a library: an application that waits, unless told otherwise."""
    now = timezone.now()
    given: dict[str, Any] = {
        "state": "waiting", "mobile": SENDER, "full_name": "زهرا نمونه", "national_id": NATIONAL_ID,
    } | values  # fmt: skip
    text = MessageIn.objects.create(
        gateway="console", key=str(uuid4()), sender=given["mobile"], raw="x", received_at=now,
        handle_after=now, text=f"عضویت {given['full_name']} {given['national_id']}",
    )  # fmt: skip
    return Request.objects.create(
        message=text, kind=kind, library=library, province=library.county.province, since=now,
        created_at=now, **given,
    )  # fmt: skip


def kept_request(library: Library, **values: Any) -> Request:
    """A loan request of somebody who is no member yet."""
    return a_request(library, "loan", **{"state": "no_member", "wanted": "بوف کور"} | values)


def a_member(library: Library, name: str, **values: Any) -> Member:
    """A member, found by name as in use."""
    return Member.objects.create(
        library=library, full_name=name, search_name=search_key(name), **values
    )


def pool(user: User, count: int) -> list[NoormagsAccount]:
    """So many free Noormags accounts of the user's province: user0, user1, …"""
    return NoormagsAccount.objects.bulk_create(
        NoormagsAccount(
            province=user.province, username=f"user{n}", password=f"{SECRET}{n}",
            imported_at=timezone.now(), imported_by=user,
        )
        for n in range(count)
    )  # fmt: skip


def a_grant(user: User) -> NoormagsGrant:
    """An account that was handed out, its password not yet shown."""
    (account,) = pool(user, 1)
    return NoormagsGrant.objects.create(
        province=user.province, account=account, full_name="زهرا نمونه", national_id=NATIONAL_ID,
        birth_year=1375, given_at=timezone.now(), given_by=user,
    )  # fmt: skip

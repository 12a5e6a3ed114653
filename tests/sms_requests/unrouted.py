"""A province with an expert, three libraries and requests that wait, for tests."""

from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from django.utils import timezone

from libraries.domain.persian import search_key
from libraries.models import County, Library, User
from libraries.models import Province as Place
from libraries.roles import Role
from loans.models import Member
from sms_requests.models import MessageIn, MessageOut, Request, RequestStep, SmsLine
from tests.cast import make_user

_numbers = count(1)
LINE = "100045040"
MOBILE = "09120000001"
NATIONAL_ID = "0000000019"  # nobody's: made up, with a right check digit
OTHER_ID = "0000000027"
TEXT = f"کتابخانه مطهری، کد ملی {NATIONAL_ID}، کتاب بوف کور"


@dataclass(frozen=True, slots=True)
class Province:
    """Two experts of a province with two libraries of one name and a third; an expert elsewhere."""

    expert: User
    colleague: User
    stranger: User
    librarian: User
    libraries: dict[str, Library]
    elsewhere: Library


def make_province() -> Province:
    """A province without requests. Its line is LINE."""
    named = {
        "malayer": ("کتابخانهٔ شهید مطهری ملایر", "ملایر"),
        "nahavand": ("کتابخانهٔ شهید مطهری نهاوند", "نهاوند"),
        "hafez": ("کتابخانهٔ عمومی حافظ", "همدان"),
    }
    libraries = {
        code: _library(f"{code}-{next(_numbers)}", name, "استان درخواست", county)
        for code, (name, county) in named.items()
    }
    province = libraries["hafez"].county.province
    SmsLine.objects.get_or_create(province=province, defaults={"number": LINE})
    elsewhere = _library(f"far-{next(_numbers)}", "کتابخانهٔ دور", "استان دور", "دور")
    number = next(_numbers)
    expert = Role.PROVINCIAL_EXPERT
    return Province(
        expert=make_user(f"expert-{number}", expert, province=province),
        colleague=make_user(f"second-expert-{number}", expert, province=province),
        stranger=make_user(f"far-expert-{number}", expert, province=elsewhere.county.province),
        librarian=make_user(f"keeper-{number}", Role.LIBRARIAN, library=libraries["hafez"]),
        libraries=libraries,
        elsewhere=elsewhere,
    )


def _library(code: str, name: str, province: str, county: str) -> Library:
    in_province, _ = Place.objects.get_or_create(name=province)
    in_county, _ = County.objects.get_or_create(province=in_province, name=county)
    return Library.objects.create(county=in_county, code=code, name=name, degree=3, place=county)


def add_text(text: str = TEXT, at: datetime | None = None, **values: Any) -> MessageIn:
    """A text that came to the province's line."""
    now = at or timezone.now()
    given: dict[str, Any] = {
        "gateway": "console", "key": f"unrouted-{next(_numbers)}", "raw": "x", "text": text,
        "sender": MOBILE, "to": LINE, "received_at": now, "handle_after": now, "handled_at": now,
    }  # fmt: skip
    return MessageIn.objects.create(**given | values)


def add_unrouted(
    of: Province, text: str = TEXT, at: datetime | None = None, **values: Any
) -> Request:
    """A loan request that waits for routing."""
    now = at or timezone.now()
    message = add_text(text, at)
    given: dict[str, Any] = {
        "kind": "loan", "state": "unrouted", "mobile": message.sender, "since": now,
        "national_id": NATIONAL_ID, "wanted": "بوف کور", "created_at": now,
        "province": of.expert.province,
    }  # fmt: skip
    request: Request = Request.objects.create(message=message, **given | values)
    RequestStep.objects.create(
        request=request, move="received", becomes=request.state, at=now, message_in=message
    )
    return request


def add_member(library: Library, national_id: str = NATIONAL_ID) -> Member:
    """A member of a library."""
    name = "عضو نمونه"
    return Member.objects.create(
        library=library, full_name=name, search_name=search_key(name), national_id=national_id
    )


def add_out(state: str = "failed", **values: Any) -> MessageOut:
    """A text that left, or tried to."""
    now = timezone.now()
    given: dict[str, Any] = {
        "to": MOBILE, "text": "پاسخ", "parts": 1, "state": state, "created_at": now,
        "next_try_at": now,
    }  # fmt: skip
    return MessageOut.objects.create(**given | values)

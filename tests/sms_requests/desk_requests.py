"""A library's desk with requests on it, for tests that need one after another."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any

from django.utils import timezone

from libraries.domain.persian import search_key
from libraries.models import Copy, Library, User
from libraries.roles import Role
from loans.models import Member
from sms_requests.domain.health import HANDING_OVER, PREPARING
from sms_requests.models import MessageIn, Request, RequestStep
from sms_requests.services import library as desk
from sms_requests.services import library_copies as copies
from sms_requests.services import library_handing as handing
from tests.cast import add_copies, make_library, make_user, numbered_calls

_numbers = count(1)
MOBILE = "09120000001"
NATIONAL_ID = "0000000019"  # nobody's: made up, with a right check digit
OTHER_ID = "0000000027"


@dataclass(frozen=True, slots=True)
class Desk:
    """A library of its own with two librarians, three copies, a member; a neighbour library."""

    library: Library
    actor: User
    colleague: User
    copies: list[Copy]
    member: Member
    neighbour: Library
    neighbours_librarian: User


def make_desk() -> Desk:
    """A desk without requests."""
    number = next(_numbers)
    library = make_library(f"Q{number}", "استان درخواست", "شهرستان درخواست")
    neighbour = make_library(f"N{number}", "استان درخواست", "شهرستان همسایه")
    return Desk(
        library=library,
        actor=make_user(f"desk-{number}", Role.LIBRARIAN, library=library),
        colleague=make_user(f"second-{number}", Role.LIBRARIAN, library=library),
        copies=add_copies(library, numbered_calls(3)),
        member=add_member(library),
        neighbour=neighbour,
        neighbours_librarian=make_user(f"next-{number}", Role.LIBRARIAN, library=neighbour),
    )


def add_member(library: Library, national_id: str = NATIONAL_ID, mobile: str = MOBILE) -> Member:
    """A member of a library."""
    name = "عضو نمونه"
    return Member.objects.create(
        library=library, full_name=name, search_name=search_key(name),
        national_id=national_id, mobile=mobile,
    )  # fmt: skip


def add_request(library: Library | None, **values: Any) -> Request:
    """A request that waits at the library, of the member that `add_member` makes."""
    now = timezone.now()
    text = MessageIn.objects.create(
        gateway="console", key=f"desk-{next(_numbers)}", raw="x", text="کتاب نمونهٔ 1 را می‌خواهم",
        sender=MOBILE, received_at=now, handle_after=now, handled_at=now,
    )  # fmt: skip
    given: dict[str, Any] = {
        "kind": "loan",
        "state": "waiting",
        "mobile": MOBILE,
        "national_id": NATIONAL_ID,
        "wanted": "کتاب نمونهٔ 1",
        "library": library,
        "since": now,
        "created_at": now,
    }
    request: Request = Request.objects.create(message=text, **given | values)
    RequestStep.objects.create(
        request=request, move="received", becomes=request.state, at=now, message_in=text
    )
    return request


def find(desk_: Desk, request: Request, copy: Copy, actor: User | None = None) -> Any:
    """Work that keeps a copy for a request."""
    return partial(
        copies.request_find, request_id=request.pk, copy_id=copy.pk, actor=actor or desk_.actor,
        now=timezone.now(),
    )  # fmt: skip


def close(desk_: Desk, request: Request, actor: User | None = None, **values: Any) -> Any:
    """Work that closes a request."""
    return partial(
        desk.request_close, request_id=request.pk, actor=actor or desk_.actor, now=timezone.now(),
        **{"reason": "withdrawn", **values},
    )  # fmt: skip


def prepare(desk_: Desk, request: Request) -> Any:
    """Work that ticks the whole health list."""
    return partial(
        handing.request_prepare, request_id=request.pk, ticked=list(PREPARING), actor=desk_.actor,
        now=timezone.now(),
    )  # fmt: skip


def announce(desk_: Desk, request: Request, begin: datetime | None = None, **values: Any) -> Any:
    """Work that says when and where, by a text."""
    begin = begin or timezone.now()
    given = {"begin": begin, "end": begin + timedelta(days=2), "place": "میز امانت", "tell": True}
    return partial(
        handing.request_announce, request_id=request.pk, actor=desk_.actor, now=timezone.now(),
        **given | values,
    )  # fmt: skip


def hand_over(desk_: Desk, request: Request, actor: User | None = None, **values: Any) -> Any:
    """Work that hands the book over."""
    return partial(
        handing.request_hand_over, request_id=request.pk, actor=actor or desk_.actor,
        now=timezone.now(), today=timezone.localdate(),
        **{"ticked": list(HANDING_OVER), **values},
    )  # fmt: skip


def ready(desk_: Desk, copy: Copy | None = None, **values: Any) -> Request:
    """A request whose book waits for the member."""
    request = add_request(desk_.library, **values)
    find(desk_, request, copy or desk_.copies[0])()
    prepare(desk_, request)()
    announce(desk_, request)()
    request.refresh_from_db()
    return request

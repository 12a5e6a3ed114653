"""Applications for membership: who the applicant may already be, and what waits (spec R6)."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.urls import reverse

from libraries.desk import DeskCard
from libraries.models import Library, User
from libraries.roles import Right
from loans.models import Member
from sms_requests.domain.likeness import WHY_LABELS, Why, contradicts, reasons, similar_names
from sms_requests.domain.parse import Kind
from sms_requests.domain.way import State
from sms_requests.models import NoormagsAccount, Request
from sms_requests.selectors.late import late

MOST_ALIKE = 12
POOL_IS_LOW = 10  # free Noormags accounts below which the expert is told


@dataclass(frozen=True, slots=True)
class LookAlike:
    """A member who may be the applicant, and why. `is_other`: has another national ID."""

    member: Member
    why: tuple[Why, ...]
    is_other: bool

    @property
    def labels(self) -> list[str]:
        """The reasons in words."""
        return [WHY_LABELS[why] for why in self.why]


def look_alikes(request: Request) -> list[LookAlike]:
    """Members of the request's library who may be its sender, the surest first, at most MOST_ALIKE.

    Those of the same national ID and mobile are always among them; resting memberships count.
    """
    members = Member.objects.filter(library=request.library_id)
    same = Q(pk__in=())
    if request.national_id:
        same |= Q(national_id=request.national_id)
    if request.mobile:
        same |= Q(mobile=request.mobile)
    rows = list(members.values_list("pk", "search_name"))
    similar = {
        rows[place][0]: score
        for place, score in similar_names(
            request.full_name, [key for _, key in rows], MOST_ALIKE
        ).items()
    }
    found = [
        LookAlike(
            member,
            reasons(request.national_id, request.mobile, member, by_name=member.pk in similar),
            contradicts(request.national_id, member),
        )
        for member in members.filter(same | Q(pk__in=similar))
    ]
    order = list(Why)
    found.sort(
        key=lambda one: (
            order.index(one.why[0]), one.is_other, -similar.get(one.member.pk, 0), one.member.pk,
        )
    )  # fmt: skip
    return found[:MOST_ALIKE]


def elsewhere(request: Request) -> list[Library]:
    """Other libraries of the province that have a member of this national ID; nothing of whom."""
    if not request.national_id or request.library is None:
        return []
    return list(
        Library.objects.filter(
            county__province=request.library.county.province_id,
            members__national_id=request.national_id,
        )
        .exclude(pk=request.library.pk)
        .distinct()
        .order_by("name")
    )


def joining_cards(user: User, now: datetime) -> list[DeskCard]:
    """Applications that wait at the library; for the expert, a pool that runs out."""
    cards: list[DeskCard] = []
    if user.has_right(Right.HANDLE_REQUESTS):
        cards += _application_cards(user, now)
    if user.has_right(Right.HAND_OUT_ACCOUNTS):
        cards += _pool_cards(user)
    return cards


def _application_cards(user: User, now: datetime) -> list[DeskCard]:
    waiting = Request.objects.for_user(user).filter(kind=Kind.MEMBERSHIP, state=State.WAITING)
    first, count = waiting.order_by("since", "pk").first(), waiting.count()
    if first is None:
        return []
    return [
        DeskCard(
            sentence="درخواست عضویت پیامکی باید بررسی شود",
            url=reverse("membership-request", args=(first.pk,)),
            action="بررسی نخستین",
            count=count,
            since=first.since,
            late=waiting.filter(late(now)).exists(),
            symbol="person",
        )
    ]


def _pool_cards(user: User) -> list[DeskCard]:
    accounts = NoormagsAccount.objects.for_user(user)
    free = accounts.free().count()
    if free >= POOL_IS_LOW or not accounts.exists():
        return []
    return [
        DeskCard(
            sentence="حساب نورمگز مانده است؛ حساب‌های تازه وارد کنید",
            url=reverse("noormags-import"),
            action="وارد کردن حساب‌ها",
            count=free,
            late=free == 0,
            symbol="import",
        )
    ]

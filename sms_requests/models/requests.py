"""What members ask for by SMS, and every step that was made with it (spec R1 to R6)."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from libraries.models import Copy, Library, Province
from libraries.querysets import ScopedQuerySet
from libraries.roles import SCOPE_OF_ROLE, Scope
from loans.models import Loan, Member
from sms_requests.domain.parse import Kind
from sms_requests.domain.way import (
    HOLDS_A_COPY,
    MOVE_LABELS,
    OPEN,
    REASON_LABELS,
    STATE_LABELS,
    ClosedReason,
    State,
)
from sms_requests.models.messages import MessageIn, MessageOut

KIND_LABELS: dict[Kind, str] = {
    Kind.LOAN: "امانت کتاب",
    Kind.MEMBERSHIP: "عضویت",
    Kind.NOORMAGS: "نورمگز",
    Kind.UNCLEAR: "نامشخص",
}
# What stands in a request's history besides moves.
RECEIVED, CORRECTED, SENT_AGAIN = "received", "corrected", "sent_again"
STEPS = [
    (RECEIVED, "دریافت"),
    (CORRECTED, "اصلاح داده‌ها"),
    (SENT_AGAIN, "فرستادن دوبارهٔ پیامک"),
    *((move.value, label) for move, label in MOVE_LABELS.items()),
]


def _values(*states: State) -> list[str]:
    """Plain words for the database's own rules, always in the same order."""
    return sorted(state.value for state in states)


class RequestQuerySet(ScopedQuerySet):
    """Requests belong to the library they are at; until they are routed, to the line's province."""

    def for_user(self, user: Any) -> Self:
        """The rows of the user's scope. What isn't routed yet is the line's province's alone, also
        where the text named a library; what came over a line that no province has, every
        province's.
        """
        seen = super().for_user(user)
        if getattr(user, "is_active", False) and getattr(user, "role", ""):
            scope = SCOPE_OF_ROLE[user.role]
            if scope is Scope.PROVINCE:
                its = Q(province=user.province_id) | Q(province=None)
                return seen | self.filter(its, library=None)
            if scope in (Scope.LIBRARY, Scope.COUNTY):
                return seen.exclude(state=State.UNROUTED)
        return seen


class Request(models.Model):
    """One text's request on its way. `full_name`, `national_id`, `wanted` are what was understood
    and may be corrected by staff; the text itself stays with its message.
    """

    library_path = "library"

    message = models.OneToOneField(
        MessageIn, models.PROTECT, related_name="request", verbose_name="پیامک"
    )
    kind = models.CharField("نوع", max_length=10, choices=[(k.value, KIND_LABELS[k]) for k in Kind])
    state = models.CharField(
        "وضعیت", max_length=10, choices=[(s.value, STATE_LABELS[s]) for s in State]
    )
    since = models.DateTimeField("از")  # since when it stands so
    created_at = models.DateTimeField("زمان ثبت")
    province = models.ForeignKey(
        Province, models.PROTECT, null=True, related_name="+", verbose_name="استان"
    )
    library = models.ForeignKey(
        Library, models.PROTECT, null=True, related_name="sms_requests", verbose_name="کتابخانه"
    )
    mobile = models.CharField("شمارهٔ فرستنده", max_length=20)
    full_name = models.CharField("نام و نام خانوادگی", max_length=200, blank=True)
    national_id = models.CharField("کد ملی", max_length=10, blank=True)
    wanted = models.CharField("عنوان خواسته‌شده", max_length=500, blank=True)
    # The membership may be at another library than the one that lends.
    member = models.ForeignKey(
        Member, models.SET_NULL, null=True, related_name="sms_requests", verbose_name="عضو"
    )
    copy = models.ForeignKey(
        Copy, models.SET_NULL, null=True, related_name="sms_requests", verbose_name="نسخه"
    )
    offered = models.ForeignKey(
        Library, models.SET_NULL, null=True, related_name="+", verbose_name="کتابخانهٔ پیشنهادی"
    )
    prepared_at = models.DateTimeField("آماده‌سازی", null=True)
    collect_from = models.DateTimeField("گرفتن از", null=True)
    collect_until = models.DateTimeField("گرفتن تا", null=True)
    collect_place = models.CharField("جای گرفتن", max_length=200, blank=True)
    loan = models.OneToOneField(
        Loan, models.PROTECT, null=True, related_name="sms_request", verbose_name="امانت"
    )
    reason = models.CharField(
        "علت بستن",
        max_length=14,
        blank=True,
        choices=[(r.value, REASON_LABELS[r]) for r in ClosedReason],
    )

    objects: ClassVar = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = "درخواست پیامکی"
        verbose_name_plural = "درخواست‌های پیامکی"
        ordering = ("created_at", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=_values(*State)) & Q(kind__in=[k.value for k in Kind]),
                name="request_state_known",
            ),
            models.CheckConstraint(
                condition=Q(library__isnull=False)
                | Q(state__in=_values(State.UNROUTED, State.CLOSED, State.CANCELLED)),
                name="request_on_its_way_is_at_a_library",
            ),
            models.CheckConstraint(
                condition=Q(copy__isnull=True, loan__isnull=True)
                | Q(state__in=_values(*HOLDS_A_COPY, State.LENT)),
                name="request_holds_a_copy_only_when_found",
            ),
            models.CheckConstraint(
                condition=Q(loan__isnull=False) | ~Q(state=State.LENT.value),
                name="request_lent_has_its_loan",
            ),
            models.CheckConstraint(
                condition=(Q(state=State.CLOSED.value) & ~Q(reason=""))
                | (~Q(state=State.CLOSED.value) & Q(reason="")),
                name="request_closed_with_a_reason",
            ),
            # Two requests never wait for the same book.
            models.UniqueConstraint(
                fields=("copy",),
                condition=Q(state__in=_values(*HOLDS_A_COPY)),
                name="copy_held_for_one_request",
            ),
        )
        indexes = (
            models.Index(fields=("library", "state", "since"), name="requests_of_a_library"),
            models.Index(
                fields=("province", "since"),
                condition=Q(state=State.UNROUTED.value),
                name="requests_to_route",
            ),
            models.Index(fields=("mobile", "created_at"), name="requests_of_a_number"),
            models.Index(
                fields=("national_id", "state"),
                condition=~Q(national_id=""),
                name="requests_of_a_person",
            ),
        )

    def __str__(self) -> str:
        return f"درخواست {self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done with it."""
        return self.state in OPEN


class RequestStep(models.Model):
    """One step of a request: who, when, what, and the text that it brought or sent."""

    library_path = "request__library"

    request = models.ForeignKey(
        Request, models.CASCADE, related_name="steps", verbose_name="درخواست"
    )
    move = models.CharField("گام", max_length=13, choices=STEPS)
    becomes = models.CharField(
        "وضعیت", max_length=10, choices=[(s.value, STATE_LABELS[s]) for s in State]
    )
    at = models.DateTimeField("زمان")
    # Null: the sender, by a text, or the program.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="کاربر"
    )
    note = models.CharField("یادداشت", max_length=500, blank=True)
    message_in = models.ForeignKey(
        MessageIn, models.PROTECT, null=True, related_name="steps", verbose_name="پیامک رسیده"
    )
    message_out = models.ForeignKey(
        MessageOut, models.PROTECT, null=True, related_name="steps", verbose_name="پیامک فرستاده"
    )

    objects: ClassVar = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "گام درخواست"
        verbose_name_plural = "گام‌های درخواست"
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{self.get_move_display()}"


class RequestCall(models.Model):
    """One telephone call about a request (spec R3: each call is on record)."""

    library_path = "request__library"

    class Outcome(models.TextChoices):
        """How it ended."""

        AGREED = "agreed", "گفت‌وگو شد"
        NO_ANSWER = "no_answer", "پاسخ نداد"
        BUSY = "busy", "مشغول یا خاموش بود"
        WRONG_NUMBER = "wrong_number", "شمارهٔ دیگری بود"

    request = models.ForeignKey(
        Request, models.CASCADE, related_name="calls", verbose_name="درخواست"
    )
    at = models.DateTimeField("زمان")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="تماس‌گیرنده"
    )
    outcome = models.CharField("نتیجه", max_length=12, choices=Outcome)
    said = models.CharField("گفته‌ها", max_length=500, blank=True)

    objects: ClassVar = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "تماس"
        verbose_name_plural = "تماس‌ها"
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{self.get_outcome_display()}"

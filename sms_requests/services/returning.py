"""Announcing return days, each borrower once, and stopping what hasn't left (spec R5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from libraries import audit
from libraries.bulk import bulk_insert
from libraries.domain.persian import stored_form
from libraries.locking import locked
from libraries.models import User
from libraries.refusal import Refused
from sms_requests.domain.return_days import Day, ends
from sms_requests.models import (
    Mailing,
    MessageOut,
    ReturnAnnouncement,
    ReturnDay,
    ReturnNotice,
)
from sms_requests.selectors.returning_plan import ReturnPlan, return_plan
from sms_requests.services.mailings import mailing_queue

State = MessageOut.State


@transaction.atomic
def return_days_announce(
    *, token: UUID, days: Sequence[Day], concerns: str, note: str, actor: User, now: datetime
) -> tuple[ReturnAnnouncement, bool]:
    """Queue the text for each borrower concerned, and say whether this was news.

    `token` belongs to the form: sent again, at the same moment too, it finds the announcement that
    was made with it and changes nothing. Raises Refused as `return_plan` does.
    """
    library = actor.library
    if library is None:
        raise Refused("روزهای بازگشت را کارکنان خود کتابخانه اعلام می‌کنند.")
    if made := ReturnAnnouncement.objects.for_user(actor).filter(token=token).first():
        return made, False
    note = stored_form(note)
    plan = return_plan(library=library, days=days, concerns=concerns, note=note, now=now)
    mailing = Mailing.by(plan.line, ends_at=ends(days, timezone.get_current_timezone()))
    mailing.save()
    # A second one at the same moment waits here for the first, and finds its row.
    announcement, is_new = ReturnAnnouncement.objects.get_or_create(
        token=token,
        defaults={
            "library": library, "concerns": concerns, "note": note, "mailing": mailing,
            "created_at": now, "created_by": actor,
        },
    )  # fmt: skip
    if not is_new:
        mailing.delete()
        if announcement.library_id != library.pk:
            raise Refused("این فرم از آن کتابخانهٔ دیگری است؛ صفحه را از نو باز کنید.")
        return announcement, False
    ReturnDay.objects.bulk_create(
        ReturnDay(
            announcement=announcement, on=day.on, opens_at=day.opens_at, closes_at=day.closes_at
        )
        for day in days
    )
    _queue(announcement, plan, now)
    audit.record(
        "return_days_announce", actor=actor, library=library, subject=announcement, now=now,
        days=[day.on.isoformat() for day in days], concerns=concerns,
        people=len(plan.borrowers), texts=len(plan.numbers),
    )  # fmt: skip
    return announcement, True


def _queue(announcement: ReturnAnnouncement, plan: ReturnPlan, now: datetime) -> None:
    """Each number's text in its batch, and for each borrower the text or why there is none."""
    text_for = mailing_queue(
        mailing=announcement.mailing,
        numbers=plan.numbers,
        text=plan.text,
        leaving=plan.leaving,
        now=now,
    )
    bulk_insert(
        ReturnNotice,
        ("announcement_id", "member_id", "loans", "message_id", "trouble"),
        [
            (announcement.pk, one.member_id, one.loans, text_for[one.mobile], "")
            if one.mobile
            else (
                announcement.pk, one.member_id, one.loans, None,
                ReturnNotice.Trouble.NO_MOBILE.value,
            )
            for one in plan.borrowers
        ],
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stopped:
    """How many texts a cancelling stopped, and for how many it came too late."""

    stopped: int
    too_late: int


@transaction.atomic
def return_days_cancel(*, announcement_id: int, actor: User, now: datetime) -> Stopped:
    """Stop the texts of an announcement that haven't left. Raises Refused where none is left.

    Sent again it says the same and changes nothing. What a sender has just taken is too late.
    """
    announcement = locked(ReturnAnnouncement.objects.for_user(actor), pk=announcement_id)
    if actor.library_id != announcement.library_id:
        raise Refused("اعلام را کارکنان خود کتابخانه لغو می‌کنند.")
    mailing = locked(Mailing.objects.all(), pk=announcement.mailing_id)
    texts = MessageOut.objects.filter(mailing=mailing)
    if mailing.cancelled_at is None:
        # One statement: a text that a sender takes at this moment is either its or ours.
        stopped = texts.filter(state=State.QUEUED).update(state=State.CANCELLED)
        if not stopped:
            raise Refused("همهٔ پیامک‌های این اعلام فرستاده شده‌اند و چیزی برای لغو نمانده است.")
        mailing.cancelled_at, mailing.cancelled_by = now, actor
        mailing.save(update_fields=["cancelled_at", "cancelled_by"])
        audit.record(
            "return_days_cancel", actor=actor, library=announcement.library, subject=announcement,
            now=now, stopped=stopped,
        )  # fmt: skip
    stopped = texts.filter(state=State.CANCELLED).count()
    return Stopped(stopped, texts.count() - stopped)

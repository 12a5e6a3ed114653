"""Applying a session's findings in one step, and taking the step back (spec S4.5, B10)."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from libraries import audit
from libraries.bulk import bulk_insert, in_chunks
from libraries.domain.persian import to_persian_digits
from libraries.locking import lock_all, locked
from libraries.models import Copy, CopyStatus, Library, StatusChange, User
from libraries.refusal import Refused
from loans.models import BindingTrip, Forgiveness, Loan
from loans.services.binding import bindings_undo
from shelfreading.domain.findings import SEEN, Finding
from shelfreading.models import Application, Decision, ReadingSession, WeedingProposal
from shelfreading.services.changes import changes_proposed
from shelfreading.services.findings import findings_compute
from shelfreading.services.journal import journal_write

DECIDED = (WeedingProposal.State.ACCEPTED, WeedingProposal.State.REFUSED)


@transaction.atomic
def findings_apply(*, session_id: int, actor: User, now: datetime) -> Application:
    """Put a closed session's findings into the records, all or nothing (directive 4-5).

    Applied already, the standing application is returned and nothing is done twice. Raises
    Refused while the session is being read or a conflict isn't settled.
    """
    session = _locked_session(session_id, actor)
    standing = session.applications.filter(undone_at__isnull=True).first()
    if standing is not None:
        return standing
    if session.state != ReadingSession.State.CLOSED:
        raise Refused("نخست خواندن را پایان دهید، سپس یافته‌ها را اعمال کنید.")
    # Held before anything is computed: whoever lends one of them now comes before or after.
    copies = Copy.objects.filter(library=session.library_id)
    lock_all(copies.filter(pk__in=session.expected.values("copy")))
    session = findings_compute(session_id=session_id, actor=actor, now=now)
    strays = session.findings.filter(finding=Finding.MISPLACED)
    lock_all(copies.filter(pk__in=strays.values("copy")))
    changes = changes_proposed(session)
    unsettled = [change for change in changes if not change.is_settled]
    if unsettled:
        raise Refused(
            f"{to_persian_digits(len(unsettled))} نسخه پس از رف‌خوانی تغییر کرده است؛ "
            "نخست برای هر یک بگویید کدام درست است."
        )
    changes = [
        change
        for change in changes
        if not change.conflict or change.settlement == Decision.Settlement.READING
    ]
    seen = session.findings.filter(finding__in=SEEN)
    application = Application.objects.create(
        session=session, applied_at=now, applied_by=actor, seen_count=seen.count()
    )
    assert session.closed_at is not None
    Copy.objects.filter(pk__in=seen.values("copy"), library=session.library_id).update(
        last_seen_on=timezone.localdate(session.closed_at)
    )
    journal_write(application, changes, actor, now)
    session.state = ReadingSession.State.APPLIED
    session.save(update_fields=["state"])
    audit.record(
        "findings_apply",
        actor=actor,
        library=session.library,
        subject=session,
        now=now,
        application=application.pk,
        changes=len(changes),
    )
    return application


def _locked_session(session_id: int, actor: User) -> ReadingSession:
    """The session, after its library: one thing at a time is done to a library's many copies."""
    locked(Library.objects.for_user(actor), sessions=session_id)
    return locked(ReadingSession.objects.for_user(actor).select_related("library"), pk=session_id)


@transaction.atomic
def application_undo(*, session_id: int, actor: User, now: datetime) -> Application:
    """Take an application back as a whole. The session is closed again, its findings as they were.

    The weedings it proposed are withdrawn. Raises Refused when anything later touched one of its
    copies, or the expert decided on one: then nothing is taken back.
    """
    session = _locked_session(session_id, actor)
    application = session.applications.filter(undone_at__isnull=True).first()
    if application is None:
        raise Refused("این رف‌خوانی اعمال نشده است.")
    if session.is_reported:
        raise Refused(
            "گزارش این رف‌خوانی فرستاده شده است؛ تا بازگردانده نشود، اعمال برگردانده نمی‌شود."
        )
    lock_all(Copy.objects.filter(pk__in=application.changes.values("copy")))
    lock_all(application.weeding_proposals.all())
    changes = list(application.changes.order_by("copy_id"))
    touched = _touched_later(application)
    if touched:
        raise Refused(
            f"{to_persian_digits(len(touched))} نسخه پس از اعمال دوباره تغییر کرده است "
            f"(برای نمونه شمارهٔ ثبت {to_persian_digits(touched[0])})؛ "
            "اعمال را دیگر نمی‌توان یک‌جا برگرداند."
        )
    back: dict[tuple[str, str], list[int]] = {}
    for change in changes:
        if change.status_change_id:
            key = (change.from_status, change.from_weeding_cause)
            back.setdefault(key, []).append(change.copy_id)
    for (status, weeding_cause), copy_ids in back.items():
        for chunk in in_chunks(copy_ids):
            Copy.objects.filter(pk__in=chunk).update(status=status, weeding_cause=weeding_cause)
    Loan.objects.filter(pk__in=application.changes.values("returned_loan")).update(
        returned_at=None, returned_by=None, fee=0
    )
    Forgiveness.objects.filter(pk__in=application.changes.values("forgiveness")).update(
        revoked_at=now
    )
    bindings_undo(
        opened=[change.opened_trip_id for change in changes if change.opened_trip_id],
        closed=[change.closed_trip_id for change in changes if change.closed_trip_id],
    )
    bulk_insert(
        StatusChange,
        ("copy_id", "from_status", "to_status", "source", "cause", "at", "by_id"),
        (
            (
                change.copy_id,
                change.to_status,
                change.from_status,
                StatusChange.Source.UNDO,
                f"برگرداندن اعمال رف‌خوانی «{session.name}»"[:300],
                now,
                actor.pk,
            )
            for change in changes
            if change.status_change_id
        ),
    )
    application.weeding_proposals.filter(state=WeedingProposal.State.PROPOSED).update(
        state=WeedingProposal.State.WITHDRAWN, decided_by=actor, decided_at=now
    )
    application.undone_at = now
    application.undone_by = actor
    application.save(update_fields=["undone_at", "undone_by"])
    session.state = ReadingSession.State.CLOSED
    # What was computed then compared with records that are now as they were before; anew.
    session.basis = ""
    session.save(update_fields=["state", "basis"])
    audit.record(
        "application_undo",
        actor=actor,
        library=session.library,
        subject=session,
        now=now,
        application=application.pk,
        changes=len(changes),
    )
    return application


def _touched_later(application: Application) -> list[str]:
    """Registration numbers of copies that anything touched after the application.

    Times alone don't tell: whoever waited for the application took theirs before it. So what was
    written after the application's own lines counts too, and so does a loan that is open on a
    copy which the application left free, a trip to the binder that began since, or the expert's
    word on a weeding it proposed.
    """
    changes = application.changes
    copies = changes.values("copy")
    own = changes.filter(status_change__isnull=False).values_list("status_change", flat=True)
    after = Q(at__gte=application.applied_at)
    if first := own.order_by("status_change").first():
        after |= Q(pk__gt=first)
    steps = StatusChange.objects.filter(after, copy__in=copies).exclude(pk__in=own)
    returned = changes.filter(returned_loan__isnull=False).values("returned_loan")
    free = changes.filter(to_status=CopyStatus.AVAILABLE).values("copy")
    loans = Loan.objects.filter(
        Q(lent_at__gte=application.applied_at)
        | Q(returned_at__gte=application.applied_at)
        | Q(returned_at__isnull=True, copy__in=free),
        copy__in=copies,
    ).exclude(pk__in=returned)
    otherwise = changes.exclude(copy__status=F("to_status"))
    decided = application.weeding_proposals.filter(state__in=DECIDED)
    moved = changes.filter(Q(status_change__isnull=False) | Q(closed_trip__isnull=False))
    opened = changes.filter(opened_trip__isnull=False).values("opened_trip")
    trips = BindingTrip.objects.filter(
        Q(back_on__isnull=True, copy__in=moved.values("copy"))
        | Q(sent_on__gte=timezone.localdate(application.applied_at), copy__in=copies)
    ).exclude(pk__in=opened)
    touched: set[str] = set()
    for lines in (steps, loans, otherwise, decided, trips):
        touched.update(lines.values_list("copy__registration_number", flat=True))
    return sorted(touched)

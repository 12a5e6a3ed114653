"""What people decide of findings. Nothing about a copy changes here; applying does that."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import Q

from libraries import audit
from libraries.domain.persian import to_persian_digits
from libraries.locking import locked
from libraries.models import User
from libraries.refusal import Refused
from shelfreading.domain.effects import HANDLED
from shelfreading.domain.findings import Finding
from shelfreading.models import Decision, ReadingEvent, ReadingSession, SessionFinding
from shelfreading.selectors.second_look import second_look_ticks
from shelfreading.services.changes import changes_proposed
from shelfreading.services.events import NewEvent, events_take

MOST_AT_ONCE = 2000
# No more digits than a database's whole numbers take.
_COPY_KEY = re.compile(r"c[0-9]{1,18}")


@transaction.atomic
def fate_set(*, session_id: int, keys: Sequence[str], fate: str, actor: User, now: datetime) -> int:
    """Decide what becomes of the copies behind some findings; '' takes the decision back.

    Weeding and binding are for copies that were in somebody's hand; others are refused all
    together, so that nobody believes half of a choice was taken. Returns how many.
    """
    session, findings = _chosen(session_id, keys, actor)
    if fate and fate not in Decision.Fate.values:
        raise Refused("تصمیم را از فهرست برگزینید.")
    if fate and fate != Decision.Fate.LEAVE:
        wrong = [finding for finding in findings if finding.finding not in HANDLED]
        if wrong:
            raise Refused(
                f"{to_persian_digits(len(wrong))} نسخه از گزیده‌ها در این رف‌خوانی "
                "در قفسه دیده نشده است؛ "
                "وجین و صحافی تنها برای نسخه‌ای است که به دست آمده."
            )
    marked: set[int | None] = set()
    if not fate:
        # Taken back against a command given at the shelf, which would else bring it back.
        commands = session.decisions.filter(_about(findings), mark__isnull=False)
        marked.update(commands.values_list("copy_id", flat=True))
    against = [finding for finding in findings if finding.copy_id in marked]
    others = [finding for finding in findings if finding.copy_id not in marked]
    _save(session, others, actor, now, fate=fate, mark=None)
    _save(session, against, actor, now, fate=Decision.Fate.LEAVE, mark=None)
    audit.record(
        "fate_set", actor=actor, library=session.library, subject=session, now=now,
        fate=fate, count=len(findings),
    )  # fmt: skip
    return len(findings)


@transaction.atomic
def put_right_set(
    *, session_id: int, keys: Sequence[str], done: bool, actor: User, now: datetime
) -> int:
    """Tick a work list: the book was carried to its place, the unknown code was looked into."""
    session, findings = _chosen(session_id, keys, actor, may_be_applied=True)
    _save(session, findings, actor, now, is_put_right=done)
    return len(findings)


@transaction.atomic
def conflict_settle(
    *, session_id: int, copy_ids: Sequence[int], settlement: str, actor: User, now: datetime
) -> int:
    """Say whether the reading or the record of now wins for copies in conflict (spec B10).

    For a copy that was lent after it was put aside only the record can: the book isn't here.
    """
    session = _session(session_id, actor)
    if settlement not in Decision.Settlement.values:
        raise Refused("بگویید یافتهٔ رف‌خوانی درست است یا وضعیت کنونی.")
    findings = list(session.findings.filter(copy__in=copy_ids, copy__library=session.library_id))
    if {finding.copy_id for finding in findings} != set(copy_ids):
        raise Refused("یکی از نسخه‌ها در این رف‌خوانی نیست.")
    if settlement == Decision.Settlement.READING:
        lent = {change.copy_id for change in changes_proposed(session) if change.lent_again}
        if lent.intersection(copy_ids):
            raise Refused(
                "یکی از نسخه‌ها پس از خوانده‌شدن امانت رفته است و نزد کتابخانه نیست؛ "
                "برای آن تنها «وضعیت کنونی» را می‌توان برگزید."
            )
    _save(session, findings, actor, now, settlement=settlement)
    audit.record(
        "conflict_settle", actor=actor, library=session.library, subject=session, now=now,
        settlement=settlement, count=len(findings),
    )  # fmt: skip
    return len(findings)


@transaction.atomic
def second_look_set(
    *, session_id: int, keys: Sequence[str], found: bool, actor: User, now: datetime
) -> int:
    """Keep what a second look showed of copies that weren't seen (spec B5): new events, as any
    tick. Found ones are present; missing ones that were sought in vain may be called missing.
    """
    session, findings = _chosen(session_id, keys, actor)
    absent = {Finding.MISSING}
    if found:
        absent |= {Finding.NOT_READ, Finding.KNOWN_MISSING}
    if any(finding.finding not in absent for finding in findings):
        raise Refused(
            "«پیدا شد» تنها برای نسخه‌هایی است که دیده نشده‌اند."
            if found
            else "«دوباره نبود» تنها برای نسخه‌هایی است که در قفسهٔ خوانده‌شده دیده نشده‌اند."
        )
    copy_ids = [finding.copy_id for finding in findings if finding.copy_id]
    _look_again(session, copy_ids, found=found, actor=actor, now=now)
    return len(findings)


@transaction.atomic
def second_look_rest(*, session_id: int, actor: User, now: datetime) -> int:
    """Say that every missing copy left was sought in vain; returns how many were left."""
    session = _session(session_id, actor)
    left = session.findings.filter(finding=Finding.MISSING, was_sought=False, copy__isnull=False)
    copy_ids = list(left.order_by("position").values_list("copy_id", flat=True))
    if not copy_ids:
        raise Refused("نسخه‌ای نمانده است که دوباره جسته نشده باشد.")
    _look_again(session, copy_ids, found=False, actor=actor, now=now)
    return len(copy_ids)


@transaction.atomic
def second_look_take_back(
    *, session_id: int, keys: Sequence[str], actor: User, now: datetime
) -> int:
    """Take back what a second look showed of some copies; returns of how many.

    Raises Refused where no second look stands: what turned up in another reading is undone there.
    """
    session, findings = _chosen(session_id, keys, actor)
    copy_ids = [finding.copy_id for finding in findings if finding.copy_id]
    ticks = second_look_ticks(session).filter(copy__in=copy_ids)
    standing = list(ticks.order_by("received_at", "seq").values_list("pk", "copy_id"))
    if not standing:
        raise Refused("برای این نسخه‌ها نگاه دومی ثبت نشده است که برگردانده شود؛ صفحه را تازه کنید.")
    seq = int(now.timestamp() * 1000)
    device = f"second-look-{actor.pk}"
    events = [
        NewEvent(uuid4(), device, seq, ReadingEvent.Kind.UNDO, about=pk) for pk, _ in standing
    ]
    events_take(session_id=session.pk, events=events, actor=actor, now=now, in_time=True)
    count = len({copy_id for _, copy_id in standing})
    audit.record(
        "second_look_take_back", actor=actor, library=session.library, subject=session, now=now,
        count=count,
    )  # fmt: skip
    return count


def _look_again(
    session: ReadingSession,
    copy_ids: Sequence[int | None],
    *,
    found: bool,
    actor: User,
    now: datetime,
) -> None:
    seq = int(now.timestamp() * 1000)
    kind = ReadingEvent.Kind.PRESENT if found else ReadingEvent.Kind.SOUGHT
    events = [
        NewEvent(uuid4(), f"second-look-{actor.pk}", seq, kind, copy_id=copy_id)
        for copy_id in copy_ids
    ]
    events_take(session_id=session.pk, events=events, actor=actor, now=now, in_time=True)
    audit.record(
        "second_look_set", actor=actor, library=session.library, subject=session, now=now,
        count=len(events), found=found,
    )  # fmt: skip


def _chosen(
    session_id: int, keys: Sequence[str], actor: User, *, may_be_applied: bool = False
) -> tuple[ReadingSession, list[SessionFinding]]:
    session = _session(session_id, actor, may_be_applied=may_be_applied)
    if not keys:
        raise Refused("نخست یک یا چند ردیف را برگزینید.")
    if len(keys) > MOST_AT_ONCE:
        raise Refused(f"در هر بار حداکثر {to_persian_digits(MOST_AT_ONCE)} ردیف را می‌توان برگزید.")
    copy_ids = [int(key[1:]) for key in keys if _COPY_KEY.fullmatch(key)]
    codes = [key[1:] for key in keys if key[:1] == "u" and "\0" not in key]
    findings = list(
        session.findings.exclude(finding=Finding.REPEATED).filter(
            Q(copy__in=copy_ids) | Q(copy__isnull=True, code__in=codes)
        )
    )
    if {finding.key for finding in findings} != set(keys):
        raise Refused("یکی از ردیف‌های برگزیده در یافته‌های این رف‌خوانی نیست؛ صفحه را تازه کنید.")
    return session, findings


def _session(session_id: int, actor: User, *, may_be_applied: bool = False) -> ReadingSession:
    session = locked(
        ReadingSession.objects.for_user(actor).select_related("library"), pk=session_id
    )
    if session.state == ReadingSession.State.APPLIED and not may_be_applied:
        raise Refused("یافته‌های این رف‌خوانی اعمال شده است؛ برای تغییر، نخست اعمال را برگردانید.")
    return session


def _save(
    session: ReadingSession,
    findings: Sequence[SessionFinding],
    actor: User,
    now: datetime,
    **values: Any,
) -> None:
    """Write what was decided of all these at once; the session's lock keeps others away."""
    values |= {"by": actor, "at": now}
    decided = session.decisions.filter(_about(findings))
    decided.update(**values)
    known = set(decided.values_list("copy_id", "code"))
    Decision.objects.bulk_create(
        Decision(session=session, copy_id=copy_id, code=code, **values)
        for copy_id, code in {(finding.copy_id, _code(finding)) for finding in findings} - known
    )


def _about(findings: Sequence[SessionFinding]) -> Q:
    copy_ids = [finding.copy_id for finding in findings if finding.copy_id]
    codes = [finding.code for finding in findings if not finding.copy_id]
    return Q(copy__in=copy_ids) | Q(copy__isnull=True, code__in=codes)


def _code(finding: SessionFinding) -> str:
    """A decision on a copy knows it by the copy alone."""
    return "" if finding.copy_id else finding.code

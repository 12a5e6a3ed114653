"""The pool of Noormags accounts: filled from Excel, handed out once each (spec R7).

A password is in no log, audit line or error; once shown it isn't kept either.
"""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from libraries import audit
from libraries.domain.jalali import jalali_year
from libraries.domain.national_id import clean_national_id
from libraries.domain.persian import stored_form
from libraries.files.limits import Limits
from libraries.files.read_table import read_table
from libraries.locking import locked
from libraries.models import Province, User
from libraries.refusal import Refused
from libraries.roles import Right
from sms_requests.domain.noormags import (
    Checked,
    birth_year_trouble,
    check_accounts,
    columns_of,
    handing_text,
)
from sms_requests.models import NoormagsAccount, NoormagsGrant, SmsLine

# What a request reads in a second; no office buys more at once.
LIMITS = Limits(
    max_bytes=5_000_000,
    max_rows=20_000,
    max_columns=50,
    max_unpacked_bytes=100_000_000,
    max_memory_bytes=1_000_000_000,
    max_seconds=20,
)
LONGEST_REASON = 200
NO_PROVINCE = "حساب نورمگز را کارشناس استان وارد و واگذار می‌کند."


class AlreadyGiven(Refused):
    """The person has an account; another needs a reason."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What was taken out of a file, and what not. The reader's notices come with it."""

    checked: Checked
    notices: list[str] = field(default_factory=list)


def _province_of(actor: User) -> Province:
    if not actor.has_right(Right.HAND_OUT_ACCOUNTS) or actor.province is None:
        raise Refused(NO_PROVINCE)
    return actor.province


@sensitive_variables()
def accounts_import(*, path: Path, filename: str, actor: User, now: datetime) -> Imported:
    """Take the accounts of a file into the pool of the actor's province, all that are whole.

    The file stays the caller's to remove. Raises Unreadable for what is no table, and Refused
    where the columns aren't named or nothing in it is an account.
    """
    province = _province_of(actor)
    table = read_table(path, filename=filename, limits=LIMITS)
    columns = columns_of(table.rows)
    if columns is None:
        raise Refused(
            "ستون «نام کاربری» و «کلمهٔ عبور» در فایل پیدا نشد؛ این دو سرستون را بالای فهرست "
            "بنویسید."
        )
    with transaction.atomic():
        locked(Province.objects.all(), pk=province.pk)  # one import at a time counts rightly
        held = NoormagsAccount.objects.filter(province=province).values_list("username", flat=True)
        checked = check_accounts(table.rows, columns, list(held))
        NoormagsAccount.objects.bulk_create(
            [
                NoormagsAccount(
                    province=province, username=name, password=password, imported_at=now,
                    imported_by=actor,
                )
                for name, password in checked.accounts
            ],
            batch_size=500,
        )  # fmt: skip
        audit.record(
            "noormags_import", actor=actor, now=now,
            taken=len(checked.accounts), skipped=len(checked.skipped),
        )  # fmt: skip
    return Imported(checked, table.notices)


@transaction.atomic
def account_hand_out(
    *,
    full_name: str,
    national_id: str,
    birth_year: int,
    instagram: str = "",
    again_because: str = "",
    actor: User,
    now: datetime,
) -> NoormagsGrant:
    """Give the next free account of the actor's province to a person; its password is shown later.

    `birth_year` is a Jalali year. Raises Refused for a name, an ID or a year that can't be, and
    where the pool is empty; AlreadyGiven where the person has one and no reason is given.
    """
    province = _province_of(actor)
    name, handle = stored_form(full_name), stored_form(instagram).lstrip("@")
    why = stored_form(again_because)
    if not name:
        raise Refused("نام و نام خانوادگی را بنویسید.")
    try:
        clean_id = clean_national_id(national_id)
    except ValueError as error:
        raise Refused(str(error)) from None
    if trouble := birth_year_trouble(birth_year, jalali_year(timezone.localtime(now))):
        raise Refused(trouble)
    if len(name) > 200 or len(handle) > 60 or len(why) > LONGEST_REASON:
        raise Refused("یکی از نوشته‌ها بسیار بلند است؛ آن را کوتاه کنید.")
    has_one = NoormagsGrant.objects.filter(province=province, national_id=clean_id).exists()
    if has_one and not why:
        raise AlreadyGiven(
            "به این کد ملی پیش‌تر حساب داده شده است؛ اگر باید دوباره داده شود، علت آن را بنویسید."
        )
    account = _next_free(province)
    try:
        with transaction.atomic():
            grant = NoormagsGrant.objects.create(
                province=province,
                account=account,
                full_name=name,
                national_id=clean_id,
                birth_year=birth_year,
                instagram=handle,
                again_because=why if has_one else "",
                given_at=now,
                given_by=actor,
            )
    except IntegrityError:
        # A colleague gave the same person one at the same moment.
        raise AlreadyGiven(
            "همین حالا به این کد ملی حساب داده شد؛ فهرست واگذاری‌ها را ببینید."
        ) from None
    audit.record("noormags_hand_out", actor=actor, subject=grant, now=now, again=has_one)
    return grant


def _next_free(province: Province) -> NoormagsAccount:
    """The next free account under lock; one that a colleague is handing out is passed over."""
    while True:
        free = NoormagsAccount.objects.filter(province=province).free().order_by("pk")
        account = free.select_for_update(of=("self",), skip_locked=True).first()
        if account is None:
            raise Refused(
                "حساب آزادی نمانده است؛ فایل حساب‌های تازه را وارد کنید و دوباره واگذار کنید."
            )
        # The row may have been let go between the query's look and its lock: look again.
        if not NoormagsGrant.objects.filter(account=account).exists():
            return account


@sensitive_variables()
@transaction.atomic
def password_show(*, grant_id: int, actor: User, now: datetime) -> str:
    """The text for the direct message, with user name and password, once: what is kept of the
    password is erased in the same step. Raises Refused when it was shown before.
    """
    grant: NoormagsGrant = locked(NoormagsGrant.objects.for_user(actor), pk=grant_id)
    if grant.shown_at is not None:
        raise Refused(
            "کلمهٔ عبور این حساب یک بار نشان داده شد و دیگر در سامانه نیست؛ اگر به دست او نرسیده "
            "است، با نوشتن علت حساب دیگری واگذار کنید."
        )
    account: NoormagsAccount = locked(NoormagsAccount.objects.all(), pk=grant.account_id)
    line = SmsLine.objects.filter(province=grant.province_id).first()
    text = handing_text(
        grant.full_name, account.username, account.password, line.noormags_guide if line else ""
    )
    account.password = ""
    account.save(update_fields=["password"])
    grant.shown_at, grant.shown_by = now, actor
    grant.save(update_fields=["shown_at", "shown_by"])
    audit.record("noormags_show", actor=actor, subject=grant, now=now)
    return text

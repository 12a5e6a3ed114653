"""Preview, conflicts, applying, the Excel of changes, and taking it all back."""

import io
from datetime import timedelta

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from libraries.models import Copy, CopyStatus
from loans.models import Loan
from loans.services import loan_lend, loan_return, member_add
from shelfreading.models import Decision, ReadingSession, WeedingProposal
from shelfreading.services.applying import findings_apply
from shelfreading.services.decisions import fate_set
from shelfreading.services.weeding import proposals_decide
from tests.cast import Cast
from tests.shelfreading.readings import read_session


@pytest.fixture
def at(cast: Cast, client: Client):
    session, copies = read_session(cast)
    fate_set(
        session_id=session.pk,
        keys=[f"c{copies[pos].pk}" for pos in (20, 21)],
        fate=Decision.Fate.WEED_WORN,
        actor=cast.librarian,
        now=timezone.now(),
    )
    client.force_login(cast.librarian)
    return session, copies, client


def url(name: str, session) -> str:
    return reverse(name, args=[session.pk])


def groups(response) -> dict[str, int]:
    return {group.label: group.count for group in response.context["groups"]}


EFFECTS = {
    "نسخه «مفقود» می‌شود": 1,
    "نسخه برای وجین فرسوده به کارشناس استان پیشنهاد می‌شود": 2,
    "نسخه «موجود» می‌شود": 1,
    "امانت بازگشت می‌خورد و دیرکرد آن بخشوده می‌شود": 1,
}


def test_preview_says_what_will_happen_and_changes_nothing(at):
    session, copies, client = at
    response = client.get(url("session-apply", session))
    assert groups(response) == EFFECTS
    assert "اعمال روی ۵ نسخه" in response.content.decode()
    assert Copy.objects.filter(status=CopyStatus.MISSING).count() == 0


def test_apply_show_hand_back_and_undo(at):
    session, copies, client = at
    assert client.post(url("session-apply", session)).url == url("session-apply", session)
    copies[3].refresh_from_db()
    assert copies[3].status == CopyStatus.MISSING
    response = client.get(url("session-apply", session))
    assert groups(response) == EFFECTS and response.context["total"] == 5
    page = response.content.decode()
    assert url("session-forms", session) in page and url("changes-xlsx", session) in page

    content = b"".join(client.get(url("changes-xlsx", session)).streaming_content)
    book = openpyxl.load_workbook(io.BytesIO(content))
    # What only waits for the expert isn't keyed in yet.
    assert book.sheetnames == ["مفقود", "موجود", "بازگشت از امانت"]
    rows = {name: [row[1:5] for row in list(book[name].values)[2:]] for name in book.sheetnames}
    assert rows["مفقود"] == [("4", "کتاب نمونهٔ 4", "موجود", "مفقود")]
    assert rows["موجود"] == [("12", "کتاب نمونهٔ 12", "صحافی", "موجود")]
    assert rows["بازگشت از امانت"] == [("8", "کتاب نمونهٔ 8", "امانت", "موجود")]

    page = client.get(url("session-undo", session)).content.decode()
    assert "۵" in page and "وضعیت ۲ نسخه" in page and "۲ پیشنهاد وجین" in page and "۱ امانت" in page
    assert client.post(url("session-undo", session)).url == url("session-apply", session)
    copies[3].refresh_from_db()
    assert copies[3].status == CopyStatus.AVAILABLE
    assert client.get(url("session-undo", session)).status_code == 302
    assert client.get(url("changes-xlsx", session)).status_code == 404


def test_a_returned_and_weeded_copy_stands_on_both_sheets(at, cast: Cast):
    session, copies, client = at
    fate_set(
        session_id=session.pk,
        keys=[f"c{copies[7].pk}"],
        fate=Decision.Fate.WEED_CONTENT,
        actor=cast.librarian,
        now=timezone.now(),
    )
    client.post(url("session-apply", session))
    proposal = WeedingProposal.objects.get(copy=copies[7])
    proposals_decide(proposal_ids=[proposal.pk], accept=True, actor=cast.expert, now=timezone.now())
    content = b"".join(client.get(url("changes-xlsx", session)).streaming_content)
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert [row[3:5] for row in list(book["بازگشت از امانت"].values)[2:]] == [("امانت", "موجود")]
    weeded = list(book["وجین محتوایی"].values)[2:]
    assert [row[3:5] for row in weeded] == [("موجود", "وجین محتوایی")]


def test_undo_is_refused_with_its_reason(at):
    session, copies, client = at
    client.post(url("session-apply", session))
    Copy.objects.filter(pk=copies[3].pk).update(status=CopyStatus.AVAILABLE)
    page = client.post(url("session-undo", session), follow=True).content.decode()
    assert "دیگر نمی‌توان یک‌جا برگرداند" in page
    session.refresh_from_db()
    assert session.state == ReadingSession.State.APPLIED


def settle(client: Client, session, copy: Copy, settlement: str):
    return client.post(
        url("conflict-settle", session),
        {"copy_id": copy.pk, "settlement": settlement},
        follow=True,
    )


@pytest.mark.parametrize(
    ("settlement", "status"),
    [("reading", CopyStatus.MISSING), ("record", CopyStatus.BINDING)],
)
def test_a_conflict_is_settled_before_anything_is_applied(at, settlement, status):
    session, copies, client = at
    Copy.objects.filter(pk=copies[3].pk).update(status=CopyStatus.BINDING)
    response = client.get(url("session-apply", session))
    (conflict,) = response.context["conflicts"]
    assert (conflict.status_at_start, conflict.status_now) == ("موجود", "صحافی")
    assert "disabled" in response.content.decode()
    page = client.post(url("session-apply", session), follow=True).content.decode()
    assert "کدام درست است" in page
    settle(client, session, copies[3], settlement)
    client.post(url("session-apply", session))
    copies[3].refresh_from_db()
    assert copies[3].status == status


def lend(cast: Cast, copy: Copy) -> Loan:
    now = timezone.now()
    member = member_add(actor=cast.librarian, full_name="عضو نمونه", now=now)
    return loan_lend(
        copy_id=copy.pk,
        member_id=member.pk,
        actor=cast.librarian,
        now=now,
        today=timezone.localdate(now),
    )


def test_what_was_lent_after_it_was_put_aside_stays_lent(at, cast: Cast):
    session, copies, client = at
    loan = lend(cast, copies[20])
    (conflict,) = client.get(url("session-apply", session)).context["conflicts"]
    assert conflict.change.lent_again and conflict.status_now == "در امانت"
    page = settle(client, session, copies[20], "reading").content.decode()
    assert "نزد کتابخانه نیست" in page
    settle(client, session, copies[20], "record")
    client.post(url("session-apply", session))
    copies[20].refresh_from_db()
    loan.refresh_from_db()
    assert copies[20].status == CopyStatus.AVAILABLE and loan.returned_at is None


def test_only_the_loan_that_was_open_when_the_copy_was_seen_is_returned(at, cast: Cast):
    session, copies, client = at
    now = timezone.now()
    loan_return(loan_id=copies[7].loans.get().pk, actor=cast.librarian, now=now)
    newer = lend(cast, copies[7])
    client.post(url("session-apply", session))
    newer.refresh_from_db()
    assert newer.returned_at is None


def test_a_lent_copy_on_a_wrong_shelf_is_returned_too(at, cast: Cast):
    session, copies, client = at
    child = Copy.objects.get(registration_number="9001")
    loan = Loan.objects.create(copy=child, lent_at=session.started_at - timedelta(days=3))
    client.post(url("session-apply", session))
    loan.refresh_from_db()
    assert loan.returned_at is not None


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({"settlement": "reading"}, "نسخه‌ای برگزیده نشده"),
        ({"settlement": "", "copy_id": "COPY"}, "کدام درست است"),
        ({"settlement": "reading", "copy_id": "999999"}, "دیگر در تعارض نیست"),
        ({"settlement": "both", "copy_id": "COPY"}, ""),
    ],
)
def test_bad_settlements(at, data, reason):
    session, copies, client = at
    Copy.objects.filter(pk=copies[3].pk).update(status=CopyStatus.BINDING)
    data = {name: copies[3].pk if value == "COPY" else value for name, value in data.items()}
    page = client.post(url("conflict-settle", session), data, follow=True).content.decode()
    assert reason in page
    assert not Decision.objects.exclude(settlement="").exists()


def test_an_open_session_is_not_applied(cast: Cast, client: Client):
    session, _ = read_session(cast, 12, closed=False)
    client.force_login(cast.librarian)
    assert "نخست آن را پایان دهید" in client.get(url("session-apply", session)).content.decode()
    page = client.post(url("session-apply", session), follow=True).content.decode()
    assert "نخست خواندن را پایان دهید" in page


NAMES = ["session-apply", "session-undo", "changes-xlsx", "conflict-settle"]


def test_who_may(at, cast: Cast):
    session, _, client = at
    client.force_login(cast.outsider)
    for name in NAMES:
        call = client.post if name == "conflict-settle" else client.get
        assert call(url(name, session)).status_code == 404
    client.force_login(cast.county)
    assert client.get(url("session-apply", session)).status_code == 200
    for name in ("session-apply", "session-undo", "conflict-settle"):
        assert client.post(url(name, session)).status_code == 403
    findings_apply(session_id=session.pk, actor=cast.head, now=timezone.now())
    assert client.get(url("changes-xlsx", session)).status_code == 200
    assert client.get(url("session-apply", session)).status_code == 200

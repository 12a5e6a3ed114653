"""The findings page, decisions, the Excel of findings and the work lists at the shelf."""

import io
from datetime import timedelta

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from loans.models import Loan
from shelfreading.models import Decision, ReadingEvent, SessionFinding
from shelfreading.services.applying import findings_apply
from tests.cast import Cast
from tests.shelfreading.readings import STRAY, read_session


@pytest.fixture
def at(cast: Cast, client: Client):
    """The session read, and the librarian at a browser."""
    session, copies = read_session(cast)
    client.force_login(cast.librarian)
    return session, copies, client


def url(name: str, session, query: str = "") -> str:
    return reverse(name, args=[session.pk]) + query


@pytest.mark.parametrize(
    ("finding", "titles"),
    [
        ("missing", [4]),
        ("on_loan_on_shelf", [8]),
        ("back_from_binder", [12]),
        ("misplaced", [9001]),
        ("out_of_order", [6]),
        ("not_read", []),
    ],
)
def test_each_class_lists_its_rows(at, finding, titles):
    session, _, client = at
    response = client.get(url("findings", session, f"?finding={finding}"))
    assert response.status_code == 200
    numbers = [int(line.copy.registration_number) for line in response.context["lines"]]
    assert numbers == titles
    chips = {chip["label"]: chip["count"] for chip in response.context["chips"]}
    assert (chips["مفقود"], chips["ناشناخته"], chips["بیرون از ترتیب"]) == (1, 1, 1)
    assert chips["همه"] == 40 + 2


def test_the_page_opens_on_what_matters_and_its_sums_close(at):
    session, _, client = at
    response = client.get(url("findings", session))
    assert response.context["chosen"] == "missing"
    expected, observed = response.context["sums"]
    assert expected.closes and expected.total == 40
    assert observed.closes and observed.total == 41
    assert "پس از جست‌وجوی دوم" in response.content.decode()


def test_the_loan_stands_beside_a_lent_copy(at):
    session, _, client = at
    page = client.get(url("findings", session, "?finding=on_loan_on_shelf")).content.decode()
    assert "۳۰ روز دیرکرد" in page


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("finding=present&q=نمونهٔ+۱۰", ["10"]),
        ("finding=present&q=كتاب+نمونه+10", ["10"]),
        ("finding=present&q=17", ["17"]),
        ("q=9001", ["9001"]),
        ("finding=present&hundreds=200", []),
        ("finding=misplaced&hundreds=other", ["9001"]),
        ("finding=all&q=هیچ‌کدام", []),
    ],
)
def test_search_and_filters(at, query, numbers):
    session, _, client = at
    lines = client.get(url("findings", session, f"?{query}")).context["lines"]
    assert [line.copy.registration_number for line in lines] == numbers


def test_filters_by_section_barcode_and_unknown_code(at, cast: Cast):
    session, copies, client = at
    child = cast.library.sections.get(name="کودک")
    context = client.get(url("findings", session, f"?finding=all&section={child.pk}")).context
    assert [line.row.finding for line in context["lines"]] == ["misplaced"]
    context = client.get(url("findings", session, f"?q={copies[20].barcode}")).context
    assert [line.copy.pk for line in context["lines"]] == [copies[20].pk]
    context = client.get(url("findings", session, f"?q={STRAY}")).context
    assert [line.row.code for line in context["lines"]] == [STRAY]


def decide(client: Client, session, query: str = "", **data):
    return client.post(url("findings-decide", session, query), data)


def test_a_fate_is_set_and_taken_back(at):
    session, copies, client = at
    key = f"c{copies[1].pk}"
    response = decide(client, session, "?finding=present&page=1", key=[key], action="weed_worn")
    assert response.url == url("findings", session, "?finding=present&page=1")
    assert Decision.objects.get(copy=copies[1]).fate == "weed_worn"
    page = client.get(url("findings", session, "?finding=present")).content.decode()
    assert "وجین فرسوده" in page
    decide(client, session, "?finding=present", key=[key], action="take_back")
    assert Decision.objects.get(copy=copies[1]).fate == ""


def test_the_whole_page_at_once(at):
    session, copies, client = at
    keys = [f"c{copy.pk}" for copy in copies[20:30]]
    decide(client, session, page_key=keys, page_all="1", action="binding")
    assert Decision.objects.filter(fate="binding").count() == 10


def test_found_on_a_second_look(at):
    session, copies, client = at
    decide(client, session, key=[f"c{copies[3].pk}"], action="found")
    assert ReadingEvent.objects.filter(copy=copies[3], kind="present").exists()
    client.get(url("findings", session))
    assert SessionFinding.objects.get(session=session, copy=copies[3]).finding == "present"


def test_work_at_the_shelf_is_ticked_and_unticked(at):
    session, _, client = at
    decide(client, session, key=[f"u{STRAY}"], action="done")
    assert Decision.objects.get(code=STRAY).is_put_right
    assert "انجام شد" in client.get(url("findings", session, "?finding=unknown")).content.decode()
    decide(client, session, key=[f"u{STRAY}"], action="undone")
    assert not Decision.objects.get(code=STRAY).is_put_right


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({"action": "weed_worn"}, "نخست یک یا چند ردیف را برگزینید"),
        ({"action": "weed_worn", "key": ["c999999"]}, "صفحه را تازه کنید"),
        ({"action": "weed_worn", "key": ["c99999999999999999999"]}, "صفحه را تازه کنید"),
        ({"action": "", "key": ["KEY"]}, "نخست بگویید"),
        ({"action": "burn", "key": ["KEY"]}, "از فهرست برگزینید"),
        ({"action": "weed_worn", "key": ["KEY"]}, "دیده نشده است"),
    ],
)
def test_bad_decisions_get_their_sentence_and_keep_their_ticks(at, data, reason):
    session, copies, client = at
    key = f"c{copies[3].pk}"
    data = {**data, "key": [key if k == "KEY" else k for k in data.get("key", [])]}
    response = decide(client, session, "?finding=missing", **data)
    page = response.content.decode()
    assert response.status_code == 422 and reason in page
    assert not Decision.objects.exists()
    if key in data["key"]:
        assert f'value="{key}" checked' in page


def test_after_applying_only_work_at_the_shelf_is_left(at, cast: Cast):
    session, copies, client = at
    findings_apply(session_id=session.pk, actor=cast.librarian, now=timezone.now())
    assert client.get(url("findings", session, "?finding=present")).context["actions"] == []
    response = decide(client, session, key=[f"c{copies[1].pk}"], action="binding")
    assert "اعمال شده است" in response.content.decode()
    response = decide(client, session, key=[f"u{STRAY}"], action="done")
    assert response.status_code == 302


def test_reload_after_a_refusal_leads_back_to_the_page(at):
    session, _, client = at
    response = client.get(url("findings-decide", session, "?finding=missing"))
    assert response.url == url("findings", session, "?finding=missing")


def test_next_leads_nowhere_else(at):
    session, _, client = at
    response = decide(
        client, session, key=[f"u{STRAY}"], action="done", next="https://example.com/"
    )
    assert response.url.startswith(url("findings", session))


def test_excel_of_a_class_and_of_all(at):
    session, _, client = at
    whole = client.get(url("findings-xlsx", session))
    assert "filename*=utf-8''" in whole["Content-Disposition"]
    rows = list(openpyxl.load_workbook(io.BytesIO(b"".join(whole.streaming_content))).active.values)
    assert len(rows) == 2 + 40 + 2
    one = client.get(url("findings-xlsx", session, "?finding=missing"))
    rows = list(openpyxl.load_workbook(io.BytesIO(b"".join(one.streaming_content))).active.values)
    assert [row[1:3] + (row[6],) for row in rows[2:]] == [("مفقود", "missing", "4")]


def test_moves_page(at):
    session, copies, client = at
    response = client.get(url("moves", session))
    (move,) = response.context["moves"]
    assert [row.copy_id for row in move.rows] == [copies[5].pk]
    assert (move.after.pk, move.before.pk) == (copies[4].pk, copies[6].pk)
    (stray,) = response.context["strays"]
    assert stray.seen_after is not None and stray.seen_before is None
    decide(client, session, key=[f"c{copies[5].pk}"], action="done", next=url("moves", session))
    assert client.get(url("moves", session)).context["moves"][0].done


PAGES = ["findings", "findings-xlsx", "moves"]


@pytest.mark.parametrize("name", PAGES)
def test_the_outsider_finds_nothing(at, cast: Cast, name):
    session, _, client = at
    client.force_login(cast.outsider)
    assert client.get(url(name, session)).status_code == 404
    assert decide(client, session, key=["c1"], action="done").status_code == 404


@pytest.mark.parametrize("role", ["county", "expert", "director", "office"])
def test_those_above_read_but_do_not_decide(at, cast: Cast, role):
    session, copies, client = at
    client.force_login(cast.everyone[role])
    for name in PAGES:
        assert client.get(url(name, session)).status_code == 200
    assert client.get(url("findings", session)).context["actions"] == []
    response = decide(client, session, key=[f"c{copies[1].pk}"], action="binding")
    assert response.status_code == 403 and not Decision.objects.exists()


def test_what_nobody_computed_yet_is_said(cast: Cast, client: Client):
    session, _ = read_session(cast, 12, closed=False)
    session.findings.all().delete()
    session.basis, session.computed_at, session.summary = "", None, {}
    session.save()
    client.force_login(cast.county)
    assert "هنوز یافته‌ای شمرده نشده" in client.get(url("findings", session)).content.decode()
    client.force_login(cast.head)
    assert client.get(url("findings", session)).context["sums"][0].total == 12


def queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("address", ["findings?finding=all", "moves", "findings?finding=on_loan"])
def test_queries_do_not_grow_with_rows(cast: Cast, client: Client, address):
    name, _, query = address.partition("?")
    few, many = [
        (cast.librarian, read_session(cast, 13)),
        (cast.outsider, read_session(cast, 80, actor=cast.outsider)),
    ]
    Loan.objects.bulk_create(
        Loan(copy=copy, lent_at=timezone.now() - timedelta(days=9)) for copy in many[1][1][30:50]
    )
    counted = []
    for actor, (session, _) in (few, many):
        client.force_login(actor)
        counted.append(queries(client, url(name, session, f"?{query}")))
    assert counted[1] <= counted[0]

"""The demo's texts, the usual way: in many states, and about nobody."""

from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from libraries.domain.national_id import clean_national_id
from sms_requests.demo import LINE, made_up_id
from sms_requests.models import MessageIn, MessageOut, Request, SmsLine
from sms_requests.selectors.library_page import person_of


@pytest.mark.django_db
def test_the_demo_has_a_line_and_a_day_of_texts(settings: Any, tmp_path: Any) -> None:
    settings.DEMO = True
    settings.DATA_DIR = tmp_path
    call_command("demo")
    line = SmsLine.objects.get()
    assert line.number == LINE
    assert not MessageIn.objects.filter(handled_at=None).exists()
    kinds = Request.objects.values_list("kind", "state")
    assert set(kinds) == {
        ("loan", "waiting"), ("loan", "no_member"), ("loan", "unrouted"), ("loan", "cancelled"),
        ("membership", "waiting"), ("unclear", "unrouted"), ("noormags", "closed"),
    }  # fmt: skip
    assert {request.province for request in Request.objects.all()} == {line.province}
    warned = [
        request.wanted
        for request in Request.objects.filter(kind="loan", state="waiting")
        if not person_of(request, timezone.localdate()).number_fits
    ]
    assert warned == ["مدیر مدرسه"]
    assert MessageOut.objects.count() == MessageIn.objects.count() == 11
    assert all(to.startswith("090000") for to in MessageOut.objects.values_list("to", flat=True))


def test_made_up_ids_are_whole_and_nobodys() -> None:
    for number in range(1, 200):
        national_id = made_up_id(number)
        assert clean_national_id(national_id) == national_id
        assert national_id.startswith("000")

"""Two experts, an expert and a sender, a desk and a worker at the same moment."""

from functools import partial

import pytest
from django.db import transaction
from django.utils import timezone

from libraries.refusal import Refused
from sms_requests.domain.way import By, Move
from sms_requests.models import MessageOut, Request
from sms_requests.services.intake import message_handle
from sms_requests.services.moves import request_held, request_move
from sms_requests.services.routing import request_close_unrouted, request_route, requests_route
from sms_requests.services.texts_by_hand import message_again, message_to_request
from tests.at_once import at_once, refusals
from tests.sms_requests.unrouted import Province, add_out, add_text, add_unrouted, make_province

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
TRIES = 6


@pytest.fixture
def province() -> Province:
    return make_province()


def test_two_experts_route_one_request_to_different_libraries_and_one_wins(
    province: Province,
) -> None:
    libraries = province.libraries
    for attempt in range(TRIES):
        request = add_unrouted(province)
        before = MessageOut.objects.count()
        outcomes = at_once(
            *(
                partial(
                    request_route, request_id=request.pk, library_id=libraries[to].pk,
                    actor=actor, now=timezone.now(),
                )
                for to, actor in (("malayer", province.expert), ("hafez", province.colleague))
            ),
            lags=(0.0, 0.002 * attempt),
        )  # fmt: skip
        assert refusals(outcomes) == 1
        (sentence,) = [one for one in outcomes if isinstance(one, Refused)]
        assert "اکنون نزد" in sentence.reason and sentence.reason.endswith(".")
        (won,) = [one for one in outcomes if isinstance(one, Request)]
        request.refresh_from_db()
        assert request.library_id == won.library_id
        assert request.steps.filter(move="route").count() == 1
        assert MessageOut.objects.count() == before + 1


def test_one_routes_while_another_closes_and_the_sender_withdraws(province: Province) -> None:
    for _ in range(TRIES):
        request = add_unrouted(province)

        def withdraw(pk: int = request.pk) -> None:
            with transaction.atomic():
                held = request_held(pk, province.expert)
                request_move(held, Move.CANCEL, actor=None, by=By.SENDER, now=timezone.now())

        outcomes = at_once(
            partial(
                request_route, request_id=request.pk, actor=province.expert, now=timezone.now(),
                library_id=province.libraries["hafez"].pk,
            ),
            partial(
                request_close_unrouted, request_id=request.pk, reason="repeated",
                actor=province.colleague, now=timezone.now(),
            ),
            withdraw,
        )  # fmt: skip
        # A withdrawal may come after the routing; all else excludes each other.
        assert refusals(outcomes) in {1, 2}
        moves = list(request.steps.order_by("pk").values_list("move", flat=True))
        assert moves in (
            ["received", "route", "keep"],
            ["received", "route", "keep", "cancel"],
            ["received", "close"],
            ["received", "cancel"],
        )


def test_the_same_many_routed_by_two_experts_go_once_each(province: Province) -> None:
    requests = [add_unrouted(province) for _ in range(8)]
    ids = [one.pk for one in requests]
    done = at_once(
        *(
            partial(
                requests_route, request_ids=order, library_id=province.libraries[to].pk,
                actor=actor, now=timezone.now(),
            )
            for order, to, actor in (
                (ids, "malayer", province.expert),
                (ids[::-1], "hafez", province.colleague),
            )
        )
    )  # fmt: skip
    assert sum(one.count for one in done) == len(ids)
    assert sum(len(one.refused) for one in done) == len(ids)
    for request in requests:
        assert request.steps.filter(move="route").count() == 1


def test_a_text_is_sent_again_once_by_two(province: Province) -> None:
    for _ in range(TRIES):
        request = add_unrouted(province)
        old = add_out()
        request.steps.create(move="close", becomes="unrouted", at=timezone.now(), message_out=old)
        outcomes = at_once(
            *(
                partial(message_again, message_id=old.pk, actor=actor, now=timezone.now())
                for actor in (province.expert, province.colleague)
            )
        )
        assert refusals(outcomes) == 0
        assert len({one.pk for one in outcomes}) == 1
        assert MessageOut.objects.filter(replaces=old).count() == 1
        assert request.steps.filter(move="sent_again").count() == 1


def test_two_make_a_request_of_one_garbled_text_while_the_worker_reads_it(
    province: Province,
) -> None:
    for _ in range(TRIES):
        text = add_text("\ufffd\ufffd", trouble="charset", handled_at=None)
        made = partial(
            message_to_request, message_id=text.pk, kind="loan", mobile="", full_name="",
            national_id="", wanted="کتاب", now=timezone.now(),
        )  # fmt: skip
        outcomes = at_once(
            partial(made, actor=province.expert),
            partial(made, actor=province.colleague),
            partial(message_handle, message_id=text.pk, now=timezone.now()),
        )
        assert refusals(outcomes) == 0
        assert Request.objects.filter(message=text).count() == 1

"""The page of the loan rules."""

import pytest
from django.test import Client
from django.urls import reverse

from loans.models import LoanRules
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "digits", ["0123456789", "۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩"], ids=["latin", "persian", "arabic"]
)
def test_all_digits_are_taken_alike(client: Client, cast: Cast, digits: str) -> None:
    client.force_login(cast.head)
    url = reverse("loan-rules")
    assert 'type="number"' not in client.get(url).content.decode()
    numbers = {
        "loan_days": "21", "renewals": "3", "renewal_days": "10", "most_at_once": "4",
        "fee_a_day": "56789",
    }  # fmt: skip
    typed = {
        name: number.translate(str.maketrans("0123456789", digits))
        for name, number in numbers.items()
    }
    assert client.post(url, typed).status_code == 302
    assert 'value="۵۶۷۸۹"' in client.get(url).content.decode()
    rules = LoanRules.of(cast.library)
    assert {name: str(getattr(rules, name)) for name in numbers} == numbers


def test_what_is_no_number_or_out_of_reason_is_said_and_changes_nothing(
    client: Client, cast: Cast
) -> None:
    client.force_login(cast.head)
    given = {"loan_days": "۰", "renewals": "دو", "renewal_days": "۱۴", "most_at_once": "۵"}
    page = client.post(reverse("loan-rules"), {**given, "fee_a_day": "-1"})
    assert page.status_code == 200
    assert set(page.context["form"].errors) == {"loan_days", "renewals", "fee_a_day"}
    assert not LoanRules.objects.filter(library=cast.library).exists()

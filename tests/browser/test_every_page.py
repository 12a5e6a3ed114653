"""Every page of the house in a real browser: readable with a screen reader, whole on a phone."""

import pytest
from django.test import Client
from playwright.sync_api import Page

from libraries.models import User
from tests.axe import serious_findings
from tests.cast import Cast, make_cast
from tests.libraries.test_rights import ACTORS, GET, places  # noqa: F401  (a fixture)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.no_worker,
    pytest.mark.sqlite_only,  # what a page looks like isn't the database's affair; one walk will do
    pytest.mark.django_db(transaction=True),
]

# What is no page or only a part of one, or is looked at by itself in all its states.
NO_PAGE = {"reading-worker", "scan-list", "scan", "requests-libraries"}
PHONE = {"width": 360, "height": 740}


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


def pages_of(actor: str) -> list[str]:
    """Names of the addresses that answer this actor with 200."""
    place = ACTORS.index(actor)
    return [
        name for name, row in GET.items() if row.split()[place] == "200" and name not in NO_PAGE
    ]


def is_page(client: Client, url: str) -> bool:
    return client.get(url).headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("actor", ["librarian", "expert"])
def test_no_page_has_a_serious_finding_or_is_wider_than_a_phone(
    page: Page,
    live_url: str,
    client: Client,
    cast: Cast,
    places: dict[str, str],  # noqa: F811
    actor: str,
) -> None:
    user: User = cast.everyone[actor]
    client.force_login(user)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_url}
    page.context.add_cookies([cookie])
    page.set_viewport_size(PHONE)
    wrong = {}
    names = [name for name in pages_of(actor) if is_page(client, places[name])]
    for name in names:
        page.goto(live_url + places[name])
        findings = serious_findings(page)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            findings.append("wider than the screen")
        if findings:
            wrong[name] = findings
    assert wrong == {}
    assert len(names) > 15

"""The pages of libraries: who sees which, what they hold, the order of their sections."""

import pytest
from django.test import Client
from django.utils import timezone

from libraries.models import AuditEntry, Copy, County, Library, Section
from libraries.refusal import Refused
from libraries.services import section_move
from loans.models import Loan
from tests.cast import Cast, add_copies, make_library, numbered_calls
from tests.pages import queries_of, text_of


def test_library_staff_are_taken_to_their_own(cast: Cast, client: Client) -> None:
    for user in (cast.librarian, cast.head, cast.outsider):
        client.force_login(user)
        response = client.get("/libraries/")
        assert (response.status_code, response.url) == (302, f"/libraries/{user.library_id}/")


@pytest.mark.parametrize(
    ("who", "sees"),
    [("county", {"L1"}), ("expert", {"L1"}), ("director", {"L1"}), ("office", {"L1", "L2"})],
)
def test_those_above_see_the_libraries_of_their_scope(
    cast: Cast, client: Client, who: str, sees: set[str]
) -> None:
    client.force_login(cast.everyone[who])
    response = client.get("/libraries/")
    assert {line.library.code for line in response.context["lines"]} == sees


def test_the_administrator_and_the_stranger_see_none(cast: Cast, client: Client) -> None:
    assert client.get("/libraries/").status_code == 302
    assert client.get(f"/libraries/{cast.library.pk}/").url.startswith("/login/")
    client.force_login(cast.admin)
    assert client.get("/libraries/").status_code == 403
    assert client.get(f"/libraries/{cast.library.pk}/").status_code == 403


def test_another_scopes_library_is_not_there(cast: Cast, client: Client) -> None:
    for user in (cast.librarian, cast.county, cast.expert, cast.director):
        client.force_login(user)
        assert client.get(f"/libraries/{cast.other_library.pk}/").status_code == 404
        assert client.get(f"/libraries/{cast.library.pk}/").status_code == 200


FILTERS = {
    "q=L2": {"L2"},
    "q=نمونهٔ": {"L1", "L2", "L3"},
    "q=كتابخانهٔ+L3": {"L3"},
    "kind=participatory": {"L3"},
    "degree=3": {"L1", "L2", "L3"},
    "degree=4": set(),
    "county=3": {"L3"},
    "degree=چهار&kind=nothing&county=x": {"L1", "L2", "L3"},
}


@pytest.mark.parametrize("query", FILTERS)
def test_libraries_are_filtered(cast: Cast, client: Client, query: str) -> None:
    third = make_library("L3", "استان نمونه", "شهرستان سوم")
    third.kind = Library.Kind.PARTICIPATORY
    third.save()
    query = query.replace("county=3", f"county={third.county_id}")
    client.force_login(cast.office)
    response = client.get(f"/libraries/?{query}")
    found = {line.library.code for line in response.context["lines"]}
    assert found == FILTERS[query if query in FILTERS else "county=3"]


def test_a_library_says_what_it_holds(cast: Cast, client: Client) -> None:
    copies = add_copies(cast.library, ["297/1 الف1", "297/2 الف1", "8فا3/62 د35", "Z693 .C43"])
    copies[0].status = "missing"
    copies[0].save()
    Copy.objects.filter(pk=copies[3].pk).update(main_class="")
    Loan.objects.create(copy=copies[1], lent_at=timezone.now())
    client.force_login(cast.county)
    context = client.get(f"/libraries/{cast.library.pk}/").context
    lines = {line.code: dict(line.by_status) for line in context["tallies"]}
    assert list(lines) == ["200", "800", "other"]
    assert lines["200"]["missing"] == 1
    assert (lines["200"]["on_loan"], lines["200"]["available"]) == (1, 0)
    assert lines["800"]["available"] == 1
    assert context["all"].total == 4
    assert sum(count for _, count in context["all"].by_status) == 4
    assert context["sections"].ordered
    assert [section.copies_count for section in context["sections"]] == [4, 0]
    assert not context["can_order"]
    assert not context["can_start"]


def test_an_empty_library_says_what_to_do_first(cast: Cast, client: Client) -> None:
    client.force_login(cast.head)
    text = text_of(client.get(f"/libraries/{cast.library.pk}/"))
    assert "وارد کردن فهرست نسخ" in text
    client.force_login(cast.county)
    text = text_of(client.get(f"/libraries/{cast.library.pk}/"))
    assert "کارکنان خود کتابخانه" in text


def names(cast: Cast) -> list[str]:
    return list(cast.library.sections.values_list("name", flat=True))


def test_sections_change_their_order(cast: Cast, client: Client) -> None:
    Section.objects.create(
        library=cast.library, name="مرجع", search_name="مرجع", position=0
    )  # a tie that has to be broken, too
    before = names(cast)
    last = cast.library.sections.get(name=before[2])
    client.force_login(cast.librarian)
    response = client.post(f"/sections/{last.pk}/order/", {"step": "up"})
    assert response.url == f"/libraries/{cast.library.pk}/"
    assert names(cast) == [before[0], before[2], before[1]]
    client.post(f"/sections/{last.pk}/order/", {"step": "up"})
    client.post(f"/sections/{last.pk}/order/", {"step": "up"})
    assert names(cast) == [before[2], before[0], before[1]]
    client.post(f"/sections/{last.pk}/order/", {"step": "down"})
    assert names(cast) == [before[0], before[2], before[1]]
    assert AuditEntry.objects.filter(action="section_move").count() == 4


def test_only_the_librarys_staff_change_the_order(cast: Cast, client: Client) -> None:
    section = cast.library.sections.last()
    before = names(cast)
    client.force_login(cast.outsider)
    assert client.post(f"/sections/{section.pk}/order/", {"step": "up"}).status_code == 404
    client.force_login(cast.county)
    assert client.post(f"/sections/{section.pk}/order/", {"step": "up"}).status_code == 403
    with pytest.raises(Refused):
        section_move(section_id=section.pk, step=-1, actor=cast.county, now=timezone.now())
    client.force_login(cast.librarian)
    assert client.get(f"/sections/{section.pk}/order/").status_code == 405
    assert names(cast) == before


def test_the_list_of_libraries_asks_no_more_for_sixty(cast: Cast, client: Client) -> None:
    client.force_login(cast.office)
    make_library("L3", "استان نمونه", "شهرستان نمونه")
    few = queries_of(client, "/libraries/")
    county = County.objects.get(name="شهرستان نمونه")
    Library.objects.bulk_create(
        Library(county=county, code=f"X{n}", name=f"کتابخانه {n}", degree=3, place="شهر")
        for n in range(57)
    )
    add_copies(cast.library, numbered_calls(3))
    assert queries_of(client, "/libraries/") == few


def test_a_librarys_page_asks_no_more_for_many_sections(cast: Cast, client: Client) -> None:
    client.force_login(cast.librarian)
    add_copies(cast.library, numbered_calls(3))
    few = queries_of(client, f"/libraries/{cast.library.pk}/")
    for n in range(20):
        Section.objects.create(library=cast.library, name=f"بخش {n}", search_name=f"بخش{n}")
    add_copies(cast.library, [f"{n}00/1 الف{n}" for n in range(1, 10)], first=10)
    assert queries_of(client, f"/libraries/{cast.library.pk}/") == few

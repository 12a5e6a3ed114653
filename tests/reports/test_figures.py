"""A round in figures: sums of frozen rows, from the country down to the copies."""

from collections import Counter
from datetime import timedelta
from io import BytesIO, StringIO

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from libraries.models import County, Job, Library, Province, User
from reports.aggregates import (
    TIED,
    WEEDINGS,
    lines_by_class,
    lines_by_place,
    scope_of,
    sorted_lines,
    total,
)
from reports.demo.country import Size, country_make
from reports.domain.rates import Rate, percent_words, share
from reports.domain.workflow import State
from reports.gathering import below_province
from reports.models import Report, RevisionClass, RevisionLine
from shelfreading.models import Round
from tests.cast import Cast
from tests.pages import queries_of, text_of
from tests.sent_reports import make_round

SMALL = Size(provinces=3, counties=7, libraries=45)
YEAR = 1405


@pytest.fixture
def staff(db: None) -> dict[str, User]:
    made = country_make(year=YEAR, size=SMALL, now=timezone.now())
    return {user.username: user for user in made}


def by_hand(year: int, **where: object) -> Counter[str]:
    """The same sums, straight from the rows."""
    rows = RevisionClass.objects.filter(revision__report__round__year=year, **where).exclude(
        revision__report__state=State.RETURNED
    )
    names = (*TIED, "new_missing", *(f"new_{what}" for what in WEEDINGS))
    return Counter({k: v or 0 for k, v in rows.aggregate(**{n: Sum(n) for n in names}).items()})


# --- rates --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "before", "words", "change"),
    [
        (0.0853, 0.08, "۸٫۵٪", "۰٫۵ بیشتر"),
        (0.003, 0.0049, "۰٫۳٪", "۰٫۲ کمتر"),
        (0.00301, 0.00299, "۰٫۳٪", "برابر"),
        (0.5, None, "۵۰٫۰٪", "—"),
        (None, 0.5, "—", "—"),
        (1.0, 0.0, "۱۰۰٫۰٪", "۱۰۰٫۰ بیشتر"),
    ],
)
def test_a_rate_and_its_change_in_words(
    now: float | None, before: float | None, words: str, change: str
) -> None:
    assert (Rate(now, before).words, Rate(now, before).change_words) == (words, change)


def test_of_nothing_there_is_no_rate() -> None:
    assert share(0, 0) is None
    assert share(1, 4) == 0.25
    assert percent_words(None) == "—"


# --- sums ---------------------------------------------------------------------------


def test_every_level_sums_to_the_frozen_rows(staff: dict[str, User]) -> None:
    asked = Round.objects.get(year=YEAR)
    scope = scope_of(staff["office"], asked)
    whole = total(lines_by_place(scope, "province"))
    hand, last = by_hand(YEAR), by_hand(YEAR - 1)
    for sums, rows in ((whole.now, hand), (whole.before, last)):
        assert {name: sums.counts[name] for name in TIED} == {name: rows[name] for name in TIED}
    assert whole.now.missing == hand["new_missing"]
    assert whole.missing_rate.now == hand["new_missing"] / hand["register"]
    assert whole.weeding_rate.before == (
        sum(last[f"new_{what}"] for what in WEEDINGS) / last["register"]
    )
    assert (whole.now.asked, whole.now.reported) == (45, 44)
    for by in ("county", "library"):
        again = total(lines_by_place(scope, by))
        assert (again.now.counts, again.now.asked) == (whole.now.counts, whole.now.asked)
    assert total(lines_by_class(scope)).now.counts == whole.now.counts
    for name, lines in (("province", Province.objects), ("county", County.objects)):
        for place in lines.all():
            narrowed = total(lines_by_place(scope_of(staff["office"], asked, **{name: place}),
                                            "library"))  # fmt: skip
            where = {f"revision__report__{name}": place}
            assert narrowed.now.counts["register"] == by_hand(YEAR, **where)["register"]


def test_kinds_part_the_whole(staff: dict[str, User]) -> None:
    asked = Round.objects.get(year=YEAR)
    parts = [
        total(lines_by_place(scope_of(staff["office"], asked, kind=kind), "province")).now
        for kind in Library.Kind.values
    ]
    whole = total(lines_by_place(scope_of(staff["office"], asked), "province")).now
    assert sum(part.asked for part in parts) == whole.asked
    assert sum(part.counts["register"] for part in parts) == whole.counts["register"]
    assert parts[2].counts["register"] == 0  # none is independent here


def test_a_report_that_went_back_does_not_count(staff: dict[str, User]) -> None:
    asked = Round.objects.get(year=YEAR)
    before = total(lines_by_place(scope_of(staff["office"], asked), "province")).now
    report = Report.objects.filter(round=asked, level="library").first()
    Report.objects.filter(pk=report.pk).update(state=State.RETURNED)
    after = total(lines_by_place(scope_of(staff["office"], asked), "province")).now
    its = RevisionClass.objects.filter(revision__report=report).aggregate(n=Sum("register"))["n"]
    assert before.counts["register"] - after.counts["register"] == its
    assert before.reported - after.reported == 1


def test_the_first_round_has_none_before_it(staff: dict[str, User]) -> None:
    first = Round.objects.get(year=YEAR - 1)
    whole = total(lines_by_place(scope_of(staff["office"], first), "province"))
    assert whole.missing_rate.before is None
    assert whole.missing_rate.change_words == "—"


def test_the_greatest_come_first_where_they_are_asked_for(staff: dict[str, User]) -> None:
    scope = scope_of(staff["office"], Round.objects.get(year=YEAR))
    lines = lines_by_place(scope, "library")
    rates = [line.missing_rate.now or 0 for line in sorted_lines(lines, "missing-rate")]
    assert rates == sorted(rates, reverse=True)
    assert sorted_lines(lines, "nonsense") == lines


def test_the_copies_of_a_figure_are_as_many_as_it_says(
    staff: dict[str, User], client: Client
) -> None:
    library = staff["head"].library
    client.force_login(staff["head"])
    scope = scope_of(staff["head"], Round.objects.get(year=YEAR))
    [line] = lines_by_place(scope, "library")
    for what in RevisionLine.What.values:
        url = reverse("figures-copies", args=[YEAR, library.pk, what])
        page = client.get(url).context["page_obj"]
        assert page.paginator.count == line.now.counts[f"new_{what}"]
    [some, *_] = [each for each in lines_by_class(scope) if each.now.missing]
    page = client.get(
        reverse("figures-copies", args=[YEAR, library.pk, "missing"]), {"class": some.key}
    )
    assert page.context["page_obj"].paginator.count == some.now.missing
    assert page.context["page_obj"][0].copy.title.title in page.content.decode()


# --- pages --------------------------------------------------------------------------


def test_a_page_leads_down_to_libraries_and_copies(staff: dict[str, User], client: Client) -> None:
    client.force_login(staff["office"])
    base = reverse("figures", args=[YEAR])
    country = client.get(base).content.decode()
    library = staff["head"].library
    province, county = library.county.province_id, library.county_id
    assert f"{base}?province={province}" in country
    assert f"{base}?province={province}&amp;by=library&amp;sort=missing" in country
    assert f"{base}?county={county}" in client.get(base, {"province": province}).content.decode()
    page = client.get(base, {"county": county}).content.decode()
    assert f"{base}?library={library.pk}" in page
    assert reverse("figures-copies", args=[YEAR, library.pk, "missing"]) in page
    page = client.get(base, {"library": library.pk})
    assert "کلیات" in text_of(page)
    listed = client.get(base, {"by": "library", "sort": "new_missing", "kind": "participatory"})
    assert listed.status_code == 200
    assert "مفقود" in text_of(listed)


@pytest.mark.parametrize(
    ("who", "own", "other"),
    [("county", "county", "county"), ("director", "province", "province"),
     ("head", "library", "library"), ("librarian", "library", "county")],
)  # fmt: skip
def test_nobody_sees_another_places_figures(
    staff: dict[str, User], client: Client, who: str, own: str, other: str
) -> None:
    client.force_login(staff[who])
    base = reverse("figures", args=[YEAR])
    assert client.get(base, {own: getattr(staff[who], own).pk}).status_code == 200
    last = {
        "library": Library.objects.last(),
        "county": County.objects.last(),
        "province": Province.objects.last(),
    }[other]
    assert client.get(base, {other: last.pk}).status_code == 404
    assert client.get(base, {"province": "1 or 1"}).status_code == 404
    stranger = Library.objects.order_by("pk").last()
    url = reverse("figures-copies", args=[YEAR, stranger.pk, "missing"])
    assert client.get(url).status_code == 404
    assert stranger.name not in client.get(base, {"by": "library"}).content.decode()
    book = openpyxl.load_workbook(BytesIO(client.get(f"{base[:-1]}.xlsx").getvalue()))
    seen = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row}
    assert stranger.name not in seen


def test_the_export_says_what_the_page_says(
    staff: dict[str, User], client: Client, django_capture_on_commit_callbacks
) -> None:
    client.force_login(staff["office"])
    too_long = client.get(reverse("figures-xlsx", args=[YEAR]))
    assert too_long.status_code == 302  # the country's is the worker's
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("figures-job", args=[YEAR]))
    book = openpyxl.load_workbook(Job.objects.get().result)
    assert book.sheetnames == ["استان‌ها", "کتابخانه‌ها", "رده‌ها", "کتابخانه و رده"]
    sheet = book["استان‌ها"]
    rows = list(sheet.iter_rows(min_row=3, values_only=True))
    assert sum(row[3] for row in rows) == by_hand(YEAR)["register"]
    assert len(list(book["کتابخانه‌ها"].iter_rows(min_row=3))) == 45
    assert len(list(book["کتابخانه و رده"].iter_rows(min_row=3))) == 44 * 10


def test_a_round_without_libraries_and_no_round_at_all(cast: Cast, client: Client) -> None:
    client.force_login(cast.office)
    assert "هنوز دوره‌ای گشوده نشده است" in text_of(client.get(reverse("figures-newest")))
    make_round(cast.office, [])
    page = client.get(reverse("figures-newest"), follow=True)
    assert "در این دوره کتابخانه‌ای از این نوع نیست" in text_of(page)
    client.force_login(cast.county)
    assert client.get(reverse("figures-xlsx", args=[YEAR])).status_code == 200
    assert client.get(reverse("figures", args=[1399])).status_code == 404


def test_a_page_costs_the_same_however_many_report(staff: dict[str, User], client: Client) -> None:
    client.force_login(staff["office"])
    base = reverse("figures", args=[YEAR])
    province = Province.objects.order_by("pk")[0].pk
    urls = [base, f"{base}?by=library&sort=missing-rate", f"{base}?province={province}"]
    many = [queries_of(client, url) for url in urls]
    keep = list(Report.objects.filter(level="library").order_by("pk").values_list("pk")[:3])
    Report.objects.exclude(pk__in=[pk for (pk,) in keep]).update(state=State.RETURNED)
    assert [queries_of(client, url) for url in urls] == many
    assert max(many) <= 16


# --- the command --------------------------------------------------------------------


@pytest.mark.django_db
def test_the_command_wants_a_word_and_an_empty_database(cast: Cast, settings) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="--made-up"):
        call_command("country", "--round", "1405")
    with pytest.raises(CommandError, match="data already"):
        call_command("country", "--round", "1405", "--made-up")


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [["--round", "2026"], ["--round", "1405", "--counties", "3"]])
def test_the_command_says_what_is_wrong(wrong: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("country", *wrong, "--made-up")
    assert not Library.objects.exists()


@pytest.mark.django_db
def test_the_command_makes_a_country_that_ties_out_and_can_be_gathered() -> None:
    said = StringIO()
    call_command(
        "country", "--round", "1405", "--made-up", "--provinces", "3", "--counties", "7",
        "--libraries", "45", stdout=said,
    )  # fmt: skip
    assert "director" in said.getvalue()
    assert [Province.objects.count(), County.objects.count(), Library.objects.count()] == [3, 7, 45]
    other = Province.objects.last()
    found = below_province(Round.objects.get(year=1405), "institutional", other)
    assert found.waits == []
    assert (
        len(found.rows) + len(found.unread)
        == Library.objects.filter(county__province=other, kind="institutional").count()
    )
    closed = timezone.localdate() + timedelta(days=11)
    assert max(row.ended_on for row in found.rows) < closed

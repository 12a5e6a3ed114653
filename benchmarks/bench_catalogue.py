"""Finding a book among 500,000 titles by what a member wrote of it.

    python benchmarks/bench_catalogue.py [titles]

The titles are made up of the words of real ones, and of words made of halves of these, as often
as words come in real catalogues (a few often, most once or twice); the same works stand in several
of the province's 25 libraries. Searched in one library and in all of them, with and without
misspellings; beside it, for each word, what a plain `search_text__contains` takes. Aims: p95 under
100 ms on PostgreSQL, under 300 ms on SQLite.
"""

import random
import sys
import time
from collections.abc import Callable, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from common import HOME, database_name, on_each_database, seconds, show

TITLES = 500_000
LIBRARIES = 25
WORDS = 120_000
QUESTIONS = 50
INDEXED_AT_ONCE = 20_000
REFERENCES = 10
LETTERS = "ابپتجچدرزسشفقکگلمنوهی"
FIELDS = ("library_id", "title", "author", "publisher", "year", "search_text", "identity")
Work = tuple[str, str, str]


def words_made(chance: random.Random) -> list[str]:
    """Words of real titles and authors, then halves of two of them put together."""
    books = [
        line.split("|")[:2]
        for line in (HOME / "libraries/demo/books.txt").read_text("utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    real = sorted({word for book in books for text in book for word in text.split()})
    chance.shuffle(real)
    long = [word for word in real if len(word) > 3]
    made = dict.fromkeys(real)
    while len(made) < WORDS:
        one, other = chance.sample(long, 2)
        begin, end = chance.randint(2, len(one) - 1), chance.randint(1, len(other) - 2)
        made[one[:begin] + other[end:]] = None
    return list(made)


def works_made(chance: random.Random, count: int) -> list[Work]:
    """Title, author and subjects of as many works."""
    words = words_made(chance)
    often = list(accumulate(1 / (rank + 10) for rank in range(len(words))))

    def some(least: int, most: int) -> str:
        return " ".join(chance.choices(words, cum_weights=often, k=chance.randint(least, most)))

    authors = [some(2, 3) for _ in range(count // 4)]
    subjects = [some(1, 3) for _ in range(3_000)]
    return [
        (
            some(1, 7),
            chance.choice(authors),
            "؛ ".join(chance.sample(subjects, 2)) if chance.random() < 0.7 else "",
        )
        for _ in range(count)
    ]


def fill(chance: random.Random, count: int) -> list[Work]:
    """25 libraries with their share of the titles and a copy of each; the works that there are."""
    from django.db import connection, transaction

    from libraries.bulk import bulk_insert
    from libraries.catalogue_index import catalogue_refresh
    from libraries.copy_facts import KEYS, title_identity
    from libraries.domain.persian import search_key
    from libraries.models import Copy, County, Library, Province, Section, Title

    province = Province.objects.create(name="استان نمونه")
    county = County.objects.create(province=province, name="شهرستان نمونه")
    works = works_made(chance, count // 4)
    share = count // LIBRARIES
    begin = time.perf_counter()
    for number in range(LIBRARIES):
        library = Library.objects.create(
            county=county, code=f"S{number}", name=f"کتابخانهٔ {number}", degree=3, place="شهر"
        )
        # What many libraries have comes first in `works`.
        some = {int(len(works) * chance.random() ** 2) for _ in range(share * 2)}
        rows = [
            (library.pk, title, author, "", "", search_key(f"{title} {author}"),
             title_identity(title, author, "", ""), subjects)
            for title, author, subjects in (works[i] for i in chance.sample(sorted(some), share))
        ]  # fmt: skip
        with transaction.atomic():
            bulk_insert(Title, (*FIELDS, "subjects"), {row[6]: row for row in rows}.values())
    took = time.perf_counter() - begin
    for library in Library.objects.order_by("pk"):
        section = Section.objects.create(library=library, name="مخزن", search_name="مخزن")
        with transaction.atomic():
            bulk_insert(
                Copy,
                (
                    *("library_id", "title_id", "section_id", "registration_number", "barcode"),
                    *("call_number", "main_class", "volume", "copy_number", "is_reference"),
                    *("status", "weeding_cause", *KEYS),
                ),
                (
                    (library.pk, pk, section.pk, str(pk), "", "", "", "", "", False)
                    + ("available", "", "", "", "")
                    for pk in library.titles.values_list("pk", flat=True)
                ),
            )
    begin, processor = time.perf_counter(), time.process_time()
    catalogue_refresh(batch=INDEXED_AT_ONCE)
    indexing, processor = time.perf_counter() - begin, time.process_time() - processor
    connection.cursor().execute("ANALYZE")
    titles = Title.objects.count()
    print(f"\n{database_name()}: {titles:,} titles of {len(works):,} works written in {took:.0f} s")
    print(
        f"  indexed in {indexing:.0f} s, of which {processor:.0f} s of Python's and SQLite's work"
    )
    _sizes(titles)
    return works


def _sizes(titles: int) -> None:
    """What the index takes beside the titles."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for name in ("title", "catalogue", "catalogueword", "catalogueform"):
                name = f"libraries_{name}"
                cursor.execute("SELECT pg_total_relation_size(%s)", [name])
                print(f"  {name}: {cursor.fetchone()[0] / 1e6:.0f} MB")
        else:
            # FTS5 keeps its index in tables whose names begin with its own.
            for like in ("title", "catalogue\\_%", "catalogueword", "catalogueform"):
                like = f"libraries\\_{like}"
                cursor.execute(
                    "SELECT sum(pgsize) FROM dbstat WHERE name LIKE %s ESCAPE '\\'", [like]
                )
                print(f"  {like}: {(cursor.fetchone()[0] or 0) / 1e6:.0f} MB")
        cursor.execute("SELECT count(*) FROM libraries_catalogueword")
        print(f"  {cursor.fetchone()[0]:,} different words", flush=True)


def misspelt(word: str, chance: random.Random) -> str:
    """A letter wrong, missing, doubled, or two changed places."""
    if len(word) < 4:
        return word
    i = chance.randrange(len(word) - 1)
    return chance.choice(
        (
            word[:i] + chance.choice(LETTERS) + word[i + 1 :],
            word[:i] + word[i + 1 :],
            word[: i + 1] + word[i:],
            word[:i] + word[i + 1] + word[i] + word[i + 2 :],
        )
    )


def _one_misspelt(work: Work, chance: random.Random) -> str:
    words = work[0].split()
    longest = max(range(len(words)), key=lambda i: len(words[i]))
    words[longest] = misspelt(words[longest], chance)
    return " ".join(words)


KINDS: dict[str, Callable[[Work, random.Random], str]] = {
    "as written": lambda work, chance: work[0],
    "a word misspelt": _one_misspelt,
    "each word misspelt": lambda work, chance: " ".join(
        misspelt(word, chance) for word in work[0].split()
    ),
    "with its author": lambda work, chance: f"کتاب {work[0]} نوشتهٔ {work[1]}",
    "that, misspelt": lambda work, chance: (
        f"کتاب {_one_misspelt(work, chance)} نوشتهٔ {misspelt(work[1], chance)}"
    ),
    "joined": lambda work, chance: work[0].replace(" ", "", 1),
    "one word of it": lambda work, chance: chance.choice(work[0].split()),
    "subjects": lambda work, chance: work[2] or work[1],
    "not there": lambda work, chance: " ".join(
        "".join(chance.choices(LETTERS, k=6)) for _ in range(3)
    ),
}
# What these ask for is one work; the others may mean several.
ONE_WORK = ("as written", "a word misspelt", "each word misspelt", "with its author")
ONE_WORK += ("that, misspelt", "joined")


def plainly(words: str, libraries: Any) -> list[Any]:
    """What the reference does: each word as it is, somewhere in the row."""
    from libraries.domain.persian import search_key
    from libraries.models import Title

    found = Title.objects.filter(library__in=libraries)
    for word in words.split():
        found = found.filter(search_text__contains=search_key(word))
    return list(found[:20])


def part(times: Sequence[float], share: float) -> float:
    """Of all times the one that `share` of them stay under, in milliseconds."""
    return 1000 * sorted(times)[min(len(times) - 1, int(len(times) * share))]


def measure() -> None:
    """Ask all kinds of questions in one library and in the province."""
    from libraries.catalogue import find_titles
    from libraries.models import Library, Title

    chance = random.Random(6)
    fill(chance, int(sys.argv[1]) if len(sys.argv) > 1 else TITLES)
    everywhere = Library.objects.all()
    for scope, libraries in (("one library", everywhere[:1]), ("the province", everywhere)):
        libraries = Library.objects.filter(pk__in=[library.pk for library in libraries])
        ids = list(Title.objects.filter(library__in=libraries).values_list("pk", flat=True))
        lines, whole, plain = [], [], []
        for kind, asking in KINDS.items():
            chosen = Title.objects.in_bulk(chance.sample(ids, QUESTIONS))
            times, first, five = [], 0, 0
            for title in chosen.values():
                work = (title.title, title.author, title.subjects)
                words = asking(work, chance)
                start = time.perf_counter()
                found = find_titles(words, libraries=libraries)
                times.append(time.perf_counter() - start)
                names = [match.title.title for match in found]
                first += names[:1] == [title.title]
                five += title.title in names[:5]
                if len(plain) < REFERENCES * (len(lines) + 1):
                    plain.append(seconds(lambda: plainly(words, libraries)))  # noqa: B023
            right = (f"{first}", f"{five}") if kind in ONE_WORK else ("", "")
            whole += times
            lines.append((kind, *(f"{part(times, share):.0f}" for share in (0.5, 0.95, 1)), *right))
        lines.append(("all", *(f"{part(whole, share):.0f}" for share in (0.5, 0.95, 1)), "", ""))
        lines.append(
            ("contains", *(f"{part(plain, share):.0f}" for share in (0.5, 0.95, 1)), "", "")
        )
        print(f"\n{scope}, {len(ids):,} titles, milliseconds; of {QUESTIONS} questions a kind")
        show(("asked", "p50", "p95", "most", "right first", "in five"), lines)
        ratio = part(plain, 0.95) / part(whole, 0.95)
        print(f"p95 of contains is {ratio:.1f} times ours", flush=True)


if __name__ == "__main__":
    on_each_database(measure)

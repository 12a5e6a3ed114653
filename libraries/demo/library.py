"""Builds the demo: a made-up library of well-known books, with everyone who works around it."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from libraries.domain.copies_list import CopyRecord
from libraries.domain.jalali import jalali_year
from libraries.domain.persian import to_persian_digits
from libraries.models import County, Library, Province, User
from libraries.roles import Role

BOOKS = Path(__file__).with_name("books.txt")
PASSWORD = "rafkhan-demo"
SEED = 1405
USERNAMES = ("librarian", "head", "county", "expert", "director", "office", "admin")
STATUSES = ("available",) * 180 + ("on_loan",) * 9 + ("binding", "missing", "weeded", "unreturned")


def books() -> list[tuple[str, str, str, str]]:
    """Title, author, class and year of each book in the list."""
    lines = BOOKS.read_text(encoding="utf-8").splitlines()
    rows = (line.split("|") for line in lines if line and not line.startswith("#"))
    return [(title, author, klass, year) for title, author, klass, year in rows]


def records(dice: random.Random, *, today: date, first_number: int) -> Iterator[CopyRecord]:
    """Copies of all the books, as a list from the management system would give them."""
    numbered: list[CopyRecord] = []
    for title, author, klass, year in books():
        child = klass.startswith("ک ")
        reference = klass.startswith("م ")
        family = author.split()[-1]
        mark = f"{family[0]}{dice.randint(100, 999)}{title[0]}"
        volumes = dice.choice((1, 1, 1, 1, 1, 2, 3, 5)) if not child else 1
        for volume in range(1, volumes + 1):
            for number in range(1, (1 if reference else dice.choice((1, 2, 3, 4, 6, 8))) + 1):
                call_number = f"{klass} {mark} {year}"
                call_number += f" ج.{volume}" if volumes > 1 else ""
                call_number += f" ن.{number}" if number > 1 else ""
                numbered.append(
                    CopyRecord(
                        row_number=0,
                        title=title,
                        registration_number="",
                        author=author,
                        year=year,
                        registered_on=today - timedelta(days=dice.randint(200, 6000)),
                        volume=str(volume) if volumes > 1 else "",
                        copy_number=str(number),
                        call_number=call_number,
                        main_class=klass.split()[-1].split("/")[0],
                        section="مرجع" if reference else "کودک" if child else "مخزن",
                        status="available" if reference else dice.choice(STATUSES),
                        is_reference=reference,
                    )
                )
    dice.shuffle(numbered)
    for number, record in enumerate(numbered, start=first_number):
        record.row_number = number
        record.registration_number = str(number)
        record.barcode = f"{jalali_year(today)}{number:08}"
        if record.status == "on_loan":
            lent_on = today - timedelta(days=dice.choice((3, 6, 9, 12, 20, 40, 80, 95, 130, 200)))
            record.lent_on = lent_on
            record.due_on = lent_on + timedelta(days=14)
            member = dice.randint(1, 60)
            record.borrower_name = f"عضو نمونهٔ {to_persian_digits(member)}"
            record.borrower_membership = f"{member:04}"
            record.borrower_mobile = f"0900000{member:04}"
        yield record


def places() -> list[Library]:
    """The demo's libraries: the first is the one whose staff log in."""
    libraries = []
    for province, county, code, name, kind, degree, place_kind, place in (
        ("نمونه", "نمونه‌آباد", "1001", "کتابخانهٔ عمومی نمونهٔ مرکزی", "institutional",
         3, "town", "نمونه‌آباد"),
        ("نمونه", "نمونه‌آباد", "1002", "کتابخانهٔ عمومی نمونهٔ مشارکتی", "participatory",
         6, "village", "نمونه‌ده"),
        ("دیگر", "دیگرآباد", "2001", "کتابخانهٔ عمومی نمونهٔ دور", "institutional",
         5, "town", "دیگرآباد"),
    ):  # fmt: skip
        in_province, _ = Province.objects.get_or_create(name=province)
        in_county, _ = County.objects.get_or_create(province=in_province, name=county)
        libraries.append(
            Library.objects.create(
                county=in_county, code=code, name=name, kind=kind, degree=degree,
                place_kind=place_kind, place=place,
            )
        )  # fmt: skip
    return libraries


def staff(library: Library) -> list[User]:
    """One user a role, all with PASSWORD."""
    county = library.county
    users = []
    for username, role, scope in (
        ("librarian", Role.LIBRARIAN, {"library": library}),
        ("head", Role.LIBRARY_HEAD, {"library": library}),
        ("county", Role.COUNTY_HEAD, {"county": county}),
        ("expert", Role.PROVINCIAL_EXPERT, {"province": county.province}),
        ("director", Role.DIRECTOR_GENERAL, {"province": county.province}),
        ("office", Role.RESOURCES_OFFICE, {}),
        ("admin", Role.ADMINISTRATOR, {}),
    ):
        user = User(username=username, role=role, first_name=role.label, last_name="نمونه", **scope)
        user.set_password(PASSWORD)
        user.save()
        users.append(user)
    return users

"""The small fixed cast that every test plays with: two libraries, every role, one outsider."""

from collections.abc import Sequence
from dataclasses import dataclass

from libraries.domain.persian import search_key
from libraries.holdings import KEYS, is_reference, shelf_keys, title_identity
from libraries.models import Copy, County, Library, Province, Section, Title, User
from libraries.roles import Role

PASSWORD = "cast-password-for-tests"


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays. `outsider` is the librarian of `other_library`, in another province."""

    library: Library
    other_library: Library
    librarian: User
    head: User
    county: User
    expert: User
    director: User
    office: User
    admin: User
    outsider: User

    @property
    def everyone(self) -> dict[str, User]:
        """Each player by a short name."""
        names = (
            "librarian", "head", "county", "expert", "director", "office", "admin", "outsider",
        )  # fmt: skip
        return {name: getattr(self, name) for name in names}


def make_library(code: str, province: str, county: str) -> Library:
    """A library with its places above it and two sections, «مخزن» and «کودک»."""
    in_province, _ = Province.objects.get_or_create(name=province)
    in_county, _ = County.objects.get_or_create(province=in_province, name=county)
    library = Library.objects.create(
        county=in_county, code=code, name=f"کتابخانهٔ نمونهٔ {code}", degree=3, place=county
    )
    for position, name in enumerate(("مخزن", "کودک")):
        Section.objects.create(
            library=library, name=name, search_name=search_key(name), position=position
        )
    return library


def make_user(username: str, role: Role, **scope: object) -> User:
    """A member of staff; everyone has PASSWORD."""
    user = User(username=username, role=role, first_name="نمونهٔ", last_name=username, **scope)
    user.set_password(PASSWORD)
    user.save()
    return user


def make_cast() -> Cast:
    """Two libraries in two provinces and a player for every role."""
    library = make_library("L1", "استان نمونه", "شهرستان نمونه")
    other = make_library("L2", "استان دیگر", "شهرستان دیگر")
    return Cast(
        library=library,
        other_library=other,
        librarian=make_user("librarian", Role.LIBRARIAN, library=library),
        head=make_user("head", Role.LIBRARY_HEAD, library=library),
        county=make_user("county", Role.COUNTY_HEAD, county=library.county),
        expert=make_user("expert", Role.PROVINCIAL_EXPERT, province=library.county.province),
        director=make_user("director", Role.DIRECTOR_GENERAL, province=library.county.province),
        office=make_user("office", Role.RESOURCES_OFFICE),
        admin=make_user("admin", Role.ADMINISTRATOR),
        outsider=make_user("outsider", Role.LIBRARIAN, library=other),
    )


def add_copies(
    library: Library, call_numbers: Sequence[str], *, section: str = "مخزن", first: int = 1
) -> list[Copy]:
    """Copies with these call numbers: registration numbers from `first`, barcodes 1000000001 on."""
    place = library.sections.get(name=section)
    copies = []
    for number, call_number in enumerate(call_numbers, start=first):
        title = f"کتاب نمونهٔ {number}"
        copies.append(
            Copy.objects.create(
                library=library,
                section=place,
                title=Title.objects.create(
                    library=library,
                    title=title,
                    author="نویسندهٔ نمونه",
                    year="1390",
                    search_text=search_key(title),
                    identity=title_identity(title, str(number), "", "1390"),
                ),
                registration_number=str(number),
                barcode=str(library.pk * 1_000_000_000 + number),
                call_number=call_number,
                main_class=call_number.split("/")[0].split(" ")[0],
                is_reference=is_reference(None, call_number, section, library.rules),
                **dict(zip(KEYS, shelf_keys(call_number, str(number), library.rules), strict=True)),
            )
        )
    return copies


def numbered_calls(count: int) -> list[str]:
    """Call numbers in shelf order: 100/001 الف1, 100/002 الف1, …"""
    return [f"100/{number:03} الف1" for number in range(1, count + 1)]

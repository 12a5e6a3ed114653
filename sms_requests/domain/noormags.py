"""Noormags accounts: what an Excel file of them holds, and what is said to who gets one (R7)."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from libraries.domain.codes import lost_digits
from libraries.domain.columns import heading_key

USERNAME_HEADINGS = (
    *("نام کاربری", "نام کاربر", "شناسه کاربری", "کد کاربری", "کاربری", "شناسه", "کاربر"),
    *("username", "user name", "user", "user id", "login"),
)
PASSWORD_HEADINGS = (
    *("کلمه عبور", "رمز عبور", "گذرواژه", "رمز", "پسورد", "کلمه رمز"),
    *("password", "pass", "pass word"),
)
_USERNAME = {heading_key(heading) for heading in USERNAME_HEADINGS}
_PASSWORD = {heading_key(heading) for heading in PASSWORD_HEADINGS}
_HEADER_SEARCH_ROWS = 30
LONGEST = 100  # letters of a user name or a password
# Excel keeps fifteen digits of a number; those behind are noughts of its own.
_MOST_DIGITS = 15
_ERRORS = {
    *("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"),
    *("#GETTING_DATA", "#FIELD!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!"),
}

# White space, and marks of direction that programs put round a text.
_ROUND = " \t\r\n\u00a0\u200b\u200c\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069\ufeff"

OLDEST, YOUNGEST = 100, 5  # years, of people who ask

DEFAULT_GUIDE = (
    "راهنما: در مرورگر به نشانی noormags.ir بروید، «ورود» را بزنید و نام کاربری و کلمهٔ عبور بالا "
    "را بنویسید. پس از نخستین ورود کلمهٔ عبور را عوض کنید و آن را به کسی ندهید."
)


class Skipped(StrEnum):
    """Why a row of the file isn't taken."""

    NO_USERNAME = "no_username"
    NO_PASSWORD = "no_password"
    TOO_LONG = "too_long"
    ERROR = "error"
    DIGITS = "digits"
    UNREADABLE = "unreadable"
    TWICE = "twice"
    HELD = "held"


SKIPPED_LABELS: dict[Skipped, str] = {
    Skipped.NO_USERNAME: "نام کاربری ندارد.",
    Skipped.NO_PASSWORD: "کلمهٔ عبور ندارد، یا فرمول آن مقداری نداده است.",
    Skipped.TOO_LONG: "نام کاربری یا کلمهٔ عبور بیش از ۱۰۰ نویسه است.",
    Skipped.ERROR: "به جای مقدار، خطای اکسل دارد؛ مقدار را در فایل درست کنید.",
    Skipped.DIGITS: "رقم‌های پایانی آن را اکسل عوض کرده است؛ قالب ستون را «متن» کنید.",
    Skipped.UNREADABLE: "نویسه‌ای نادیدنی در میان دارد؛ آن را دوباره بنویسید.",
    Skipped.TWICE: "نام کاربری آن در سطر بالاتری هم آمده است.",
    Skipped.HELD: "نام کاربری آن از پیش در سامانه است.",
}


@dataclass(slots=True)
class Checked:
    """What a file holds: accounts (user name, password) and, by row number, why a row isn't one.

    `digits_only` counts passwords of digits alone, whose noughts in front Excel may have eaten.
    """

    accounts: list[tuple[str, str]] = field(default_factory=list)
    skipped: dict[int, Skipped] = field(default_factory=dict)

    @property
    def digits_only(self) -> int:
        """How many passwords are a number that Excel may have shortened at its beginning."""
        return sum(password.isdecimal() for _, password in self.accounts)

    @property
    def counts(self) -> dict[Skipped, int]:
        """How many rows are skipped for each reason, in the reasons' order."""
        found = Counter(self.skipped.values())
        return {why: found[why] for why in Skipped if found[why]}


def columns_of(rows: Sequence[Sequence[str]]) -> tuple[int, int, int] | None:
    """The index of the row of headings and those of the columns of user names and passwords; None
    where no row among the first thirty has both. A heading known whole goes before others.
    """
    for index, row in enumerate(rows[:_HEADER_SEARCH_ROWS]):
        keys = [heading_key(cell) for cell in row]
        names = [at for at, key in enumerate(keys) if key in _USERNAME]
        passwords = [at for at, key in enumerate(keys) if key in _PASSWORD]
        if names and passwords:
            return index, names[0], passwords[0]
    return None


def check_accounts(
    rows: Sequence[Sequence[str]], columns: tuple[int, int, int], held: Collection[str]
) -> Checked:
    """Read every row below the headings as an account, or say why it is none.

    Texts stay as they came, without white space round them: a password's letters and digits mean
    themselves. `held` are the user names that are there already.
    """
    header, name_at, password_at = columns
    known, checked = set(held), Checked()
    in_file: set[str] = set()
    for number, row in enumerate(rows[header + 1 :], start=header + 2):
        name, password = row[name_at].strip(_ROUND), row[password_at].strip(_ROUND)
        if not (name or password) or heading_key(name) in _USERNAME:
            continue
        why = _trouble(name, password)
        if why is None and name in in_file:
            why = Skipped.TWICE
        if why is None and name in known:
            why = Skipped.HELD
        if why is None:
            checked.accounts.append((name, password))
        else:
            checked.skipped[number] = why
        in_file.add(name)
    return checked


def _trouble(name: str, password: str) -> Skipped | None:
    if {name.upper(), password.upper()} & _ERRORS:
        return Skipped.ERROR
    if not name:
        return Skipped.NO_USERNAME
    if not password:
        return Skipped.NO_PASSWORD
    if max(len(name), len(password)) > LONGEST:
        return Skipped.TOO_LONG
    if any(not letter.isprintable() for letter in name + password):
        return Skipped.UNREADABLE
    if any(
        lost_digits(text) or (text.isdecimal() and len(text) > _MOST_DIGITS)
        for text in (name, password)
    ):
        return Skipped.DIGITS
    return None


def birth_year_trouble(year: int, this_year: int) -> str:
    """What is wrong with a Jalali year of birth, in a sentence; "" where nothing is."""
    if this_year - OLDEST <= year <= this_year - YOUNGEST:
        return ""
    if 1900 <= year <= this_year + 621:
        return "سال تولد میلادی است؛ سال شمسی را با چهار رقم بنویسید، مانند ۱۳۷۵."
    return "سال تولد درست نیست؛ سال شمسی را با چهار رقم بنویسید، مانند ۱۳۷۵."


def handing_text(full_name: str, username: str, password: str, guide: str) -> str:
    """What goes into the direct message: the account and how to use it."""
    return (
        f"{full_name} گرامی، حساب نورمگز شما آماده است.\n"
        f"نام کاربری: {username}\n"
        f"کلمهٔ عبور: {password}\n\n"
        f"{guide.strip() or DEFAULT_GUIDE}"
    )

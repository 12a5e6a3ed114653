"""Values as they stand on paper."""

import re
from datetime import date

from libraries.domain.jalali import format_jalali
from libraries.domain.persian import stored_form, to_persian_digits

Value = str | int | date | None

_LATIN_WORD = re.compile(r"(\S*[A-Za-z]\S*)")


def printed(value: Value) -> str:
    """Return `value` as it is printed; "" is a blank that someone fills in by hand.

    Dates become Jalali («۱۴۰۵/۰۳/۰۹»), digits Persian, Arabic ي and ك Persian; what can't be seen
    goes. A word with Latin letters («C++20», «BP136») keeps its digits, or it would be another.
    """
    if value is None:
        return ""
    if isinstance(value, date):
        return format_jalali(value)
    words = _LATIN_WORD.split(stored_form(str(value)))
    return "".join(word if at % 2 else to_persian_digits(word) for at, word in enumerate(words))

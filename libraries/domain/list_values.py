"""What the words and marks in the cells of a copies list mean."""

from libraries.domain.columns import heading_key

STATUS_WORDS: dict[str, tuple[str, ...]] = {
    "available": (
        *("موجود", "در قفسه", "موجود در قفسه", "آماده امانت", "قابل امانت", "available"),
        *("موجود است", "موجود در مخزن", "موجود در کتابخانه", "در دسترس"),
    ),
    "on_loan": (
        *("امانت", "در امانت", "امانت داده شده", "به امانت رفته", "on loan", "امانت رفته"),
        *("امانت شده", "در دست امانت"),
    ),
    "binding": (
        *("صحافی", "در صحافی", "ارسال به صحافی", "binding", "ارسال شده به صحافی"),
        *("در حال صحافی", "در دست صحافی"),
    ),
    "weeded": (
        *("وجین", "وجین شده", "وجینی", "weeded", "وجین محتوایی", "وجین تکراری"),
        *("وجین فرسوده", "وجین بدون مخاطب"),
    ),
    "missing": ("مفقود", "مفقود شده", "مفقودی", "گمشده", "گم شده", "missing"),
    "unreturned": (
        *("برنگشته", "بازنگشته", "عدم بازگشت", "برنگشته از امانت", "بازنگشته از امانت"),
        *("عدم بازگشت از امانت", "عدم بازگشتی", "عدم برگشت", "برگشت نشده", "unreturned"),
    ),
}
"""Status code → the words that lists have for it; the first is the usual one."""

_STATUS_BY_KEY = {
    heading_key(word): code for code, words in STATUS_WORDS.items() for word in words
} | {"": "available"}

_YES = {heading_key(word) for word in ("بله", "بلی", "آری", "مرجع", "هست", "دارد", "true", "yes")}
_YES |= {"1", "✓", "✔", "☑", "*", "+", "x"}


def status_code(text: str) -> str | None:
    """Return the status that a word means ('available' for none), or None for an unknown word."""
    return _STATUS_BY_KEY.get(heading_key(text))


def is_yes(text: str) -> bool:
    """Return whether the cell of a yes-or-no column says yes; an empty one says no."""
    return heading_key(text) in _YES

"""A member's own words with the numbers in them hidden."""

import re

# Eight digits or more, with at most one mark or space between two of them: a national ID with its
# zeros lost, a mobile number. Dates written with a year's four digits are hidden too, harmlessly.
_LONG_NUMBER = re.compile(r"\d(?:[ \u200c\u00a0\-‐‑–_./()]?\d){7,}")
_SHOWN = 3  # digits at either end, as in lists


def masked_text(text: str, *, for_page: bool = True) -> str:
    """The text, each long number with only its first and last three digits.

    `for_page` isolates each from left to right: among Persian words the stars would turn its two
    ends around. In a text message the marks would cost letters and show on old phones.
    """
    left, right = ("\u2066", "\u2069") if for_page else ("", "")
    return _LONG_NUMBER.sub(lambda found: f"{left}{_masked(found)}{right}", text)


def _masked(found: re.Match[str]) -> str:
    number = found[0]
    places = [i for i, letter in enumerate(number) if letter.isdigit()]
    hidden = set(places[_SHOWN:-_SHOWN])
    return "".join("*" if i in hidden else letter for i, letter in enumerate(number))

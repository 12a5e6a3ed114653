"""A line's number as gateways name it."""

from libraries.domain.persian import to_ascii_digits


def bare_line(number: str) -> str:
    """A line's number without the country's code that some gateways put before it."""
    digits = to_ascii_digits(number).strip().lstrip("+")
    return digits.removeprefix("00").removeprefix("98") or digits

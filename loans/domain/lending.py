"""The rules of lending that need no database: renewals, fees, names half hidden."""

from datetime import date, timedelta

from libraries.domain.persian import to_persian_digits


def renewed_until(due_on: date | None, today: date, renewal_days: int) -> date:
    """The due date after a renewal.

    Counted from the due date, not from today: who renews early loses no day, and so nobody has to
    wait for the last one. A loan whose due date nobody knows is counted from today.
    """
    return (due_on or today) + timedelta(days=renewal_days)


def late_fee(days_late: int, fee_a_day: int) -> int:
    """What so many days late cost, in rials."""
    return max(days_late, 0) * fee_a_day


def masked_name(name: str) -> str:
    """A borrower's name for those whom it doesn't concern: «زهرا نمونه» is «ز… ن…»."""
    return " ".join(f"{word[0]}…" for word in name.split())


def rials(amount: int) -> str:
    """An amount of money in words of the page: «۱۲٬۰۰۰ ریال»."""
    return to_persian_digits(f"{amount:,} ریال").replace(",", "٬")

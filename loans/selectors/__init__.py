"""What the pages of loans, members and lists show."""

from loans.selectors.cards import desk_cards, lists_of
from loans.selectors.loans import (
    ALL,
    FILTER_LABELS,
    LATE_LABELS,
    OVERDUE,
    LoanLine,
    copy_to_lend,
    loan_counts,
    loan_is_followed_up,
    loan_line,
    loan_lines,
    open_loans,
)
from loans.selectors.members import loans_of_member, members_of

__all__ = [
    "ALL",
    "FILTER_LABELS",
    "LATE_LABELS",
    "OVERDUE",
    "LoanLine",
    "copy_to_lend",
    "desk_cards",
    "lists_of",
    "loan_counts",
    "loan_is_followed_up",
    "loan_line",
    "loan_lines",
    "loans_of_member",
    "members_of",
    "open_loans",
]

"""Writing members, loans, calls, fees: each service takes its locks before it decides."""

from loans.services.fees import fee_forgive, fee_pay, loans_return_forgiven
from loans.services.follow_ups import follow_up_member, follow_up_record, loan_give_up
from loans.services.lending import borrower_hindered, loan_lend, loan_renew, loan_return
from loans.services.members import member_add, member_open, member_set_active
from loans.services.rules import rules_set

__all__ = [
    "borrower_hindered",
    "fee_forgive",
    "fee_pay",
    "follow_up_member",
    "follow_up_record",
    "loan_give_up",
    "loan_lend",
    "loan_renew",
    "loan_return",
    "loans_return_forgiven",
    "member_add",
    "member_open",
    "member_set_active",
    "rules_set",
]

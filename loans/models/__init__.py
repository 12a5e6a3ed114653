"""Members and rules, loans and renewals, follow-up calls, forgiveness, trips to the binder."""

from loans.models.binding import BindingTrip
from loans.models.follow_ups import FollowUp, Forgiveness
from loans.models.loans import Loan, Renewal
from loans.models.members import LoanRules, Member

__all__ = ["BindingTrip", "FollowUp", "Forgiveness", "Loan", "LoanRules", "Member", "Renewal"]

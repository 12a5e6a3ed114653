"""Forms of lists, loans, members and the desk."""

from loans.forms.dates import JalaliDateField
from loans.forms.desk import DeskForm, DeskState
from loans.forms.lists import ColumnsForm, ListUploadForm
from loans.forms.loans import (
    BY_MEMBER,
    CallForm,
    CallsFilter,
    FollowUpForm,
    ForgiveForm,
    LoanForm,
    LoansFilter,
)
from loans.forms.members import MemberForm, MembersFilter, RulesForm

__all__ = [
    "BY_MEMBER",
    "CallForm",
    "CallsFilter",
    "ColumnsForm",
    "DeskForm",
    "DeskState",
    "FollowUpForm",
    "ForgiveForm",
    "JalaliDateField",
    "ListUploadForm",
    "LoanForm",
    "LoansFilter",
    "MemberForm",
    "MembersFilter",
    "RulesForm",
]

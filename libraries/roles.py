"""Who may do what: the one table of rights (spec "Who may do what").

A person has one role and one scope. The role decides what may be done, the scope where;
`libraries.querysets.ScopedQuerySet.for_user` turns the scope into rows.
"""

from enum import StrEnum

from django.db import models


class Role(models.TextChoices):
    """The seven roles, from the shelf to the country."""

    LIBRARIAN = "librarian", "کتابدار"
    LIBRARY_HEAD = "library_head", "مسئول کتابخانه"
    COUNTY_HEAD = "county_head", "رئیس ادارهٔ شهرستان"
    PROVINCIAL_EXPERT = "provincial_expert", "کارشناس منابع استان"
    DIRECTOR_GENERAL = "director_general", "مدیر کل استان"
    RESOURCES_OFFICE = "resources_office", "ادارهٔ کل منابع"
    ADMINISTRATOR = "administrator", "مدیر سامانه"


class Scope(StrEnum):
    """How wide a role sees."""

    LIBRARY = "library"
    COUNTY = "county"
    PROVINCE = "province"
    COUNTRY = "country"
    ADMIN = "admin"


SCOPE_OF_ROLE: dict[str, Scope] = {
    Role.LIBRARIAN: Scope.LIBRARY,
    Role.LIBRARY_HEAD: Scope.LIBRARY,
    Role.COUNTY_HEAD: Scope.COUNTY,
    Role.PROVINCIAL_EXPERT: Scope.PROVINCE,
    Role.DIRECTOR_GENERAL: Scope.PROVINCE,
    Role.RESOURCES_OFFICE: Scope.COUNTRY,
    Role.ADMINISTRATOR: Scope.ADMIN,
}


class Right(StrEnum):
    """What a view can ask for. Every view declares exactly one (see `libraries.rights`)."""

    USE_DESK = "use_desk"
    VIEW_LIBRARIES = "view_libraries"
    VIEW_COPIES = "view_copies"
    IMPORT_COPIES = "import_copies"
    VIEW_LOANS = "view_loans"
    WRITE_LOANS = "write_loans"
    SET_LOAN_RULES = "set_loan_rules"
    OPEN_PERSONAL_DATA = "open_personal_data"
    VIEW_SESSIONS = "view_sessions"
    READ_SHELVES = "read_shelves"
    SETTLE_FINDINGS = "settle_findings"
    PROPOSE_WEEDING = "propose_weeding"
    SET_WEEDING_RULES = "set_weeding_rules"
    DECIDE_WEEDING = "decide_weeding"
    VIEW_ROUNDS = "view_rounds"
    OPEN_ROUNDS = "open_rounds"
    GIVE_REASON = "give_reason"
    DRAW_SAMPLE = "draw_sample"
    READ_SAMPLE = "read_sample"
    PRINT_FORMS = "print_forms"
    VIEW_REPORTS = "view_reports"
    SUBMIT_REPORTS = "submit_reports"
    DECIDE_REPORTS = "decide_reports"
    GIVE_OPINIONS = "give_opinions"
    GATHER_REPORTS = "gather_reports"
    ANSWER_REPORTS = "answer_reports"
    CLOSE_CORRECTIONS = "close_corrections"
    VIEW_REQUESTS = "view_requests"
    HANDLE_REQUESTS = "handle_requests"
    ROUTE_REQUESTS = "route_requests"
    OPEN_SENDERS = "open_senders"
    ANNOUNCE_RETURN_DAYS = "announce_return_days"
    HAND_OUT_ACCOUNTS = "hand_out_accounts"
    MATCH_FILES = "match_files"
    USE_ADMIN = "use_admin"


_AT_THE_LIBRARY = frozenset(
    {
        Right.USE_DESK,
        Right.VIEW_LIBRARIES,
        Right.VIEW_COPIES,
        Right.IMPORT_COPIES,
        Right.VIEW_LOANS,
        Right.WRITE_LOANS,
        Right.OPEN_PERSONAL_DATA,
        Right.VIEW_SESSIONS,
        Right.READ_SHELVES,
        Right.SETTLE_FINDINGS,
        Right.PROPOSE_WEEDING,
        Right.VIEW_ROUNDS,
        Right.READ_SAMPLE,
        Right.PRINT_FORMS,
        Right.VIEW_REPORTS,
        Right.VIEW_REQUESTS,
        Right.HANDLE_REQUESTS,
        Right.OPEN_SENDERS,
        Right.ANNOUNCE_RETURN_DAYS,
        Right.MATCH_FILES,
    }
)
# Those above a library look and print; what a library holds is changed in the library only.
_ABOVE = frozenset(
    {
        Right.USE_DESK,
        Right.VIEW_LIBRARIES,
        Right.VIEW_COPIES,
        Right.VIEW_SESSIONS,
        Right.VIEW_ROUNDS,
        Right.PRINT_FORMS,
        Right.VIEW_REPORTS,
        Right.MATCH_FILES,
    }
)

RIGHTS: dict[str, frozenset[Right]] = {
    Role.LIBRARIAN: _AT_THE_LIBRARY,
    Role.LIBRARY_HEAD: _AT_THE_LIBRARY
    | {Right.SET_LOAN_RULES, Right.SET_WEEDING_RULES, Right.GIVE_REASON, Right.SUBMIT_REPORTS},
    # A sample is read by whoever didn't read the shelves; where nobody else works, by the county.
    Role.COUNTY_HEAD: _ABOVE
    | {
        Right.GIVE_REASON,
        Right.DRAW_SAMPLE,
        Right.READ_SAMPLE,
        Right.DECIDE_REPORTS,
        Right.GATHER_REPORTS,
    },
    # Who proposes doesn't decide, and who decides doesn't propose (directive 7-4).
    Role.PROVINCIAL_EXPERT: _ABOVE
    | {
        Right.VIEW_REQUESTS,
        Right.ROUTE_REQUESTS,  # what the line receives is the experts' first (spec R2)
        Right.OPEN_SENDERS,
        Right.HAND_OUT_ACCOUNTS,
        Right.DECIDE_WEEDING,
        Right.DECIDE_REPORTS,
        Right.GIVE_OPINIONS,
        Right.GATHER_REPORTS,  # sees what report 3 waits for; the director sends it
        Right.CLOSE_CORRECTIONS,
    },
    Role.DIRECTOR_GENERAL: _ABOVE
    | {Right.DECIDE_REPORTS, Right.GATHER_REPORTS, Right.CLOSE_CORRECTIONS},
    Role.RESOURCES_OFFICE: _ABOVE | {Right.OPEN_ROUNDS, Right.DECIDE_REPORTS, Right.ANSWER_REPORTS},
    Role.ADMINISTRATOR: frozenset({Right.USE_DESK, Right.USE_ADMIN}),
}


def role_has_right(role: str, right: Right) -> bool:
    """Whether a role carries a right; an unknown role carries none."""
    return right in RIGHTS.get(role, frozenset())

"""What a person at the shelf is told of a code the moment it is scanned (spec B1, B2).

The match of the whole reading decides later; this is its answer for one copy, by what is
known now.
"""

from shelfreading.domain.findings import Finding

# Standing on the shelf, by what the record said when the list was frozen.
_OF_STATUS = {
    "available": Finding.PRESENT,
    "binding": Finding.BACK_FROM_BINDER,
    "weeded": Finding.WEEDED_ON_SHELF,
    "missing": Finding.FOUND,
    "unreturned": Finding.FOUND,
}

WHAT_TO_DO: dict[Finding, str] = {
    Finding.PRESENT: "سر جای خود است.",
    Finding.ON_LOAN_ON_SHELF: "در سامانه در امانت است؛ برای ثبت بازگشت کنار بگذارید.",
    Finding.BACK_FROM_BINDER: "از صحافی بازگشته است؛ در قفسه بماند.",
    Finding.WEEDED_ON_SHELF: "وجین شده است؛ از قفسه بردارید.",
    Finding.FOUND: "گم‌شده یا برنگشته بود و پیدا شد؛ در قفسه بماند.",
    Finding.UNKNOWN: "این کد در هیچ فهرستی نیست؛ کتاب را کنار بگذارید.",
    Finding.REPEATED: "پیش‌تر در همین رف‌خوانی خوانده شده است.",
}


def answer_of_scan(
    status: str | None, *, on_loan: bool, known_elsewhere: bool, seen_before: bool
) -> Finding:
    """The class that a scan has by what is known now.

    `status` is the copy's in the frozen list, None where the code is not in it; then
    `known_elsewhere` says whether a copy off these shelves has it. `on_loan`: the records have
    it lent at this moment. A code seen before in the session is REPEATED whatever it is.
    """
    if seen_before:
        return Finding.REPEATED
    if status is None:
        return Finding.MISPLACED if known_elsewhere else Finding.UNKNOWN
    if status == "available" and on_loan:
        return Finding.ON_LOAN_ON_SHELF
    return _OF_STATUS[status]

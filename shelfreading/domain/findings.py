"""The classes of the match table (spec "What a match can find"): a name and a label each."""

from enum import StrEnum


class Finding(StrEnum):
    """What a reading says of an expected copy or of an observed code. Exactly one each."""

    PRESENT = "present"
    ON_LOAN = "on_loan"
    UNRETURNED = "unreturned"
    FOLLOW_UP_DUE = "follow_up_due"
    ON_LOAN_ON_SHELF = "on_loan_on_shelf"
    AT_BINDER = "at_binder"
    BACK_FROM_BINDER = "back_from_binder"
    MISSING = "missing"
    NOT_READ = "not_read"
    FOUND = "found"
    KNOWN_MISSING = "known_missing"
    WEEDED_ON_SHELF = "weeded_on_shelf"
    WEEDED = "weeded"
    MISPLACED = "misplaced"
    UNKNOWN = "unknown"
    REPEATED = "repeated"


LABELS: dict[Finding, str] = {
    Finding.PRESENT: "حاضر در قفسه",
    Finding.ON_LOAN: "در امانت",
    Finding.UNRETURNED: "برنگشته",
    Finding.FOLLOW_UP_DUE: "نیازمند پیگیری",
    Finding.ON_LOAN_ON_SHELF: "در امانت، ولی در قفسه",
    Finding.AT_BINDER: "در صحافی",
    Finding.BACK_FROM_BINDER: "بازگشته از صحافی",
    Finding.MISSING: "مفقود",
    Finding.NOT_READ: "قفسه خوانده نشده",
    Finding.FOUND: "پیدا شده",
    Finding.KNOWN_MISSING: "مفقود یا برنگشتهٔ پیشین",
    Finding.WEEDED_ON_SHELF: "وجین‌شده، ولی در قفسه",
    Finding.WEEDED: "وجین‌شده",
    Finding.MISPLACED: "جای نادرست",
    Finding.UNKNOWN: "ناشناخته",
    Finding.REPEATED: "تکرار خواندن",
}

# What follows from each, as a person would be told (directive 4 to 6).
CONSEQUENCES: dict[Finding, str] = {
    Finding.PRESENT: "تاریخ آخرین مشاهده ثبت می‌شود.",
    Finding.ON_LOAN: "کاری لازم نیست.",
    Finding.UNRETURNED: "وضعیت «برنگشته» می‌شود و به صورتجلسهٔ پنج می‌رود.",
    Finding.FOLLOW_UP_DUE: "دو ماه گذشته و پیگیری ثبت نشده است؛ باید تماس گرفته شود.",
    Finding.ON_LOAN_ON_SHELF: "بازگشت زده می‌شود و دیرکرد بخشوده می‌شود.",
    Finding.AT_BINDER: "جزء موجودی است؛ شمار آن گزارش می‌شود.",
    Finding.BACK_FROM_BINDER: "وضعیت «موجود» می‌شود.",
    Finding.MISSING: "پس از جست‌وجوی دوم، وضعیت «مفقود» می‌شود و به صورتجلسهٔ شش می‌رود.",
    Finding.NOT_READ: "قفسهٔ آن خوانده نشده است؛ هرگز مفقود شمرده نمی‌شود.",
    Finding.FOUND: "وضعیت «موجود» می‌شود.",
    Finding.KNOWN_MISSING: "همان که بود می‌ماند.",
    Finding.WEEDED_ON_SHELF: "از قفسه بیرون آورده شود.",
    Finding.WEEDED: "همان که بود می‌ماند.",
    Finding.MISPLACED: "به جای خود برده شود.",
    Finding.UNKNOWN: "در هیچ فهرستی نیست؛ بررسی شود.",
    Finding.REPEATED: "بی‌زیان است.",
}

OF_EXPECTED: tuple[Finding, ...] = tuple(Finding)[:13]
OF_OBSERVED: tuple[Finding, ...] = (Finding.MISPLACED, Finding.UNKNOWN, Finding.REPEATED)
# The expected copies that were seen.
SEEN: frozenset[Finding] = frozenset(
    {
        Finding.PRESENT,
        Finding.ON_LOAN_ON_SHELF,
        Finding.BACK_FROM_BINDER,
        Finding.FOUND,
        Finding.WEEDED_ON_SHELF,
    }
)

"""Libraries for the tests of reports 2 and 3."""

from datetime import date, timedelta

from reports.forms.gathered import LibraryRow, UnreadRow
from reports.forms.report_1 import Counts, Method
from reports.forms.seal import Seal

COUNTIES = ("همدان", "ملایر", "نهاوند", "تویسرکان", "اسدآباد")
NAMES = ("شهید بهشتی", "ابن‌سینا", "امام حسن مجتبی (ع) شهرک صنعتی بوعلی سینا و روستاهای آن")
METHODS: tuple[tuple[Method, ...], ...] = (("barcode",), ("list",), ("list", "barcode"))
FIRST_DAY = date(2026, 5, 1)

SEAL = Seal(
    url="https://rafkhan.example/reports/1234/",
    report="1234",
    revision=2,
    hash="9f2c04ab77e15d30" + "a" * 48,
    state="پذیرفته‌شده",
)


def libraries(count: int, counties: int = 1) -> tuple[LibraryRow, ...]:
    """`count` libraries that read, in as many counties, with numbers that differ."""
    return tuple(
        LibraryRow(
            name=f"{NAMES[at % len(NAMES)]} L{at}L",
            county=COUNTIES[at * counties // count],
            degree=at % 5 + 1,
            methods=METHODS[at % len(METHODS)],
            started_on=FIRST_DAY,
            ended_on=FIRST_DAY + timedelta(days=at % 9),
            copies=10_000 + at,
            counts=Counts(at, 2 * at, 3, 0, 5 + at, at % 7, 11),
        )
        for at in range(count)
    )


def unread(count: int, counties: int = 1) -> tuple[UnreadRow, ...]:
    """`count` libraries that did not read, every second without a reason."""
    return tuple(
        UnreadRow(
            name=f"بسته U{at}U",
            county=COUNTIES[at * counties // count],
            degree=2,
            reason="تعمیر ساختمان" if at % 2 == 0 else None,
        )
        for at in range(count)
    )

"""The code on a printed form: it leads to what the system knows of the report (spec B7).

Whoever holds the paper compares its hash with the one on the page that the code opens; a print
that was changed, or whose report has a newer revision, gives itself away.
"""

from dataclasses import dataclass

import segno
from django.utils.safestring import SafeString, mark_safe

from libraries.domain.printed import printed

HASH_LETTERS = 16
GROUP = 4
LEFT_TO_RIGHT_MARK = "\N{LEFT-TO-RIGHT MARK}"


@dataclass(frozen=True)
class Seal:
    """What a print says of the report it was made from.

    `url` is the whole address of the report's page, `report` its number, `hash` the frozen
    content's hash in hexadecimal letters, `state` the report's state in Persian when it was
    printed.
    """

    url: str
    report: str
    revision: int
    hash: str
    state: str

    @property
    def short_hash(self) -> str:
        """The hash's first sixteen letters, in groups of four: «9f2c 04ab 77e1 5d30»."""
        letters = self.hash[:HASH_LETTERS]
        return " ".join(letters[at : at + GROUP] for at in range(0, len(letters), GROUP))

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """What stands beside the code before the hash: labels and values, as printed."""
        return (
            ("شمارهٔ گزارش", printed(self.report)),
            ("ویراست", printed(self.revision)),
            ("وضعیت هنگام چاپ", printed(self.state)),
        )

    hash_label = "کد صحت‌سنجی"
    advice = "برای سنجش این برگ با نسخهٔ ثبت‌شده، کد را بخوانید یا این نشانی را باز کنید:"

    @property
    def line(self) -> str:
        """The same words on one line, for a spreadsheet."""
        facts = [f"{label}: {value}" for label, value in self.facts]
        facts.append(f"{self.hash_label}: {_left_to_right(self.short_hash)}")
        return f"{'، '.join(facts)}. {self.advice} {_left_to_right(self.url)}"

    @property
    def short_line(self) -> str:
        """What the pages after the first carry: number, revision and hash."""
        (_, report), (revision_label, revision), _ = self.facts
        return (
            f"گزارش {report}، {revision_label} {revision}، "
            f"{self.hash_label} {_left_to_right(self.short_hash)}"
        )

    @property
    def svg(self) -> SafeString:
        """The QR code of `url` as an inline drawing; its title is what a screen reader says."""
        code = segno.make_qr(self.url, error="m")
        title = f"کد دوبعدی نشانی گزارش {printed(self.report)}"
        return mark_safe(code.svg_inline(title=title, omitsize=True))  # segno escapes the title


def _left_to_right(text: str) -> str:
    """`text` held together in a Persian line: marks that every spreadsheet program knows."""
    return f"{LEFT_TO_RIGHT_MARK}{text}{LEFT_TO_RIGHT_MARK}"

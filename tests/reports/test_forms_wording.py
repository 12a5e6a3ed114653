"""The forms carry the directive's annexes word for word, in the directive's order."""

import html
import os
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from reports.forms import annex, minutes_5, minutes_6, report_1, report_2, report_3
from reports.pdf import to_pdf
from tests.reports.form_samples import HEADER, copies, letters, pages, words

# Typed from the directive, annex by annex; what is printed before a year («13») is left out.
ANNEXES = {
    "minutes-5": """
        پیوست یک:
        صورتجلسه‌ی شماره پنج: گزارش عدم بازگشت منابع از امانت
        کتابخانه عمومی: استان: شهرستان: شهر/ روستا: درجه: تاریخ:
        ردیف عنوان مؤلّف سال نشر شماره‌ی ثبت تاریخ ثبت شماره جلد شماره نسخه رده اصلی
        در تاریخ تعداد نسخه کتاب از کتابخانه در قالب موارد عدم بازگشت از امانت اعلام شد.
        کنترل و تأیید شد مسئول کتابخانه عمومی نام و نام خانوادگی تاریخ / امضا
        کنترل و تأیید شد رییس اداره‌ی شهرستان نام و نام خانوادگی تاریخ / امضا
    """,
    "minutes-6": """
        پیوست دو:
        صورتجلسه‌ی شماره شش: گزارش منابع مفقودی
        کتابخانه عمومی: استان: شهرستان: شهر/ روستا: درجه: تاریخ:
        ردیف عنوان مؤلّف سال نشر شماره‌ی ثبت تاریخ ثبت شماره جلد شماره نسخه رده اصلی
        نظر کارشناس منابع
        در تاریخ تعداد نسخه کتاب از کتابخانه در قالب منابع مفقودی اعلام شد.
        کنترل و تأیید شد مسئول کتابخانه عمومی نام و نام خانوادگی تاریخ / امضا
        کنترل و تأیید شد رییس اداره‌ی شهرستان نام و نام خانوادگی تاریخ / امضا
        بررسی و اعلام نظر شد کارشناس منابع استان نام و نام خانوادگی تاریخ / امضا
    """,
    "report-1": """
        پیوست سه:
        گزارش شماره یک: گزارش انجام رف‌خوانی کتابخانه
        رییس محترم اداره‌ی شهرستان
        با سلام
        به استحضار می‌رساند در تاریخ لغایت رف‌خوانی نسخه کتاب کتابخانه عمومی با درجه
        و با استفاده از:
        رف‌برگه‌دان فهرست نسخ نرم‌افزار مدیریّت بارکدخوان
        انجام شد و گزارش انجام آن به شرح ذیل همراه با ضمیمه‌های پیوستی:
        منابع وجینی (محتوایی) منابع وجینی (تکراری)
        منابع وجینی (فرسوده) منابع وجینی (بدون مخاطب)
        مفقودی عدم بازگشتی از امانت نیازمند صحّافی
        حضورتان ارسال می‌شود. خواهشمند است نسبت به بررسی فهرستهای پیوستی و صدور دستور مقتضی
        اقدام لازم را مبذول فرمایید.
        همکاران شرکت کننده در رف‌خوانی:
        تعداد نسخه وجین شده تعداد نسخه مفقود شده تعداد نسخه عدم بازگشت از امانت
        تعداد نسخه ارسالی به صحّافی
        محتوایی نسخ تکراری نسخ فرسوده بدون مخاطب
        مسئول کتابخانه عمومی نام و نام خانوادگی تاریخ / امضا
    """,
    "report-2": """
        پیوست سه:
        گزارش شماره دو: گزارش انجام رف‌خوانی کتابخانه‌های نهادی / مشارکتی شهرستان
        مدیر کل محترم کتابخانه‌های عمومی استان
        با سلام
        به پیوست گزارش انجام رف‌خوانی باب کتابخانه‌های عمومی شهرستان سال به شرح ذیل
        همراه با ضمیمه پیوستی در خصوص:
        منابع وجینی (محتوایی) منابع وجینی (تکراری)
        منابع وجینی (فرسوده) منابع وجینی (بدون مخاطب)
        مفقودی عدم بازگشتی از امانت نیازمند صحّافی
        به تفکیک کتابخانه‌های عمومی حضورتان ارسال می‌شود. خواهشمند است نسبت به صدور دستور
        مقتضی اقدام لازم را مبذول فرمایید. لازم به توضیح است در باب از کتابخانه‌های عمومی
        این شهرستان بنا به دلایل ذیل رف‌خوانی صورت نگرفته است.
        ردیف نام کتابخانه درجه روش رف‌خوانی بازه زمانی اجرا تعداد نسخه وجین شده مفقود شده
        عدم بازگشت از امانت ارسالی به صحّافی محتوایی نسخ تکراری نسخ فرسوده بدون مخاطب
        علت عدم انجام رف‌خوانی
        رییس اداره‌ی شهرستان نام و نام خانوادگی تاریخ / امضا
    """,
    "report-3": """
        پیوست چهار:
        گزارش شماره سه: گزارش انجام رف‌خوانی کتابخانه‌های نهادی/مشارکتی استان
        مدیر کل محترم منابع
        با سلام
        به پیوست گزارش انجام رف‌خوانی سال کتابخانه‌های عمومی استان به شرح ذیل
        همراه با ضمیمه پیوستی در خصوص:
        منابع وجینی (محتوایی) منابع وجینی (تکراری)
        منابع وجینی (فرسوده) منابع وجینی (بدون مخاطب)
        مفقودی عدم بازگشتی از امانت نیازمند صحّافی
        به تفکیک کتابخانه‌های عمومی حضورتان ارسال می‌شود. خواهشمند است نسبت به بررسی و صدور
        دستور مقتضی اقدام لازم را مبذول فرمایید. لازم به توضیح است باب از کتابخانه‌های عمومی
        این استان بنا به دلایل ذیل رف‌خوانی صورت نگرفته است.
        ردیف نام کتابخانه شهرستان درجه روش رف‌خوانی بازه زمانی اجرا تعداد نسخه وجین شده
        مفقود شده عدم بازگشت از امانت ارسالی به صحّافی
        محتوایی نسخ تکراری نسخ فرسوده بدون مخاطب
        علت عدم انجام رف‌خوانی
        مدیر کل استان نام و نام خانوادگی تاریخ / امضا
        رونوشت: اداره کل امور کتابخانه‌ها
    """,
}
BLANKS: dict[str, Callable[[], str]] = {
    "minutes-5": lambda: minutes_5.render_html(minutes_5.blank()),
    "minutes-6": lambda: minutes_6.render_html(minutes_6.blank()),
    "report-1": lambda: report_1.render_html(report_1.blank()),
    "report-2": lambda: report_2.render_html(report_2.blank()),
    "report-3": lambda: report_3.render_html(report_3.blank()),
}
WORKBOOKS: dict[str, Callable[[], bytes]] = {
    "minutes-5": lambda: minutes_5.to_xlsx(minutes_5.blank()),
    "minutes-6": lambda: minutes_6.to_xlsx(minutes_6.blank()),
    "report-1": lambda: report_1.to_xlsx(report_1.blank()),
    "report-2": lambda: report_2.to_xlsx(report_2.blank()),
    "report-3": lambda: report_3.to_xlsx(report_3.blank()),
}
# Where an annex begins in the directive; its third is printed twice, as reports 1 and 2.
ANNEX_HEAD = r"پیوست (?:یک|دو|سه|چهار):"


def body_text(document: str) -> str:
    """What a reader of the HTML sees."""
    body = document[document.index("<body") :]
    return html.unescape(re.sub(r"<[^>]*>", " ", body))


def once(found: list[str]) -> list[str]:
    """`found` with the words of the lines for unread libraries once: a blank has several lines."""
    line = " ".join(words("علت عدم انجام رف‌خوانی"))
    return re.sub(f"(?:{line} )+", f"{line} ", " ".join(found)).split()


@pytest.mark.parametrize("form", ANNEXES)
def test_blank_html_is_the_annex_word_for_word_and_in_its_order(form: str) -> None:
    assert once(words(body_text(BLANKS[form]()))) == words(ANNEXES[form])


@pytest.mark.pdf
@pytest.mark.parametrize("form", ANNEXES)
def test_every_word_of_the_annex_is_in_the_blank_pdf(form: str) -> None:
    (page,) = pages(to_pdf(BLANKS[form]()))
    own_words = {*words("صفحهٔ از")}
    assert set(words(page)) - own_words == set(words(ANNEXES[form])) - own_words


@pytest.mark.parametrize("form", ANNEXES)
def test_blank_excel_is_the_annex_word_for_word_and_in_its_order(form: str, tmp_path: Path) -> None:
    target = tmp_path / "form.xlsx"
    target.write_bytes(WORKBOOKS[form]())
    sheet = openpyxl.load_workbook(target).active
    texts = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
    expected = words(ANNEXES[form])
    if form.startswith("report"):
        assert once(words(" ".join(texts))) == expected
    else:  # Signatures stand side by side: Excel's rows run across the blocks.
        end = expected.index(letters("اعلام")) + 2
        got = words(" ".join(texts))
        assert got[:end] == expected[:end]
        assert sorted(got[end:]) == sorted(expected[end:])


@pytest.mark.parametrize("form", ANNEXES)
def test_the_words_typed_here_are_the_directive_s(form: str) -> None:
    default = Path(__file__).resolve().parents[3] / "shared"
    folder = Path(os.environ.get("RAFKHAN_SHARED", default)) / "seeds"
    found = sorted(folder.glob("003_*.txt"))
    if not found:
        pytest.skip("the directive's text is not beside this checkout")
    directive = found[0].read_text(encoding="utf-8").replace("™", " ")  # its check boxes
    parts = re.findall(rf"{ANNEX_HEAD}.*?(?={ANNEX_HEAD}|\Z)", directive, re.DOTALL)
    part = dict(zip(ANNEXES, parts, strict=True))[form]
    assert "".join(words(part)) == "".join(words(ANNEXES[form]))


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        ("content", "منابع وجینی (محتوایی)"),
        ("duplicate", "منابع وجینی (تکراری)"),
        ("worn", "منابع وجینی (فرسوده)"),
        ("no_audience", "منابع وجینی (بدون مخاطب)"),
        ("binding", "منابع نیازمند صحّافی"),
    ],
)
def test_an_annexed_list_is_minutes_5_with_its_own_title(kind: annex.AnnexKind, what: str) -> None:
    form = annex.AnnexList(kind, HEADER, copies(2), date(2026, 5, 30))
    text = " ".join(body_text(annex.render_html(form)).split())
    assert f"صورت {what}" in text
    assert f"تعداد ۲ نسخه کتاب از کتابخانه در قالب {what} اعلام شد." in text
    weeding = kind != "binding"
    assert ("نظر کارشناس منابع" in text) is weeding
    assert ("کارشناس منابع استان" in text) is weeding
    assert "رییس اداره‌ی شهرستان" in text

"""«وضعیت» and «لغو» in the ways people write them, and texts that say nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms_requests.domain.commands import Said, said_in

STATUS = """وضعیت|وضعيت؟|وَضعیت|سلام، وضعیت درخواستم چیست؟|وضعیت درخواست|پیگیری|پی‌گیری درخواست
پيگيري كتاب|کتابم چی شد؟|درخواست من به کجا رسید|سلام خسته نباشید کتابم آماده است؟|STATUS
کتاب من کجاست"""
CANCEL = """لغو|لغو.|لغــو|لغو درخواست|درخواستم لغو شود لطفاً|لغو کنید|کنسل|کنسل کنین ممنون|انصراف
انصراف می‌دهم|منصرف شدم|نمی‌خواهم|نميخوام|دیگر لازم ندارم، با تشکر|Cancel|درخواست قبلی را حذف کنید"""
NOTHING = """|   |👍|❤️🙏|؟؟؟|...|ممنون|خیلی ممنون 🌹|باشه، مرسی|ok|https://example.ir/x?y=1|www.example.com"""
SOMETHING = """سلام|کتاب|لطفاً کتاب|لغو قرارداد|لغو ۱۱|لغو 11|وضعیت آخرالزمان|وضعیت ۲|لغو عضویت
کتابخانه مرکزی لغو بردگی|وضعیت و لغو|انصراف از تحصیل|ممنون کتاب بوف کور رسید
کجا ممکن است پیدایش کنم"""

TABLE = [
    (text, said)
    for texts, said in (
        (STATUS, Said.STATUS), (CANCEL, Said.CANCEL), (NOTHING, Said.NOTHING), (SOMETHING, None),
    )
    for text in texts.replace("\n", "|").split("|")
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), TABLE)
def test_what_is_said(text: str, said: Said | None) -> None:
    assert said_in(text) == said


@given(st.text(max_size=200))
def test_any_text_is_taken(text: str) -> None:
    assert said_in(text) in {None, *Said}


@given(st.sampled_from([text for text, said in TABLE if said]), st.sampled_from("؟!. 👍\n"))
def test_marks_change_nothing(text: str, mark: str) -> None:
    assert said_in(text + mark) == said_in(text)

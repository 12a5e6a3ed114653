"""Finds the encoding of a text file and turns its bytes into text."""

import codecs
import re

from libraries.files.limits import Unreadable

_ARABIC = re.compile("[\u0600-\u06ff]")
_NOT_ASCII = re.compile("[^\x00-\x7f]")
# A reader may frame each code with STX, ETX, GS and the like; noise has all of them.
_CONTROLS = re.compile("[\x00\x01\x05-\x08\x0e-\x1b\x7f]")
# UTF-8 taken for Windows-1252 and stored again: "عنوان" has become "Ø¹Ù†ÙˆØ§Ù†".
_MOJIBAKE = re.compile("[\u00d8-\u00db][\u0080-\u00bf\u0152-\u0192\u02c6\u02dc\u2013-\u2122]")
# UTF-8 taken for Windows-1256: "عنوان" has become "ط¹ظ†ظˆط§ظ†", every second letter one of these.
_LEAD_BYTES = re.compile("[طظعغ]")
_QUESTION_RUN = re.compile(r"\?{3,}")

_PROBE = 200_000
"""Characters that are looked at to judge a text."""


def decode_text(content: bytes, filename: str) -> tuple[str, str, int]:
    """Return a text file's text, its encoding, and how many characters were unreadable.

    UTF-8 with and without a byte order mark, UTF-16 with one, and Windows-1256 are known.
    Raises Unreadable for bytes that are no text and for text whose letters are lost.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text, encoding = content.decode("utf-16", errors="replace"), "utf-16"
    elif content.startswith(codecs.BOM_UTF8):
        text, encoding = content.decode("utf-8-sig", errors="replace"), "utf-8-sig"
    else:
        text, encoding = _decode_unmarked(content)
    lost = text.count("\ufffd")
    probe = text[:_PROBE]
    _refuse_noise(probe, encoding, filename)
    _refuse_lost_letters(probe, filename)
    return text, encoding, lost


def _decode_unmarked(content: bytes) -> tuple[str, str]:
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        text = content.decode("utf-8", errors="replace")
    # A file cut in the middle of a letter is still UTF-8; Windows-1256 breaks everywhere.
    if text.count("\ufffd") * 20 < len(_NOT_ASCII.findall(text)):
        return text, "utf-8"
    return content.decode("windows-1256", errors="replace"), "windows-1256"


def _refuse_noise(probe: str, encoding: str, filename: str) -> None:
    foreign = _NOT_ASCII.findall(probe)
    controls = len(_CONTROLS.findall(probe))
    # Every byte means something in Windows-1256; only Persian makes mostly Arabic letters of it.
    guessed = encoding == "windows-1256" and len(foreign) > 2
    gibberish = guessed and len(_ARABIC.findall(probe)) < 0.6 * len(foreign)
    unreadable = probe.count("\ufffd") * 10 > len(probe)
    if controls * 50 > len(probe) or gibberish or unreadable:
        raise Unreadable(
            f"محتوای فایل «{filename}» متن خوانا نیست؛ "
            "آن را در اکسل باز کنید، با قالب xlsx یا «CSV UTF-8» ذخیره کنید و دوباره بفرستید."
        )


def _refuse_lost_letters(probe: str, filename: str) -> None:
    foreign = len(_NOT_ASCII.findall(probe))
    if _ARABIC.search(probe):
        lost = foreign > 10 and len(_LEAD_BYTES.findall(probe)) > 0.4 * foreign
    else:
        questions = sum(len(run) for run in _QUESTION_RUN.findall(probe))
        letters = sum(character.isalpha() for character in probe)
        mojibake = len(_MOJIBAKE.findall(probe)) * 2
        lost = (foreign > 10 and mojibake > 0.5 * foreign) or questions > max(20, letters)
    if lost:
        raise Unreadable(
            f"حروف فارسی فایل «{filename}» هنگام ذخیره از میان رفته است؛ "
            "آن را دوباره از برنامه‌اش با قالب xlsx یا «CSV UTF-8» خروجی بگیرید و بفرستید."
        )

"""Short texts that ask for nothing new: «وضعیت», «لغو», and those that say nothing at all.

A text is one of these only where all its words are: «لغو» stands in titles too.
"""

from collections.abc import Sequence
from enum import StrEnum

from sms_requests.domain.tokens import Shape, clean, letters_key, tokens_of


class Said(StrEnum):
    """What such a text says."""

    STATUS = "status"
    CANCEL = "cancel"
    NOTHING = "nothing"  # an emoji, marks, a bare link, «ممنون»: there is nothing to answer


def _keys(phrases: str) -> frozenset[str]:
    return frozenset(letters_key(phrase) for phrase in phrases.replace("\n", "،").split("،"))


_STATUS = _keys("""وضعیت، وضعیتم، پیگیری، پی گیری، رهگیری، چی شد، چه شد، چه شده، چی شده
    به کجا رسید، کجاست، در چه وضعیتی است، در چه حال است، آماده شد، آماده است، status""")
_CANCEL = _keys("""لغو، لغو شود، لغو شه، لغو بشه، لغو کن، لغو کنید، لغو کنین، لغو میکنم
    کنسل، کنسل شود، کنسل کن، کنسل کنید، کنسل کنین، کنسله، انصراف، انصراف می دهم، انصراف میدم
    انصراف دادم، انصراف دارم، منصرف، منصرف شدم، منصرفم، پشیمان شدم، نمی خواهم، نمیخوام
    نمیخوامش، دیگر نمی خواهم، دیگه نمیخوام، لازم ندارم، دیگر لازم ندارم، دیگه لازم ندارم
    حذف، حذف شود، حذف کنید، باطل، باطل شود، باطل کنید، cancel""")
_THANKS = _keys("""ممنون، ممنونم، خیلی ممنون، متشکر، متشکرم، تشکر، با تشکر، مرسی، سپاس
    با سپاس، سپاسگزارم، سپاسگزار، ممنون از شما، لطف کردید، دستتان درد نکند، دستتون درد نکنه
    خدا خیرتان بدهد، باشه، باشد، چشم، حتما، اوکی، ok، تمام، thanks، thank you""")
_BESIDE = _THANKS | _keys("""سلام، با سلام، سلام علیکم، درود، وقت بخیر، وقتتان بخیر
    روز بخیر، شب بخیر، صبح بخیر، عصر بخیر، خسته نباشید، لطفا، لطف کنید، درخواست، درخواستم
    درخواست من، درخواست کتاب، درخواست کتابم، کتاب، کتابم، کتاب من، کتاب امانتی، امانت، سفارش
    سفارشم، من، من را، را، رو، از، این، قبلی، آخر، آخرین، خود، خودم، بگویید، بگید، بفرمایید
    اعلام کنید، چیست، چیه، می خواستم، می خواهم، است، هست، و، ببخشید، آن، آن را""")
_LONGEST = 6  # words in the longest phrase


def said_in(text: str) -> Said | None:
    """What a short text says; None where it says something else and is to be parsed."""
    tokens = tokens_of(clean(text))
    if any(token.shape is Shape.NUMBER for token in tokens):
        return None
    keys = [token.key for token in tokens if token.shape is Shape.WORD]
    if _made_of(keys, _THANKS):
        return Said.NOTHING
    if _made_of(keys, _BESIDE):
        return None  # a greeting, «کتاب»: whoever begins so is told how to ask
    if _made_of(keys, _CANCEL | _BESIDE):
        return Said.CANCEL
    if _made_of(keys, _STATUS | _BESIDE):
        return Said.STATUS
    return None


def _made_of(keys: Sequence[str], phrases: frozenset[str]) -> bool:
    """Whether the words are these phrases through and through, whatever the spaces in them."""
    reached = {0}
    for i in range(len(keys)):
        if i in reached:
            ends = range(i + 1, min(i + _LONGEST, len(keys)) + 1)
            reached |= {end for end in ends if "".join(keys[i:end]) in phrases}
    return len(keys) in reached

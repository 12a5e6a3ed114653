"""What is written into the register book, and which catalogue cards come out (directive 3-3 ه,
5-2, 6-1): the paper that follows when a reading was applied."""

# By the status a copy got. The words are the directive's own.
REMARKS: dict[str, str] = {
    "missing": "مفقود شده",
    "unreturned": "بازنگشته",
    "weeded": "وجین شده",
}
FOUND_AGAIN = "پیدا شد"


def remark_of(before: str, after: str) -> str:
    """The remark for the register book, '' where nothing is to be written.

    A copy that turned up had a remark once; the new one takes it back.
    """
    if after == before:
        return ""
    if after == "available" and before in REMARKS:
        return FOUND_AGAIN
    return REMARKS.get(after, "")


def card_comes_out(after: str, copies_left: int) -> bool:
    """Whether the title's card leaves the public cabinets: its last copy is gone (directive 5-2 ج,
    6-1 د). While another copy stands there, the card stays and only the number is struck out.
    """
    return after in REMARKS and copies_left == 0

"""Finding phrases among words, whatever the spaces inside them."""

from collections.abc import Container, Sequence

from sms_requests.domain.tokens import Shape, Token
from sms_requests.domain.words import EMPTY, EMPTY_BEGIN, LONGEST_PHRASE


def phrase_at(
    tokens: Sequence[Token], i: int, phrases: Container[str], begin: Container[str]
) -> tuple[int, str]:
    """The number of words of the longest phrase that begins at a token, and its key; 0 if none.

    `begin` holds what the phrases begin with.
    """
    best = 0, ""
    joined = ""
    for length in range(1, LONGEST_PHRASE + 1):
        if i + length > len(tokens) or tokens[i + length - 1].shape is not Shape.WORD:
            break
        joined += tokens[i + length - 1].key
        if joined not in begin:
            break
        if joined in phrases:
            best = length, joined
    return best


def says_nothing(keys: Sequence[str]) -> bool:
    """Whether the words are greetings, thanks and empty words through and through."""
    reached = {0}
    for i in range(len(keys)):
        if i in reached:
            joined = ""
            for j in range(i, min(i + LONGEST_PHRASE, len(keys))):
                joined += keys[j]
                if joined not in EMPTY_BEGIN:
                    break
                if joined in EMPTY:
                    reached.add(j + 1)
    return len(keys) in reached


def begins_with(keys: Sequence[str], phrases: Container[str]) -> int:
    """The number of words of the longest phrase at the beginning; 0 if none."""
    for length in range(min(LONGEST_PHRASE, len(keys)), 0, -1):
        if "".join(keys[:length]) in phrases:
            return length
    return 0


def ends_with(keys: Sequence[str], phrases: Container[str]) -> int:
    """The number of words of the longest phrase at the end; 0 if none."""
    for length in range(min(LONGEST_PHRASE, len(keys)), 0, -1):
        if "".join(keys[-length:]) in phrases:
            return length
    return 0

"""Taking greetings, thanks and requests off what counts."""

from collections.abc import Sequence

from sms_requests.domain.chunks import Chunk
from sms_requests.domain.phrases import begins_with, ends_with, says_nothing
from sms_requests.domain.tokens import Token
from sms_requests.domain.words import (
    AFTER,
    AFTER_A_TITLES_GREETING,
    BEFORE,
    CONNECTING,
    IN_A_QUESTION,
    OBJECT_MARKS,
    REQUESTS,
)


def peel(chunk: Chunk, tokens: Sequence[Token]) -> None:
    """Take greetings, thanks and requests off the ends of a chunk; done where nothing is left."""
    keys = [tokens[i].key for i in chunk.words]
    if says_nothing(keys) and not chunk.is_quoted:
        chunk.words, chunk.is_done = [], True
        return
    if chunk.is_quoted:
        return
    first, last = 0, len(keys)
    asked = False
    while last > first:
        length = ends_with(keys[first:last], AFTER)
        if chunk.is_asked and not length and not asked:
            length = int(keys[last - 1] in IN_A_QUESTION)
        if length and last - length > first:
            chunk.is_statement |= keys[last - 1] == "هستم"
        elif last - first > 1 and keys[last - 1] in CONNECTING and (asked or chunk.is_open):
            length = 1
        else:
            break
        asked = True
        last -= length
        if keys[last] in OBJECT_MARKS:  # what stands before «را» is the thing asked, whole
            break
    if not chunk.is_sure:
        first = _after_greetings(keys, first, last)
        while asked and (length := begins_with(keys[first:last], REQUESTS)):
            if first + length >= last:
                break
            first = _after_greetings(keys, first + length, last)
    chunk.words = chunk.words[first:last]


def _after_greetings(keys: Sequence[str], first: int, last: int) -> int:
    while length := begins_with(keys[first:last], BEFORE):
        after = keys[first + length : last]
        if not after or (length == 1 and after[0] in AFTER_A_TITLES_GREETING):
            break
        first += length
    return first

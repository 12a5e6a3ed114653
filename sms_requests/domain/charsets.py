"""The bytes of a message as text."""

import codecs

# What a gateway calls bytes of which it knows nothing.
UNTOLD = {"", "8-bit", "binary"}


def decode_text(data: bytes, charset: str) -> tuple[str, bool]:
    """The text, and whether it is whole: False where bytes had to be replaced.

    `charset` is what the gateway says. Where it says nothing, or names none that is known, the
    bytes are read as UTF-8 and then as UTF-16, in which phones write Persian. NUL, which no
    database keeps, is left out.
    """
    for name in _candidates(data, charset.strip().lower()):
        try:
            text = data.decode(name).replace("\0", "")
            text.encode()  # some charsets hold halves of letters, which no database keeps
            return text, True
        except (UnicodeError, LookupError):  # also what only calls itself a charset, as hex
            continue
    return data.decode("utf-8", "replace").replace("\0", ""), False


def _candidates(data: bytes, charset: str) -> list[str]:
    if charset not in UNTOLD:
        try:
            return [codecs.lookup(charset).name]
        except LookupError:
            pass
    # Bytes below 0x20 are no letters in UTF-8, and every other byte in Persian UTF-16.
    has_controls = any(byte < 0x20 and byte not in b"\t\n\r" for byte in data)
    if has_controls and len(data) % 2 == 0:
        return ["utf-16-be", "utf-8"]
    return ["utf-8"]

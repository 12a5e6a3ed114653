"""The command card (spec B9): what a reader's codes say beside naming books.

A command acts on the book scanned last on the same device. The page at the shelf and a reader's
memory read codes by the same rules, so the same codes say the same (`interpret`).
"""

from collections.abc import Iterable
from dataclasses import dataclass

SCAN, MARK, NO_BARCODE, SHELF_END, UNDO = "scan", "mark", "no_barcode", "shelf_end", "undo"


@dataclass(frozen=True, slots=True)
class Command:
    """A barcode of the card: the kind of event it makes, for a mark what it says, its name."""

    code: str
    kind: str
    value: str
    label: str


# Digits only, since a reader types letters through whatever keyboard layout is on. Twelve with
# this beginning are neither an EAN (their check digits are wrong) nor a registration number.
CARD: tuple[Command, ...] = tuple(
    Command(f"9909909900{number:02d}", kind, value, label)
    for number, (kind, value, label) in enumerate(
        (
            (MARK, "weed_content", "وجین محتوایی"),
            (MARK, "weed_duplicate", "وجین تکراری"),
            (MARK, "weed_worn", "وجین فرسوده"),
            (MARK, "weed_no_audience", "وجین بدون مخاطب"),
            (MARK, "binding", "ارسال به صحافی"),
            (MARK, "spine_label", "برچسب عطف تازه"),
            (NO_BARCODE, "", "این کتاب بارکد ندارد"),
            (UNDO, "", "برگرداندن آخرین کار"),
            (SHELF_END, "", "پایان این قفسه"),
        ),
        start=1,
    )
)
COMMAND_OF: dict[str, Command] = {command.code: command for command in CARD}


@dataclass(frozen=True, slots=True)
class Action:
    """What one code of a device says. `about` is the index of the action it speaks of: the book
    that a mark marks, or what an undo takes back; None where there is nothing to speak of."""

    kind: str
    value: str
    about: int | None = None


def interpret(codes: Iterable[str]) -> list[Action]:
    """One action a code, in their order (spec B9).

    A code that is no command is a scan with the code as its value. Undo takes back the last
    thing that still stands, so two of them take back two things; a mark goes with its book.
    """
    actions: list[Action] = []
    standing: list[int] = []
    for index, code in enumerate(codes):
        command = COMMAND_OF.get(code)
        if command is None:
            action = Action(SCAN, code)
            standing.append(index)
        elif command.kind == UNDO:
            action = Action(UNDO, "", standing.pop() if standing else None)
        elif command.kind == MARK:
            action = Action(MARK, command.value, _last_book(actions, standing))
            standing.append(index)
        else:
            action = Action(command.kind, command.value)
            standing.append(index)
        actions.append(action)
    return actions


def _last_book(actions: list[Action], standing: list[int]) -> int | None:
    books = (index for index in reversed(standing) if actions[index].kind in {SCAN, NO_BARCODE})
    return next(books, None)

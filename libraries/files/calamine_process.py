"""Opens a workbook with python-calamine in a process of its own.

Run as a script by workbook.py, so it imports nothing of this project. A crafted workbook can
make the parser panic, loop, or ask for hundreds of gigabytes and abort; here that costs one
process under a limit on its memory and time, and never the server.

Arguments: the path, the memory limit in bytes, the limit on computing time in seconds. Standard
output is a sequence of marshalled tuples: ("sheet", name, height, filled rows, filled sheets),
then ("rows", list of rows of texts) as often as needed, then ("end",); or ("password",) or
("damaged",) in place of the rest.
"""

import datetime
import marshal
import math
import resource
import sys
from decimal import Decimal
from typing import Any

import python_calamine

_BATCH = 2_000


def cell_text(value: Any) -> str:
    """Return a cell's text: whole numbers plain, no exponents, dates as YYYY-MM-DD."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _number_text(value)
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time()
        return value.strftime("%Y-%m-%d" if midnight else "%Y-%m-%d %H:%M:%S")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, datetime.time):
        return value.strftime("%H:%M:%S")
    if isinstance(value, datetime.timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return str(value)


def _number_text(value: float) -> str:
    if not math.isfinite(value):
        return ""
    if value.is_integer():
        return str(int(value))
    # Fifteen digits are what Excel itself keeps and shows: 0.1 + 0.2 is 0.3 there.
    return format(Decimal(format(value, ".15g")), "f")


def _send(message: tuple[Any, ...]) -> None:
    marshal.dump(message, sys.stdout.buffer)


def _fullest_sheet(workbook: Any) -> tuple[Any, int, int]:
    """Return the sheet with the most filled rows, that number, and how many sheets hold any.

    A hidden sheet is taken only where all visible ones are empty.
    """
    best, best_rank, filled_sheets = None, (False, 0), 0
    for index, metadata in enumerate(workbook.sheets_metadata):
        if metadata.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        sheet = workbook.get_sheet_by_index(index)
        if sheet.start is None:
            continue
        filled = sum(any(cell != "" for cell in row) for row in sheet.iter_rows())
        filled_sheets += filled > 0
        rank = (filled > 0 and metadata.visible == python_calamine.SheetVisibleEnum.Visible, filled)
        if rank > best_rank:
            best, best_rank = sheet, rank
    return best, best_rank[1], filled_sheets


def _send_rows(sheet: Any) -> None:
    left_margin = [""] * sheet.start[1]
    numbers: dict[Any, str] = {}
    batch: list[list[str]] = []
    # Equal texts become one object, which marshal then sends once a batch.
    texts: dict[str, str] = {}
    for row in sheet.iter_rows():
        cells = []
        for value in row:
            if type(value) is not str:
                key = (type(value), value)
                text = numbers.get(key)
                if text is None:
                    text = numbers[key] = cell_text(value)
                value = text
            cells.append(texts.setdefault(value, value))
        batch.append(left_margin + cells)
        if len(batch) == _BATCH:
            _send(("rows", batch))
            batch, texts, numbers = [], {}, {}
    _send(("rows", batch))


def main(path: str, memory: int, seconds: int) -> None:
    """Send the fullest sheet of the workbook at ``path`` to standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        with python_calamine.CalamineWorkbook.from_path(path) as workbook:
            sheet, filled, filled_sheets = _fullest_sheet(workbook)
            if sheet is None:
                _send(("sheet", "", 0, 0, 0))
            else:
                _send(("sheet", sheet.name, sheet.start[0] + sheet.height, filled, filled_sheets))
                _send_rows(sheet)
        _send(("end",))
    except BrokenPipeError:
        raise
    except python_calamine.PasswordError:
        _send(("password",))
    except BaseException:  # a panic of the parser is no Exception
        _send(("damaged",))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))

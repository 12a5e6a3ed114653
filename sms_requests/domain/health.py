"""What health protocols ask for in preparing and handing over (spec R4), where a province set no
list of its own."""

PREPARING = (
    "کتاب سه روز از امانت پیشین دور مانده است",
    "جلد کتاب ضدعفونی شد",
    "کتاب در پاکت تمیز گذاشته شد",
)
HANDING_OVER = (
    "کتابدار و مراجعه‌کننده ماسک دارند",
    "فاصلهٔ ایمن در تحویل رعایت شد",
)


def items_of(own: str, usual: tuple[str, ...]) -> tuple[str, ...]:
    """The list that holds: a province's own, one item a line, or the usual one."""
    items = tuple(line.strip() for line in own.splitlines() if line.strip())
    return items or usual

"""The demo's texts: made-up people write to the line, and their texts go the usual way."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from libraries.models import Library
from loans.models import Member
from sms_requests.gateway import Incoming
from sms_requests.models import SmsLine
from sms_requests.services import message_take
from sms_requests.services.intake import messages_handle

LINE = "100045040"
MEMBERS = 5  # who ask for books


def made_up_id(number: int) -> str:
    """A national ID with a right check digit that is nobody's: its place of issue is 000."""
    digits = f"00000{number:04}"
    remainder = sum(int(digit) * (10 - i) for i, digit in enumerate(digits)) % 11
    return digits + str(remainder if remainder < 2 else 11 - remainder)


def make_line(libraries: Sequence[Library], now: datetime) -> None:
    """A line for the province of the demo's first two libraries, and a day of texts to it.

    The first members of the first library get made-up IDs.
    """
    library, other = libraries[:2]
    SmsLine.objects.create(number=LINE, province=library.county.province)
    members = list(Member.objects.filter(library=library).exclude(mobile="").order_by("pk"))
    members = members[:MEMBERS]
    for number, member in enumerate(members, start=1):
        member.national_id = made_up_id(number)
        member.save(update_fields=["national_id"])
    first, second, third, fourth, fifth = members
    texts = (
        (first.mobile, f"کتابخانه نمونه مرکزی، کد ملی {first.national_id}، کتاب سووشون"),
        # From the telephone of somebody else.
        ("09000000101", f"سلام لطفا کتاب مدیر مدرسه\n{second.national_id}\nکتابخانه نمونه مرکزی"),
        # Named another library than the one whose member this is.
        (third.mobile, f"كتابخانه {other.name} كد ملي {third.national_id} عنوان سگ ولگرد"),
        # Names no library.
        (fourth.mobile, f"کد ملی {fourth.national_id} کتاب زن زیادی را می‌خواستم"),
        ("09000000102", f"عضویت، نام: نسترن نمونه‌ای، کد ملی {made_up_id(102)}، نمونه مرکزی"),
        ("09000000103", "کتابخانه نمونه مرکزی کتاب سه قطره خون"),
        ("09000000104", "ساعت کار کتابخانه تا چند است؟"),
        ("09000000105", "نورمگز"),
        (fifth.mobile, f"کتابخانه نمونه مرکزی، کد ملی {fifth.national_id}، کتاب زنده به گور"),
        (fifth.mobile, "لغو"),
        (first.mobile, "وضعیت"),
    )
    for place, (sender, text) in enumerate(texts):
        came_at = now - timedelta(minutes=30 * (len(texts) - place))
        incoming = Incoming(f"demo-{place}", sender, LINE, text, "UTF-8", True, text)
        message_take(incoming=incoming, gateway="console", now=came_at)
        messages_handle(came_at)

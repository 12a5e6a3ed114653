"""What a request must hold before a library can begin with it."""

from sms_requests.domain.parse import Kind


def lacks_for_routing(kind: str, *, wanted: str, full_name: str) -> str:
    """What a library could not begin without, as a sentence; "" where nothing is lacking.

    A national ID is not asked for: the library can ask for it when it calls.
    """
    if kind not in {Kind.LOAN, Kind.MEMBERSHIP}:
        return "این نوع درخواست به کتابخانه نمی‌رود؛ نخست نوع آن را درست کنید یا درخواست را ببندید."
    if kind == Kind.LOAN and not wanted:
        return "عنوان کتاب معلوم نیست؛ پیش از ارجاع آن را بنویسید."
    if kind == Kind.MEMBERSHIP and not full_name:
        return "نام درخواست‌دهندهٔ عضویت معلوم نیست؛ پیش از ارجاع آن را بنویسید."
    return ""

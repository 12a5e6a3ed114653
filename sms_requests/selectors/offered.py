"""Which libraries a text may speak of: those of the province whose line it came to."""

from libraries.models import Library
from sms_requests.domain.library_names import LibraryNames
from sms_requests.domain.line_number import bare_line
from sms_requests.models import SmsLine

Rows = tuple[tuple[int, str], ...]
# An index takes a second to build for the whole country and a few hundredths for a province. The
# rows it was built of tell whether it still holds, in every process, whoever changed a name.
_built: dict[int | None, tuple[Rows, LibraryNames]] = {}


def province_of_line(to: str) -> int | None:
    """The id of the province whose line has this number; None where no province's has."""
    numbers = {to, bare_line(to)}
    found: int | None = (
        SmsLine.objects.filter(number__in=numbers).values_list("province_id", flat=True).first()
    )
    return found


def libraries_offered(province_id: int | None) -> LibraryNames:
    """The names of the libraries of a province, ready to be looked up; of all for None."""
    rows = Library.objects.order_by("pk")
    if province_id is not None:
        rows = rows.filter(county__province_id=province_id)
    named: Rows = tuple(rows.values_list("pk", "name"))
    kept = _built.get(province_id)
    if kept is None or kept[0] != named:
        kept = named, LibraryNames(named)
        _built[province_id] = kept
    return kept[1]

"""What a library's report says of the sample that was read again (spec B6)."""

from typing import Any

from django.utils import timezone

from shelfreading.domain.agreement import Agreement, agreement_words
from shelfreading.models import ReadingSession
from shelfreading.selectors.samples import sample_of, sample_result


def sample_content(session: ReadingSession) -> dict[str, Any] | None:
    """The agreement of the two readings as plain values, for a report's content; None where no
    sample was read to its end.

    `share`, `low` and `high` are per mille (None and the whole range where nothing could be
    compared); `words` says it in Persian, as the report's page prints it.
    """
    drawn = sample_of(session)
    result = sample_result(drawn) if drawn else None
    if drawn is None or result is None or drawn.done_at is None:
        return None
    found: Agreement = result.agreement
    low, high = found.interval
    return {
        "size": drawn.size,
        "population": drawn.population,
        "seed": drawn.seed,
        "compared": found.compared,
        "agreed": found.agreed,
        "away": result.away,
        "share": found.share,
        "low": low,
        "high": high,
        "read_on": timezone.localdate(drawn.done_at).isoformat(),
        "words": agreement_words(found),
    }

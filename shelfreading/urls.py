"""Addresses of the reading and of its findings."""

from shelfreading import (
    urls_findings,
    urls_map,
    urls_reading,
    urls_rounds,
    urls_samples,
    urls_weeding,
)

urlpatterns = [
    *urls_reading.urlpatterns,
    *urls_map.urlpatterns,
    *urls_findings.urlpatterns,
    *urls_rounds.urlpatterns,
    *urls_samples.urlpatterns,
    *urls_weeding.urlpatterns,
]

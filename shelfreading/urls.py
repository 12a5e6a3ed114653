"""Addresses of the reading and of its findings."""

from shelfreading import urls_findings, urls_reading

urlpatterns = [*urls_reading.urlpatterns, *urls_findings.urlpatterns]

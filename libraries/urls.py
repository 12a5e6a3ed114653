"""Addresses of places, copies and jobs."""

from django.urls import path

from libraries.views import copies, jobs, places

urlpatterns = [
    path("libraries/", places.libraries, name="libraries"),
    path("libraries/<int:library_id>/", places.library, name="library"),
    path("sections/<int:section_id>/order/", places.section_order, name="section-order"),
    path("copies/", copies.copies, name="copies"),
    path("copies/<int:copy_id>/", copies.copy, name="copy"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/<int:job_id>/", jobs.job, name="job"),
    path("jobs/<int:job_id>/result/", jobs.job_result, name="job-result"),
]

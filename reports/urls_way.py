"""Addresses of reports on their way."""

from django.urls import path

from reports import views_notices, views_prints, views_reports, views_review, views_sending

urlpatterns = [
    path("sessions/<int:session_id>/report/", views_sending.report_send, name="report-send"),
    path("reports/", views_reports.reports, name="reports"),
    path("reports/<int:report_id>/", views_reports.report, name="report"),
    path(
        "reports/<int:report_id>/revisions/<int:number>/",
        views_reports.report_revision,
        name="report-revision",
    ),
    path(
        "reports/<int:report_id>/revisions/<int:number>/copies/<slug:what>/",
        views_review.report_copies,
        name="report-copies",
    ),
    path(
        "reports/<int:report_id>/diff/<int:old>/<int:new>/",
        views_reports.report_diff,
        name="report-diff",
    ),
    path(
        "reports/<int:report_id>/revisions/<int:number>/<slug:slug>.<form_kind:kind>",
        views_prints.report_form,
        name="report-form",
    ),
    path(
        "reports/<int:report_id>/revisions/<int:number>/<slug:slug>/job/",
        views_prints.report_form_job,
        name="report-form-job",
    ),
    path(
        "reports/code/<uuid:public_id>/<int:number>/<slug:digest>/",
        views_prints.report_code,
        name="report-code",
    ),
    path("notices/", views_notices.notices, name="notices"),
    path("notices/read/", views_notices.notices_all_read, name="notices-read"),
    path("notices/<int:notice_id>/", views_notices.notice_open, name="notice-open"),
]

"""Addresses of reports 2 and 3, of the office's answer, and of the figures of a round."""

from django.urls import path

from reports import views_corrections, views_figures, views_gathered

urlpatterns = [
    path("rounds/<int:year>/gathered/<slug:kind>/", views_gathered.gathered, name="gathered"),
    path(
        "rounds/<int:year>/gathered/<slug:kind>/draft.<form_kind:ending>",
        views_gathered.gathered_draft,
        name="gathered-draft",
    ),
    path(
        "rounds/<int:year>/gathered/<slug:kind>/draft/job/",
        views_gathered.gathered_draft_job,
        name="gathered-draft-job",
    ),
    path("reports/<int:report_id>/answer/", views_corrections.report_answer, name="report-answer"),
    path("corrections/", views_corrections.corrections, name="corrections"),
    path("figures/", views_figures.figures_newest, name="figures-newest"),
    path("figures/<int:year>/", views_figures.figures, name="figures"),
    path("figures/<int:year>/job/", views_figures.figures_job, name="figures-job"),
    path("figures/<int:year>.xlsx", views_figures.figures_excel, name="figures-xlsx"),
    path(
        "figures/<int:year>/libraries/<int:library_id>/<slug:what>/",
        views_figures.figures_copies,
        name="figures-copies",
    ),
]

"""Addresses of the forms."""

from django.urls import include, path, register_converter

from reports import urls_rounds, views


class FormKind:
    """How a form leaves: as PDF or as Excel."""

    regex = "pdf|xlsx"

    def to_python(self, value: str) -> str:
        """The ending itself."""
        return value

    def to_url(self, value: str) -> str:
        """The ending itself."""
        return value


register_converter(FormKind, "form_kind")

urlpatterns = [
    path("sessions/<int:session_id>/forms/", views.session_forms, name="session-forms"),
    path(
        "sessions/<int:session_id>/forms/<slug:slug>.<form_kind:kind>",
        views.session_form,
        name="session-form",
    ),
    path(
        "sessions/<int:session_id>/forms/<slug:slug>/job/",
        views.session_form_job,
        name="session-form-job",
    ),
    path(
        "libraries/<int:library_id>/weeding/",
        views.weeding_lists,
        name="weeding-lists",
    ),
    path(
        "libraries/<int:library_id>/weeding/<slug:cause>/job/",
        views.weeding_list_job,
        name="weeding-list-job",
    ),
    path(
        "libraries/<int:library_id>/weeding/<slug:cause>.<form_kind:kind>",
        views.weeding_list,
        name="weeding-list",
    ),
    path("forms/blank/<slug:slug>.<form_kind:kind>", views.blank_form, name="blank-form"),
    *urls_rounds.urlpatterns,
    path("", include("reports.urls_way")),  # after the converter that it uses
    path("", include("reports.urls_rollup")),
]

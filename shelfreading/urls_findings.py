"""Addresses of what a reading found, of its end, and of matching two files."""

from django.urls import path

from shelfreading.views import (
    applying,
    closing,
    findings,
    found_elsewhere,
    match_files,
    remarks,
    second_look,
)

urlpatterns = [
    path("sessions/<int:session_id>/findings/", findings.findings, name="findings"),
    path(
        "sessions/<int:session_id>/findings/decide/",
        findings.findings_decide,
        name="findings-decide",
    ),
    path("sessions/<int:session_id>/findings.xlsx", findings.findings_excel, name="findings-xlsx"),
    path("sessions/<int:session_id>/moves/", findings.moves, name="moves"),
    path("sessions/<int:session_id>/moves.pdf", findings.moves_pdf, name="moves-pdf"),
    path("sessions/<int:session_id>/second-look/", second_look.second_look, name="second-look"),
    path(
        "sessions/<int:session_id>/second-look/rest/",
        second_look.second_look_end,
        name="second-look-rest",
    ),
    path(
        "sessions/<int:session_id>/second-look.pdf",
        second_look.second_look_pdf,
        name="second-look-pdf",
    ),
    path("found-elsewhere/", found_elsewhere.found_elsewhere, name="found-elsewhere"),
    path(
        "found-elsewhere/<int:copy_id>/back/",
        found_elsewhere.found_elsewhere_back,
        name="found-elsewhere-back",
    ),
    path("sessions/<int:session_id>/close/", closing.session_closing, name="session-close"),
    path("sessions/<int:session_id>/shelves/", closing.shelf_word, name="shelf-speak"),
    path("sessions/<int:session_id>/reopen/", closing.session_opening, name="session-reopen"),
    path("sessions/<int:session_id>/apply/", applying.session_apply, name="session-apply"),
    path("sessions/<int:session_id>/settle/", applying.settle, name="conflict-settle"),
    path("sessions/<int:session_id>/undo/", applying.session_undo, name="session-undo"),
    path("sessions/<int:session_id>/changes.xlsx", applying.changes_excel, name="changes-xlsx"),
    path("sessions/<int:session_id>/paper/", remarks.paper, name="paper"),
    path("match-files/", match_files.match_files, name="match-files"),
    path("match-files/<int:job_id>/", match_files.match_files_result, name="match-files-result"),
    path(
        "match-files/<int:job_id>/result.xlsx",
        match_files.match_files_download,
        name="match-files-download",
    ),
]

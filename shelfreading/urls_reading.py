"""Addresses of the reading itself."""

from django.urls import path

from shelfreading.views import (
    card_backs,
    cards,
    command_card,
    list_reading,
    scanning,
    sessions,
    uploads,
    worker,
)

urlpatterns = [
    path("sessions/", sessions.sessions, name="sessions"),
    path("sessions/new/", sessions.session_new, name="session-new"),
    path("sessions/worker.js", worker.reading_worker, name="reading-worker"),
    path("sessions/commands/", command_card.command_card, name="command-card"),
    path("sessions/<int:session_id>/", sessions.session, name="session"),
    path(
        "sessions/<int:session_id>/colleagues/",
        sessions.session_colleagues,
        name="session-colleagues",
    ),
    path("sessions/<int:session_id>/list/", list_reading.shelf_list, name="shelf-list"),
    path("sessions/<int:session_id>/list/tick/", list_reading.tick, name="tick"),
    path("sessions/<int:session_id>/list/pdf/", list_reading.shelf_list_pdf, name="shelf-list-pdf"),
    path(
        "sessions/<int:session_id>/list/xlsx/",
        list_reading.shelf_list_excel,
        name="shelf-list-xlsx",
    ),
    path("sessions/<int:session_id>/cards/", cards.cards, name="cards"),
    path("sessions/<int:session_id>/cards/titles.json", cards.card_titles, name="card-titles"),
    path(
        "sessions/<int:session_id>/cards/<int:copy_id>/",
        cards.card_correction,
        name="card-correction",
    ),
    path("sessions/<int:session_id>/cards/loans/", cards.loan_cards, name="loan-cards"),
    path("sessions/<int:session_id>/cards/backs/", card_backs.card_backs_print, name="card-backs"),
    path(
        "sessions/<int:session_id>/cards/backs/<int:title_id>/",
        card_backs.card_back,
        name="card-back",
    ),
    path("sessions/<int:session_id>/scan/", scanning.scan, name="scan"),
    path("sessions/<int:session_id>/scan/list.json", scanning.scan_list_json, name="scan-list"),
    path("sessions/<int:session_id>/scan/events/", scanning.scan_events, name="scan-events"),
    path("sessions/<int:session_id>/upload/", uploads.memory_upload, name="memory-upload"),
]

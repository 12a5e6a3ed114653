"""Addresses of what is done to rounds; the overview of a round is the reports'."""

from django.urls import path

from shelfreading.views import rounds

urlpatterns = [
    path("rounds/new/", rounds.round_new, name="round-new"),
    path("rounds/<int:year>/extend/", rounds.round_extension, name="round-extend"),
    path("rounds/<int:year>/take-in/", rounds.round_taking_in, name="round-take-in"),
    path("rounds/places/<int:place_id>/reason/", rounds.round_reason, name="round-reason"),
    path(
        "rounds/places/<int:place_id>/reason/back/",
        rounds.round_reason_back,
        name="round-reason-back",
    ),
]

"""Addresses of the rounds' overview."""

from django.urls import path

from reports import views_rounds

urlpatterns = [
    path("rounds/", views_rounds.rounds, name="rounds"),
    path("rounds/<int:year>/", views_rounds.round_page, name="round"),
    path("rounds/<int:year>.xlsx", views_rounds.round_excel, name="round-xlsx"),
]

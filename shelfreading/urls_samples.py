"""Addresses of samples."""

from django.urls import path

from shelfreading.views import samples

urlpatterns = [
    path("sessions/<int:session_id>/sample/", samples.sample, name="sample"),
    path("sessions/<int:session_id>/sample/draw/", samples.sample_drawing, name="sample-draw"),
    path("sessions/<int:session_id>/sample/read/", samples.sample_reading, name="sample-read"),
    path("sessions/<int:session_id>/sample/finish/", samples.sample_end, name="sample-finish"),
]

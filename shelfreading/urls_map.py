"""Addresses of the shelf map and of what came in late."""

from django.urls import path

from shelfreading.views import late, map

urlpatterns = [
    path("sessions/<int:session_id>/map/", map.session_map, name="map"),
    path("sessions/<int:session_id>/late/", late.late_scans, name="late-scans"),
    path("sessions/<int:session_id>/late/count/", late.late_counting, name="late-count"),
]

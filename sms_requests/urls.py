"""The addresses of lending by SMS. `sms/` is also what plain HTTP may reach (settings)."""

from django.urls import path

from sms_requests.views import gateway

urlpatterns = [
    path("sms/in/<str:token>/", gateway.message_in, name="sms-in"),
    path("sms/report/<str:token>/", gateway.delivery_report, name="sms-report"),
]

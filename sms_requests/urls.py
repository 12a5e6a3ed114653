"""The addresses of lending by SMS. `sms/` is also what plain HTTP may reach (settings)."""

from django.urls import path

from sms_requests.views import (
    days,
    gateway,
    joining,
    library,
    library_request,
    noormags,
    returning,
    routing,
    texts,
)

urlpatterns = [
    path("sms/in/<str:token>/", gateway.message_in, name="sms-in"),
    path("sms/report/<str:token>/", gateway.delivery_report, name="sms-report"),
    path("requests/", library.requests, name="requests"),
    path("requests/route/", routing.to_route, name="requests-to-route"),
    path("requests/route/day/", days.requests_day, name="requests-day"),
    path("requests/route/day.xlsx", days.requests_day_xlsx, name="requests-day-xlsx"),
    path("requests/route/libraries/", routing.libraries_matching, name="requests-libraries"),
    path("requests/<int:request_id>/route/", routing.request_page, name="request-route"),
    path("requests/<int:request_id>/route/open/", routing.request_open, name="request-route-open"),
    path("messages/", texts.texts, name="messages"),
    path("messages/<int:message_id>/again/", texts.text_again, name="message-again"),
    path("messages/<int:message_id>/", texts.text_request, name="message-request"),
    path("messages/<int:message_id>/open/", texts.text_open_page, name="message-open"),
    path("requests/<int:request_id>/", library_request.request_page, name="request"),
    path(
        "requests/<int:request_id>/step/<str:move>/",
        library_request.request_step,
        name="request-step",
    ),
    path(
        "requests/<int:request_id>/preview/<str:move>/",
        library_request.request_preview,
        name="request-preview",
    ),
    path(
        "requests/<int:request_id>/correct/",
        library_request.request_correction,
        name="request-correct",
    ),
    path(
        "requests/<int:request_id>/sender/",
        library_request.request_sender,
        name="request-sender",
    ),
    path("return-days/", returning.return_days, name="return-days"),
    path("return-days/new/", returning.return_days_new, name="return-days-new"),
    path("return-days/<int:announcement_id>/", returning.return_days_one, name="return-days-one"),
    path(
        "return-days/<int:announcement_id>/xlsx/",
        returning.return_days_xlsx,
        name="return-days-xlsx",
    ),
    path(
        "return-days/<int:announcement_id>/stop/",
        returning.return_days_stop,
        name="return-days-stop",
    ),
    path(
        "requests/<int:request_id>/membership/",
        joining.membership_request,
        name="membership-request",
    ),
    path(
        "requests/<int:request_id>/membership/open/",
        joining.membership_open,
        name="membership-open",
    ),
    path(
        "requests/<int:request_id>/membership/preview/",
        joining.membership_preview,
        name="membership-preview",
    ),
    path(
        "requests/<int:request_id>/membership/<str:do>/",
        joining.membership_step,
        name="membership-step",
    ),
    path("noormags/", noormags.noormags, name="noormags"),
    path("noormags/xlsx/", noormags.noormags_xlsx, name="noormags-xlsx"),
    path("noormags/import/", noormags.noormags_import, name="noormags-import"),
    path("noormags/new/", noormags.noormags_new, name="noormags-new"),
    path("noormags/<int:grant_id>/", noormags.noormags_grant, name="noormags-grant"),
    path("noormags/<int:grant_id>/show/", noormags.noormags_show, name="noormags-show"),
]

"""Every address with every role, against answers written by hand (spec "Who may do what")."""

from collections.abc import Iterator
from datetime import time, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, path, reverse
from django.utils import timezone

from config.urls import urlpatterns as real_urlpatterns
from libraries.models import CopiesList, Copy, Job
from libraries.rights import PUBLIC
from libraries.roles import Right, Role
from loans.models import BindingTrip, Loan, Member
from reports.forms import minutes_6
from reports.frozen import to_plain
from reports.models import Report
from shelfreading.models import ReadingSession, Round
from shelfreading.services.applying import findings_apply
from shelfreading.services.events import events_take
from shelfreading.services.findings import findings_compute
from shelfreading.services.samples import sample_draw
from shelfreading.services.sessions import session_close, session_start
from sms_requests.models import Mailing, MessageIn, MessageOut, ReturnAnnouncement
from sms_requests.models import Request as SmsRequest
from tests.cast import Cast, add_copies, make_library, make_user, numbered_calls
from tests.fresh_readings import scans
from tests.sms_requests.applications import a_grant, a_request
from tests.sms_requests.desk_requests import add_request

pytestmark = pytest.mark.django_db
ACTORS = (
    "librarian", "head", "county", "expert", "director", "office", "admin", "outsider", "anonymous",
)  # fmt: skip

# What a GET answers each actor, in the order of ACTORS: librarian, head | county, expert,
# director, office | admin | outsider | anonymous. The rows belong to the librarian's library;
# `outsider` is the librarian of another.
GET = {
    "desk":                   "200 200  200 200 200 200  200  200  302",
    "login":                  "200 200  200 200 200 200  200  200  200",
    "logout":                 "405 405  405 405 405 405  405  405  405",
    "password_change":        "200 200  200 200 200 200  200  200  302",
    "password_change_done":   "200 200  200 200 200 200  200  200  302",
    # Places, copies, long work. Who works in a library is taken to it.
    "libraries":              "302 302  200 200 200 200  403  302  302",
    "library":                "200 200  200 200 200 200  403  404  302",
    "section-order":          "405 405  403 403 403 403  403  405  302",
    "copies":                 "200 200  200 200 200 200  403  200  302",
    "copy":                   "200 200  200 200 200 200  403  404  302",
    "jobs":                   "200 200  200 200 200 200  200  200  302",
    "job":                    "200 404  404 404 404 404  404  404  302",
    "job-result":             "200 404  404 404 404 404  404  404  302",
    # Copies lists, loans, members: the library's own business.
    "copies-lists":           "200 200  403 403 403 403  403  200  302",
    "copies-list":            "200 200  403 403 403 403  403  404  302",
    "copies-list-columns":    "405 405  403 403 403 403  403  405  302",
    "copies-list-write":      "405 405  403 403 403 403  403  405  302",
    "copies-list-rejected":   "200 200  403 403 403 403  403  404  302",
    "bindings":               "200 200  403 403 403 403  403  200  302",
    "bindings-mark":          "405 405  403 403 403 403  403  405  302",
    "binding-back":           "405 405  403 403 403 403  403  405  302",
    "collection":             "200 200  200 200 200 200  403  404  302",
    "loans":                  "200 200  403 403 403 403  403  200  302",
    "loans-xlsx":             "200 200  403 403 403 403  403  200  302",
    "loans-desk":             "200 200  403 403 403 403  403  200  302",
    "loans-desk-lend":        "405 405  403 403 403 403  403  405  302",
    "loan-rules":             "403 200  403 403 403 403  403  403  302",
    "loan-calls":             "200 200  403 403 403 403  403  200  302",
    "loan-renew":             "405 405  403 403 403 403  403  405  302",
    "loan-fee":               "405 405  403 403 403 403  403  405  302",
    "loan-unreturned":        "405 405  403 403 403 403  403  405  302",
    "loan-new":               "200 200  403 403 403 403  403  200  302",
    "loan":                   "200 200  403 403 403 403  403  404  302",
    "loan-return":            "405 405  403 403 403 403  403  405  302",
    "loan-follow-up":         "405 405  403 403 403 403  403  405  302",
    "loan-forgive":           "405 405  403 403 403 403  403  405  302",
    "members":                "200 200  403 403 403 403  403  200  302",
    "member-new":             "200 200  403 403 403 403  403  200  302",
    "member":                 "200 200  403 403 403 403  403  404  302",
    "member-open":            "405 405  403 403 403 403  403  405  302",
    "member-active":          "405 405  403 403 403 403  403  405  302",
    "member-call":            "200 200  403 403 403 403  403  404  302",
    "member-phone":           "405 405  403 403 403 403  403  405  302",
    # Readings: those above look, the library reads. A script is told 401, not sent to log in.
    "sessions":               "200 200  200 200 200 200  403  200  302",
    "session-new":            "200 200  403 403 403 403  403  200  302",
    "session":                "200 200  200 200 200 200  403  404  302",
    "session-colleagues":     "200 200  403 403 403 403  403  404  302",
    "shelf-list":             "200 200  200 200 200 200  403  404  302",
    "tick":                   "405 405  403 403 403 403  403  405  302",
    "shelf-list-pdf":         "405 405  405 405 405 405  403  405  302",
    "shelf-list-xlsx":        "405 405  405 405 405 405  403  405  302",
    "command-card":           "200 200  403 403 403 403  403  200  302",
    "cards":                  "200 200  403 403 403 403  403  404  302",
    "card-correction":        "200 200  403 403 403 403  403  404  302",
    "card-titles":            "200 200  403 403 403 403  403  404  302",
    "loan-cards":             "200 200  403 403 403 403  403  404  302",
    "card-backs":             "405 405  405 405 405 405  403  405  302",
    "card-back":              "200 200  200 200 200 200  403  404  302",
    "scan":                   "200 200  403 403 403 403  403  404  302",
    "scan-list":              "200 200  403 403 403 403  403  404  401",
    "scan-events":            "405 405  403 403 403 403  403  405  401",
    "reading-worker":         "200 200  200 200 200 200  200  200  200",
    "memory-upload":          "200 200  403 403 403 403  403  404  302",
    # Findings and what follows. A decision's address sends who comes by GET back to the page.
    "findings":               "200 200  200 200 200 200  403  404  302",
    "findings-decide":        "302 302  403 403 403 403  403  404  302",
    "findings-xlsx":          "200 200  200 200 200 200  403  404  302",
    "moves":                  "200 200  200 200 200 200  403  404  302",
    "moves-pdf":              "200 200  200 200 200 200  403  404  302",
    "second-look":            "200 200  200 200 200 200  403  404  302",
    "second-look-rest":       "200 200  403 403 403 403  403  404  302",
    "second-look-pdf":        "200 200  200 200 200 200  403  404  302",
    "found-elsewhere":        "200 200  200 200 200 200  403  200  302",
    "found-elsewhere-back":   "405 405  403 403 403 403  403  405  302",
    "map":                    "200 200  200 200 200 200  403  404  302",
    "late-scans":             "200 200  200 200 200 200  403  404  302",
    "late-count":             "405 405  403 403 403 403  403  405  302",
    "session-close":          "200 200  403 403 403 403  403  404  302",
    "shelf-speak":            "405 405  403 403 403 403  403  405  302",
    "session-reopen":         "405 405  403 403 403 403  403  405  302",
    "session-apply":          "200 200  200 200 200 200  403  404  302",
    "conflict-settle":        "405 405  403 403 403 403  403  405  302",
    "session-undo":           "200 200  403 403 403 403  403  404  302",
    "paper":                  "200 200  200 200 200 200  403  404  302",
    # Weeding: the library proposes, the provincial expert decides.
    "weeding":                "200 200  200 200 200 200  403  200  302",
    "weeding-xlsx":           "200 200  200 200 200 200  403  200  302",
    "weeding-accepted-xlsx":  "200 200  403 403 403 403  403  200  302",
    "weeding-propose":        "200 200  403 403 403 403  403  200  302",
    "weeding-withdraw":       "405 405  403 403 403 403  403  405  302",
    "weeding-rules":          "200 200  403 403 403 403  403  200  302",
    "weeding-limits":         "403 200  403 403 403 403  403  403  302",
    "weeding-decide":         "403 403  403 200 403 403  403  403  302",
    "weeding-decide-all":     "403 403  403 302 403 403  403  403  302",
    "weeding-lists":          "200 200  200 200 200 200  403  404  302",
    "weeding-list":           "200 200  200 200 200 200  403  404  302",
    "weeding-list-job":       "405 405  405 405 405 405  403  405  302",
    "copy-weeding":           "405 405  403 403 403 403  403  405  302",
    "changes-xlsx":           "200 200  200 200 200 200  403  404  302",
    "match-files":            "200 200  200 200 200 200  403  200  302",
    "match-files-result":     "200 404  404 404 404 404  403  404  302",
    "match-files-download":   "200 404  404 404 404 404  403  404  302",
    # Rounds: who opens them, who gives a reason, and everybody's overview.
    "rounds":                 "200 200  200 200 200 200  403  200  302",
    "round":                  "200 200  200 200 200 200  403  200  302",
    "round-xlsx":             "200 200  200 200 200 200  403  200  302",
    "round-new":              "403 403  403 403 403 200  403  403  302",
    "round-extend":           "403 403  403 403 403 200  403  403  302",
    "round-take-in":          "403 403  403 403 403 405  403  403  302",
    "round-reason":           "403 200  200 403 403 403  403  403  302",
    "round-reason-back":      "403 405  405 403 403 403  403  403  302",
    # A sample: the county head draws it, who didn't read the shelves reads it.
    "sample":                 "200 200  200 200 200 200  403  404  302",
    "sample-draw":            "403 403  200 403 403 403  403  403  302",
    "sample-read":            "302 200  200 403 403 403  403  404  302",
    "sample-finish":          "302 200  200 403 403 403  403  404  302",
    # Forms.
    "session-forms":          "200 200  200 200 200 200  403  404  302",
    "session-form":           "200 200  200 200 200 200  403  404  302",
    "session-form-job":       "405 405  405 405 405 405  403  405  302",
    "blank-form":             "200 200  200 200 200 200  403  200  302",
    # The SMS gateway knows a token; whoever doesn't, finds nothing.
    "sms-in":                 "404 404  404 404 404 404  404  404  404",
    "sms-report":             "404 404  404 404 404 404  404  404  404",
    # Return days: the library's own business.
    "return-days":            "200 200  403 403 403 403  403  200  302",
    "return-days-new":        "200 200  403 403 403 403  403  200  302",
    "return-days-one":        "200 200  403 403 403 403  403  404  302",
    "return-days-xlsx":       "200 200  403 403 403 403  403  404  302",
    "return-days-stop":       "302 302  403 403 403 403  403  404  302",
    # Lending by SMS: what the province's expert routes, and the texts of the line.
    "requests-to-route":      "403 403  403 200 403 403  403  403  302",
    "requests-day":           "403 403  403 200 403 403  403  403  302",
    "requests-day-xlsx":      "403 403  403 200 403 403  403  403  302",
    "requests-libraries":     "403 403  403 200 403 403  403  403  302",
    "request-route":          "403 403  403 200 403 403  403  403  302",
    "request-route-open":     "403 403  403 405 403 403  403  403  302",
    "messages":               "403 403  403 200 403 403  403  403  302",
    "message-request":        "403 403  403 200 403 403  403  403  302",
    "message-again":          "403 403  403 405 403 403  403  403  302",
    "message-open":           "403 403  403 405 403 403  403  403  302",
    # Requests by SMS: the library's to work on, the province's expert's to see.
    "requests":               "200 200  403 200 403 403  403  200  302",
    "request":                "200 200  403 200 403 403  403  404  302",
    "request-step":           "405 405  403 403 403 403  403  405  302",
    "request-preview":        "405 405  403 403 403 403  403  405  302",
    "request-correct":        "405 405  403 403 403 403  403  405  302",
    "request-sender":         "405 405  403 405 403 403  403  405  302",
    # Applications for membership are the library's; Noormags accounts the province's expert's.
    "membership-request":    "200 200  403 200 403 403  403  404  302",
    "membership-open":       "405 405  403 405 403 403  403  405  302",
    "membership-preview":    "405 405  403 403 403 403  403  405  302",
    "membership-step":       "405 405  403 403 403 403  403  405  302",
    "noormags":              "403 403  403 200 403 403  403  403  302",
    "noormags-xlsx":         "403 403  403 200 403 403  403  403  302",
    "noormags-import":       "403 403  403 200 403 403  403  403  302",
    "noormags-new":          "403 403  403 200 403 403  403  403  302",
    "noormags-grant":        "403 403  403 200 403 403  403  403  302",
    "noormags-show":         "403 403  403 405 403 403  403  403  302",
    # Reports on their way; the report is the library's, the notice the librarian's.
    "report-send":            "200 200  200 200 200 200  403  404  302",
    "reports":                "200 200  200 200 200 200  403  200  302",
    "report":                 "200 200  200 200 200 200  403  404  302",
    "report-revision":        "302 302  302 302 302 302  403  404  302",
    "report-copies":          "200 200  200 200 200 200  403  404  302",
    "report-diff":            "200 200  200 200 200 200  403  404  302",
    "report-form":            "200 200  200 200 200 200  403  404  302",
    "report-form-job":        "405 405  405 405 405 405  403  405  302",
    "report-code":            "200 200  200 200 200 200  403  404  302",
    "notices":                "200 200  200 200 200 200  403  200  302",
    "notices-read":           "405 405  405 405 405 405  403  405  302",
    "notice-open":            "405 405  405 405 405 405  403  405  302",
    # Reports 2 and 3 before they are sent, the office's answer, a round in figures.
    "gathered":               "403 403  200 200 200 403  403  403  302",
    "gathered-draft":         "403 403  200 200 200 403  403  403  302",
    "gathered-draft-job":     "403 403  405 405 405 403  403  403  302",
    "report-answer":          "403 403  403 403 403 200  403  403  302",
    "corrections":            "403 403  403 200 200 403  403  403  302",
    "figures-newest":         "302 302  302 302 302 302  403  302  302",
    "figures":                "200 200  200 200 200 200  403  200  302",
    "figures-xlsx":           "200 200  200 200 200 302  403  200  302",
    "figures-job":            "405 405  405 405 405 405  403  405  302",
    "figures-copies":         "200 200  200 200 200 200  403  404  302",
}  # fmt: skip

# What an empty POST answers. `ok`: the view looked at it; what it then said is its own affair
# (a sentence, a redirection, 405 where there is nothing to post).
POST = {
    "desk":                   "ok  ok   ok  ok  ok  ok   ok   ok   302",
    "login":                  "ok  ok   ok  ok  ok  ok   ok   ok   200",
    "logout":                 "ok  ok   ok  ok  ok  ok   ok   ok   302",
    "password_change":        "ok  ok   ok  ok  ok  ok   ok   ok   302",
    "password_change_done":   "ok  ok   ok  ok  ok  ok   ok   ok   302",
    "libraries":              "ok  ok   ok  ok  ok  ok   403  ok   302",
    "library":                "ok  ok   ok  ok  ok  ok   403  404  302",
    "section-order":          "ok  ok   403 403 403 403  403  404  302",
    "copies":                 "ok  ok   ok  ok  ok  ok   403  ok   302",
    "copy":                   "ok  ok   ok  ok  ok  ok   403  404  302",
    "jobs":                   "ok  ok   ok  ok  ok  ok   ok   ok   302",
    "job":                    "ok  404  404 404 404 404  404  404  302",
    "job-result":             "ok  404  404 404 404 404  404  404  302",
    "copies-lists":           "ok  ok   403 403 403 403  403  ok   302",
    "copies-list":            "ok  ok   403 403 403 403  403  404  302",
    "copies-list-columns":    "ok  ok   403 403 403 403  403  404  302",
    "copies-list-write":      "ok  ok   403 403 403 403  403  404  302",
    "copies-list-rejected":   "ok  ok   403 403 403 403  403  404  302",
    "bindings":               "ok  ok   403 403 403 403  403  ok   302",
    "bindings-mark":          "ok  ok   403 403 403 403  403  ok   302",
    "binding-back":           "ok  ok   403 403 403 403  403  404  302",
    "collection":             "405 405  405 405 405 405  403  405  302",
    "loans":                  "ok  ok   403 403 403 403  403  ok   302",
    "loans-xlsx":             "ok  ok   403 403 403 403  403  ok   302",
    "loans-desk":             "ok  ok   403 403 403 403  403  ok   302",
    "loans-desk-lend":        "404 404  403 403 403 403  403  404  302",
    "loan-rules":             "403 ok   403 403 403 403  403  403  302",
    "loan-calls":             "ok  ok   403 403 403 403  403  ok   302",
    "loan-renew":             "ok  ok   403 403 403 403  403  404  302",
    "loan-fee":               "ok  ok   403 403 403 403  403  404  302",
    "loan-unreturned":        "ok  ok   403 403 403 403  403  404  302",
    "loan-new":               "ok  ok   403 403 403 403  403  ok   302",
    "loan":                   "ok  ok   403 403 403 403  403  404  302",
    "loan-return":            "ok  ok   403 403 403 403  403  404  302",
    "loan-follow-up":         "ok  ok   403 403 403 403  403  404  302",
    "loan-forgive":           "ok  ok   403 403 403 403  403  404  302",
    "members":                "ok  ok   403 403 403 403  403  ok   302",
    "member-new":             "ok  ok   403 403 403 403  403  ok   302",
    "member":                 "ok  ok   403 403 403 403  403  404  302",
    "member-open":            "ok  ok   403 403 403 403  403  404  302",
    "member-active":          "ok  ok   403 403 403 403  403  404  302",
    "member-call":            "ok  ok   403 403 403 403  403  404  302",
    "member-phone":           "ok  ok   403 403 403 403  403  404  302",
    "sessions":               "ok  ok   ok  ok  ok  ok   403  ok   302",
    "session-new":            "ok  ok   403 403 403 403  403  ok   302",
    "session":                "ok  ok   ok  ok  ok  ok   403  404  302",
    "session-colleagues":     "ok  ok   403 403 403 403  403  404  302",
    "shelf-list":             "ok  ok   ok  ok  ok  ok   403  404  302",
    "tick":                   "ok  ok   403 403 403 403  403  404  302",
    "shelf-list-pdf":         "ok  ok   ok  ok  ok  ok   403  404  302",
    "shelf-list-xlsx":        "ok  ok   ok  ok  ok  ok   403  404  302",
    "command-card":           "ok  ok   403 403 403 403  403  ok   302",
    "cards":                  "ok  ok   403 403 403 403  403  404  302",
    "card-correction":        "ok  ok   403 403 403 403  403  404  302",
    "card-titles":            "405 405  403 403 403 403  403  405  302",
    "loan-cards":             "ok  ok   403 403 403 403  403  404  302",
    "card-backs":             "ok  ok   ok  ok  ok  ok   403  404  302",
    "card-back":              "405 405  405 405 405 405  403  405  302",
    "scan":                   "ok  ok   403 403 403 403  403  404  302",
    "scan-list":              "405 405  403 403 403 403  403  405  401",
    "scan-events":            "ok  ok   403 403 403 403  403  404  401",
    "reading-worker":         "405 405  405 405 405 405  405  405  405",
    "memory-upload":          "ok  ok   403 403 403 403  403  404  302",
    "findings":               "405 405  405 405 405 405  403  405  302",
    "findings-decide":        "ok  ok   403 403 403 403  403  404  302",
    "findings-xlsx":          "405 405  405 405 405 405  403  405  302",
    "moves":                  "405 405  405 405 405 405  403  405  302",
    "moves-pdf":              "ok  ok   ok  ok  ok  ok   403  404  302",
    "second-look":            "ok  ok   403 403 403 403  403  404  302",
    "second-look-rest":       "ok  ok   403 403 403 403  403  404  302",
    "second-look-pdf":        "ok  ok   ok  ok  ok  ok   403  404  302",
    "found-elsewhere":        "405 405  405 405 405 405  403  405  302",
    "found-elsewhere-back":   "ok  ok   403 403 403 403  403  404  302",
    "map":                    "405 405  405 405 405 405  403  405  302",
    "late-scans":             "405 405  405 405 405 405  403  405  302",
    "late-count":             "ok  ok   403 403 403 403  403  404  302",
    "session-close":          "ok  ok   403 403 403 403  403  404  302",
    "shelf-speak":            "ok  ok   403 403 403 403  403  404  302",
    "session-reopen":         "ok  ok   403 403 403 403  403  404  302",
    "session-apply":          "ok  ok   403 403 403 403  403  404  302",
    "conflict-settle":        "ok  ok   403 403 403 403  403  404  302",
    "session-undo":           "ok  ok   403 403 403 403  403  404  302",
    "paper":                  "ok  ok   403 403 403 403  403  404  302",
    "weeding":                "405 405  405 405 405 405  403  405  302",
    "weeding-xlsx":           "405 405  405 405 405 405  403  405  302",
    "weeding-accepted-xlsx":  "405 405  403 403 403 403  403  405  302",
    "weeding-propose":        "ok  ok   403 403 403 403  403  ok   302",
    "weeding-withdraw":       "ok  ok   403 403 403 403  403  ok   302",
    "weeding-rules":          "ok  ok   403 403 403 403  403  ok   302",
    "weeding-limits":         "403 ok   403 403 403 403  403  403  302",
    "weeding-decide":         "403 403  403 ok  403 403  403  403  302",
    "weeding-decide-all":     "403 403  403 ok  403 403  403  403  302",
    "weeding-lists":          "405 405  405 405 405 405  403  405  302",
    "weeding-list":           "405 405  405 405 405 405  403  405  302",
    "weeding-list-job":       "ok  ok   ok  ok  ok  ok   403  404  302",
    "copy-weeding":           "ok  ok   403 403 403 403  403  404  302",
    "changes-xlsx":           "405 405  405 405 405 405  403  405  302",
    "match-files":            "ok  ok   ok  ok  ok  ok   403  ok   302",
    "match-files-result":     "405 405  405 405 405 405  403  405  302",
    "match-files-download":   "405 405  405 405 405 405  403  405  302",
    "rounds":                 "405 405  405 405 405 405  403  405  302",
    "round":                  "405 405  405 405 405 405  403  405  302",
    "round-xlsx":             "405 405  405 405 405 405  403  405  302",
    "round-new":              "403 403  403 403 403 ok   403  403  302",
    "round-extend":           "403 403  403 403 403 ok   403  403  302",
    "round-take-in":          "403 403  403 403 403 ok   403  403  302",
    "round-reason":           "403 ok   ok  403 403 403  403  403  302",
    "round-reason-back":      "403 ok   ok  403 403 403  403  403  302",
    "sample":                 "ok  ok   ok  ok  ok  ok   403  404  302",
    "sample-draw":            "403 403  ok  403 403 403  403  403  302",
    "sample-read":            "ok  ok   ok  403 403 403  403  404  302",
    "sample-finish":          "ok  ok   ok  403 403 403  403  404  302",
    "session-forms":          "ok  ok   ok  ok  ok  ok   403  404  302",
    "session-form":           "ok  ok   ok  ok  ok  ok   403  404  302",
    "session-form-job":       "ok  ok   ok  ok  ok  ok   403  404  302",
    "blank-form":             "ok  ok   ok  ok  ok  ok   403  ok   302",
    "sms-in":                 "404 404  404 404 404 404  404  404  404",
    "sms-report":             "404 404  404 404 404 404  404  404  404",
    "return-days":            "ok  ok   403 403 403 403  403  ok   302",
    "return-days-new":        "ok  ok   403 403 403 403  403  ok   302",
    "return-days-one":        "ok  ok   403 403 403 403  403  405  302",
    "return-days-xlsx":       "ok  ok   403 403 403 403  403  405  302",
    "return-days-stop":       "ok  ok   403 403 403 403  403  404  302",
    "requests-to-route":      "403 403  403 ok  403 403  403  403  302",
    "requests-day":           "403 403  403 ok  403 403  403  403  302",
    "requests-day-xlsx":      "403 403  403 ok  403 403  403  403  302",
    "requests-libraries":     "403 403  403 ok  403 403  403  403  302",
    "request-route":          "403 403  403 ok  403 403  403  403  302",
    "request-route-open":     "403 403  403 ok  403 403  403  403  302",
    "messages":               "403 403  403 ok  403 403  403  403  302",
    "message-request":        "403 403  403 ok  403 403  403  403  302",
    "message-again":          "403 403  403 ok  403 403  403  403  302",
    "message-open":           "403 403  403 ok  403 403  403  403  302",
    "requests":               "ok  ok   403 ok  403 403  403  ok   302",
    "request":                "405 405  403 405 403 403  403  405  302",
    "request-step":           "ok  ok   403 403 403 403  403  404  302",
    "request-preview":        "ok  ok   403 403 403 403  403  404  302",
    "request-correct":        "ok  ok   403 403 403 403  403  404  302",
    "request-sender":         "ok  ok   403 ok  403 403  403  404  302",
    "membership-request":    "ok  ok   403 ok  403 403  403  ok   302",
    "membership-open":       "ok  ok   403 ok  403 403  403  404  302",
    "membership-preview":    "ok  ok   403 403 403 403  403  404  302",
    "membership-step":       "ok  ok   403 403 403 403  403  404  302",
    "noormags":              "403 403  403 ok  403 403  403  403  302",
    "noormags-xlsx":         "403 403  403 ok  403 403  403  403  302",
    "noormags-import":       "403 403  403 ok  403 403  403  403  302",
    "noormags-new":          "403 403  403 ok  403 403  403  403  302",
    "noormags-grant":        "403 403  403 ok  403 403  403  403  302",
    "noormags-show":         "403 403  403 ok  403 403  403  403  302",
    "report-send":            "403 ok   403 403 403 403  403  404  302",
    "reports":                "405 405  405 405 405 405  403  405  302",
    "report":                 "403 403  ok  ok  ok  ok   403  404  302",
    "report-revision":        "405 405  405 405 405 405  403  405  302",
    "report-copies":          "403 403  403 ok  403 403  403  404  302",
    "report-diff":            "405 405  405 405 405 405  403  405  302",
    "report-form":            "405 405  405 405 405 405  403  405  302",
    "report-form-job":        "ok  ok   ok  ok  ok  ok   403  404  302",
    "report-code":            "405 405  405 405 405 405  403  405  302",
    "notices":                "405 405  405 405 405 405  403  405  302",
    "notices-read":           "ok  ok   ok  ok  ok  ok   403  ok   302",
    "notice-open":            "ok  404  404 404 404 404  403  404  302",
    "gathered":               "403 403  ok  ok  ok  403  403  403  302",
    "gathered-draft":         "403 403  405 405 405 403  403  403  302",
    "gathered-draft-job":     "403 403  ok  ok  ok  403  403  403  302",
    "report-answer":          "403 403  403 403 403 ok   403  403  302",
    "corrections":            "403 403  403 404 404 403  403  403  302",
    "figures-newest":         "405 405  405 405 405 405  403  405  302",
    "figures":                "405 405  405 405 405 405  403  405  302",
    "figures-xlsx":           "405 405  405 405 405 405  403  405  302",
    "figures-job":            "ok  ok   ok  ok  ok  ok   403  ok   302",
    "figures-copies":         "405 405  405 405 405 405  403  405  302",
}  # fmt: skip
OK = {200, 302, 400, 405, 409, 422}


def patterns(
    resolver: URLResolver | None = None, names: tuple[str, ...] = ()
) -> Iterator[tuple[URLPattern, tuple[str, ...]]]:
    """Every address of ours with the namespaces it stands in; Django admin guards itself."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLPattern):
            yield entry, names
        elif entry.app_name != "admin":
            yield from patterns(entry, (*names, *filter(None, [entry.namespace])))


def url_names() -> set[str]:
    return {":".join((*spaces, str(entry.name))) for entry, spaces in patterns()}


def test_every_address_is_in_both_tables_and_has_a_name() -> None:
    assert "None" not in url_names()
    assert url_names() == set(GET) == set(POST)


def test_every_view_declares_its_right() -> None:
    for entry, _ in patterns():
        declared = getattr(entry.callback, "declared_right", None)
        assert declared == PUBLIC or declared in set(Right), entry
    public = {entry.name for entry, _ in patterns() if entry.callback.declared_right == PUBLIC}
    # The worker is only code: a browser renews it with nobody logged in. The SMS gateway has no
    # account: it knows a token.
    assert public == {"login", "logout", "reading-worker", "sms-in", "sms-report"}


# --- the walk -----------------------------------------------------------------------


def a_session(cast: Cast, *, closed: bool = False, applied: bool = False) -> ReadingSession:
    now = timezone.now()
    session = session_start(
        actor=cast.librarian, name="رف‌خوانی نمونه", method="barcode", section_ids=[], now=now
    )
    copies = [expected.copy for expected in session.expected.select_related("copy")]
    events_take(session_id=session.pk, events=scans(copies[1:]), actor=cast.librarian, now=now)
    if closed or applied:
        session_close(session_id=session.pk, actor=cast.librarian, now=now)
        findings_compute(session_id=session.pk, actor=cast.librarian, now=now)
    if applied:
        findings_apply(session_id=session.pk, actor=cast.librarian, now=now)
    return session


def csv(name: str, *lines: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, "\n".join(lines).encode())


@pytest.fixture
def places(cast: Cast, client: Client) -> dict[str, str]:
    """The address behind each name, on rows of the librarian's library."""
    copies = add_copies(cast.library, numbered_calls(6))
    now = timezone.now()
    applied, closed, reading = (
        a_session(cast, applied=True).pk,
        a_session(cast, closed=True).pk,
        a_session(cast).pk,
    )
    cabinet = ReadingSession.objects.create(
        library=cast.library, name="برگه‌دان", method="cards", started_at=now,
        started_by=cast.librarian, expected_count=1,
    )  # fmt: skip
    cabinet.expected.create(
        copy=copies[0], position=0, rank=0, shelf_run=0, code="1", status="available"
    )
    member = Member.objects.create(library=cast.library, full_name="عضو", search_name="عضو")
    loan = Loan.objects.create(
        copy=copies[3], member=member, lent_at=now - timedelta(days=40),
        due_on=timezone.localdate() - timedelta(days=26),
    )  # fmt: skip
    trip = BindingTrip.objects.create(
        copy=copies[4], sent_on=timezone.localdate(), sent_by=cast.librarian
    )
    copies_list = CopiesList.objects.create(
        library=cast.library, uploaded_by=cast.librarian, uploaded_at=now, filename="list.xlsx",
        file=ContentFile(b"-", "list.xlsx"), rejected=ContentFile(b"-", "rejected.xlsx"),
        state=CopiesList.State.REFUSED, error="خوانده نشد",
    )  # fmt: skip
    job = Job.objects.create(
        label="کار", owner=cast.librarian, library=cast.library, created_at=now, finished_at=now,
        state=Job.State.DONE, result=ContentFile(b"-", "x.txt"), result_name="x.txt",
    )  # fmt: skip
    client.force_login(cast.librarian)
    header = "شماره ثبت,عنوان,بارکد,شماره راهنما,وضعیت"
    files = {
        "copies": csv("copies.csv", header, "1,کتاب,1000000001,100/1 الف,موجود"),
        "scans": csv("scans.txt", "1000000001"),
    }
    answer = client.post(reverse("match-files"), files)
    assert answer.status_code == 302, answer.content.decode()
    match = Job.objects.latest("pk").pk
    client.logout()
    asked = Round.objects.create(
        year=1400, circular_number="1", circular_on=timezone.localdate(), kinds=[],
        opens_on=timezone.localdate(), closes_on=timezone.localdate(), opened_by=cast.office,
        opened_at=now,
    )  # fmt: skip
    place = asked.libraries.create(library=cast.library)
    sample_draw(session_id=closed, size=2, actor=cast.county, now=now)
    report = Report.objects.create(
        level="library", session_id=applied, library=cast.library, county=cast.library.county,
        province=cast.library.county.province, library_kind="institutional", state="submitted",
        since=now, revision=1,
    )  # fmt: skip
    report.revisions.create(
        number=1, content={"forms": {"minutes-6": to_plain(minutes_6.blank())}}, digest="0" * 64,
        submitted_by=cast.head, submitted_at=now,
    )  # fmt: skip
    notice = report.notices.create(user=cast.librarian, text="خبر", at=now)
    announcement = ReturnAnnouncement.objects.create(
        library=cast.library, created_at=now, created_by=cast.librarian,
        mailing=Mailing.objects.create(
            opens_at=time(9), closes_at=time(20), batch_size=1, batch_minutes=1, ends_at=now
        ),
    )  # fmt: skip
    announcement.days.create(on=timezone.localdate(now), opens_at=time(9), closes_at=time(12))
    in_report = {"report_id": report.pk, "number": 1}
    third = Report.objects.create(
        level="province", round=asked, province=cast.director.province, state="submitted",
        library_kind="institutional", since=now,
    )  # fmt: skip
    texts = [
        MessageIn.objects.create(
            gateway="console", key=f"{number}", raw="x", received_at=now, handle_after=now
        )
        for number in range(2)
    ]
    garbled = texts[0]
    unrouted = SmsRequest.objects.create(
        message=texts[1], kind="loan", state="unrouted", since=now, created_at=now,
        province=cast.expert.province,
    )  # fmt: skip
    silent = MessageOut.objects.create(
        to="09120000001", text="x", parts=1, created_at=now, next_try_at=now, state="failed"
    )
    of_kind = {"year": 1400, "kind": "participatory"}
    application, grant = a_request(cast.library), a_grant(cast.expert)
    asked = add_request(cast.library)
    arguments: dict[str, dict[str, Any]] = {
        "report": {"report_id": report.pk},
        "report-revision": in_report,
        "report-copies": in_report | {"what": "missing"},
        "report-diff": {"report_id": report.pk, "old": 1, "new": 1},
        "report-form": in_report | {"slug": "minutes-6", "kind": "xlsx"},
        "report-form-job": in_report | {"slug": "minutes-6"},
        "report-code": {"public_id": report.public_id, "number": 1, "digest": "0" * 16},
        "notice-open": {"notice_id": notice.pk},
        **dict.fromkeys(("gathered", "gathered-draft-job"), of_kind),
        "gathered-draft": of_kind | {"ending": "xlsx"},
        "report-answer": {"report_id": third.pk},
        **dict.fromkeys(("figures", "figures-xlsx", "figures-job"), {"year": 1400}),
        "figures-copies": {"year": 1400, "library_id": cast.library.pk, "what": "missing"},
        **dict.fromkeys(("round", "round-xlsx", "round-extend", "round-take-in"), {"year": 1400}),
        **dict.fromkeys(("round-reason", "round-reason-back"), {"place_id": place.pk}),
        "library": {"library_id": cast.library.pk},
        "collection": {"library_id": cast.library.pk},
        "binding-back": {"trip_id": trip.pk},
        "weeding-lists": {"library_id": cast.library.pk},
        "weeding-list-job": {"library_id": cast.library.pk, "cause": "worn"},
        "weeding-list": {"library_id": cast.library.pk, "cause": "worn", "kind": "xlsx"},
        "copy-weeding": {"copy_id": copies[0].pk},
        "section-order": {"section_id": cast.library.sections.all()[0].pk},
        "copy": {"copy_id": copies[0].pk},
        "found-elsewhere-back": {"copy_id": copies[0].pk},
        "job": {"job_id": job.pk},
        "job-result": {"job_id": job.pk},
        "match-files-result": {"job_id": match},
        "match-files-download": {"job_id": match},
        "blank-form": {"slug": "minutes-5", "kind": "xlsx"},
        "membership-request": {"request_id": application.pk},
        "membership-open": {"request_id": application.pk},
        "membership-preview": {"request_id": application.pk},
        "membership-step": {"request_id": application.pk, "do": "approve"},
        **dict.fromkeys(("noormags-grant", "noormags-show"), {"grant_id": grant.pk}),
        **dict.fromkeys(("request", "request-correct", "request-sender"), {"request_id": asked.pk}),
        **dict.fromkeys(
            ("request-step", "request-preview"), {"request_id": asked.pk, "move": "close"}
        ),
        "request-route": {"request_id": unrouted.pk},
        "request-route-open": {"request_id": unrouted.pk},
        "message-request": {"message_id": garbled.pk},
        "message-open": {"message_id": garbled.pk},
        "message-again": {"message_id": silent.pk},
        **dict.fromkeys(
            ("return-days-one", "return-days-xlsx", "return-days-stop"),
            {"announcement_id": announcement.pk},
        ),
        "sms-in": {"token": "a-guess"},
        "sms-report": {"token": "a-guess"},
        "cards": {"session_id": cabinet.pk},
        "card-correction": {"session_id": cabinet.pk, "copy_id": copies[0].pk},
        "card-titles": {"session_id": cabinet.pk},
        "loan-cards": {"session_id": cabinet.pk},
        "card-backs": {"session_id": cabinet.pk},
        "card-back": {"session_id": cabinet.pk, "title_id": copies[0].title_id},
        "session-form": {"session_id": applied, "slug": "minutes-6", "kind": "xlsx"},
        "session-form-job": {"session_id": applied, "slug": "minutes-6"},
    }
    of_session = dict.fromkeys(
        ("session", "session-colleagues", "shelf-list", "tick", "shelf-list-pdf",
         "shelf-list-xlsx", "scan", "scan-events", "memory-upload", "session-close", "shelf-speak",
         "scan-list", "map", "late-scans", "late-count"),
        reading,
    ) | dict.fromkeys(
        ("findings", "findings-decide", "findings-xlsx", "moves", "moves-pdf", "second-look",
         "second-look-rest", "second-look-pdf", "session-reopen",
         "session-apply", "conflict-settle", "report-send",
         "sample", "sample-draw", "sample-read", "sample-finish"),
        closed,
    ) | dict.fromkeys(
        ("session-undo", "changes-xlsx", "paper", "session-forms"), applied
    )  # fmt: skip
    arguments |= {name: {"session_id": pk} for name, pk in of_session.items()}
    for name in GET:
        if name.startswith("copies-list") and name != "copies-lists":
            arguments[name] = {"list_id": copies_list.pk}
        elif name in {
            *("loan", "loan-return", "loan-renew", "loan-follow-up", "loan-forgive", "loan-fee"),
            "loan-unreturned",
        }:
            arguments[name] = {"loan_id": loan.pk}
        elif name in {"member", "member-open", "member-active", "member-call", "member-phone"}:
            arguments[name] = {"member_id": member.pk}
    return {name: reverse(name, kwargs=arguments.get(name)) for name in GET}


def walk(cast: Cast, places: dict[str, str], method: str) -> dict[str, dict[str, HttpResponse]]:
    """What every address answers every actor; each asked in the same unchanged world."""
    users = {**cast.everyone, "anonymous": None}
    answers: dict[str, dict[str, HttpResponse]] = {}
    for actor in ACTORS:
        client = Client(raise_request_exception=True)
        for name, url in places.items():
            with transaction.atomic():
                if users[actor]:
                    client.force_login(users[actor])
                answers.setdefault(name, {})[actor] = getattr(client, method)(url)
                transaction.set_rollback(True)
    return answers


def differing(
    table: dict[str, str], answers: dict[str, dict[str, HttpResponse]]
) -> list[tuple[str, str, str, int]]:
    wrong = []
    for name, row in table.items():
        for actor, wanted in zip(ACTORS, row.split(), strict=True):
            got = answers[name][actor].status_code
            if not (got in OK if wanted == "ok" else got == int(wanted)):
                wrong.append((name, actor, wanted, got))
    return wrong


@pytest.mark.slow
def test_every_address_answers_every_role_as_the_table_says(
    cast: Cast, places: dict[str, str]
) -> None:
    answers = walk(cast, places, "get")
    assert differing(GET, answers) == []
    for name, by_actor in answers.items():
        for actor, answer in by_actor.items():
            if answer.status_code == 302:
                to_login = answer.headers["Location"].startswith("/login/")
                assert to_login == (actor == "anonymous"), (name, actor)
            if answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html"):
                assert 'lang="fa"' in answer.content.decode(), (name, actor)


@pytest.mark.slow
def test_posting_to_every_address_answers_every_role_as_the_table_says(
    cast: Cast, places: dict[str, str]
) -> None:
    answers = walk(cast, places, "post")
    assert differing(POST, answers) == []


def test_a_refusal_says_so_in_persian_and_tells_nothing_of_the_row(
    cast: Cast, places: dict[str, str]
) -> None:
    client = Client()
    client.force_login(cast.outsider)
    missing = client.get(reverse("copy", kwargs={"copy_id": 10**9}))
    outside = client.get(places["copy"])
    assert missing.status_code == outside.status_code == 404
    number = Copy.objects.filter(library=cast.library).values_list("barcode", flat=True)[0]
    assert number not in outside.content.decode()
    client.force_login(cast.county)
    refused = client.get(places["loans"])
    assert "نقش شما" in refused.content.decode()


OF_ONE_READING = (
    "report", "report-revision", "report-copies", "report-diff", "report-form", "report-form-job",
    "report-code", "report-send", "sample", "sample-draw", "sample-read", "sample-finish",
    "round-reason", "round-reason-back", "figures-copies", "notice-open",
)  # fmt: skip


def test_to_the_next_countys_head_a_guessed_number_leads_nowhere(
    cast: Cast, places: dict[str, str]
) -> None:
    library = make_library("NEXT", cast.library.county.province.name, "شهرستان همسایه")
    client = Client()
    client.force_login(make_user("next-county", Role.COUNTY_HEAD, county=library.county))
    for name in OF_ONE_READING:
        answers = {client.get(places[name]).status_code, client.post(places[name]).status_code}
        # 403, 405: not for this role, or not this way, whatever the number.
        assert 404 in answers or answers == {403}, (name, answers)
        assert answers <= {403, 404, 405}, (name, answers)


def test_who_is_no_longer_active_is_nobody(cast: Cast, places: dict[str, str]) -> None:
    client = Client()
    client.force_login(cast.librarian)
    assert client.get(places["copy"]).status_code == 200
    cast.librarian.is_active = False
    cast.librarian.save()
    assert client.get(places["copy"]).status_code == 302


def test_forms_are_guarded_against_other_sites(cast: Cast, places: dict[str, str]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.librarian)
    # A gateway sends no cookie and no form of ours: its token guards those two.
    for name in POST:
        if name not in {"login", "sms-in", "sms-report"}:
            assert client.post(places[name]).status_code in {403, 405}, name


# --- a view that nobody thought about -------------------------------------------------


def forgotten(request: HttpRequest) -> HttpResponse:
    return HttpResponse(BytesIO(b"secret").getvalue())


urlpatterns = [path("forgotten/", forgotten, name="forgotten"), *real_urlpatterns]


@override_settings(ROOT_URLCONF=__name__)
def test_a_view_with_no_declared_right_is_refused_to_everyone(cast: Cast) -> None:
    client = Client()
    assert client.get("/forgotten/").status_code == 403
    for user in cast.everyone.values():
        client.force_login(user)
        answer = client.get("/forgotten/")
        assert answer.status_code == 403
        assert b"secret" not in answer.content
    assert "forgotten" in url_names()

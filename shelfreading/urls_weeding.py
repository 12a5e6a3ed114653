"""Addresses of weeding: proposing, and the expert's desk."""

from django.urls import path

from shelfreading.views import weeding, weeding_decide, weeding_rules

urlpatterns = [
    path("weeding/", weeding.weeding, name="weeding"),
    path("weeding/xlsx/", weeding.weeding_excel, name="weeding-xlsx"),
    path("weeding/accepted.xlsx", weeding.weeding_accepted_excel, name="weeding-accepted-xlsx"),
    path("weeding/propose/", weeding.weeding_propose, name="weeding-propose"),
    path("weeding/withdraw/", weeding.weeding_withdraw, name="weeding-withdraw"),
    path("weeding/rules/", weeding_rules.weeding_rules, name="weeding-rules"),
    path("weeding/limits/", weeding_rules.weeding_limits, name="weeding-limits"),
    path("weeding/decide/", weeding_decide.weeding_decide, name="weeding-decide"),
    path("weeding/decide/all/", weeding_decide.weeding_decide_all, name="weeding-decide-all"),
    path("copies/<int:copy_id>/weeding/", weeding.copy_weeding, name="copy-weeding"),
]

"""Addresses of copies lists, loans and members."""

from django.urls import path

from loans.views import lists, loans, members

urlpatterns = [
    path("lists/", lists.copies_lists, name="copies-lists"),
    path("lists/<int:list_id>/", lists.copies_list, name="copies-list"),
    path("lists/<int:list_id>/columns/", lists.copies_list_columns, name="copies-list-columns"),
    path("lists/<int:list_id>/write/", lists.copies_list_write, name="copies-list-write"),
    path("lists/<int:list_id>/rejected/", lists.copies_list_rejected, name="copies-list-rejected"),
    path("loans/", loans.loans, name="loans"),
    path("loans/new/", loans.loan_new, name="loan-new"),
    path("loans/<int:loan_id>/", loans.loan, name="loan"),
    path("loans/<int:loan_id>/return/", loans.loan_back, name="loan-return"),
    path("loans/<int:loan_id>/follow-up/", loans.loan_follow_up, name="loan-follow-up"),
    path("loans/<int:loan_id>/forgive/", loans.loan_forgive, name="loan-forgive"),
    path("members/", members.members, name="members"),
    path("members/new/", members.member_new, name="member-new"),
    path("members/<int:member_id>/", members.member, name="member"),
    path("members/<int:member_id>/open/", members.member_personal, name="member-open"),
]

"""Addresses of copies lists, loans and members."""

from django.urls import path

from loans.views import binding, calls, collection, desk, lists, loan, loans, members, rules

urlpatterns = [
    path("lists/", lists.copies_lists, name="copies-lists"),
    path("lists/<int:list_id>/", lists.copies_list, name="copies-list"),
    path("lists/<int:list_id>/columns/", lists.copies_list_columns, name="copies-list-columns"),
    path("lists/<int:list_id>/write/", lists.copies_list_write, name="copies-list-write"),
    path("lists/<int:list_id>/rejected/", lists.copies_list_rejected, name="copies-list-rejected"),
    path("libraries/<int:library_id>/collection/", collection.collection, name="collection"),
    path("bindings/", binding.bindings, name="bindings"),
    path("bindings/mark/", binding.bindings_mark, name="bindings-mark"),
    path("bindings/<int:trip_id>/back/", binding.binding_return, name="binding-back"),
    path("loans/", loans.loans, name="loans"),
    path("loans/xlsx/", loans.loans_xlsx, name="loans-xlsx"),
    path("loans/new/", loans.loan_new, name="loan-new"),
    path("loans/desk/", desk.loans_desk, name="loans-desk"),
    path("loans/desk/lend/", desk.loans_desk_lend, name="loans-desk-lend"),
    path("loans/rules/", rules.loan_rules, name="loan-rules"),
    path("loans/calls/", calls.calls, name="loan-calls"),
    path("loans/<int:loan_id>/", loan.loan, name="loan"),
    path("loans/<int:loan_id>/return/", loan.loan_back, name="loan-return"),
    path("loans/<int:loan_id>/renew/", loan.loan_longer, name="loan-renew"),
    path("loans/<int:loan_id>/follow-up/", loan.loan_follow_up, name="loan-follow-up"),
    path("loans/<int:loan_id>/forgive/", loan.loan_forgive, name="loan-forgive"),
    path("loans/<int:loan_id>/fee/", loan.loan_fee, name="loan-fee"),
    path("loans/<int:loan_id>/unreturned/", loan.loan_unreturned, name="loan-unreturned"),
    path("members/", members.members, name="members"),
    path("members/new/", members.member_new, name="member-new"),
    path("members/<int:member_id>/", members.member, name="member"),
    path("members/<int:member_id>/open/", members.member_personal, name="member-open"),
    path("members/<int:member_id>/active/", members.member_active, name="member-active"),
    path("members/<int:member_id>/call/", calls.member_call, name="member-call"),
    path("members/<int:member_id>/phone/", calls.member_call_phone, name="member-phone"),
]

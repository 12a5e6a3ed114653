"""Django admin for members and loans; personal data stays masked here too."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from libraries import audit
from libraries.admin import LookOnly, PersianSearch
from libraries.domain.national_id import mask_mobile, mask_national_id
from libraries.models import User
from loans.models import FollowUp, Forgiveness, Loan, LoanRules, Member, Renewal
from loans.services.rules import RULES


@admin.register(Member)
class MemberAdmin(LookOnly, PersianSearch):
    """Members, masked; they are entered and opened at their library."""

    list_display = (
        *("full_name", "membership_number", "masked_id", "masked_mobile", "is_active", "library"),
    )
    list_select_related = ("library",)
    search_fields = ("search_name", "membership_number")
    fields = (
        *("library", "full_name", "membership_number", "masked_id", "masked_mobile", "is_active"),
    )
    readonly_fields = fields

    @admin.display(description="کد ملی")
    def masked_id(self, member: Member) -> str:
        """The national ID with its middle hidden."""
        return mask_national_id(member.national_id) if member.national_id else "—"

    @admin.display(description="تلفن همراه")
    def masked_mobile(self, member: Member) -> str:
        """The mobile number with its middle hidden."""
        return mask_mobile(member.mobile) if member.mobile else "—"


@admin.register(Loan)
class LoanAdmin(LookOnly):
    """Loans."""

    list_display = ("copy", "member", "lent_at", "due_on", "returned_at", "fee", "source")
    list_filter = ("source", ("returned_at", admin.EmptyFieldListFilter))
    list_select_related = ("copy", "member")
    search_fields = ("copy__registration_number", "copy__barcode")
    show_full_result_count = False


@admin.register(LoanRules)
class LoanRulesAdmin(admin.ModelAdmin):
    """By which rules each library lends."""

    list_display = (
        *("library", "loan_days", "renewals", "renewal_days", "most_at_once", "fee_a_day"),
        "overdue_may_borrow",
    )
    list_select_related = ("library",)
    search_fields = ("library__name",)
    autocomplete_fields = ("library",)

    def save_model(self, request: HttpRequest, obj: LoanRules, form: Any, change: bool) -> None:
        """As its library's head would, with a line in the audit."""
        super().save_model(request, obj, form, change)
        assert isinstance(request.user, User)
        values = {name: form.cleaned_data[name] for name in form.changed_data if name in RULES}
        audit.record(
            "loan_rules_set", actor=request.user, library=obj.library, subject=obj, **values
        )


@admin.register(Renewal)
class RenewalAdmin(LookOnly):
    """Loans that were given more time."""

    list_display = ("loan", "at", "by", "from_due", "to_due")
    list_select_related = ("loan", "by")


@admin.register(FollowUp)
class FollowUpAdmin(LookOnly):
    """Follow-ups on record."""

    list_display = ("loan", "at", "by", "channel", "said")
    list_select_related = ("loan", "by")


@admin.register(Forgiveness)
class ForgivenessAdmin(LookOnly):
    """Late fees that were forgiven."""

    list_display = ("loan", "days_late", "amount", "cause", "by", "at", "revoked_at")
    list_select_related = ("loan", "by")

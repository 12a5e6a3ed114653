"""Django admin for members and loans; personal data stays masked here too."""

from django.contrib import admin

from libraries.admin import LookOnly, PersianSearch
from libraries.domain.national_id import mask_mobile, mask_national_id
from loans.models import FollowUp, Forgiveness, Loan, Member


@admin.register(Member)
class MemberAdmin(LookOnly, PersianSearch):
    """Members, masked; they are entered and opened at their library."""

    list_display = ("full_name", "membership_number", "masked_id", "masked_mobile", "library")
    list_select_related = ("library",)
    search_fields = ("search_name", "membership_number")
    fields = ("library", "full_name", "membership_number", "masked_id", "masked_mobile")
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

    list_display = ("copy", "member", "lent_at", "due_on", "returned_at", "source")
    list_filter = ("source", ("returned_at", admin.EmptyFieldListFilter))
    list_select_related = ("copy", "member")
    search_fields = ("copy__registration_number", "copy__barcode")
    show_full_result_count = False


@admin.register(FollowUp)
class FollowUpAdmin(LookOnly):
    """Follow-ups on record."""

    list_display = ("loan", "at", "by", "channel", "said")
    list_select_related = ("loan", "by")


@admin.register(Forgiveness)
class ForgivenessAdmin(LookOnly):
    """Late fees that were forgiven."""

    list_display = ("loan", "days_late", "cause", "by", "at", "revoked_at")
    list_select_related = ("loan", "by")

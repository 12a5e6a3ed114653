"""Members: found, and what each has or owes."""

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from libraries.domain.codes import clean_code
from libraries.domain.persian import search_key, stored_form
from libraries.models import User
from loans.models import FollowUp, Forgiveness, Loan, Member


def members_of(user: User, words: str = "") -> QuerySet[Member]:
    """The members of the user's library by name, or those with these words in the name, or with
    this membership number, national ID or mobile number.
    """
    members = Member.objects.for_user(user)
    if words.strip():
        in_name = Q()
        for word in stored_form(words).split():
            in_name &= Q(search_name__contains=search_key(word))
        code = clean_code(words)
        members = members.filter(
            in_name | Q(membership_number=code) | Q(national_id=code) | Q(mobile=code)
        )
    return members.annotate(
        open_loans=Count("loans", filter=Q(loans__returned_at__isnull=True))
    ).order_by("search_name", "pk")


def loans_of_member(member: Member) -> QuerySet[Loan]:
    """A member's loans, open ones first, then the newest."""
    return member.loans.select_related("copy__title").order_by(
        F("returned_at").desc(nulls_first=True), "-lent_at", "-pk"
    )


def loans_owed(member: Member) -> QuerySet[Loan]:
    """The member's loans whose late fee was neither taken nor forgiven, the newest first."""
    forgiven = Forgiveness.objects.filter(loan=OuterRef("pk"), revoked_at__isnull=True)
    return (
        member.loans.filter(fee__gt=0, fee_paid_at__isnull=True)
        .exclude(Exists(forgiven))
        .select_related("copy__title")
        .order_by("-returned_at")
    )


def calls_of_member(member: Member, limit: int) -> QuerySet[FollowUp]:
    """The last follow-ups of the member's loans, newest first."""
    return (
        FollowUp.objects.filter(loan__member=member)
        .select_related("by", "loan__copy__title")
        .order_by("-at", "-pk")[:limit]
    )


def forgivenesses_of_member(member: Member) -> QuerySet[Forgiveness]:
    """What was forgiven the member, newest first, with what was taken back again."""
    return (
        Forgiveness.objects.filter(loan__member=member)
        .select_related("by", "loan__copy__title")
        .order_by("-at", "-pk")
    )

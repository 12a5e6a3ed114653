"""Django admin for the ground: places, staff, holdings, audit."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserCreationForm
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from libraries import audit
from libraries.admin_excel import ExcelAdmin
from libraries.admin_forms import CopyForm, SectionFormSet, TitleForm
from libraries.copy_facts import KEYS, shelf_keys
from libraries.domain.persian import search_key
from libraries.locking import lock_all
from libraries.models import (
    AuditEntry,
    Copy,
    County,
    Library,
    Province,
    Section,
    StatusChange,
    Title,
    User,
)
from libraries.resources import CopyResource, LibraryResource, StaffResource
from libraries.services import shelf_keys_renew

admin.site.site_header = "مدیریت رف‌خوان"
admin.site.site_title = "رف‌خوان"
admin.site.index_title = "همهٔ داده‌ها"
# Rights follow the role alone, and the worker's queue is nobody's business here.
admin.site.unregister([Group, DBTaskResult])


def _staff(request: HttpRequest) -> User:
    """Who asks; Django admin lets nobody but administrators in."""
    assert isinstance(request.user, User)
    return request.user


class LookOnly(admin.ModelAdmin):
    """Rows that are read here and written elsewhere, or never again."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody adds one here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes one here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes one here."""
        return False


@admin.register(Province)
class ProvinceAdmin(admin.ModelAdmin):
    """Provinces."""

    search_fields = ("name",)


@admin.register(County)
class CountyAdmin(admin.ModelAdmin):
    """Counties."""

    list_display = ("name", "province")
    list_filter = ("province",)
    list_select_related = ("province",)
    search_fields = ("name",)


class SectionInline(admin.TabularInline):
    """A library's sections, in walking order."""

    model = Section
    formset = SectionFormSet
    fields = ("position", "name")
    extra = 0


@admin.register(Library)
class LibraryAdmin(ExcelAdmin):
    """Libraries, in and out as Excel."""

    resource_classes = (LibraryResource,)
    list_display = ("name", "code", "county", "kind", "degree", "place")
    list_filter = ("kind", "degree", "county__province")
    list_select_related = ("county",)
    search_fields = ("name", "code")
    inlines = (SectionInline,)

    def save_model(self, request: HttpRequest, obj: Library, form: Any, change: bool) -> None:
        """Another order of literature gives every copy another place."""
        super().save_model(request, obj, form, change)
        if change and "literature_order" in form.changed_data:
            shelf_keys_renew(obj)


@admin.register(User)
class StaffAdmin(ExcelAdmin, UserAdmin):
    """Staff: one role, one scope."""

    resource_classes = (StaffResource,)
    add_form = UserCreationForm  # everyone here logs in with a password
    list_display = ("username", "full_name", "role", "library", "county", "province", "is_active")
    list_filter = ("role", "is_active", "province")
    list_select_related = ("library", "county", "province")
    search_fields = ("username", "first_name", "last_name", "library__name")
    autocomplete_fields = ("library", "county", "province")
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("شخص", {"fields": ("first_name", "last_name", "email")}),
        ("نقش و حوزه", {"fields": ("role", "library", "county", "province", "is_active")}),
        ("زمان‌ها", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": (
                    "username",  "password1", "password2", "role", "library",
                    "county", "province",
                ),
            },
        ),
    )  # fmt: skip


class PersianSearch(admin.ModelAdmin):
    """Words are looked for as they are kept, however they are typed."""

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """The rows that hold the words in their search form."""
        return super().get_search_results(request, queryset, search_key(search_term))


@admin.register(Title)
class TitleAdmin(PersianSearch):
    """Titles."""

    list_display = ("title", "author", "year", "library")
    list_select_related = ("library",)
    search_fields = ("search_text",)
    autocomplete_fields = ("library",)
    show_full_result_count = False
    form = TitleForm


@admin.register(Copy)
class CopyAdmin(ExcelAdmin, PersianSearch):
    """Copies. A status changed here is history like any other."""

    resource_classes = (CopyResource,)
    form = CopyForm
    list_display = ("registration_number", "title", "call_number", "barcode", "status", "library")
    list_filter = ("status", "is_reference")
    list_select_related = ("title", "library")
    search_fields = ("registration_number", "barcode", "title__search_text")
    autocomplete_fields = ("library", "title")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Copy]:
        """With what an export shows of each."""
        return super().get_queryset(request).select_related("title", "library", "section")

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Copy | None:
        """What is saved is held first, so that no reading or desk writes in between."""
        if request.method == "POST" and object_id.isdecimal():
            lock_all(Copy.objects.filter(pk=object_id))
        found: Copy | None = super().get_object(request, object_id, from_field)
        return found

    def save_model(self, request: HttpRequest, obj: Copy, form: Any, change: bool) -> None:
        """Keep the shelf keys and the history in step with what was typed."""
        keys = shelf_keys(obj.call_number, obj.registration_number, obj.library.rules)
        for name, value in zip(KEYS, keys, strict=True):
            setattr(obj, name, value)
        now = timezone.now()
        super().save_model(request, obj, form, change)
        if change and "status" in form.changed_data:
            StatusChange.objects.create(
                copy=obj,
                from_status=form.initial["status"],
                to_status=obj.status,
                source=StatusChange.Source.ADMIN,
                at=now,
                by=_staff(request),
            )
        if change and form.changed_data:
            audit.record(
                "copy_edit",
                actor=_staff(request),
                library=obj.library,
                subject=obj,
                now=now,
                fields=sorted(form.changed_data),
            )

    def delete_model(self, request: HttpRequest, obj: Copy) -> None:
        """Its history goes with it, so the audit says that it was there."""
        self._record_deletion(request, obj)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Copy]) -> None:
        """The same for several."""
        with transaction.atomic():
            for copy in queryset.select_related("library").order_by("pk"):
                self._record_deletion(request, copy)
            super().delete_queryset(request, queryset)

    def _record_deletion(self, request: HttpRequest, copy: Copy) -> None:
        audit.record(
            "copy_delete",
            actor=_staff(request),
            library=copy.library,
            subject=copy,
            registration_number=copy.registration_number,
            status=copy.status,
        )


@admin.register(StatusChange)
class StatusChangeAdmin(LookOnly):
    """The history of statuses."""

    list_display = ("at", "copy", "from_status", "to_status", "source", "by")
    list_filter = ("source", "to_status")
    list_select_related = ("copy", "by")
    search_fields = ("copy__registration_number",)
    show_full_result_count = False


@admin.register(AuditEntry)
class AuditEntryAdmin(LookOnly):
    """The audit, to be read."""

    list_display = ("at", "action", "actor", "library", "object_type", "object_id")
    list_filter = ("action",)
    list_select_related = ("actor", "library")
    search_fields = ("object_id", "actor__username")
    show_full_result_count = False

"""What administrators import and export in Django admin, and under which headings."""

from typing import Any

from django.contrib.auth.hashers import make_password
from import_export import fields, resources
from import_export.widgets import ForeignKeyWidget

from libraries.domain.codes import clean_code
from libraries.domain.persian import search_key, stored_form
from libraries.holdings import KEYS, shelf_keys, title_identity
from libraries.models import Copy, County, Library, Province, Section, Title, User
from libraries.roles import Role


class _CountyWidget(ForeignKeyWidget):
    """A county by its name, inside the row's province."""

    def get_queryset(self, value: Any, row: Any, *args: Any, **kwargs: Any) -> Any:
        """Counties of the province that the row names."""
        return County.objects.filter(province__name=row["استان"])


class LibraryResource(resources.ModelResource):
    """Libraries by their code."""

    province = fields.Field(column_name="استان", attribute="county__province__name", readonly=True)
    county = fields.Field(
        column_name="شهرستان", attribute="county", widget=_CountyWidget(County, "name")
    )
    code = fields.Field(column_name="کد", attribute="code")
    name = fields.Field(column_name="نام", attribute="name")
    kind = fields.Field(column_name="نوع", attribute="kind")
    degree = fields.Field(column_name="درجه", attribute="degree")
    place_kind = fields.Field(column_name="شهر یا روستا", attribute="place_kind")
    place = fields.Field(column_name="نام شهر یا روستا", attribute="place")

    class Meta:
        model = Library
        import_id_fields = ("code",)
        fields = ("code", "name", "kind", "degree", "province", "county", "place_kind", "place")
        skip_unchanged = True
        clean_model_instances = True

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        """Names as they are kept; kinds by their Persian word too; places made where new."""
        for name in ("استان", "شهرستان", "کد", "نام", "نام شهر یا روستا"):
            row[name] = stored_form(str(row.get(name) or ""))
        for column, choices in (("نوع", Library.Kind), ("شهر یا روستا", Library.PlaceKind)):
            by_label = {choice.label: choice.value for choice in choices}
            row[column] = by_label.get(stored_form(str(row.get(column) or "")), row.get(column))
        if row["استان"] and row["شهرستان"]:
            province, _ = Province.objects.get_or_create(name=row["استان"])
            County.objects.get_or_create(province=province, name=row["شهرستان"])


class StaffResource(resources.ModelResource):
    """Staff by user name. Passwords neither leave nor arrive in a file."""

    username = fields.Field(column_name="نام کاربری", attribute="username")
    first_name = fields.Field(column_name="نام", attribute="first_name")
    last_name = fields.Field(column_name="نام خانوادگی", attribute="last_name")
    role = fields.Field(column_name="نقش", attribute="role")
    library = fields.Field(
        column_name="کد کتابخانه", attribute="library", widget=ForeignKeyWidget(Library, "code")
    )
    province = fields.Field(
        column_name="استان", attribute="province", widget=ForeignKeyWidget(Province, "name")
    )
    county = fields.Field(
        column_name="شهرستان", attribute="county", widget=ForeignKeyWidget(County, "name")
    )
    is_active = fields.Field(column_name="فعال", attribute="is_active")

    class Meta:
        model = User
        import_id_fields = ("username",)
        fields = (
            "username", "first_name", "last_name", "role", "library", "province", "county",
            "is_active",
        )  # fmt: skip
        skip_unchanged = True
        clean_model_instances = True

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        """Roles by their Persian word too."""
        by_label = {role.label: role.value for role in Role}
        row["نقش"] = by_label.get(stored_form(str(row.get("نقش") or "")), row.get("نقش"))
        if row.get("فعال") in (None, ""):
            row["فعال"] = "1"

    def before_save_instance(self, instance: User, row: Any, **kwargs: Any) -> None:
        """A new user gets no password: the administrator sets one."""
        if not instance.password:
            instance.password = make_password(None)


class CopyResource(resources.ModelResource):
    """Copies by library code and registration number; titles are found or made."""

    library = fields.Field(
        column_name="کد کتابخانه", attribute="library", widget=ForeignKeyWidget(Library, "code")
    )
    registration_number = fields.Field(column_name="شماره ثبت", attribute="registration_number")
    barcode = fields.Field(column_name="بارکد", attribute="barcode")
    title = fields.Field(column_name="عنوان", attribute="title__title", readonly=True)
    author = fields.Field(column_name="پدیدآورنده", attribute="title__author", readonly=True)
    publisher = fields.Field(column_name="ناشر", attribute="title__publisher", readonly=True)
    year = fields.Field(column_name="سال نشر", attribute="title__year", readonly=True)
    call_number = fields.Field(column_name="شماره راهنما", attribute="call_number")
    main_class = fields.Field(column_name="رده اصلی", attribute="main_class")
    volume = fields.Field(column_name="شماره جلد", attribute="volume")
    copy_number = fields.Field(column_name="شماره نسخه", attribute="copy_number")
    section = fields.Field(column_name="بخش", attribute="section__name", readonly=True)
    status = fields.Field(column_name="وضعیت", attribute="get_status_display", readonly=True)

    class Meta:
        model = Copy
        import_id_fields = ("library", "registration_number")
        fields = (
            "library", "registration_number", "barcode", "title", "author", "publisher", "year",
            "call_number", "main_class", "volume", "copy_number", "section", "status",
        )  # fmt: skip
        clean_model_instances = True

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        """Texts as they are kept, codes without what a spreadsheet adds to them."""
        for name in list(row):
            row[name] = stored_form(str(row[name] if row[name] is not None else ""))
        for name in ("شماره ثبت", "بارکد"):
            row[name] = clean_code(row.get(name) or "")

    def before_save_instance(self, instance: Copy, row: Any, **kwargs: Any) -> None:
        """Title and section by their names; the shelf keys that follow from the call number."""
        library = instance.library
        parts = [row.get(name) or "" for name in ("عنوان", "پدیدآورنده", "ناشر", "سال نشر")]
        instance.title, _ = Title.objects.get_or_create(
            library=library,
            identity=title_identity(*parts),
            defaults={
                "title": parts[0],
                "author": parts[1],
                "publisher": parts[2],
                "year": parts[3][:40],
                "search_text": search_key(f"{parts[0]} {parts[1]}"),
            },
        )
        section = row.get("بخش") or "مخزن"
        instance.section, _ = Section.objects.get_or_create(
            library=library,
            search_name=search_key(section),
            defaults={"name": section, "position": library.sections.count()},
        )
        keys = shelf_keys(instance.call_number, instance.registration_number, library.rules)
        for name, value in zip(KEYS, keys, strict=True):
            setattr(instance, name, value)

"""What administrators import and export in Django admin, and under which headings."""

from typing import Any

from django.contrib.auth.hashers import make_password
from import_export import fields, resources
from import_export.results import Error, Result

from libraries import audit
from libraries.copy_facts import KEYS, shelf_keys
from libraries.domain.codes import clean_code
from libraries.domain.persian import stored_form
from libraries.locking import lock_all
from libraries.models import Copy, CopyStatus, County, Library, Province, User
from libraries.resource_widgets import (
    ChoiceWidget,
    CountyWidget,
    JalaliWidget,
    NamedWidget,
    ReferenceWidget,
    SectionWidget,
    TitleWidget,
    YesNoWidget,
)
from libraries.roles import Role


class _PlainError(Error):
    """An error that shows its sentence, not where in the program it came up."""

    traceback = ""


class ExcelResource(resources.ModelResource):
    """What the three have in common: texts as they are kept, whole files, a line in the audit."""

    class Meta:
        skip_unchanged = True
        clean_model_instances = True
        store_instance = True

    @classmethod
    def get_error_result_class(cls) -> type[Error]:
        """Errors for people."""
        return _PlainError

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        """Refuse a file that lacks a column: what it leaves out would otherwise be guessed."""
        headers = [stored_form(str(header or "")) for header in dataset.headers or ()]
        missing = [
            field.column_name for field in self.fields.values() if field.column_name not in headers
        ]
        if missing:
            dataset.wipe()
            raise ValueError(
                f"ستون «{missing[0]}» در فایل نیست؛ نخست خروجی بگیرید و همهٔ ستون‌های آن را "
                "نگه دارید."
            )
        dataset.headers = headers

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        """Texts as they are kept."""
        for name in list(row):
            row[name] = stored_form(str(row[name] if row[name] is not None else ""))

    def after_import(self, dataset: Any, result: Result, **kwargs: Any) -> None:
        """Tell of it in the audit, in the import's own transaction."""
        changed = {name: count for name, count in result.totals.items() if count}
        if not kwargs["dry_run"]:
            audit.record(
                "admin_import",
                actor=kwargs.get("user"),
                model=self._meta.model._meta.label_lower,
                **changed,
            )


class LibraryResource(ExcelResource):
    """Libraries by their code. Provinces and counties that are new are made."""

    county = fields.Field("county", "شهرستان", CountyWidget())
    code = fields.Field("code", "کد")
    name = fields.Field("name", "نام")
    kind = fields.Field("kind", "نوع", ChoiceWidget(Library.Kind, "نوع"))
    degree = fields.Field("degree", "درجه")
    place_kind = fields.Field("place_kind", "شهر یا روستا", ChoiceWidget(Library.PlaceKind, "نوع"))
    place = fields.Field("place", "نام شهر یا روستا")

    class Meta(ExcelResource.Meta):
        model = Library
        import_id_fields = ("code",)
        fields = ("code", "name", "kind", "degree", "county", "place_kind", "place")

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        """Places made where they are new."""
        super().before_import_row(row, **kwargs)
        province, slash, county = (part.strip() for part in row["شهرستان"].rpartition("/"))
        if slash and province and county:
            of, _ = Province.objects.get_or_create(name=province)
            County.objects.get_or_create(province=of, name=county)


class StaffResource(ExcelResource):
    """Staff by user name. Passwords neither leave nor arrive in a file."""

    username = fields.Field("username", "نام کاربری")
    first_name = fields.Field("first_name", "نام")
    last_name = fields.Field("last_name", "نام خانوادگی")
    role = fields.Field("role", "نقش", ChoiceWidget(Role, "نقش"))
    library = fields.Field("library", "کد کتابخانه", NamedWidget(Library, "code", "کتابخانهٔ"))
    province = fields.Field("province", "استان", NamedWidget(Province, "name", "استان"))
    county = fields.Field("county", "شهرستان", CountyWidget())
    is_active = fields.Field("is_active", "فعال", YesNoWidget(empty=True))

    class Meta(ExcelResource.Meta):
        model = User
        import_id_fields = ("username",)
        fields = (
            "username", "first_name", "last_name", "role", "library", "province", "county",
            "is_active",
        )  # fmt: skip

    def after_init_instance(self, instance: User, new: bool, row: Any, **kwargs: Any) -> None:
        """A new user gets no password: the administrator sets one."""
        if new:
            instance.password = make_password(None)


class CopyResource(ExcelResource):
    """Copies by library code and registration number; titles and sections are found or made."""

    library = fields.Field("library", "کد کتابخانه", NamedWidget(Library, "code", "کتابخانهٔ"))
    registration_number = fields.Field("registration_number", "شماره ثبت")
    registered_on = fields.Field("registered_on", "تاریخ ثبت", JalaliWidget())
    barcode = fields.Field("barcode", "بارکد")
    title = fields.Field("title", "عنوان", TitleWidget())
    author = fields.Field("title__author", "پدیدآورنده", readonly=True)
    publisher = fields.Field("title__publisher", "ناشر", readonly=True)
    year = fields.Field("title__year", "سال نشر", readonly=True)
    call_number = fields.Field("call_number", "شماره راهنما")
    main_class = fields.Field("main_class", "رده اصلی")
    volume = fields.Field("volume", "شماره جلد")
    copy_number = fields.Field("copy_number", "شماره نسخه")
    section = fields.Field("section", "بخش", SectionWidget())
    is_reference = fields.Field("is_reference", "مرجع", ReferenceWidget())
    status = fields.Field("status", "وضعیت", ChoiceWidget(CopyStatus, "وضعیت"))

    class Meta(ExcelResource.Meta):
        model = Copy
        import_id_fields = ("library", "registration_number")
        fields = (
            "library", "registration_number", "registered_on", "barcode", "title", "author",
            "publisher", "year", "call_number", "main_class", "volume", "copy_number", "section",
            "is_reference", "status",
        )  # fmt: skip

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        """Hold the libraries' copies as they are: desks and readings wait."""
        super().before_import(dataset, **kwargs)
        codes = {stored_form(str(code or "")) for code in dataset["کد کتابخانه"]}
        lock_all(Library.objects.filter(code__in=codes))
        lock_all(Copy.objects.filter(library__code__in=codes))

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        """Codes without what a spreadsheet adds to them."""
        super().before_import_row(row, **kwargs)
        for name in ("شماره ثبت", "بارکد"):
            row[name] = clean_code(row[name])

    def import_field(
        self, field: Any, instance: Copy, row: Any, is_m2m: bool = False, **kwargs: Any
    ) -> None:
        """The status of a copy that is here has a history, which a file can't tell."""
        if (
            field.attribute == "status"
            and instance.pk
            and field.clean(row, **kwargs) != instance.status
        ):
            raise ValueError(
                f"نسخهٔ ثبت {instance.registration_number} در سامانه "
                f"«{instance.get_status_display()}» است؛ وضعیت را در صفحهٔ نسخه یا با فهرست نسخ "
                "کتابخانه تغییر دهید."
            )
        super().import_field(field, instance, row, is_m2m, **kwargs)

    def before_save_instance(self, instance: Copy, row: Any, **kwargs: Any) -> None:
        """The shelf keys follow from the call number."""
        rules = instance.library.rules
        keys = shelf_keys(instance.call_number, instance.registration_number, rules)
        for name, value in zip(KEYS, keys, strict=True):
            setattr(instance, name, value)

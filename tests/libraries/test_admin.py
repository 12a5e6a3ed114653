"""Django admin: for administrators, in Persian, and no way round what services promise."""

from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from libraries.copy_facts import KEYS, shelf_keys, title_identity
from libraries.models import AuditEntry, Copy, Library, Section, StatusChange, Title, User
from sms_requests.models import SmsLine
from tests.cast import Cast, add_copies, make_library, numbered_calls
from tests.libraries.test_scope import one_of_each

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def office(client: Client, cast: Cast) -> Client:
    """The administrator, logged in."""
    client.force_login(cast.admin)
    return client


def url_of(model: type[Model], page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def as_sent(response: HttpResponse, **changes: Any) -> dict[str, Any]:
    """What a browser would send back of a page's form, with some fields changed."""
    forms = [response.context["adminform"].form]
    for inline in response.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    data = {}
    for form in forms:
        for field in form:
            value = field.value()
            if value is not None and value is not False:
                data[field.html_name] = str(value)
    return data | changes


def errors_of(response: HttpResponse) -> str:
    """Every error that a page with a form shows."""
    assert response.status_code == 200, response.headers.get("Location")
    form = response.context["adminform"].form
    shown = [form.errors.as_text()]
    shown += [
        f"{inline.formset.errors} {inline.formset.non_form_errors()}"
        for inline in response.context["inline_admin_formsets"]
    ]
    return " ".join(shown)


# --- pages ------------------------------------------------------------------------


def test_every_page_opens_for_the_administrator_in_persian(office: Client, cast: Cast) -> None:
    rows: dict[type[Model], Model] = {
        **one_of_each(cast.library),
        User: cast.librarian,
        type(cast.library.county): cast.library.county,
        type(cast.library.county.province): cast.library.county.province,
        SmsLine: SmsLine.objects.create(
            number="09120009999", province=cast.library.county.province
        ),
    }
    registered = admin.site._registry
    assert {Copy, Library, User, AuditEntry} <= set(registered)
    pages = ["/admin/", "/admin/password_change/"]
    for model, model_admin in registered.items():
        pk = rows[model].pk
        pages += [url_of(model, "changelist"), url_of(model, "changelist") + "?q=x"]
        pages += [url_of(model, "change", pk), url_of(model, "history", pk)]
        if model_admin.has_add_permission(_request(cast.admin)):
            pages += [url_of(model, "add"), url_of(model, "delete", pk)]
        if hasattr(model_admin, "resource_classes"):
            pages += [url_of(model, "import"), url_of(model, "export")]
    for page in pages:
        answer = office.get(page)
        assert answer.status_code == 200, page
        text = answer.content.decode()
        assert 'lang="fa"' in text, page
        assert 'dir="rtl"' in text, page


def _request(user: User) -> Any:
    class Request:
        pass

    request = Request()
    request.user = user  # type: ignore[attr-defined]
    return request


def test_nobody_else_gets_in(client: Client, cast: Cast) -> None:
    pages = ["/admin/", "/admin/jsi18n/", "/admin/autocomplete/"]
    for model, model_admin in admin.site._registry.items():
        pages += [url_of(model, page) for page in ("changelist", "add")]
        pages += [url_of(model, page, 1) for page in ("change", "delete", "history")]
        if hasattr(model_admin, "resource_classes"):
            pages += [url_of(model, page) for page in ("import", "export", "process_import")]
    others = {name: user for name, user in cast.everyone.items() if name != "admin"}
    for name, user in [*others.items(), ("anonymous", None)]:
        client.logout()
        if user:
            client.force_login(user)
        for page in pages:
            for answer in (client.get(page), client.post(page, {"post": "yes"})):
                inside = answer.status_code not in {302, 403}
                assert not inside, (name, page, answer.status_code)
                if answer.status_code == 302:
                    assert answer.headers["Location"].startswith("/admin/login/"), (name, page)


# --- one copy ---------------------------------------------------------------------


def test_a_status_changed_here_is_history_and_audit(office: Client, cast: Cast) -> None:
    (copy,) = add_copies(cast.library, ["100/1 الف1"])
    page = url_of(Copy, "change", copy.pk)
    sent = as_sent(office.get(page), status="missing", call_number="۲۰۰/۵ ب۲")
    assert office.post(page, sent).status_code == 302
    copy.refresh_from_db()
    assert copy.status == "missing"
    wanted = shelf_keys(copy.call_number, copy.registration_number, cast.library.rules)
    assert tuple(getattr(copy, name) for name in KEYS) == wanted
    (step,) = StatusChange.objects.filter(copy=copy)
    assert (step.from_status, step.to_status, step.source) == ("available", "missing", "admin")
    assert step.by == cast.admin
    (line,) = AuditEntry.objects.filter(action="copy_edit")
    assert (line.actor, line.library, line.object_id) == (cast.admin, cast.library, str(copy.pk))
    assert line.data == {"fields": ["call_number", "status"]}


def test_saving_without_a_change_writes_no_history(office: Client, cast: Cast) -> None:
    (copy,) = add_copies(cast.library, ["100/1 الف1"])
    page = url_of(Copy, "change", copy.pk)
    before = Copy.objects.values().get(pk=copy.pk)
    assert office.post(page, as_sent(office.get(page))).status_code == 302
    assert Copy.objects.values().get(pk=copy.pk) == before
    assert not StatusChange.objects.exists()
    assert not AuditEntry.objects.exists()


WRONG = {
    "cause without weeding": ({"weeding_cause": "worn"}, "وجین"),
    "number of another copy": ({"registration_number": "2"}, "شمارهٔ ثبت"),
    "barcode of another copy": ({"barcode": "the other's"}, "بارکد"),
    "section of another library": ({"section": "theirs"}, "کتابخانه"),
    "title of another library": ({"title": "theirs"}, "کتابخانه"),
    "no title": ({"title": ""}, "لازم"),
    "a status that is none": ({"status": "lent"}, "lent"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_copy_is_refused_in_persian(office: Client, cast: Cast, case: str) -> None:
    copy, other = add_copies(cast.library, numbered_calls(2))
    (theirs,) = add_copies(cast.other_library, numbered_calls(1))
    changes, word = WRONG[case]
    real = {"the other's": other.barcode, "theirs": None}
    if "theirs" in changes.values():
        changes = {name: str(getattr(theirs, f"{name}_id")) for name in changes}
    else:
        changes = {name: real.get(value) or value for name, value in changes.items()}
    page = url_of(Copy, "change", copy.pk)
    before = Copy.objects.values().get(pk=copy.pk)
    answer = office.post(page, as_sent(office.get(page), **changes))
    assert word in errors_of(answer)
    assert Copy.objects.values().get(pk=copy.pk) == before


def test_a_copy_added_here_stands_in_its_place(office: Client, cast: Cast) -> None:
    (like,) = add_copies(cast.library, ["100/1 الف1"])
    sent = {
        "library": cast.library.pk, "title": like.title_id, "section": like.section_id,
        "registration_number": "77", "barcode": "77000", "call_number": "955/2 د35ت",
        "status": "available",
    }  # fmt: skip
    assert office.post(url_of(Copy, "add"), sent).status_code == 302
    copy = Copy.objects.get(registration_number="77")
    assert copy.shelf_key == shelf_keys("955/2 د35ت", "77", cast.library.rules)[0]


def test_a_copy_that_is_deleted_leaves_a_line(office: Client, cast: Cast) -> None:
    one, two, three = add_copies(cast.library, numbered_calls(3))
    assert office.post(url_of(Copy, "delete", one.pk), {"post": "yes"}).status_code == 302
    office.post(
        url_of(Copy, "changelist"),
        {"action": "delete_selected", "_selected_action": [two.pk, three.pk], "post": "yes"},
    )
    assert not Copy.objects.exists()
    lines = AuditEntry.objects.filter(action="copy_delete", library=cast.library).order_by("pk")
    assert [line.object_id for line in lines] == [str(copy.pk) for copy in (one, two, three)]
    assert lines[0].data == {"registration_number": "1", "status": "available"}


# --- titles, sections, libraries, staff ---------------------------------------------


def test_titles_are_found_and_known_again(office: Client, cast: Cast) -> None:
    for name in ("بوستان", "گلستان"):
        sent = {"library": cast.library.pk, "title": name, "author": "سعدی", "year": "1390"}
        assert office.post(url_of(Title, "add"), sent).status_code == 302
    title = Title.objects.get(title="گلستان")
    assert title.identity == title_identity("گلستان", "سعدی", "", "1390")
    page = url_of(Title, "change", title.pk)
    again = office.post(page, as_sent(office.get(page), title="بوستان"))
    assert "پیش‌تر" in errors_of(again)
    assert office.post(page, as_sent(office.get(page), title="كليات")).status_code == 302
    title.refresh_from_db()
    assert title.identity == title_identity("کلیات", "سعدی", "", "1390")
    found = office.get(url_of(Title, "changelist") + "?q=كليات")
    assert list(found.context["cl"].result_list) == [title]


def test_a_section_twice_is_refused(office: Client, cast: Cast) -> None:
    page = url_of(Library, "change", cast.library.pk)
    opened = office.get(page)
    (inline,) = opened.context["inline_admin_formsets"]
    prefix = inline.formset.prefix
    sent = as_sent(opened) | {
        f"{prefix}-TOTAL_FORMS": "3", f"{prefix}-2-name": "مخزن", f"{prefix}-2-position": "5",
        f"{prefix}-2-library": str(cast.library.pk),
    }  # fmt: skip
    assert "مخزن" in errors_of(office.post(page, sent))
    sent[f"{prefix}-2-name"] = "مرجع"
    assert office.post(page, sent).status_code == 302
    assert Section.objects.get(library=cast.library, name="مرجع").search_name == "مرجع"


def test_an_order_of_literature_changed_moves_the_copies(office: Client, cast: Cast) -> None:
    calls = ["809/1 الف1", "8فا1/1 ب2", "900/1 ج3"]
    copies = add_copies(cast.library, calls)

    def order() -> list[int]:
        found = Copy.objects.filter(library=cast.library).order_by("shelf_key")
        return [copies.index(copy) for copy in found]

    assert order() == [0, 1, 2]
    page = url_of(Library, "change", cast.library.pk)
    sent = as_sent(office.get(page), literature_order="apart")
    assert office.post(page, sent).status_code == 302
    assert order() == [0, 2, 1]
    for copy in Copy.objects.select_related("library"):
        keys = shelf_keys(copy.call_number, copy.registration_number, copy.library.rules)
        assert tuple(getattr(copy, name) for name in KEYS) == keys


def test_a_role_with_a_wrong_scope_is_refused_in_persian(office: Client, cast: Cast) -> None:
    new = {"username": "new", "password1": "a-long-pass-phrase", "password2": "a-long-pass-phrase"}
    refused = office.post(url_of(User, "add"), new | {"role": "librarian"})
    assert "نقش و حوزه با هم نمی‌خوانند" in errors_of(refused)
    both = {"role": "county_head", "county": cast.library.county_id, "library": cast.library.pk}
    assert "نقش و حوزه" in errors_of(office.post(url_of(User, "add"), new | both))
    good = {"role": "librarian", "library": cast.library.pk}
    assert office.post(url_of(User, "add"), new | good).status_code == 302
    assert User.objects.get(username="new").library == cast.library


# --- Excel --------------------------------------------------------------------------


def exported(office: Client, model: type[Model]) -> bytes:
    page = url_of(model, "export")
    form = office.get(page).context["form"]
    sent = {name: field.initial for name, field in form.fields.items() if field.initial is not None}
    sent |= {name: "on" for name in form.fields if name.split("_")[0] in {"copyresource"}}
    for field in form:
        if field.field.widget.__class__.__name__ == "CheckboxInput":
            sent[field.html_name] = "on"
    sent["format"] = "0"
    sent["resource"] = ""
    answer = office.post(page, sent)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == XLSX, answer.content.decode()[:500]
    return answer.content


def rows_of(content: bytes) -> list[tuple[Any, ...]]:
    sheet = openpyxl.load_workbook(BytesIO(content)).active
    return list(sheet.iter_rows(values_only=True))


def workbook(rows: list[tuple[Any, ...]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def import_file(office: Client, model: type[Model], content: bytes) -> HttpResponse:
    """The first page of an import: what it would do, or why it won't."""
    upload = SimpleUploadedFile("list.xlsx", content, content_type=XLSX)
    return office.post(
        url_of(model, "import"), {"format": "0", "import_file": upload, "resource": ""}
    )


def confirm_import(office: Client, model: type[Model], preview: HttpResponse) -> HttpResponse:
    """The second page's button."""
    form = preview.context["confirm_form"]
    assert form is not None, preview.content.decode()
    sent = {name: value for name, value in form.initial.items() if value is not None}
    return office.post(url_of(model, "process_import"), sent)


def everything(model: type[Model]) -> list[dict[str, Any]]:
    return list(model.objects.order_by("pk").values())


@pytest.fixture
def holdings(cast: Cast) -> list[Copy]:
    """Copies of titles as lists write them."""
    copies = [*add_copies(cast.library, numbered_calls(3), section="کودک")]
    copies += add_copies(cast.other_library, numbered_calls(2))
    for title in Title.objects.all():
        title.publisher = "نشر نمونه"
        title.identity = title_identity(title.title, title.author, title.publisher, title.year)
        title.save()
    Copy.objects.filter(pk=copies[0].pk).update(
        registered_on=timezone.localdate(), status="weeded", weeding_cause="worn",
        is_reference=True, volume="۲", copy_number="1",
    )  # fmt: skip
    return copies


@pytest.mark.parametrize("model", [Library, User, Copy])
def test_what_is_exported_comes_back_unchanged(
    office: Client, cast: Cast, holdings: list[Copy], model: type[Model]
) -> None:
    before = {each: everything(each) for each in (Library, User, Copy, Title, Section)}
    content = exported(office, model)
    assert len(rows_of(content)) == len(before[model]) + 1
    preview = import_file(office, model, content)
    confirm_import(office, model, preview)
    after = {each: everything(each) for each in before}
    for user in (*before[User], *after[User]):
        user.pop("last_login")
    assert after == before
    assert not StatusChange.objects.exists()


def test_what_is_new_in_a_file_is_added(office: Client, cast: Cast, holdings: list[Copy]) -> None:
    header, *rows = rows_of(exported(office, Copy))
    new = dict(zip(header, rows[0], strict=True)) | {
        "شماره ثبت": "۹۰۱", "بارکد": "٩٠١٠٠", "عنوان": "كتاب تازه", "بخش": "مرجع", "وضعیت": "مفقود",
        "شماره راهنما": "030/1 د35", "مرجع": "",
    }  # fmt: skip
    preview = import_file(office, Copy, workbook([header, tuple(new.values())]))
    assert confirm_import(office, Copy, preview).status_code == 302
    copy = Copy.objects.get(registration_number="901")
    assert (copy.barcode, copy.title.title, copy.section.name) == ("90100", "کتاب تازه", "مرجع")
    assert (copy.status, copy.is_reference) == ("missing", True)
    assert copy.shelf_key == shelf_keys(copy.call_number, "901", copy.library.rules)[0]


def test_a_library_and_its_staff_come_in_by_their_persian_words(office: Client, cast: Cast) -> None:
    header = rows_of(exported(office, Library))[0]
    library = {
        "شهرستان": "قم / قم", "کد": "Q1", "نام": "کتابخانهٔ تازه", "نوع": "مشارکتی",
        "درجه": "۵", "شهر یا روستا": "روستا", "نام شهر یا روستا": "قنوات",
    }  # fmt: skip
    preview = import_file(office, Library, workbook([header, tuple(library[n] for n in header)]))
    assert confirm_import(office, Library, preview).status_code == 302
    made = Library.objects.get(code="Q1")
    assert (made.kind, made.degree, made.place_kind) == ("participatory", 5, "village")
    assert made.county.province.name == "قم"
    header = rows_of(exported(office, User))[0]
    person = dict.fromkeys(header) | {
        "نام کاربری": "q1-head",
        "نقش": "مسئول کتابخانه",
        "کد کتابخانه": "Q1",
        "نام": "زهرا",
    }
    preview = import_file(office, User, workbook([header, tuple(person[n] for n in header)]))
    assert confirm_import(office, User, preview).status_code == 302
    user = User.objects.get(username="q1-head")
    assert (user.role, user.library, user.is_active) == ("library_head", made, True)
    assert not user.has_usable_password()


@pytest.mark.parametrize(
    "wrong",
    [
        {"نقش": "کتابدار", "کد کتابخانه": ""},
        {"نقش": "کتابدار", "کد کتابخانه": "L1", "استان": "استان نمونه"},
        {"نقش": "ادارهٔ کل منابع", "کد کتابخانه": "L1"},
        {"نقش": "رئیس ادارهٔ شهرستان", "کد کتابخانه": "L1"},
        {"نقش": "نگهبان", "کد کتابخانه": "L1"},
        {"نقش": "کتابدار", "کد کتابخانه": "هیچ"},
    ],
)
def test_a_bad_row_of_staff_is_shown_and_nothing_is_written(
    office: Client, cast: Cast, wrong: dict[str, str]
) -> None:
    header = rows_of(exported(office, User))[0]
    good = dict.fromkeys(header) | {
        "نام کاربری": "good", "نقش": "کتابدار", "کد کتابخانه": "L1",
    }  # fmt: skip
    bad = dict.fromkeys(header) | {"نام کاربری": "bad"} | wrong
    before = everything(User)
    preview = import_file(
        office, User, workbook([header, *(tuple(row[n] for n in header) for row in (good, bad))])
    )
    assert preview.status_code == 200
    assert preview.context.get("confirm_form") is None
    said = preview.content.decode()
    scope = wrong["نقش"] != "نگهبان" and wrong["کد کتابخانه"] != "هیچ"
    assert ("نقش و حوزه با هم نمی‌خوانند" in said) == scope
    assert everything(User) == before


def test_a_bad_row_of_copies_is_shown_and_nothing_is_written(
    office: Client, cast: Cast, holdings: list[Copy]
) -> None:
    header, *rows = rows_of(exported(office, Copy))
    number, barcode = header.index("شماره ثبت"), header.index("بارکد")
    taken = list(rows[0])
    taken[number], taken[barcode] = "77", rows[1][barcode]
    nameless = list(rows[0])
    nameless[number], nameless[barcode], nameless[header.index("عنوان")] = "78", "78", ""
    homeless = list(rows[0])
    homeless[number], homeless[barcode], homeless[header.index("کد کتابخانه")] = "79", "79", "X9"
    before = everything(Copy), everything(Title), everything(Section)
    for bad in (taken, nameless, homeless):
        preview = import_file(office, Copy, workbook([header, tuple(bad)]))
        assert preview.status_code == 200
        assert preview.context.get("confirm_form") is None, bad
    assert (everything(Copy), everything(Title), everything(Section)) == before


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "#N/A"])
def test_what_looks_like_a_formula_leaves_as_text(
    office: Client, cast: Cast, holdings: list[Copy], text: str
) -> None:
    Title.objects.filter(pk=holdings[0].title_id).update(
        title=text, identity=title_identity(text, "نویسندهٔ نمونه", "نشر نمونه", "1390")
    )
    Library.objects.update(name=text)
    User.objects.filter(pk=cast.librarian.pk).update(first_name=text)
    for model in (Copy, Library, User):
        content = exported(office, model)
        sheet = openpyxl.load_workbook(BytesIO(content)).active
        found = [cell for row in sheet.iter_rows() for cell in row if cell.value == text]
        assert found
        assert {cell.data_type for cell in found} <= {"s", "inlineStr"}
        before = everything(model)
        confirm_import(office, model, import_file(office, model, content))
        assert everything(model) == before


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04 torn", b"\x89PNG\r\n\x1a\n", "ستون\n۱".encode()]
)
def test_a_file_that_is_no_excel_gets_a_sentence(
    office: Client, cast: Cast, content: bytes
) -> None:
    for model in (Library, User, Copy):
        preview = import_file(office, model, content)
        assert preview.status_code == 200
        assert preview.context.get("confirm_form") is None
        assert preview.context["form"].errors or preview.context["result"].has_errors()
        assert "Traceback" not in preview.content.decode()


def test_only_excel_comes_in_and_goes_out(office: Client, cast: Cast) -> None:
    for model in (Library, User, Copy):
        for page in ("import", "export"):
            formats = office.get(url_of(model, page)).context["form"].fields["format"]
            labels = [label for value, label in formats.choices if value != ""]
            assert labels == ["xlsx"]


def test_an_export_holds_no_password(office: Client, cast: Cast) -> None:
    content = exported(office, User)
    cells = {str(cell) for row in rows_of(content) for cell in row}
    assert not any("$" in cell for cell in cells)
    assert cast.librarian.password not in cells


def test_two_libraries_may_share_names_of_counties(office: Client, cast: Cast) -> None:
    """A county is known by its province; staff of either come back to their own."""
    first = make_library("M1", "تهران", "مرکزی")
    second = make_library("M2", "قم", "مرکزی")
    for number, library in enumerate((first, second)):
        User.objects.create(username=f"c{number}", role="county_head", county=library.county)
    before = everything(User)
    preview = import_file(office, User, exported(office, User))
    confirm_import(office, User, preview)
    assert everything(User) == before

"""Import and export in Django admin: Excel alone, read and written as everywhere in Rafkhan."""

from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import tablib
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from import_export.admin import ImportExportModelAdmin
from import_export.formats.base_formats import XLSX

from libraries.files.limits import Unreadable
from libraries.files.read_table import read_table
from libraries.files.write import Sheet, write_workbook


class Excel(XLSX):
    """Excel whose texts stay texts: what begins with = is no formula on its way out."""

    def create_dataset(self, in_stream: bytes) -> tablib.Dataset:
        """The rows of a file under its first row. Raises Unreadable with a Persian sentence."""
        with NamedTemporaryFile(suffix=".xlsx") as file:
            file.write(in_stream)
            file.flush()
            rows = read_table(Path(file.name), filename="فایل").rows
        if not rows:
            raise Unreadable("در این فایل هیچ سطری نیست؛ نخست خروجی بگیرید و آن را پر کنید.")
        return tablib.Dataset(*rows[1:], headers=rows[0])

    def export_data(self, dataset: tablib.Dataset, **kwargs: Any) -> bytes:
        """The rows as a workbook."""
        content = BytesIO()
        rows = [["" if cell is None else str(cell) for cell in row] for row in dataset]
        write_workbook(content, [Sheet("فهرست", dataset.headers or [], rows)])
        return content.getvalue()


class ExcelAdmin(ImportExportModelAdmin):
    """Import and export of one model; a file is taken whole or not at all."""

    formats = (Excel,)

    def add_data_read_fail_error_to_form(self, form: Any, e: Exception) -> None:
        """Say why a file can't be read."""
        reason = str(e) if isinstance(e, Unreadable) else "این فایل خوانده نمی‌شود."
        form.add_error("import_file", reason)

    def get_import_data_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """One bad row stops all of them, also at the second step."""
        return super().get_import_data_kwargs(**kwargs) | {"rollback_on_validation_errors": True}

    def process_result(self, result: Any, request: HttpRequest) -> HttpResponse:
        """After the second step: done, or nothing done because the data changed in between."""
        if result.has_errors() or result.has_validation_errors():
            messages.error(request, "پس از بررسی چیزی تغییر کرده است؛ فایل را دوباره بررسی کنید.")
            info = self.get_model_info()
            return HttpResponseRedirect(reverse("admin:{}_{}_import".format(*info)))
        return super().process_result(result, request)

"""Write the directive's forms, empty, as PDFs to print and fill in by hand."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reports.forms import minutes_5, minutes_6, report_1, report_2, report_3
from reports.pdf import to_pdf


class Command(BaseCommand):
    help = "فرم‌های خام دستورالعمل را برای پرکردن با دست، به صورت PDF در یک پوشه می‌نویسد."
    requires_system_checks = ()  # needs no database and no site

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("directory", type=Path, metavar="DIR", help="پوشهٔ مقصد")

    def handle(self, *args: Any, directory: Path, **options: Any) -> None:
        try:
            directory.mkdir(parents=True, exist_ok=True)
            for name, html in _blanks().items():
                target = directory / f"{name}.pdf"
                target.write_bytes(to_pdf(html))
                self.stdout.write(str(target))
        except (FileExistsError, NotADirectoryError) as error:
            raise CommandError(f"«{directory}» پوشه نیست؛ نام یک پوشه را بدهید.") from error
        except OSError as error:
            raise CommandError(
                f"در پوشهٔ «{directory}» نمی‌توان نوشت؛ دسترسی و جای خالی دیسک را بررسی کنید "
                "یا پوشهٔ دیگری بدهید."
            ) from error


def _blanks() -> dict[str, str]:
    """Return each empty form's HTML by the name of its file."""
    return {
        "minutes-5": minutes_5.render_html(minutes_5.blank()),
        "minutes-6": minutes_6.render_html(minutes_6.blank()),
        "report-1": report_1.render_html(report_1.blank()),
        "report-2": report_2.render_html(report_2.blank()),
        "report-3": report_3.render_html(report_3.blank()),
    }

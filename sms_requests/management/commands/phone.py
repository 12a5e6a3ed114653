"""Play a phone: type a text to the line, see what it answers."""

import contextlib
import json
import select
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from libraries.domain.national_id import clean_mobile
from sms_requests.phone import NetworkPhone, Phone, TablePhone


class Command(BaseCommand):
    help = (
        "نقش یک گوشی را بازی می‌کند: متنی را که می‌نویسید به خط پیامک می‌فرستد و پاسخ‌ها را نشان "
        "می‌دهد. در کنار «make sms» از راه Kannel، و در کنار «make run» بی‌درگاه."
    )
    requires_system_checks = ()  # it serves nobody

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--number", default="09120000001", help="شمارهٔ این گوشی")
        parser.add_argument("--say", action="append", default=[], metavar="TEXT", help="متن پیامک")
        parser.add_argument(
            "--wait", type=float, default=5, metavar="SECONDS", help="چند ثانیه در انتظار پاسخ"
        )

    def handle(self, *args: Any, number: str, say: list[str], wait: float, **options: Any) -> None:
        try:
            phone = _phone(clean_mobile(number))
        except ValueError as error:
            raise CommandError(str(error)) from error
        if say:
            for text in say:
                phone.say(text)
            self._show(phone, wait)
            return
        self.stdout.write("متن پیامک را بنویسید و Enter بزنید؛ پایان: Ctrl-D.")
        with contextlib.suppress(KeyboardInterrupt):
            self._talk(phone)

    def _talk(self, phone: Phone) -> None:
        """Until the input ends: send each line, show each answer."""
        while True:
            ready, _, _ = select.select([sys.stdin], [], [], 0.2)
            if ready:
                line = sys.stdin.readline()
                if not line:
                    return
                if line.strip():
                    phone.say(line.strip())
            self._show(phone, 0.1)

    def _show(self, phone: Phone, seconds: float) -> None:
        """Show what comes, until nothing more does for that long."""
        try:
            while texts := phone.hear(seconds):
                for text in texts:
                    self.stdout.write(f"← {text}")
                self.stdout.flush()
        except ConnectionError as error:
            raise CommandError("شبکهٔ پیامک بسته شد؛ «make sms» را دوباره اجرا کنید.") from error


def _phone(number: str) -> Phone:
    """On Kannel's fake network where `make sms` runs, else on the tables."""
    kept = Path(settings.DATA_DIR) / "kannel" / "settings.json"
    if kept.exists():
        found = json.loads(kept.read_text())
        try:
            return NetworkPhone(found["phone_port"], number, found["line"])
        except OSError:
            pass
    return TablePhone(number, settings.SMS_LINE or "100045040")

"""Send the texts that are due: at the worker's start, or from a timer where no worker runs."""

from typing import Any

from django.core.management.base import BaseCommand

from sms_requests.tasks import wake


class Command(BaseCommand):
    help = "پیامک‌هایی را که در صف مانده‌اند، می‌فرستد."

    def handle(self, *args: Any, **options: Any) -> None:
        wake()

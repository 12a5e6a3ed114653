"""Have the texts understood and sent that are due: at the worker's start, or from a timer."""

from typing import Any

from django.core.management.base import BaseCommand

from sms_requests.tasks import wake
from sms_requests.understanding import wake_understanding


class Command(BaseCommand):
    help = "پیامک‌هایی را که رسیده‌اند بررسی می‌کند و آن‌هایی را که در صف مانده‌اند می‌فرستد."

    def handle(self, *args: Any, **options: Any) -> None:
        wake_understanding()
        wake()

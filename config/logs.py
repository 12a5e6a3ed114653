"""What stays out of the program's log."""

import logging

from django.conf import settings


class WithoutToken(logging.Filter):
    """Leaves out the secret in the gateway's addresses: Django writes the path of each request
    that was refused or failed.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Let each record through, without the token."""
        message = record.getMessage()
        if settings.SMS_TOKEN and settings.SMS_TOKEN in message:
            record.msg, record.args = message.replace(settings.SMS_TOKEN, "…"), None
        return True

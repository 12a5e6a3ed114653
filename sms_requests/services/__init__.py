"""Writing what comes and goes by SMS."""

from sms_requests.services.messages import (
    message_queue,
    message_take,
    messages_queue,
    report_take,
)

__all__ = ["message_queue", "message_take", "messages_queue", "report_take"]

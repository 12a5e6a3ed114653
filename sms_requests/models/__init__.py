"""What is stored of lending by SMS."""

from sms_requests.models.messages import DeliveryReport, MessageIn, MessageOut

__all__ = ["DeliveryReport", "MessageIn", "MessageOut"]

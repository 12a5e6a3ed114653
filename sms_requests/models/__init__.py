"""What is stored of lending by SMS."""

from sms_requests.models.lines import SmsLine
from sms_requests.models.messages import DeliveryReport, MessageIn, MessageOut
from sms_requests.models.noormags import NoormagsAccount, NoormagsGrant
from sms_requests.models.requests import KIND_LABELS, RECEIVED, Request, RequestCall, RequestStep
from sms_requests.models.return_days import ReturnAnnouncement, ReturnDay, ReturnNotice

__all__ = [
    "KIND_LABELS",
    "RECEIVED",
    "DeliveryReport",
    "MessageIn",
    "MessageOut",
    "NoormagsAccount",
    "NoormagsGrant",
    "Request",
    "RequestCall",
    "RequestStep",
    "ReturnAnnouncement",
    "ReturnDay",
    "ReturnNotice",
    "SmsLine",
]

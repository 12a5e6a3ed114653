"""What is stored of lending by SMS."""

from sms_requests.models.lines import SmsLine
from sms_requests.models.mailings import Mailing
from sms_requests.models.messages import DeliveryReport, MessageIn, MessageOut
from sms_requests.models.noormags import NoormagsAccount, NoormagsGrant
from sms_requests.models.requests import (
    CORRECTED,
    KIND_LABELS,
    RECEIVED,
    SENT_AGAIN,
    Request,
    RequestCall,
    RequestStep,
)
from sms_requests.models.return_days import ReturnAnnouncement, ReturnDay, ReturnNotice

__all__ = [
    "CORRECTED",
    "KIND_LABELS",
    "RECEIVED",
    "SENT_AGAIN",
    "DeliveryReport",
    "Mailing",
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

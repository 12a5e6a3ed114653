"""The gateways we speak to, and the choice among them."""

from django.conf import settings

from sms_requests.gateway import Gateway
from sms_requests.gateways.console import Console
from sms_requests.gateways.kannel import Kannel
from sms_requests.gateways.melipayamak import Melipayamak

GATEWAYS: dict[str, type[Gateway]] = {
    gateway.name: gateway for gateway in (Console, Kannel, Melipayamak)
}
# A text of which these say nothing for long is without news; the others never say anything.
REPORTING = tuple(name for name, gateway in GATEWAYS.items() if gateway.reports)


def chosen_gateway() -> Gateway:
    """The gateway that the settings name (`RAFKHAN_SMS_GATEWAY`)."""
    return GATEWAYS[settings.SMS_GATEWAY]()

"""Notices by e-mail: sent by the worker, so that a mail server that hangs holds nobody up."""

import logging

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django_tasks import task

from reports.models import Notice

logger = logging.getLogger(__name__)


@task()
def notices_mail(notice_ids: list[int]) -> int:
    """Send these notices to those who gave an address; how many went out.

    A server that refuses or doesn't answer is logged and no more: the notice stands in the
    application all the same.
    """
    notices = Notice.objects.filter(pk__in=notice_ids).exclude(user__email="")
    messages = [
        EmailMessage(
            " ".join(notice.text.split()),  # a subject is one line
            f"{notice.text}\n",
            settings.DEFAULT_FROM_EMAIL,
            [notice.user.email],
        )
        for notice in notices.select_related("user")
    ]
    if not messages:
        return 0
    try:
        return get_connection().send_messages(messages) or 0
    except OSError as error:  # smtplib's errors are of this kind too
        logger.warning("%s notices could not be mailed: %s", len(messages), error)
        return 0

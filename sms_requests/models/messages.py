"""Texts that came, texts that leave, and what the network says of them (spec R8).

They belong to the line, not to a library; requests and members lead to them.
"""

import uuid

from django.db import models
from django.db.models import Q

from sms_requests.models.mailings import Mailing


class MessageIn(models.Model):
    """A text that came, as it came: kept before anybody tries to understand it."""

    class Trouble(models.TextChoices):
        NONE = "", "—"
        CHARSET = "charset", "نویسه‌های ناخوانا"
        INCOMPLETE = "incomplete", "بی‌فرستنده یا بی‌متن"

    gateway = models.CharField("درگاه", max_length=20)
    key = models.CharField(max_length=64, editable=False)
    provider_id = models.CharField("شناسه نزد درگاه", max_length=100, blank=True)
    sender = models.CharField("فرستنده", max_length=20, blank=True)
    to = models.CharField("خط", max_length=20, blank=True)
    text = models.TextField("متن", blank=True)
    charset = models.CharField("نویسه‌گان", max_length=20, blank=True)
    parts = models.PositiveSmallIntegerField("شمار بخش‌ها", default=1)
    trouble = models.CharField(
        "اشکال", max_length=10, choices=Trouble, blank=True, default=Trouble.NONE
    )
    raw = models.TextField("درخواست خام")
    received_at = models.DateTimeField("زمان دریافت")
    # Understood by the worker: a flood's texts later than they came, each once.
    handle_after = models.DateTimeField("بررسی پس از")
    handled_at = models.DateTimeField("بررسی شد", null=True)

    class Meta:
        verbose_name = "پیامک رسیده"
        verbose_name_plural = "پیامک‌های رسیده"
        ordering = ("-received_at", "-pk")
        constraints = (
            models.UniqueConstraint(fields=("gateway", "key"), name="message_taken_once"),
        )
        indexes = (
            models.Index(fields=("sender", "received_at"), name="messages_of_a_sender"),
            models.Index(fields=("received_at",), name="message_in_by_time"),
            models.Index(
                fields=("handle_after",),
                condition=Q(handled_at=None),
                name="messages_to_understand",
            ),
        )

    def __str__(self) -> str:
        return f"پیامک {self.pk}"


class MessageOut(models.Model):
    """A text that leaves. The row is written first; the worker sends it after the commit.

    `sending` is written before the gateway is asked. A text that stays there met a crash or an
    answer that never came; whether it left is unknown, and it isn't sent again by itself.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "در صف"
        SENDING = "sending", "در حال ارسال"
        SENT = "sent", "تحویل درگاه"
        ACCEPTED = "accepted", "تحویل مخابرات"
        DELIVERED = "delivered", "رسید"
        FAILED = "failed", "نرسید"
        CANCELLED = "cancelled", "لغو شد"

    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    gateway = models.CharField("درگاه", max_length=20, blank=True)
    to = models.CharField("گیرنده", max_length=11)
    text = models.TextField("متن")
    parts = models.PositiveSmallIntegerField("شمار بخش‌ها")
    state = models.CharField("وضعیت", max_length=10, choices=State, default=State.QUEUED)
    created_at = models.DateTimeField("زمان ثبت")
    mailing = models.ForeignKey(
        Mailing, models.PROTECT, null=True, blank=True, related_name="messages",
        verbose_name="فرستادن گروهی",
    )  # fmt: skip
    not_before = models.DateTimeField("نه پیش از", null=True, blank=True)
    tries = models.PositiveSmallIntegerField("شمار تلاش‌ها", default=0)
    next_try_at = models.DateTimeField("تلاش بعدی")
    last_try_at = models.DateTimeField("آخرین تلاش", null=True, blank=True)
    provider_id = models.CharField("شناسه نزد درگاه", max_length=100, blank=True)
    error = models.CharField("خطا", max_length=200, blank=True)
    sent_at = models.DateTimeField("تحویل به درگاه", null=True, blank=True)
    accepted_at = models.DateTimeField("تحویل به مخابرات", null=True, blank=True)
    delivered_at = models.DateTimeField("زمان رسیدن", null=True, blank=True)
    failed_at = models.DateTimeField("زمان ناکامی", null=True, blank=True)
    # Sent again by a person's decision, once: this text leaves in place of that one.
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="replaced_by", verbose_name="به جای"
    )

    class Meta:
        verbose_name = "پیامک فرستاده"
        verbose_name_plural = "پیامک‌های فرستاده"
        ordering = ("-created_at", "-pk")
        indexes = (
            models.Index(
                fields=("next_try_at",), condition=Q(state="queued"), name="messages_to_send"
            ),
            models.Index(
                fields=("next_try_at",),
                condition=Q(state="queued", mailing=None),
                name="answers_to_send",
            ),
            models.Index(
                fields=("last_try_at",),
                condition=Q(state__in=("sending", "sent")),
                name="messages_without_news",
            ),
            models.Index(fields=("created_at",), name="message_out_by_time"),
            models.Index(fields=("to", "created_at"), name="messages_to_a_number"),
            models.Index(
                fields=("gateway", "provider_id"),
                condition=~Q(provider_id=""),
                name="message_by_provider_id",
            ),
        )

    def __str__(self) -> str:
        return f"پیامک {self.pk}"


class DeliveryReport(models.Model):
    """What the network said of a text, each thing once."""

    class Kind(models.TextChoices):
        ACCEPTED = "accepted", "مخابرات پذیرفت"
        BUFFERED = "buffered", "در انتظار گوشی"
        DELIVERED = "delivered", "رسید"
        FAILED = "failed", "نرسید"
        REJECTED = "rejected", "پذیرفته نشد"

    message = models.ForeignKey(
        MessageOut, models.CASCADE, related_name="reports", verbose_name="پیامک"
    )
    kind = models.CharField("گزارش", max_length=10, choices=Kind)
    detail = models.CharField("توضیح", max_length=200, blank=True)
    at = models.DateTimeField("زمان")

    class Meta:
        verbose_name = "گزارش تحویل"
        verbose_name_plural = "گزارش‌های تحویل"
        ordering = ("at", "pk")
        constraints = (
            models.UniqueConstraint(fields=("message", "kind"), name="report_taken_once"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}"

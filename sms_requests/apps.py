from django.apps import AppConfig


class SmsRequestsConfig(AppConfig):
    name = "sms_requests"
    verbose_name = "درخواست‌های پیامکی"

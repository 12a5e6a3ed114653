from django.apps import AppConfig


class ShelfReadingConfig(AppConfig):
    name = "shelfreading"
    verbose_name = "رف‌خوانی"

from django.apps import AppConfig

from config import checks

__all__ = ["checks"]  # importing them registers them


class RafkhanConfig(AppConfig):
    """The topmost room: settings, addresses, the desk, and what is checked before a start."""

    name = "config"
    verbose_name = "رف‌خوان"

from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig

from config import checks

__all__ = ["checks"]  # importing them registers them


class RafkhanConfig(AppConfig):
    """The topmost room: settings, addresses, the desk, and what is checked before a start."""

    name = "config"
    verbose_name = "رف‌خوان"


class UsedStaticFiles(StaticFilesConfig):
    """Static files without the builds of npm packages that no page asks for.

    Compressing those takes most of a first start's time.
    """

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "bootstrap-*",
        "bootstrap.bundle*",
        "bootstrap.css*",
        "bootstrap.esm*",
        "bootstrap.js*",
        "bootstrap.min.*",
        "bootstrap.rtl.css*",
        "htmx.amd*",
        "htmx.cjs*",
        "htmx.esm*",
        "htmx.js",
        "htmx.min.js.gz",
        "Vazirmatn-*",
    ]

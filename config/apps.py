from django.apps import AppConfig, apps
from django.contrib.staticfiles.apps import StaticFilesConfig

from config import checks

__all__ = ["checks"]  # importing them registers them

# Builds in npm packages that no page asks for: compressing them takes most of a first start.
UNUSED_STATIC_FILES = [
    "*.d.ts",
    "bootstrap-*",
    "bootstrap.bundle*",
    "bootstrap.css*",
    "bootstrap.esm*",
    "bootstrap.js*",
    "bootstrap.min.*",
    "bootstrap.rtl.css*",
    "ext",  # htmx's
    "htmx.amd*",
    "htmx.cjs*",
    "htmx.esm*",
    "htmx.js",
    "htmx.min.js.gz",
    "index.cjs",
    "umd.js",
    "Vazirmatn-*",
]


class RafkhanConfig(AppConfig):
    """The topmost room: settings, addresses, the desk, and what is checked before a start."""

    name = "config"
    verbose_name = "رف‌خوان"

    def ready(self) -> None:
        """Tell `collectstatic` what to leave out."""
        staticfiles = apps.get_app_config("staticfiles")
        assert isinstance(staticfiles, StaticFilesConfig)
        staticfiles.ignore_patterns = [*staticfiles.ignore_patterns, *UNUSED_STATIC_FILES]

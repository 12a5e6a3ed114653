"""Rafkhan's settings: one file, everything that differs between machines read from the environment.

Every variable is listed in the README. With RAFKHAN_DEBUG off (the default) the site refuses to
start when it would be unsafe.
"""

import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from config import env

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = env.folder("RAFKHAN_DATA_DIR", BASE_DIR / "var")

DEBUG = env.flag("RAFKHAN_DEBUG")
DEMO = env.flag("RAFKHAN_DEMO")
DEMO_OPEN = env.flag("RAFKHAN_DEMO_OPEN")
ALLOWED_HOSTS = env.words("RAFKHAN_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]" if DEBUG else "")
# A library's own network often has no certificate; then this is set to 0, knowingly.
HTTPS = env.flag("RAFKHAN_HTTPS", default=not DEBUG)

# Commands that serve nobody (`blank_forms`, `match_files`) need no key of their own and get one
# that dies with them. Serving without a given key is refused: `config/wsgi.py`, `config/checks.py`.
SECRET_KEY = env.text("RAFKHAN_SECRET_KEY")
SECRET_KEY_GIVEN = bool(SECRET_KEY)
if not SECRET_KEY_GIVEN:
    SECRET_KEY = "debug-only-key" if DEBUG else secrets.token_urlsafe(50)
if not DEBUG:
    if len(SECRET_KEY) < 40:
        raise ImproperlyConfigured("RAFKHAN_SECRET_KEY must have at least 40 characters")
    if "*" in ALLOWED_HOSTS:
        raise ImproperlyConfigured("RAFKHAN_ALLOWED_HOSTS must name the hosts, * is no name")

INSTALLED_APPS = [
    "import_export",
    "django_tasks",
    "django_tasks_db",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "config.apps.RafkhanConfig",
    "libraries",
    "loans",
    "shelfreading",
    "sms_requests",
    "reports",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "libraries.middleware.ContentSecurityPolicyMiddleware",
    "libraries.middleware.DeclaredRightMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "libraries.context_processors.navigation",
                "reports.context_processors.notices",
            ],
        },
    },
]

DATABASES = {"default": env.database("DATABASE_URL", DATA_DIR / "rafkhan.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "libraries.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "desk"
LOGOUT_REDIRECT_URL = "login"

LANGUAGE_CODE = "fa"
LANGUAGES = [("fa", "فارسی")]
TIME_ZONE = "Asia/Tehran"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
NODE_MODULES = BASE_DIR / "node_modules"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("vendor/barcode-detector", NODE_MODULES / "barcode-detector" / "dist" / "es"),
    ("vendor/bootstrap", NODE_MODULES / "bootstrap" / "dist"),
    ("vendor/htmx", NODE_MODULES / "htmx.org" / "dist"),
    ("vendor/idb", NODE_MODULES / "idb" / "build"),
    ("vendor/vazirmatn", NODE_MODULES / "vazirmatn" / "fonts" / "webfonts"),
    # The decoder that barcode-detector would fetch from another host.
    ("vendor/zxing", NODE_MODULES / "zxing-wasm" / "dist" / "reader"),
]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "files"},
    },
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "config.static_storage.ModuleStaticFilesStorage"
        )
    },
}
# How far long work is: seen by the page while the work's own transaction is still open.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": DATA_DIR / "cache",
    }
}
FORMS_FONT_DIR = NODE_MODULES / "vazirmatn" / "fonts" / "ttf"

# Uploads: lists of a whole library. Larger files never reach memory whole.
MAX_UPLOAD_BYTES = env.number("RAFKHAN_MAX_UPLOAD_MB", 200) * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# The worker (`manage.py db_worker`) does what takes more than a second or two.
# "immediate" does it inside the request, for a machine on which no worker runs.
TASKS_MODE = env.choice("RAFKHAN_TASKS", "worker", ("worker", "immediate"))
TASKS = {
    "default": {
        "BACKEND": (
            "django_tasks_db.DatabaseBackend"
            if TASKS_MODE == "worker"
            else "django_tasks.backends.immediate.ImmediateBackend"
        )
    }
}

# Whatever carries texts (`sms_requests/gateways`). `console` only prints, and only in the demo.
SMS_GATEWAY = env.choice("RAFKHAN_SMS_GATEWAY", "console", ("console", "kannel", "melipayamak"))
SMS_URL = env.text("RAFKHAN_SMS_URL")
SMS_USER = env.text("RAFKHAN_SMS_USER")
SMS_PASSWORD = env.text("RAFKHAN_SMS_PASSWORD")
SMS_LINE = env.text("RAFKHAN_SMS_LINE")
# Providers sign nothing: who knows the token in the path is the provider.
SMS_TOKEN = env.text("RAFKHAN_SMS_TOKEN")
SMS_CALLBACK_URL = env.text("RAFKHAN_SMS_CALLBACK_URL")

# Notices of reports. Whoever waits for the server is the worker, and not for long.
MAIL = env.mail("RAFKHAN_EMAIL_URL")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if MAIL.host else 'console'}.EmailBackend"
EMAIL_HOST, EMAIL_PORT = MAIL.host, MAIL.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL.user, MAIL.password
EMAIL_USE_SSL, EMAIL_USE_TLS = MAIL.is_ssl, MAIL.is_tls
DEFAULT_FROM_EMAIL = env.text("RAFKHAN_EMAIL_FROM", "rafkhan@localhost")
EMAIL_TIMEOUT = 20

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SECURE_SSL_REDIRECT = HTTPS
# Kannel on this machine speaks plain HTTP and follows no redirection; the token guards these.
SECURE_REDIRECT_EXEMPT = [r"^sms/"]
SECURE_HSTS_SECONDS = env.number("RAFKHAN_HSTS_SECONDS", 0) if HTTPS else 0
# Other hosts of the same domain, and browsers' own lists, are not this program's to decide.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
CSRF_TRUSTED_ORIGINS = env.words("RAFKHAN_TRUSTED_ORIGINS")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

IMPORT_EXPORT_SKIP_ADMIN_LOG = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"without_token": {"()": "config.logs.WithoutToken"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {
        "handlers": ["console"],
        "level": env.choice(
            "RAFKHAN_LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
        ),
    },
    # They tell each step of each page and font.
    "loggers": {name: {"level": "WARNING"} for name in ("weasyprint", "fontTools")}
    | {"django.request": {"filters": ["without_token"]}},
}

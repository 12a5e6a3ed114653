"""The settings of a site that tests serve: as in use, less what only costs time."""

import os

from config.settings import *  # noqa: F403

STATIC_ROOT = os.environ["SERVED_STATIC_ROOT"]
# Compressing every file takes longer than all the rest.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["css", "js", "json", "md", "png", "svg", "txt", "wasm"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

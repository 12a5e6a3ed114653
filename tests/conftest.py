"""What every test stands on: settings, both databases, a real browser.

The database is SQLite in a temporary file, or the PostgreSQL that DATABASE_URL names
(`scripts/postgres.py` starts one). Settings come from the environment, as in use.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# Before Django is touched: the caller's own settings have no say in the tests.
SCRATCH = Path(tempfile.mkdtemp(prefix="rafkhan-tests-"))
atexit.register(shutil.rmtree, SCRATCH, ignore_errors=True)
for name in [name for name in os.environ if name.startswith("RAFKHAN_")]:
    if name not in {"RAFKHAN_SHARED"}:
        del os.environ[name]
os.environ.update(
    DJANGO_SETTINGS_MODULE="config.settings",
    RAFKHAN_SECRET_KEY="for-tests-only-" + "x" * 40,
    RAFKHAN_ALLOWED_HOSTS="testserver,localhost,127.0.0.1",
    RAFKHAN_DATA_DIR=str(SCRATCH),
    RAFKHAN_HTTPS="0",
    RAFKHAN_TASKS="immediate",
)

import django  # noqa: E402
import hypothesis  # noqa: E402
import pytest  # noqa: E402
from django.conf import settings as django_settings  # noqa: E402

# The helpers' assertions explain themselves as the tests' do.
HELPERS = {path.stem for path in Path(__file__).parent.glob("*.py")} - {"conftest"}
pytest.register_assert_rewrite(*(f"tests.{name}" for name in sorted(HELPERS)))
pytest_plugins = [
    "tests.fixtures_browser",
    "tests.fixtures_cast",
    "tests.fixtures_database",
    "tests.fixtures_served",
]

# What only use needs: files gathered under hashed names, and passwords that are slow to guess.
django_settings.STORAGES = {
    **django_settings.STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# WhiteNoise looks at every gathered file for each new client. The tests' own server has no need of
# them: it asks the finders.
django_settings.STATIC_ROOT = SCRATCH / "static"
django_settings.STATIC_ROOT.mkdir()
django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
django.setup()
# Or workers of xdist would read the settings before they come here, and share one folder.
del os.environ["DJANGO_SETTINGS_MODULE"]

# The machine is shared, so no deadline; the same examples each time on the build machine.
hypothesis.settings.register_profile(
    "rafkhan", deadline=None, database=None, derandomize=bool(os.environ.get("CI"))
)
hypothesis.settings.register_profile(
    "fast", hypothesis.settings.get_profile("rafkhan"), max_examples=20
)
hypothesis.settings.load_profile("rafkhan")


DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "live_server"}


def asks_a_database(item: pytest.Item) -> bool:
    """Whether a test works on the database, by itself or through a fixture."""
    fixtures: list[str] = getattr(item, "fixturenames", [])
    return item.get_closest_marker("django_db") is not None or bool(
        DATABASE_FIXTURES.intersection(fixtures)
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what is about the other database; on PostgreSQL leave out what asks no database.

    Half of the tests are about pure functions, PDFs and settings. They ran on SQLite's turn, and
    PostgreSQL has no say in them.
    """
    engine = django_settings.DATABASES["default"]["ENGINE"]
    on_postgresql = engine.endswith("postgresql")
    other = "sqlite_only" if on_postgresql else "postgres_only"
    for item in items:
        if item.get_closest_marker(other):
            item.add_marker(pytest.mark.skip(reason=f"{other}, and this run is on {engine}"))
    if on_postgresql:
        kept, left_out = [], []
        for item in items:
            wanted = asks_a_database(item) or item.get_closest_marker("postgres_only")
            (kept if wanted else left_out).append(item)
        items[:] = kept
        config.hook.pytest_deselected(items=left_out)

"""The tree as a whole: migrations, addresses, sizes, and what the README claims."""

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command, get_commands

ROOT = Path(__file__).resolve().parents[2]
LARGEST = 400_000  # bytes
README = (ROOT / "README.md").read_text(encoding="utf-8")

# Names of a format, not places: nobody fetches them.
NAMESPACES = ("http://www.w3.org/",)


def foreign_addresses(text: str) -> list[str]:
    """Addresses in a page or a script that a browser would fetch from another host."""
    found = re.findall(r"""https?://[^\s"'<>)]*|(?<=["'(])//[\w.-]+\.\w[^\s"'<>)]*""", text)
    return [address for address in found if not address.startswith(NAMESPACES)]


def own_pages() -> Iterable[Path]:
    """The templates, scripts and style sheets written here."""
    for folder in [ROOT / "templates", ROOT / "static", *ROOT.glob("*/templates")]:
        for path in folder.rglob("*"):
            if path.suffix in {".html", ".txt", ".css", ".js", ".svg", ".json", ".typ"}:
                yield path


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    for config in apps.get_app_configs():  # makemigrations passes over an app without the folder
        if config.models and Path(config.path).parent == ROOT:
            assert (Path(config.path) / "migrations" / "0001_initial.py").is_file(), config.name
    call_command("makemigrations", check=True, dry_run=True)


def test_pages_need_no_other_host() -> None:
    found = {
        str(path.relative_to(ROOT)): addresses
        for path in own_pages()
        if (addresses := foreign_addresses(path.read_text(encoding="utf-8")))
    }
    assert found == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('<script src="https://cdn.example/x.js">', ["https://cdn.example/x.js"]),
        ("url(//fonts.example/a.woff2)", ["//fonts.example/a.woff2"]),
        ('<svg xmlns="http://www.w3.org/2000/svg">', []),
        ('<script src="/static/x.js"></script> // a comment', []),
    ],
)
def test_a_foreign_address_is_seen(text: str, expected: list[str]) -> None:
    assert foreign_addresses(text) == expected


def test_no_large_file_is_tracked() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    files = [ROOT / name for name in listed.stdout.split("\0") if name]
    assert len(files) > 20
    assert [str(path) for path in files if path.is_file() and path.stat().st_size > LARGEST] == []


def make_targets() -> set[str]:
    """The targets that a bare `make` lists."""
    return set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))


def own_commands() -> set[str]:
    """The management commands of our apps."""
    ours = {config.name for config in apps.get_app_configs() if (ROOT / config.name).is_dir()}
    return {name for name, app in get_commands().items() if app in ours}


def settings_variables() -> set[str]:
    """The environment variables that the settings read."""
    source = "".join(path.read_text() for path in (ROOT / "config").glob("*.py"))
    return set(re.findall(r'"(RAFKHAN_[A-Z_]+|DATABASE_URL)"', source))


def other_variables() -> set[str]:
    """The environment variables that make, the scripts and the tests read."""
    files = [ROOT / "Makefile", *(ROOT / "scripts").iterdir(), *(ROOT / "tests").rglob("*.py")]
    source = "".join(path.read_text(encoding="utf-8") for path in files if path.is_file())
    return set(re.findall(r"\b(?:RAFKHAN_[A-Z_]+|DATABASE_URL\w*|PYTEST_ARGS|HOST|PORT)\b", source))


def test_make_targets_and_readme_agree() -> None:
    assert set(re.findall(r"`make ([a-z-]+)", README)) == make_targets() - {"help"}


def test_commands_and_readme_agree() -> None:
    named = set(re.findall(r"manage\.py (\w+)", README))
    assert named - set(get_commands()) == set()
    assert own_commands() - named == set()


def test_variables_and_readme_agree() -> None:
    named = set(re.findall(r"`(RAFKHAN_[A-Z_]+|DATABASE_URL\w*|PYTEST_ARGS|HOST|PORT)\b", README))
    assert named - settings_variables() - other_variables() == set()
    assert settings_variables() - named == set()

"""Reads a module's imports and calls, and says where they break the house's directions.

Every checker takes a path inside the project and its source, and returns a list of complaints,
so that a test can show it a bad example as easily as the real files.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[2]

# Which of our packages each may import, besides itself (docs: "Directions").
MAY_IMPORT = {
    "libraries": set(),
    "loans": {"libraries"},
    "shelfreading": {"libraries", "loans"},
    "sms_requests": {"libraries", "loans"},
    "reports": {"libraries", "loans", "shelfreading", "sms_requests"},
    "config": {"libraries", "loans", "shelfreading", "sms_requests", "reports"},
}
APPS = set(MAY_IMPORT) - {"config"}

# `*/domain/`: what of the world outside it may know.
VALUE_LIBRARIES = {"jdatetime", "rapidfuzz"}
WORLDLY = {
    *("asyncio", "http", "logging", "multiprocessing", "os", "pathlib", "shutil", "socket"),
    *("sqlite3", "subprocess", "tempfile", "threading", "time", "urllib"),
}
CLOCKS = {"now", "today", "utcnow"}
WORLDLY_CALLS = {"open", "input", "print"}

# Inside an app: a layer may import its own rank and those below it.
RANK = {"models": 0, "selectors": 1, "services": 1, "forms": 2, "views": 3}
# The directive's five forms (minutes 5 and so on), not Django's.
NOT_LAYERS = {("reports", "forms")}


def project_files() -> list[str]:
    """Every Python file of our packages, by its path in the project."""
    return sorted(
        path.relative_to(ROOT).as_posix()
        for package in MAY_IMPORT
        for path in (ROOT / package).rglob("*.py")
    )


def _package(path: str, level: int) -> list[str]:
    """The package that a relative import of this level starts from."""
    parts = list(PurePosixPath(path).parts[:-1])
    return parts[: len(parts) - level + 1]


def imported(path: str, tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and full dotted name of everything imported; `from a import b` gives `a.b`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = _package(path, node.level) if node.level else []
            base = [*base, *(node.module or "").split(".")]
            for alias in node.names:
                yield node.lineno, ".".join([part for part in base if part] + [alias.name])


def directions(path: str, source: str) -> list[str]:
    """Imports, and models named by text, that run against the order of the apps."""
    own = PurePosixPath(path).parts[0]
    tree = ast.parse(source)
    named = list(imported(path, tree))
    for node in ast.walk(tree):  # ForeignKey("reports.Report") is a dependency like another
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and re.fullmatch(r"[a-z_]+\.[A-Z]\w*", text):
            named.append((node.lineno, text))
    return [
        f"{path}:{line}: {own} must not know {name}"
        for line, name in named
        if (app := name.split(".")[0]) in MAY_IMPORT and app != own and app not in MAY_IMPORT[own]
    ]


def domain_purity(path: str, source: str) -> list[str]:
    """In `*/domain/`: anything but values in, values out."""
    if PurePosixPath(path).parts[1:2] != ("domain",):
        return []
    tree = ast.parse(source)
    complaints = []
    for line, name in imported(path, tree):
        parts = name.split(".")
        known = parts[0] in sys.stdlib_module_names - WORLDLY or parts[0] in VALUE_LIBRARIES
        if not known and not (parts[0] in APPS and parts[1:2] == ["domain"]):
            complaints.append(f"{path}:{line}: domain must not import {name}")
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS:
            complaints.append(f"{path}:{node.lineno}: domain must not read a clock")
        if isinstance(node.func, ast.Name) and node.func.id in WORLDLY_CALLS:
            complaints.append(f"{path}:{node.lineno}: domain must not call {node.func.id}")
    return complaints


def imports_inside_functions(path: str, source: str) -> list[str]:
    """An import in a function hides a circle. `AppConfig.ready` is Django's own place for one."""
    complaints = set()
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if node.name == "ready" and path.endswith("/apps.py"):
            continue
        for inner in ast.walk(node):
            if isinstance(inner, ast.Import | ast.ImportFrom):
                complaints.add(f"{path}:{inner.lineno}: import inside {node.name}()")
    return sorted(complaints)


def model_signals(path: str, source: str) -> list[str]:
    """Signals by which one app would act on another behind its back."""
    banned = ("django.dispatch", "django.db.models.signals")
    return [
        f"{path}:{line}: call a service, do not signal ({name})"
        for line, name in imported(path, ast.parse(source))
        if name.startswith(banned)
    ]


def _layer(parts: tuple[str, ...]) -> str | None:
    """The layer of a place in an app: views for `views`, `views_scan` and `views.scan`."""
    if len(parts) < 2 or parts[0] not in APPS or parts[:2] in NOT_LAYERS:
        return None
    name = parts[1].removesuffix(".py")
    return next((layer for layer in RANK if name == layer or name.startswith(layer + "_")), None)


def layers(path: str, source: str) -> list[str]:
    """Imports that run up: views -> forms, services, selectors -> models -> domain."""
    own = _layer(PurePosixPath(path).parts)
    if own is None:
        return []
    return [
        f"{path}:{line}: {own} must not import {name}"
        for line, name in imported(path, ast.parse(source))
        if (other := _layer(tuple(name.split(".")))) and RANK[other] > RANK[own]
    ]

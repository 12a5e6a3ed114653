"""The directions among the apps, and inside them, as the files' imports show them."""

from collections.abc import Callable

import pytest

from tests.house import imports

Checker = Callable[[str, str], list[str]]
CHECKERS: list[Checker] = [
    imports.directions,
    imports.domain_purity,
    imports.imports_inside_functions,
    imports.model_signals,
    imports.layers,
]

BAD = [
    (imports.directions, "libraries/services.py", "from loans.models import Loan"),
    (imports.directions, "loans/models.py", "import shelfreading"),
    (imports.directions, "shelfreading/views.py", "from sms_requests import services"),
    (imports.directions, "sms_requests/views.py", "import shelfreading.models as m"),
    (imports.directions, "shelfreading/services.py", "from reports.services import x"),
    (imports.directions, "reports/pdf.py", "from config.settings import DEBUG"),
    (imports.directions, "loans/models.py", 'models.ForeignKey("reports.Report", PROTECT)'),
    (imports.directions, "loans/models.py", "if TYPE_CHECKING:\n    from reports.models import R"),
    (imports.domain_purity, "loans/domain/overdue.py", "from django.utils import timezone"),
    (imports.domain_purity, "loans/domain/overdue.py", "from loans.models import Loan"),
    (imports.domain_purity, "loans/domain/overdue.py", "from ..models import Loan"),
    (imports.domain_purity, "loans/domain/overdue.py", "from .. import models"),
    (imports.domain_purity, "loans/domain/overdue.py", "import time"),
    (imports.domain_purity, "loans/domain/overdue.py", "from pathlib import Path"),
    (imports.domain_purity, "loans/domain/overdue.py", "import numpy"),
    (imports.domain_purity, "loans/domain/a.py", "import datetime\nx = datetime.date.today()"),
    (imports.domain_purity, "loans/domain/a.py", "import jdatetime as j\nx = j.datetime.now()"),
    (imports.domain_purity, "loans/domain/a.py", "open('x')"),
    (imports.imports_inside_functions, "loans/services.py", "def f():\n    import json"),
    (imports.imports_inside_functions, "loans/apps.py", "def f():\n    from loans import checks"),
    (imports.model_signals, "loans/apps.py", "from django.dispatch import receiver"),
    (imports.model_signals, "loans/models.py", "from django.db.models.signals import post_save"),
    (imports.model_signals, "loans/models.py", "from django.db.models import signals"),
    (imports.layers, "loans/services.py", "from loans.forms import LoanForm"),
    (imports.layers, "loans/services.py", "from loans import views"),
    (imports.layers, "loans/selectors_desk.py", "from . import views_desk"),
    (imports.layers, "loans/models/loan.py", "from ..services import loan_return"),
    (imports.layers, "loans/forms.py", "from loans.views import desk"),
    (imports.layers, "loans/models.py", "from libraries.selectors import copies"),
]

GOOD = [
    (imports.directions, "reports/services.py", "from shelfreading.models import Session"),
    (imports.directions, "loans/services.py", 'label = "reports.pdf"\nfrom . import models'),
    (imports.domain_purity, "loans/domain/a.py", "import jdatetime\nfrom datetime import time"),
    (imports.domain_purity, "loans/domain/a.py", "from libraries.domain import jalali"),
    (imports.domain_purity, "loans/domain/a.py", "from .b import c\nx = time(10, 30)"),
    (imports.domain_purity, "loans/services.py", "import os\nfrom django.utils import timezone"),
    (
        imports.imports_inside_functions,
        "loans/apps.py",
        "def ready(self):\n    import json",
    ),
    (imports.layers, "loans/views.py", "from loans import forms, selectors, services, models"),
    (imports.layers, "reports/services.py", "from reports.forms import minutes_5"),
    (imports.layers, "loans/services.py", "from loans.selectors import loans_open"),
]


@pytest.mark.parametrize("check", CHECKERS, ids=lambda check: check.__name__)
def test_every_file_keeps_the_directions(check: Checker) -> None:
    files = imports.project_files()
    assert len(files) > 20
    complaints = [
        complaint
        for path in files
        for complaint in check(path, (imports.ROOT / path).read_text(encoding="utf-8"))
    ]
    assert not complaints, "\n" + "\n".join(complaints)


@pytest.mark.parametrize(("check", "path", "source"), BAD)
def test_a_bad_example_is_caught(check: Checker, path: str, source: str) -> None:
    assert check(path, source)


@pytest.mark.parametrize(("check", "path", "source"), GOOD)
def test_a_good_example_passes(check: Checker, path: str, source: str) -> None:
    assert check(path, source) == []

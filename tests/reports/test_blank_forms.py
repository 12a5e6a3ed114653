"""`manage.py blank_forms DIR`."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.reports.form_samples import info

pytestmark = pytest.mark.pdf
FORMS = ("minutes-5", "minutes-6", "report-1", "report-2", "report-3")


def test_it_makes_the_folder_and_the_five_forms(tmp_path: Path) -> None:
    target = tmp_path / "چاپ" / "خام"
    call_command("blank_forms", str(target))
    names = sorted(path.name for path in target.iterdir())
    assert names == [f"{name}.pdf" for name in FORMS]
    assert all(info(path.read_bytes())["Pages"] == "1" for path in target.iterdir())
    call_command("blank_forms", str(target))  # a second time writes over the first


@pytest.mark.parametrize("inside", ["", "below"])
def test_a_file_in_the_way_is_named_in_persian(tmp_path: Path, inside: str) -> None:
    file = tmp_path / "file"
    file.write_text("kept")
    with pytest.raises(CommandError, match="پوشه نیست؛ نام یک پوشه را بدهید"):
        call_command("blank_forms", str(file / inside))
    assert file.read_text() == "kept"


def test_a_folder_that_can_not_be_written_is_named_in_persian(tmp_path: Path) -> None:
    (tmp_path / "minutes-5.pdf").mkdir()
    with pytest.raises(CommandError, match="نمی‌توان نوشت"):
        call_command("blank_forms", str(tmp_path))

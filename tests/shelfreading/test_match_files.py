"""Two files matched with nothing in the database: the core, the command, the page."""

import io
import json
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from libraries.domain.jalali import format_jalali
from libraries.files.limits import Unreadable
from libraries.models import Copy, Job
from shelfreading import match_files_job
from shelfreading.match_files import match_paths
from shelfreading.match_files_sheets import sheets, sums
from tests.cast import Cast

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("RAFKHAN_SHARED", ROOT.parent / "shared")) / "data"
TODAY = date(2026, 11, 22)
HEADER = ("عنوان", "شماره ثبت", "بارکد", "شماره راهنما", "بخش", "وضعیت", "مهلت بازگشت")


def csv(tmp_path: Path, rows: list[tuple[str, ...]], header: tuple[str, ...] = HEADER) -> Path:
    path = tmp_path / "copies.csv"
    path.write_text("\n".join(",".join(row) for row in (header, *rows)), encoding="utf-8")
    return path


def memory(tmp_path: Path, codes: list[str]) -> Path:
    path = tmp_path / "scans.txt"
    path.write_text("\n".join(codes) + "\n")
    return path


def row(
    number: int, *, status: str = "موجود", section: str = "مخزن", due: str = "", barcode: str = ""
) -> tuple[str, ...]:
    code = barcode or f"77{number:04}"
    return (f"کتاب {number}", str(number), code, f"{number:03}/1 الف1", section, status, due)


def found(tmp_path: Path, rows: list[tuple[str, ...]], codes: list[str]):
    return match_paths(csv(tmp_path, rows), memory(tmp_path, codes), today=TODAY)


def classes(result) -> dict[str, list[str]]:
    return {code: barcodes for code, barcodes in result.as_json()["barcodes"].items() if barcodes}


@pytest.mark.parametrize(
    ("folder", "copies", "scans"),
    [("sample", "copies.xlsx", "scans.txt"), ("sample-spreadsheetml", "copies.xls", "scans.csv")],
)
def test_the_samples_give_what_is_true_of_them(folder, copies, scans):
    if not (SHARED / folder).is_dir():
        pytest.skip("the sample files lie beside the project (../shared), and not here")
    truth = json.loads((SHARED / folder / "truth.json").read_text())
    result = match_paths(SHARED / folder / copies, SHARED / folder / scans, today=TODAY)
    told = result.as_json()
    assert (told["expected"], told["scans"]) == (
        truth["counts"]["expected"],
        truth["counts"]["scans"],
    )
    for code, count in told["counts"].items():
        assert count == truth["counts"].get(code, 0), code
    for code, barcodes in truth["barcodes"].items():
        assert sorted(told["barcodes"][code]) == sorted(barcodes), code
    assert sum(len(move["barcodes"]) for move in told["moves"]) == truth["counts"]["moves"]


def test_every_class_that_two_files_can_tell(tmp_path):
    long_ago = format_jalali(TODAY - timedelta(days=90))
    lately = format_jalali(TODAY - timedelta(days=9))
    rows = [
        row(1),
        row(2),
        row(3, status="امانت"),
        row(4, status="امانت", due=long_ago),
        row(5, status="امانت", due=lately),
        row(6, status="امانت"),
        row(7, status="صحافی"),
        row(8, status="صحافی"),
        row(9, status="مفقود"),
        row(10, status="برنگشته"),
        row(11, status="برنگشته"),
        row(12, status="وجین"),
        row(13, status="وجین"),
        row(14),
    ]
    codes = ["770001", "770006", "770008", "770010", "770013", "770014", "999", "770001", "999"]
    result = found(tmp_path, rows, codes)
    assert classes(result) == {
        "present": ["770001", "770014"],
        "missing": ["770002"],
        "on_loan": ["770003", "770005"],
        "follow_up_due": ["770004"],
        "on_loan_on_shelf": ["770006"],
        "at_binder": ["770007"],
        "back_from_binder": ["770008"],
        "known_missing": ["770009", "770011"],
        "found": ["770010"],
        "weeded": ["770012"],
        "weeded_on_shelf": ["770013"],
        "unknown": ["999"],
        "repeated": ["770001", "999"],
    }
    assert sums(result)[0].startswith("۱۴ نسخهٔ فهرست = ۲ حاضر")


def test_a_block_that_moved_together_is_one_move(tmp_path):
    rows = [row(number) for number in range(1, 11)]
    codes = [f"77{number:04}" for number in (1, 2, 5, 6, 7, 8, 3, 4, 9, 10)]
    (move,) = found(tmp_path, rows, codes).as_json()["moves"]
    assert move == {"barcodes": ["770003", "770004"], "after": "770002", "before": "770005"}


def test_neighbours_are_those_that_stand_there(tmp_path):
    """Of equal call numbers either may stand first, and the neighbour is the last that does."""
    rows = [
        row(1),
        *((f"کتاب {n}", str(n), f"77{n:04}", "002", "مخزن", "", "") for n in (2, 3)),
        row(4),
    ]
    rows += [row(number) for number in range(5, 9)]
    codes = [f"77{number:04}" for number in (1, 3, 2, 5, 6, 7, 8, 4)]
    (move,) = found(tmp_path, rows, codes).as_json()["moves"]
    assert move == {"barcodes": ["770004"], "after": "770002", "before": "770005"}


def test_the_end_of_a_section_is_no_neighbour(tmp_path):
    rows = [row(number) for number in range(1, 6)] + [row(9, section="کودک")]
    codes = [f"77{number:04}" for number in (2, 3, 1, 4, 5, 9)]
    (move,) = found(tmp_path, rows, codes).as_json()["moves"]
    assert move == {"barcodes": ["770001"], "after": None, "before": "770002"}


def test_sections_stand_by_size_and_prefixes_apart(tmp_path):
    rows = [
        row(900, section="کودک"),
        *(row(number) for number in range(1, 4)),
        ("مرجع", "50", "770050", "م 001/1 الف1", "مخزن", "موجود", ""),
    ]
    result = found(tmp_path, rows, ["770001"])
    assert [record.registration_number for record in result.records] == ["1", "2", "3", "50", "900"]


def test_copies_without_a_barcode_are_expected_and_named_by_registration_number(tmp_path):
    rows = [row(1), row(2)[:2] + ("",) + row(2)[3:], row(3)]
    result = found(tmp_path, rows, ["770001", "#2", "770003"])
    assert classes(result)["missing"] == ["#2"]
    assert classes(result)["unknown"] == ["#2"]
    assert any("بارکد ندارد" in notice for notice in result.notices)


def test_a_repeated_number_goes_to_the_rejected_and_counts_once(tmp_path):
    rows = [row(1), row(1, barcode="770099"), row(2), row(3, barcode="770002")]
    result = found(tmp_path, rows, ["770001", "770002"])
    assert result.as_json()["expected"] == 2
    assert [rejected.row_number for rejected in result.rejected] == [3, 5]
    assert any("۲ سطر فهرست پذیرفته نشد" in notice for notice in result.notices)
    titles = [sheet.title for sheet in sheets(result)]
    assert titles == ["خلاصه", "حاضر در قفسه", "پذیرفته‌نشده"]


def test_zeros_that_a_spreadsheet_dropped_are_no_other_code(tmp_path):
    rows = [row(1, barcode="000077"), row(2, barcode="000078"), row(3, barcode="79")]
    result = found(tmp_path, rows, ["77", "000078", "0079", "000077", "99"])
    assert classes(result) == {
        "present": ["000077", "000078", "79"],
        "unknown": ["99"],
        "repeated": ["000077"],
    }
    assert any("صفر" in notice for notice in result.notices)


def test_a_row_that_nothing_names_is_rejected(tmp_path):
    rows = [row(1), ("بی‌نام", "", "", "002/1 الف1", "مخزن", "موجود", "")]
    result = found(tmp_path, rows, ["770001"])
    assert result.as_json()["expected"] == 1 and "نه بارکد" in result.rejected[0].reasons[0]


def test_unreadable_call_numbers_are_kept_and_told_of(tmp_path):
    rows = [row(1), ("ب", "2", "770002", "ناخوانا", "مخزن", "موجود", ""), row(3)]
    result = found(tmp_path, rows, ["770002", "770001", "770003"])
    assert classes(result) == {"present": ["770001", "770003", "770002"]}
    assert not result.match.moves and any("ناخواناست" in text for text in result.notices)


@pytest.mark.parametrize(
    ("copies", "scans", "reason"),
    [
        ("عنوان,شماره ثبت\nالف,1\n", "1\n", "ستون «بارکد» پیدا نشد"),
        ("1\n2\n3\n", "1\n", "سطر عنوان ستون‌ها"),
        ("عنوان,شماره ثبت,بارکد\n", "1\n", "هیچ سطری نیست"),
        ("عنوان,بارکد,وضعیت\nالف,1,سبز\n", "1\n", "پذیرفته نشد؛ سطر ۲: وضعیت «سبز»"),
        ("عنوان,شماره ثبت,بارکد\nالف,1,77\n", "", "صفر بایت"),
        ("", "1\n", "صفر بایت"),
        ("عنوان,شماره ثبت,بارکد\nالف,1,77\n", "MEMORY DUMP v1.0\n", "هیچ بارکدی پیدا نشد"),
        (
            "عنوان,شماره ثبت,بارکد\nالف,1,77\n",
            "عنوان,پدیدآورنده,شماره ثبت,بارکد\nالف,ب,1,77\n",
            "فهرست نسخ است، نه بارکدهای خوانده‌شده",
        ),
    ],
)
def test_files_that_are_not_what_they_should_be(tmp_path, copies, scans, reason):
    (tmp_path / "copies.csv").write_text(copies)
    (tmp_path / "scans.txt").write_text(scans)
    with pytest.raises(Unreadable, match=reason):
        match_paths(tmp_path / "copies.csv", tmp_path / "scans.txt", today=TODAY)


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    """The command as one types it, with no database to be found."""
    environment = {name: value for name, value in os.environ.items() if "RAFKHAN" not in name}
    return subprocess.run(
        [sys.executable, ROOT / "manage.py", "match_files", *map(str, arguments)],
        capture_output=True,
        text=True,
        env=environment
        | {
            "DATABASE_URL": "sqlite:////nowhere/at/all.sqlite3",
            "RAFKHAN_DATA_DIR": os.environ["RAFKHAN_DATA_DIR"],
        },
    )


@pytest.mark.slow
def test_the_command_prints_one_object_and_writes_the_excel(tmp_path):
    rows = [row(number) for number in range(1, 6)] + [row(6, status="امانت")]
    copies = csv(tmp_path, rows)
    scans = memory(tmp_path, ["770001", "770002", "770004", "770003", "888"])
    done = run(copies, scans, "--out", tmp_path / "result.xlsx", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert (told["expected"], told["scans"], len(told["counts"])) == (6, 5, 16)
    assert told["barcodes"]["missing"] == ["770005"]
    assert sum(len(move["barcodes"]) for move in told["moves"]) == 1
    book = openpyxl.load_workbook(tmp_path / "result.xlsx")
    assert book.sheetnames[:2] == ["خلاصه", "جابه‌جایی"]
    assert [row[5] for row in list(book["مفقود"].values)[2:]] == ["770005"]
    assert [row[1] for row in list(book["ناشناخته"].values)[2:]] == ["888"]


@pytest.mark.slow
def test_the_command_without_json_says_it_in_persian(tmp_path):
    done = run(csv(tmp_path, [row(1), row(2)]), memory(tmp_path, ["770001"]))
    assert done.returncode == 0 and "۲ نسخهٔ فهرست = ۱ حاضر در قفسه + ۱ مفقود" in done.stdout


@pytest.mark.slow
def test_the_command_fails_with_one_line(tmp_path):
    copies, scans = csv(tmp_path, [row(1)]), memory(tmp_path, ["1"])
    picture = tmp_path / "picture.xlsx"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9)
    for arguments in (
        (tmp_path / "none.xlsx", scans),
        (tmp_path, scans),
        (picture, scans),
        (copies, picture),
        (copies, copies),
        (copies, scans, "--out", tmp_path / "no" / "folder.xlsx"),
    ):
        done = run(*arguments, "--json")
        assert (done.returncode, done.stdout) == (1, "")
        assert len(done.stderr.strip().splitlines()) == 1 and "«" in done.stderr
    assert not list(tmp_path.glob("*/folder.xlsx")) and not list(tmp_path.glob("tmp*"))


def post(client: Client, copies: Path, scans: Path):
    return client.post(
        reverse("match-files"),
        {
            "copies": SimpleUploadedFile(copies.name, copies.read_bytes()),
            "scans": SimpleUploadedFile(scans.name, scans.read_bytes()),
        },
    )


@pytest.mark.parametrize("at_once", [True, False])
def test_the_page_matches_and_hands_out_the_excel(
    cast: Cast, client: Client, tmp_path, monkeypatch, django_capture_on_commit_callbacks, at_once
):
    if not at_once:
        monkeypatch.setattr(match_files_job, "MOST_BYTES_AT_ONCE", 0)
    client.force_login(cast.county)
    copies = csv(tmp_path, [row(1), row(2), row(3)])
    with django_capture_on_commit_callbacks(execute=True):
        response = post(client, copies, memory(tmp_path, ["770001", "770003", "5"]))
    job = Job.objects.get()
    assert response.url == reverse("match-files-result", args=[job.pk]) == job.next_url
    page = client.get(response.url)
    assert page.context["outcome"].counts["missing"] == 1
    assert "۳ نسخهٔ فهرست = ۲ حاضر در قفسه + ۱ مفقود" in page.content.decode()
    download = client.get(reverse("match-files-download", args=[job.pk]))
    book = openpyxl.load_workbook(io.BytesIO(b"".join(download.streaming_content)))
    assert "ناشناخته" in book.sheetnames
    assert not Copy.objects.exists()
    assert default_storage.listdir("memories")[1] == []

    client.force_login(cast.librarian)
    for name in ("match-files-result", "match-files-download"):
        assert client.get(reverse(name, args=[job.pk])).status_code == 404


def test_the_page_says_what_is_wrong_with_a_file(cast: Cast, client: Client, tmp_path):
    client.force_login(cast.librarian)
    page = post(client, csv(tmp_path, [], ("الف", "ب")), memory(tmp_path, ["1"]))
    assert page.status_code == 200 and "سطر عنوان ستون‌ها" in page.content.decode()
    empty = tmp_path / "empty.csv"
    empty.touch()
    page = post(client, empty, memory(tmp_path, ["1"]))
    assert "صفر بایت" in page.content.decode()
    page = client.post(reverse("match-files"), {})
    assert page.status_code == 200 and page.context["form"].errors.keys() == {"copies", "scans"}


def test_a_role_without_the_right_and_a_result_still_to_come(cast: Cast, client: Client):
    client.force_login(cast.admin)
    assert client.get(reverse("match-files")).status_code == 403
    client.force_login(cast.librarian)
    assert client.get(reverse("match-files")).status_code == 200
    job = Job.objects.create(label="کار", owner=cast.librarian, created_at="2026-11-22T00:00:00Z")
    address = reverse("match-files-result", args=[job.pk])
    assert "در صف" in client.get(address).content.decode()
    card = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in card and "hx-get" in card
    assert client.get(reverse("match-files-download", args=[job.pk])).status_code == 404

"""The same codes say the same: scanned into the page, from a reader's memory, in two files."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from libraries.models import Copy
from shelfreading.domain.commands import CARD, interpret
from shelfreading.match_files import match_paths
from shelfreading.match_files_sheets import sheets
from shelfreading.models import ReadingSession
from shelfreading.services.findings import findings_compute
from shelfreading.services.sessions import session_close
from tests.cast import add_copies
from tests.fresh_readings import Reading, look_again, make_reading

pytestmark = pytest.mark.django_db
CODE = {command.value or command.kind: command.code for command in CARD}
UNKNOWN = "88887777"


def walk(copies: list[Copy], child: Copy) -> list[str]:
    """A walk with everything: commands, undoing, repeats, a book out of order, one without a
    barcode, an unknown code, one of another section, one that is missing."""
    code = [copy.barcode for copy in copies]
    return [
        code[0],
        CODE["weed_worn"],
        code[1],
        CODE["undo"],  # the scan of the second goes …
        code[1],  # … and it is read again
        code[2],
        CODE["weed_content"],
        CODE["undo"],  # only the mark goes
        CODE["binding"],
        CODE["no_barcode"],
        CODE["spine_label"],  # of the book that has none
        code[4],  # the fourth is missing
        code[4],
        CODE["weed_duplicate"],  # of the book, though it was read twice
        UNKNOWN,
        CODE["weed_worn"],  # of a book that no record has
        child.barcode,
        code[9],
        code[5],
        CODE["shelf_end"],
        CODE["binding"],  # still of the last book
        code[6],
        code[7],
        CODE["undo"],
        CODE["undo"],  # two of them take back two things
        code[6],
        code[8],
        code[10],
        code[11],
        CODE["undo"],
        CODE["undo"],
        code[10],
        code[11],
        UNKNOWN,
    ]


def events_of(codes: list[str], device: str) -> list[dict[str, Any]]:
    """What the page sends for these codes."""
    ids = [str(uuid4()) for _ in codes]
    return [
        {
            "id": ids[seq],
            "device": device,
            "seq": seq,
            "kind": action.kind,
            "raw": action.value if action.kind in ("scan", "mark") else "",
            "about": None if action.about is None else ids[action.about],
        }
        for seq, action in enumerate(interpret(codes))
        if action.about is not None or action.kind not in ("mark", "undo")
    ]


def send_events(client: Client, session: ReadingSession, codes: list[str]) -> None:
    events = events_of(codes, "phone")
    for start in range(0, len(events), 7):
        answer = client.post(
            reverse("scan-events", args=[session.pk]),
            json.dumps({"device": "phone", "events": events[start : start + 7]}),
            content_type="application/json",
        )
        assert answer.status_code == 200, answer.content.decode()
        assert answer.json()["refused"] == []


def upload(client: Client, session: ReadingSession, codes: list[str]) -> None:
    file = SimpleUploadedFile("memory.txt", "\r\n".join(codes).encode())
    assert (
        client.post(reverse("memory-upload", args=[session.pk]), {"file": file}).status_code == 302
    )


def outcome(reading: Reading) -> dict[str, Any]:
    """Findings, moves and decisions by registration numbers, so that two libraries compare."""
    now = timezone.now()
    session_close(session_id=reading.session.pk, actor=reading.actor, now=now, despite=["phone"])
    look_again(reading.session, reading.actor)
    session = findings_compute(session_id=reading.session.pk, actor=reading.actor, now=now)
    rows = session.findings.order_by("position").select_related("copy")
    return {
        "counts": session.summary["counts"],
        "findings": [
            (
                row.finding,
                row.copy.registration_number if row.copy else row.code.split(" ")[0][:8],
                row.move,
            )
            for row in rows
            if row.finding != "repeated"
        ],
        "neighbours": list(
            rows.filter(move__isnull=False).values_list(
                "belongs_after__registration_number", "belongs_before__registration_number"
            )
        ),
        "decisions": sorted(
            session.decisions.exclude(fate="").values_list("copy__registration_number", "fate")
        ),
        "order": [
            row["copy__registration_number"]
            for row in session.findings.filter(event_id__isnull=False, copy__isnull=False)
            .order_by("position")
            .values("copy__registration_number")
        ],
    }


def read(client: Client, send: Any) -> dict[str, Any]:
    reading = make_reading(12)
    child = add_copies(reading.library, ["ک 200/1 الف1"], section="کودک", first=900)[0]
    client.force_login(reading.actor)
    send(client, reading.session, walk(reading.copies, child))
    return outcome(reading)


def test_a_memory_and_the_page_give_the_same(client: Client) -> None:
    by_page, by_file = read(client, send_events), read(client, upload)
    assert by_page == by_file
    counts = by_page["counts"]
    assert (counts["missing"], counts["misplaced"], counts["unknown"]) == (2, 1, 2)
    assert counts["repeated"] == 2
    assert by_page["decisions"] == [
        ("1", "weed_worn"), ("3", "binding"), ("5", "weed_duplicate"), ("6", "binding"),
    ]  # fmt: skip
    assert [number for finding, number, _ in by_page["findings"] if finding == "missing"] == [
        "4", "8",
    ]  # fmt: skip


def test_two_files_give_what_a_session_gives(client: Client, tmp_path: Path) -> None:
    reading = make_reading(12)
    child = add_copies(reading.library, ["ک 200/1 الف1"], section="کودک", first=900)[0]
    codes = walk(reading.copies, child)
    rows = ["شماره ثبت,عنوان,بارکد,شماره راهنما,بخش,وضعیت"] + [
        f"{copy.registration_number},کتاب,{copy.barcode},{copy.call_number},مخزن,موجود"
        for copy in reading.copies
    ]
    (tmp_path / "copies.csv").write_text("\n".join(rows), encoding="utf-8")
    (tmp_path / "scans.txt").write_text("\n".join(codes))
    found = match_paths(tmp_path / "copies.csv", tmp_path / "scans.txt", today=timezone.localdate())
    client.force_login(reading.actor)
    upload(client, reading.session, codes)
    in_session = outcome(reading)["counts"]
    # Two files know no other section: its copy is a code that the list hasn't.
    in_session["unknown"] += in_session.pop("misplaced")
    told = found.as_json()
    told["counts"].pop("misplaced")
    assert told["counts"] == in_session
    assert not {command.code for command in CARD}.intersection(told["barcodes"]["unknown"])
    assert UNKNOWN in told["barcodes"]["unknown"]
    assert told["scans"] == sum(told["counts"][name] for name in ("present", "unknown", "repeated"))
    assert [(one["code"], one["mark"]) for one in told["marks"]] == [
        (reading.copies[0].barcode, "weed_worn"),
        (reading.copies[2].barcode, "binding"),
        ("بی‌بارکد، سطر 10", "spine_label"),
        (reading.copies[4].barcode, "weed_duplicate"),
        (UNKNOWN, "weed_worn"),
        (reading.copies[5].barcode, "binding"),
    ]
    marks = next(sheet for sheet in sheets(found) if sheet.title == "فرمان‌ها")
    assert [row[1] for row in marks.rows][:2] == ["وجین فرسوده", "ارسال به صحافی"]

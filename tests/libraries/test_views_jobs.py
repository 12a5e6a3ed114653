"""The page of long work: its owner's only; what it says while it runs and when it ended."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from libraries.jobs import SILENT_AFTER, Progress, job_keep_result
from libraries.models import Job
from tests.cast import Cast
from tests.pages import queries_of, text_of


@pytest.fixture
def job(cast: Cast) -> Job:
    cache.clear()
    return Job.objects.create(
        label="ثبت فهرست نمونه", owner=cast.librarian, library=cast.library, next_url="/lists/7/",
        created_at=timezone.now(),
    )  # fmt: skip


def end(job: Job, state: str, message: str) -> None:
    job.state, job.message, job.finished_at = state, message, timezone.now()
    job.save()


def test_a_job_is_its_owners(cast: Cast, client: Client, job: Job) -> None:
    assert client.get(f"/jobs/{job.pk}/").status_code == 302
    for user in (cast.head, cast.county, cast.outsider, cast.admin):
        client.force_login(user)
        assert client.get(f"/jobs/{job.pk}/").status_code == 404
        assert client.get(f"/jobs/{job.pk}/result/").status_code == 404
        assert "ثبت فهرست نمونه" not in text_of(client.get("/jobs/"))
    client.force_login(cast.librarian)
    assert client.get(f"/jobs/{job.pk}/").status_code == 200
    assert "ثبت فهرست نمونه" in text_of(client.get("/jobs/"))


def test_the_card_follows_the_work(cast: Cast, client: Client, job: Job) -> None:
    client.force_login(cast.librarian)
    url = f"/jobs/{job.pk}/"
    assert "به‌زودی آغاز می‌شود" in text_of(client.get(url))
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING)
    job.refresh_from_db()
    progress = Progress(job)
    progress.step("نوشتن نسخه‌ها", unit="نسخه")
    progress._reported_at = 0
    progress(250, 1000)
    response = client.get(url, headers={"HX-Request": "true"})
    assert response.content.startswith(b"<section")
    assert f'hx-get="{url}"' in response.content.decode()
    text = text_of(response)
    assert "۲۵٪ ۲۵۰ از ۱٬۰۰۰ نسخه" in text
    assert "نوشتن نسخه‌ها" in text
    assert "HX-Refresh" not in response.headers
    end(job, Job.State.DONE, "ثبت شد: ۳ نسخهٔ تازه.")
    response = client.get(url, headers={"HX-Request": "true"})
    assert response.headers["HX-Refresh"] == "true"
    page = client.get(url)
    assert "ثبت شد: ۳ نسخهٔ تازه." in text_of(page)
    assert 'href="/lists/7/"' in page.content.decode()
    assert "hx-get" not in page.content.decode()


def test_a_failure_says_why(cast: Cast, client: Client, job: Job) -> None:
    end(job, Job.State.FAILED, "فایل آسیب دیده است.")
    client.force_login(cast.librarian)
    text = text_of(client.get(f"/jobs/{job.pk}/"))
    assert "انجام نشد" in text
    assert "فایل آسیب دیده است." in text


def test_silence_is_told(cast: Cast, client: Client, job: Job) -> None:
    client.force_login(cast.librarian)
    assert "خبری نداده" not in text_of(client.get(f"/jobs/{job.pk}/"))
    Job.objects.update(created_at=timezone.now() - SILENT_AFTER - timedelta(seconds=1))
    assert "خبری نداده" in text_of(client.get(f"/jobs/{job.pk}/"))


def test_the_result_is_fetched_under_its_persian_name(cast: Cast, client: Client, job: Job) -> None:
    client.force_login(cast.librarian)
    assert client.get(f"/jobs/{job.pk}/result/").status_code == 404
    job_keep_result(job, "صورت‌جلسه.pdf", ContentFile(b"%PDF-1.7"))
    end(job, Job.State.DONE, "آماده است.")
    assert f"/jobs/{job.pk}/result/" in client.get(f"/jobs/{job.pk}/").content.decode()
    response = client.get(f"/jobs/{job.pk}/result/")
    assert b"".join(response.streaming_content) == b"%PDF-1.7"
    assert "filename*=utf-8''%D8%B5" in response.headers["Content-Disposition"]
    job.result.storage.delete(job.result.name)
    assert client.get(f"/jobs/{job.pk}/result/").status_code == 404


def test_the_list_asks_no_more_for_sixty(cast: Cast, client: Client, job: Job) -> None:
    client.force_login(cast.librarian)
    few = queries_of(client, "/jobs/")
    for _ in range(59):
        Job.objects.create(label="کار", owner=cast.librarian, created_at=timezone.now())
    assert queries_of(client, "/jobs/") == few

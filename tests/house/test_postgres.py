"""What the private cluster, or the server named instead of it, must be able to do."""

import pytest
from django.db import connection

pytestmark = [pytest.mark.django_db, pytest.mark.postgres_only]


def test_the_database_sorts_as_persian_does() -> None:
    letters = list("ابپتجچرزژسکگلی")
    with connection.cursor() as cursor:
        cursor.execute("SELECT letter FROM unnest(%s) letter ORDER BY letter", [letters[::-1]])
        assert [row[0] for row in cursor.fetchall()] == letters

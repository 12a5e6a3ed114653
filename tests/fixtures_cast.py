"""Fixtures on the cast."""

import pytest

from tests.cast import Cast, make_cast


@pytest.fixture
def cast(db: None) -> Cast:
    """Two libraries, every role, one outsider."""
    return make_cast()

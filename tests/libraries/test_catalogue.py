"""Finding titles by what somebody wrote of them."""

import pytest

from libraries.catalogue import find_titles
from libraries.models import Library
from tests.cast import Cast, add_copies


@pytest.mark.django_db
def test_finds_in_the_given_libraries_only(cast: Cast) -> None:
    add_copies(cast.library, ["100/1"])
    add_copies(cast.other_library, ["100/1"])
    one = Library.objects.filter(pk=cast.library.pk)
    found = find_titles("کتاب نمونه", libraries=one)
    assert [(match.title.library, match.lendable, match.exact) for match in found] == [
        (cast.library, 1, True)
    ]

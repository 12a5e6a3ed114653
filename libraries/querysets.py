"""One method decides who sees which rows."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models

from libraries.roles import SCOPE_OF_ROLE, Scope

if TYPE_CHECKING:
    from libraries.models import User


class ScopedQuerySet(models.QuerySet[Any]):
    """For everything that belongs to a library.

    The model names the way to its library in `library_path` ("library",
    "session__library"; "" on Library itself).
    """

    def for_user(self, user: "User | Any") -> Self:
        """The rows inside the user's scope; none for one who is not logged in or not active.

        Outside one's scope nothing exists (spec "Who may do what").
        """
        if not getattr(user, "is_active", False) or not getattr(user, "role", ""):
            return self.none()
        path: str = self.model.library_path
        prefix = f"{path}__" if path else ""
        match SCOPE_OF_ROLE[user.role]:
            case Scope.LIBRARY:
                return self.filter(**{path or "pk": user.library_id})
            case Scope.COUNTY:
                return self.filter(**{f"{prefix}county": user.county_id})
            case Scope.PROVINCE:
                return self.filter(**{f"{prefix}county__province": user.province_id})
            case Scope.COUNTRY:
                return self.all()
            case _:
                return self.none()

"""Staff: one role, one scope."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models

from libraries.models.places import County, Library, Province
from libraries.roles import SCOPE_OF_ROLE, Right, Role, Scope, role_has_right


class StaffManager(UserManager["User"]):
    """`createsuperuser` makes an administrator."""

    def create_superuser(
        self,
        username: str,
        email: str | None = None,
        password: str | None = None,
        **fields: Any,
    ) -> "User":
        """An administrator; what that allows follows from the role alone."""
        user = self.model(
            username=self.model.normalize_username(username),
            email=self.normalize_email(email),
            role=Role.ADMINISTRATOR,
            **fields,
        )
        user.set_password(password)
        user.save(using=self._db)
        return user


def _scope_of(role: str) -> models.Q:
    scope = SCOPE_OF_ROLE[role]
    return models.Q(
        role=role,
        library__isnull=scope is not Scope.LIBRARY,
        county__isnull=scope is not Scope.COUNTY,
        province__isnull=scope is not Scope.PROVINCE,
    )


def _any_scope() -> models.Q:
    condition = models.Q()
    for role in SCOPE_OF_ROLE:
        condition |= _scope_of(role)
    return condition


class User(AbstractUser):
    """A member of staff. The database itself holds role and scope together."""

    role = models.CharField("نقش", max_length=20, choices=Role)
    library = models.ForeignKey(
        Library,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="staff",
        verbose_name="کتابخانه",
    )
    county = models.ForeignKey(
        County, models.PROTECT, null=True, blank=True, related_name="staff", verbose_name="شهرستان"
    )
    province = models.ForeignKey(
        Province, models.PROTECT, null=True, blank=True, related_name="staff", verbose_name="استان"
    )

    groups = None  # type: ignore[assignment]
    user_permissions = None  # type: ignore[assignment]

    objects: ClassVar[StaffManager] = StaffManager()

    class Meta:
        verbose_name = "کاربر"
        verbose_name_plural = "کارکنان"
        constraints = (
            models.CheckConstraint(
                condition=_any_scope(),
                name="user_one_role_one_scope",
                violation_error_message=(
                    "نقش و حوزه با هم نمی‌خوانند: کتابدار و مسئول کتابخانه فقط «کتابخانه»، "
                    "رئیس ادارهٔ شهرستان فقط «شهرستان»، کارشناس و مدیر کل فقط «استان» دارند، "
                    "ادارهٔ کل منابع و مدیر سامانه هیچ‌یک."
                ),
            ),
        )

    @property
    def is_staff(self) -> bool:  # type: ignore[override]
        """Whether Django admin opens: a matter of the role, not of a second switch."""
        return self.role == Role.ADMINISTRATOR

    @property
    def is_superuser(self) -> bool:  # type: ignore[override]
        """Administrators may do everything in Django admin."""
        return self.role == Role.ADMINISTRATOR

    @property
    def full_name(self) -> str:
        """Given and family name, or the user name where neither is known."""
        return self.get_full_name() or self.username

    @property
    def scope_label(self) -> str:
        """Where this person works, in words."""
        if self.library:
            return self.library.name
        if self.county:
            return f"شهرستان {self.county.name}"
        if self.province:
            return f"استان {self.province.name}"
        return "کل کشور" if SCOPE_OF_ROLE.get(self.role) is Scope.COUNTRY else "مدیریت سامانه"

    def has_right(self, right: Right) -> bool:
        """Whether this person may do a thing at all; where is `for_user`'s question."""
        return self.is_active and role_has_right(self.role, right)

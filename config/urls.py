"""Every address of the site."""

from django.contrib import admin
from django.contrib.auth import views as auth_views
from django.urls import include, path

from config import desk
from libraries.rights import public, requires
from libraries.roles import Right

own_account = requires(Right.USE_DESK)

urlpatterns = [
    path("", desk.desk, name="desk"),
    path("login/", public(auth_views.LoginView.as_view()), name="login"),
    path("logout/", public(auth_views.LogoutView.as_view()), name="logout"),
    path(
        "password/",
        own_account(auth_views.PasswordChangeView.as_view()),
        name="password_change",
    ),
    path(
        "password/done/",
        own_account(auth_views.PasswordChangeDoneView.as_view()),
        name="password_change_done",
    ),
    path("", include("libraries.urls")),
    path("", include("loans.urls")),
    path("", include("shelfreading.urls")),
    path("", include("sms_requests.urls")),
    path("", include("reports.urls")),
    path("admin/", admin.site.urls),
]

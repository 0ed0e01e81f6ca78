"""Every address of the platform, by the face that answers it."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("allauth.account.urls")),
    path("files/", include("eipp.web.uploads")),
]

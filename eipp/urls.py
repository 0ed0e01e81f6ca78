"""Every address of the platform, by the face that answers it."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("eipp.portal.urls")),
    path("desk/", include("eipp.desk.urls")),
    path("", include("eipp.web.urls")),
    path("accounts/", include("eipp.web.sign_in.urls")),
    path("files/", include("eipp.web.uploads")),
    path("api/", include("eipp.api.urls")),
    path("example/", include("eipp.demo.urls")),
]

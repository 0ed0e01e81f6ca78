"""Addresses that both faces share."""

from django.urls import path

from eipp.web import showcase
from eipp.web.theme import choose_theme

app_name = "web"
urlpatterns = [
    path("theme/", choose_theme, name="theme"),
    path("showcase/", showcase.components, name="showcase"),
    path("showcase/<slug:page>/", showcase.page, name="showcase-page"),
]

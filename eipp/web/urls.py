"""Addresses that both faces share."""

from django.urls import path

from eipp.web import notifications, search, showcase
from eipp.web.theme import choose_theme

app_name = "web"
urlpatterns = [
    path("notifications/", notifications.NotificationsPage.as_view(), name="notifications"),
    path("search/", search.SearchPage.as_view(), name="search"),
    path("theme/", choose_theme, name="theme"),
    path("showcase/", showcase.components, name="showcase"),
    path("showcase/<slug:page>/", showcase.page, name="showcase-page"),
]

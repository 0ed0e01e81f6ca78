"""Addresses that both faces share."""

from django.urls import path

from eipp.web import genuine, health, mail_reports, mailed, notifications, preferences, search, showcase
from eipp.web.theme import choose_theme

app_name = "web"
urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("notifications/", notifications.NotificationsPage.as_view(), name="notifications"),
    path("notifications/preferences/", preferences.PreferencesPage.as_view(), name="preferences"),
    path("mail/reports/", mail_reports.report, name="mail-report"),
    path("mail/stop/<str:token>/", preferences.Unsubscribe.as_view(), name="unsubscribe"),
    path("mail/<str:token>/", mailed.MailedInvoice.as_view(), name="mailed"),
    path("mail/<str:token>/<slug:kind>/", mailed.MailedPaper.as_view(), name="mailed-paper"),
    path("statements/genuine/", genuine.GenuinePage.as_view(), name="genuine-ask"),
    path("statements/genuine/<str:code>/", genuine.GenuinePage.as_view(), name="genuine"),
    path("search/", search.SearchPage.as_view(), name="search"),
    path("theme/", choose_theme, name="theme"),
    path("showcase/", showcase.components, name="showcase"),
    path("showcase/<slug:page>/", showcase.page, name="showcase-page"),
]

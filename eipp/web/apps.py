"""The kitchen the two web faces share: frame, components, uploads, sign-in pages."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "eipp.web"
    label = "web"
    verbose_name = "Web"

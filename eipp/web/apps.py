"""The kitchen the two web faces share: frame, components, uploads, sign-in pages."""

from importlib import import_module

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "eipp.web"
    label = "web"
    verbose_name = "Web"

    def ready(self) -> None:
        import_module("eipp.web.sign_in.heard")  # models are there only now

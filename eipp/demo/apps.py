"""The example world as a Django app."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "eipp.demo"
    label = "demo"

"""The desk as a Django app: the supplier's face."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "eipp.desk"
    label = "desk"

"""The portal as a Django app: the buyer's face."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "eipp.portal"
    label = "portal"

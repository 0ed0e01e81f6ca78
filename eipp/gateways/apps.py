"""The gateways as a Django app."""

from django.apps import AppConfig


class GatewaysConfig(AppConfig):
    name = "eipp.gateways"
    label = "gateways"

"""The gateways as a Django app."""

from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class GatewaysConfig(AppConfig):
    name = "eipp.gateways"
    label = "gateways"

    def ready(self) -> None:
        """Without a secret anybody could sign a callback: it does not start."""
        if "sandbox" in settings.GATEWAYS and not settings.SANDBOX_SECRET:
            raise ImproperlyConfigured("SANDBOX_SECRET must not be empty: callbacks are signed with it.")

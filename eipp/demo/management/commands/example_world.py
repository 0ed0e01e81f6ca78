"""`manage.py example_world`: the example companies with their histories, and `demo.json` with how to enter."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from eipp.demo import handout, loading


class Command(BaseCommand):
    help = "Loads the example companies with about 200 invoices, once, and writes demo.json into EIPP_DATA."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.EXAMPLE_WORLD:
            raise CommandError("This installation has no example world; set EIPP_EXAMPLE_WORLD=1 to load it.")
        try:
            is_new = loading.load()
        except TimeoutError as fault:
            raise CommandError(str(fault)) from None
        self.stdout.write(f"{'Loaded' if is_new else 'The example world is there already'}; see {handout.path()}.")

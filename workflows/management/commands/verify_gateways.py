"""`manage.py verify_gateways`: look every payment of the last days up at its provider; exit 1 if one differs."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from eipp.kernel import clock
from workflows import gateway_check


class Command(BaseCommand):
    help = "Hold the payments of the last days against their providers; name each difference, then exit 1."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, default=7, help="how far back, 1 to 400 (default: 7)")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["days"] <= 400:
            raise CommandError("--days is between 1 and 400.")
        found = 0
        for difference in gateway_check.differences(days=options["days"], now=clock.now()):
            found += 1
            self.stdout.write(str(difference))
        if found:
            raise CommandError(f"{found} difference{'' if found == 1 else 's'} found.")
        self.stdout.write("Every payment is at its provider what it is here.")

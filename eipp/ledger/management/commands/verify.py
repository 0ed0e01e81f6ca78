"""`manage.py verify`: recompute every balance and the chain of events; exit 1 naming each difference."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from eipp.ledger.verify import verify


class Command(BaseCommand):
    help = "Recompute the ledger's balances and the record's hashes; name each difference and exit 1 if there is one."

    def handle(self, *args: Any, **options: Any) -> None:
        found = 0
        for difference in verify():
            found += 1
            self.stdout.write(difference)
        if found:
            raise CommandError(f"{found} difference{'' if found == 1 else 's'} found.")
        self.stdout.write("The ledger and the record are as they were written.")

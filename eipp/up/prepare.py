"""Brings the database, the store and (where wanted) the example companies to what the code expects."""

import django
from django.conf import settings
from django.core.management import call_command

from documents.store import store


def main() -> None:
    """Changes nothing where everything is as it should be."""
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("createcachetable")
    store().prepare()
    if settings.EXAMPLE_WORLD:
        call_command("example_world")


if __name__ == "__main__":
    main()

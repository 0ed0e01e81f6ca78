"""Brings the database and (where wanted) the example companies to what the code expects."""

import django
from django.conf import settings
from django.core.management import call_command


def main() -> None:
    """Changes nothing where everything is as it should be."""
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("createcachetable")
    if settings.EXAMPLE_WORLD:
        call_command("example_world")


if __name__ == "__main__":
    main()

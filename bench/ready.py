"""Makes Django ready for a measurement as soon as it is imported, and lends it a database of its own."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import django
from django.core.management import call_command
from django.db import connection
from django.test.utils import override_settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "eipp.settings")
django.setup()


@contextmanager
def database() -> Iterator[None]:
    """An empty database beside the configured one, dropped afterwards."""
    call_command("collectstatic", "--noinput", verbosity=0)
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        with override_settings(ALLOWED_HOSTS=["*"]):
            yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def analysed() -> None:
    """What the database's planner knows is what is there by now; else it would come to know during a measurement."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")

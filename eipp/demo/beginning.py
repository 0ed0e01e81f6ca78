"""A new beginning of the example world: everything is emptied and loaded again in one transaction.

Whoever looks meanwhile is shown how far it is (`eipp.demo.middleware`); a worker that dies half-way has done nothing.
"""

import threading
from contextlib import suppress

import structlog
from django.apps import apps
from django.conf import settings
from django.core.management.color import no_style
from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet

from documents.models import StoredFile
from documents.store import store
from eipp.demo import handout, loading
from eipp.demo.day import ExampleDay
from eipp.demo.world import World
from eipp.kernel.append_only import lifted

log = structlog.get_logger()
_at_it = threading.Lock()  # the job is due again while it runs
#: Not of the world: what Django keeps about its own tables, and the row that says how far we are.
KEPT = frozenset({"django_content_type", "auth_permission", ExampleDay._meta.db_table})


def begin_anew() -> bool:
    """Do it where it was asked for and may be done; True when it was done just now. A fault leaves the old world."""
    if not settings.EXAMPLE_WORLD or not _asked().exists() or not _at_it.acquire(blocking=False):
        return False
    try:
        return _begin()
    finally:
        _at_it.release()


def _begin() -> bool:
    try:
        world, files = _renew()
    except Exception as fault:
        if _is_held(fault):  # perhaps by another worker that is at it: later again
            log.warning("example_world.not_renewed_yet", exc_info=True)
            return False
        # whatever else it was, people are let in again to the world as it stands
        log.exception("example_world.not_renewed")
        _asked().update(asked_at=None, fault=str(fault)[:200])
        return False
    if world is None:
        return False
    handout.write(world)
    for key in files:
        with suppress(OSError):
            store().delete(key)
    return True


def _is_held(fault: Exception) -> bool:
    """Whether somebody holds what is to be emptied, and not that something else is wrong with the database."""
    words = str(fault).lower()
    return isinstance(fault, OperationalError) and any(each in words for each in ("lock", "statement timeout"))


@transaction.atomic
def _renew() -> tuple[World | None, list[str]]:
    row = _asked().select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked).first()
    if row is None:  # another worker was faster
        return None, []
    files = list(StoredFile.objects.exclude(key="").values_list("key", flat=True))
    _empty()
    world = loading.raise_curtain()
    row.days_ahead, row.asked_at, row.fault = 0, None, ""
    row.save()
    return world, files


def _empty() -> None:
    """All tables but those kept; on PostgreSQL whoever reads or writes them waits until the end."""
    tables = [model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    emptied = sorted(set(tables) - KEPT)
    with lifted(connection):
        statements = connection.ops.sql_flush(no_style(), emptied, reset_sequences=False, allow_cascade=False)
        if connection.vendor == "sqlite":
            statements = ["PRAGMA defer_foreign_keys=ON", *statements]
        connection.ops.execute_sql_flush(statements)


def _asked() -> QuerySet[ExampleDay]:
    return ExampleDay.objects.filter(pk=1, is_alone=True, asked_at__isnull=False)

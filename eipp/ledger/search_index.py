"""Finding words inside numbers and names among very many invoices: PostgreSQL's trigrams, where the server has them."""

from typing import Any

from django.db import DatabaseError, migrations, transaction

_TABLES = ("ledger_invoice", "ledger_creditnote")


def trigrams() -> migrations.RunPython:
    """The operation for a migration; nothing elsewhere."""
    return migrations.RunPython(_add, _remove)


def _add(registry: Any, editor: Any) -> None:
    if editor.connection.vendor != "postgresql" or not _has_trigrams(editor.connection):
        return
    for table in _TABLES:
        editor.execute(f"CREATE INDEX {table}_search ON {table} USING gin (search_text gin_trgm_ops)")


def _remove(registry: Any, editor: Any) -> None:
    for table in _TABLES:
        editor.execute(f"DROP INDEX IF EXISTS {table}_search")


def _has_trigrams(connection: Any) -> bool:
    """Without the extension, or the right to create it, searches work all the same, only slower."""
    try:
        with transaction.atomic(connection.alias), connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DatabaseError:
        return False
    return True

"""Finding words inside numbers and names among very many invoices: PostgreSQL's trigrams, where the server has them."""

from django.db import DatabaseError, migrations, transaction

_TABLES = ("ledger_invoice", "ledger_creditnote")


def add(registry, editor):
    if editor.connection.vendor != "postgresql" or not _has_trigrams(editor.connection):
        return
    for table in _TABLES:
        editor.execute(f"CREATE INDEX {table}_search ON {table} USING gin (search_text gin_trgm_ops)")


def remove(registry, editor):
    for table in _TABLES:
        editor.execute(f"DROP INDEX IF EXISTS {table}_search")


def _has_trigrams(connection):
    """Without the extension, or the right to create it, searches work all the same, only slower."""
    try:
        with transaction.atomic(connection.alias), connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DatabaseError:
        return False
    return True


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_append_only")]
    operations = [migrations.RunPython(add, remove)]

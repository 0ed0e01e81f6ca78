"""Finding words inside numbers and names among very many invoices: PostgreSQL's trigrams, where the server has them."""

from typing import Any

from django.db import DatabaseError, transaction
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

_TABLES = ("ledger_invoice", "ledger_creditnote")


class Trigrams(Operation):
    """The operation for a migration; nothing elsewhere."""

    reduces_to_sql = False

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """An index that only one kind of server has is not part of a model."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor != "postgresql" or not _has_trigrams(schema_editor.connection):
            return
        for table in _TABLES:
            schema_editor.execute(f"CREATE INDEX {table}_search ON {table} USING gin (search_text gin_trgm_ops)")

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for table in _TABLES:
            schema_editor.execute(f"DROP INDEX IF EXISTS {table}_search")

    def describe(self) -> str:
        return "Index words of invoices and credit notes"


def _has_trigrams(connection: Any) -> bool:
    """Without the extension, or the right to create it, searches work all the same, only slower."""
    try:
        with transaction.atomic(connection.alias), connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DatabaseError:
        return False
    return True

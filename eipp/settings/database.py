"""The database: SQLite in the data folder, or PostgreSQL by address."""

from typing import Any

from environ import Env

from eipp.settings import environment
from eipp.settings.place import DATA

SQLITE = {
    # Writers queue at BEGIN instead of failing in the middle; readers never wait (WAL).
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
}


def configured(address: str, *, statement_seconds: int) -> dict[str, Any]:
    """Django's description of the database behind an address; each thread keeps its connection and checks it."""
    database: dict[str, Any] = {**Env.db_url_config(address)}
    if database["ENGINE"] == "django.db.backends.sqlite3":
        database["OPTIONS"] = SQLITE
        database["CONN_MAX_AGE"] = None
        return database
    limits = f"-c statement_timeout={statement_seconds}s -c lock_timeout=10s"
    # Values travel beside their statement: the driver's fast path, which halves what a small query costs.
    ours = {"connect_timeout": 5, "server_side_binding": True}
    database["OPTIONS"] = {**ours, **database.get("OPTIONS", {}), "options": limits}
    database["CONN_MAX_AGE"] = 600
    database["CONN_HEALTH_CHECKS"] = True
    return database


DATABASE_URL = environment.url(
    "EIPP_DATABASE_URL",
    f"sqlite:///{DATA / 'eipp.sqlite3'}",
    schemes=("postgres", "postgresql", "sqlite"),
    path_only=("sqlite", "postgres", "postgresql"),
)
STATEMENT_SECONDS = environment.number("EIPP_STATEMENT_SECONDS", 30, lowest=0, highest=3600)
DATABASES = {"default": configured(DATABASE_URL, statement_seconds=STATEMENT_SECONDS)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Rate limits of the sign-in must hold in every process, and sign-in must work while the broker is away.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        # The default of 300 would let anybody push a limit out by filling the table.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

"""`manage.py bank_statement FILE...`: what each bank statement says, as a line of JSON; no database."""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from documents.bank.reading import UnreadableStatement, read
from documents.bank.summary import summary


class Command(BaseCommand):
    help = "Read bank statements (camt.053, camt.054, BAI2, MT940, CSV); prints one JSON object per file."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE")

    def handle(self, *args: Any, files: list[str], **options: Any) -> None:
        readable = True
        for name in files:
            record, understood = describe(name)
            readable &= understood
            self.stdout.write(json.dumps(record, ensure_ascii=False))
        if not readable:
            sys.exit(1)


def describe(name: str) -> tuple[dict[str, Any], bool]:
    """One file's record, and whether it could be read."""
    try:
        content = Path(name).read_bytes()
    except OSError as error:
        return {"file": name, **_refused("unreadable_file", error.strerror or str(error))}, False
    record = {"file": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    try:
        return record | summary(read(content)), True
    except UnreadableStatement as refusal:
        told = {"message": refusal.message, "statements": []} if refusal.message else {}
        return record | told | _refused(refusal.code, refusal.sentence), False


def _refused(rule: str, message: str) -> dict[str, Any]:
    return {"errors": [{"rule": rule, "message": message}]}

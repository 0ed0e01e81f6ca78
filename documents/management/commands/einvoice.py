"""`manage.py einvoice FILE...`: what each e-invoice says and every rule it breaks, as a line of JSON; no database."""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from documents.einvoice.official import RulesUnavailable
from documents.einvoice.reading import Unreadable, judge, read
from documents.einvoice.summary import summary


class Command(BaseCommand):
    help = "Read and judge e-invoices (UBL, CII, Factur-X, ZUGFeRD); prints one JSON object per file."
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
        reading = read(content)
        return record | summary(reading, judge(reading)), True
    except Unreadable as refusal:
        return record | _refused(refusal.code, refusal.sentence), False
    except RulesUnavailable as error:
        return record | _refused("rules_unavailable", str(error)), False


def _refused(rule: str, message: str) -> dict[str, Any]:
    return {"valid": False, "errors": [{"rule": rule, "message": message, "path": ""}]}

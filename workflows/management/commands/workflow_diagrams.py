"""Write docs/workflows.md from the machines, or check that it is up to date."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from workflows.diagrams import document


class Command(BaseCommand):
    help = "Write docs/workflows.md from the machines; --check only compares."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        path = settings.HOME / "docs" / "workflows.md"
        text = document()
        if check:
            if not path.exists() or path.read_text() != text:
                raise CommandError("docs/workflows.md is out of date: run `manage.py workflow_diagrams`.")
            return
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)

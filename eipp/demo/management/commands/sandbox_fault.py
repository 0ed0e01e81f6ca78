"""Let the sandbox provider make a mistake, to see what the platform does then; only where there is a sandbox."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from eipp.gateways import sandbox_faults
from eipp.gateways.sandbox_faults import FAULTS
from eipp.kernel.refusal import Refusal


class Command(BaseCommand):
    help = "Let the sandbox provider fail: " + "; ".join(f"{name}: {what}" for name, what in FAULTS.items()) + "."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", choices=[*FAULTS, "none"], help="what is to happen; none ends all faults")
        parser.add_argument("--times", type=int, default=1, help="how often (1)")

    def handle(self, *args: Any, **options: Any) -> None:
        if "sandbox" not in settings.GATEWAYS:
            raise CommandError("There is no sandbox here.")
        if options["name"] == "none":
            sandbox_faults.clear()
            return
        try:
            sandbox_faults.arm(options["name"], times=options["times"])
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal

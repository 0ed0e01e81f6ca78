"""Faults on demand: the sandbox provider stalls, lies and repeats when told to, so that one can see what we do then.

For tests and the example world, where alone there is a sandbox: `manage.py sandbox_fault`.
"""

from collections.abc import Mapping

from django.db import models, transaction
from django.db.models import F

from eipp.gateways.gateway import NoAnswer
from eipp.kernel.refusal import Refusal

#: What can be asked for: at a call, of a charge, of a callback.
FAULTS: Mapping[str, str] = {
    "timeout_before": "no answer, and nothing was done",
    "timeout_after": "it was done, but no answer comes",
    "error_after": "it was done, but the answer is an error 500",
    "wrong_amount": "charges one unit less than it was asked for",
    "wrong_currency": "charges in another currency than it was asked for",
    "doubled": "calls back twice about the same",
    "early": "calls back before anything has happened",
    "late": "calls back ten minutes later",
    "out_of_order": "tells an older word once more after the newest",
    "forged": "somebody else calls back with a wrong signature",
}


class SandboxFault(models.Model):
    """left: how often it is still to happen."""

    name = models.CharField(max_length=20, primary_key=True)
    left = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.name}, {self.left} more times"


def arm(name: str, *, times: int = 1) -> None:
    """Let a fault happen so many times from now on; 0 ends it."""
    if name not in FAULTS:
        raise Refusal("unknown_fault", f"There is no fault {name!r}: {', '.join(FAULTS)}.", status=422, field="name")
    SandboxFault.objects.update_or_create(name=name, defaults={"left": times})


def happens(name: str) -> bool:
    """Whether the fault is to happen now; counted."""
    rows = SandboxFault.objects.filter(name=name, left__gt=0)
    return rows.exists() and bool(rows.update(left=F("left") - 1))


def before(call: str) -> None:
    """At the beginning of a call."""
    if happens("timeout_before"):
        raise NoAnswer(f"{call}: no answer within the time, and it was not done")


def after(call: str) -> None:
    """At the end of a call: what it did is kept."""
    if happens("timeout_after"):
        raise NoAnswer(f"{call}: no answer within the time")
    if happens("error_after"):
        raise NoAnswer(f"{call}: the answer was an error 500")


def clear() -> None:
    """No more faults."""
    with transaction.atomic():
        SandboxFault.objects.all().delete()

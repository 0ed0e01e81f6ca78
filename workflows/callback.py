"""What follows from a provider's callback: whatever it is about is looked at soon. What it claims is not believed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog
from django.db import transaction as database

from eipp.gateways import callback as callbacks
from eipp.gateways.models import Callback, GatewayAccount
from eipp.kernel import clock, jobs
from workflows.payment import Payment
from workflows.refund import Refund
from workflows.saved_method import SavedMethod

log = structlog.get_logger()
#: What a callback can be about: the rows, and the job that looks at the provider.
ABOUT: Mapping[str, tuple[Any, str]] = {
    "payment": (Payment, "workflows.jobs.ask_gateways"),
    "setup": (SavedMethod, "workflows.jobs.ask_about_methods"),
    "refund": (Refund, "workflows.jobs.ask_about_refunds"),
}


def note_callback(
    name: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    account: GatewayAccount | None = None,
    now: datetime | None = None,
) -> Callback:
    """Store what a provider sent, then have it looked at; a fault of the second step is made up by the worker.

    Raises ForgedCallback when signature or age are wrong; what is unknown to us or another's changes nothing.
    """
    row = callbacks.store(name, headers, body, account=account, now=now)
    try:
        if row.verdict == "heard":
            take_up(row, now=now)
    except Exception:  # it is stored: the worker takes it up
        log.exception("callback.take_up_failed", callback=str(row.pk))
    return row


def take_up(row: Callback, *, now: datetime | None = None) -> None:
    """Have the row that a callback is about looked at; refused where it is not of that gateway and payee."""
    moment, (model, job) = now or clock.now(), ABOUT[row.kind]
    with database.atomic():
        found = model._base_manager.select_related("legal_entity").filter(pk=row.reference).first()
        if found is None:
            _refuse(row, "unknown", f"we know no {row.kind} {row.reference}", moment)
        elif found.gateway != row.gateway or (row.account and row.account.legal_entity_id != found.legal_entity_id):
            _refuse(row, "foreign", f"{row.kind} {row.reference} is not of this gateway and payee", moment)
        else:
            model._base_manager.filter(pk=found.pk).update(callback_at=moment)
            supplier = found.legal_entity.organisation_id
            Callback.objects.filter(pk=row.pk).update(taken_up_at=moment, supplier_id=supplier)
            jobs.nudge(job)


def take_up_waiting() -> None:
    """Those of which the first try failed."""
    for row in Callback.objects.filter(verdict="heard", taken_up_at=None).select_related("account")[:200]:
        take_up(row)


def _refuse(row: Callback, verdict: str, reason: str, now: datetime) -> None:
    log.warning("callback.refused", gateway=row.gateway, verdict=verdict, reason=reason)
    Callback.objects.filter(pk=row.pk).update(verdict=verdict, reason=reason, taken_up_at=now)
    row.verdict, row.reason = verdict, reason

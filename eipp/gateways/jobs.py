"""The gateways' jobs."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import httpx
import structlog
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from eipp.gateways import sandbox, sandbox_faults, sandbox_refund
from eipp.kernel import clock
from eipp.kernel.jobs import job

log = structlog.get_logger()
SENDERS: Sequence[Any] = (sandbox.SandboxCharge, sandbox.SandboxMeans, sandbox.SandboxRefund)
LATE = timedelta(minutes=10)


@job(every=5)
def send_sandbox_callbacks() -> None:
    """The sandbox provider tells the platform, over HTTP as a real one does, and again later when nobody answers."""
    sandbox.turn_due()
    sandbox_refund.turn_due()
    for sender in SENDERS:
        for row in _due(sender):
            if sandbox_faults.happens("late"):
                sender.objects.filter(pk=row.pk).update(callback_due_at=clock.now() + LATE)
            elif all(_is_heard(headers, body, str(row.reference)) for headers, body in _callbacks(row)):
                sender.objects.filter(pk=row.pk, words=row.words).update(callback_due_at=None)


def _callbacks(row: Any) -> list[tuple[dict[str, str], bytes]]:
    """What is sent about a row: one callback, unless a fault was asked for."""
    told = [sandbox.callback(row)]
    if sandbox_faults.happens("doubled"):
        told += told
    if row.words > 1 and sandbox_faults.happens("out_of_order"):
        told.append(sandbox.callback(row, event=f"{row.pk.hex}-{row.words - 1}"))
    if sandbox_faults.happens("forged"):
        headers, body = sandbox.callback(row, event=f"{row.pk.hex}-forged")
        _is_heard({**headers, "Sandbox-Signature": "0" * 64}, body, str(row.reference))
    return told


def _is_heard(headers: dict[str, str], body: bytes, reference: str) -> bool:
    url = settings.BASE_URL + reverse("api:callback", args=["sandbox"])
    try:
        httpx.post(url, content=body, headers=headers, timeout=5).raise_for_status()
    except httpx.HTTPError as error:
        log.warning("sandbox.callback_failed", reference=reference, error=str(error))
        return False
    return True


def _due(sender: Any) -> list[Any]:
    """Take what is due and put its next attempt off, so that two workers do not send the same."""
    with transaction.atomic():
        rows = sender.objects.select_for_update(skip_locked=True)
        due = list(rows.filter(callback_due_at__lte=clock.now(), callback_attempts__lt=10)[:50])
        for row in due:
            row.callback_attempts += 1
            row.callback_due_at = clock.now() + timedelta(seconds=2**row.callback_attempts)
            row.save(update_fields=["callback_attempts", "callback_due_at"])
    return due

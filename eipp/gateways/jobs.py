"""The gateways' jobs."""

from datetime import timedelta

import httpx
import structlog
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from eipp.gateways import sandbox
from eipp.kernel import clock
from eipp.kernel.jobs import job

log = structlog.get_logger()


@job(every=5)
def send_sandbox_callbacks() -> None:
    """The sandbox provider tells the platform, over HTTP as a real one does, and again later when nobody answers."""
    sandbox.turn_due()
    url = settings.BASE_URL + reverse("api:callback", args=["sandbox"])
    for charge in _due():
        headers, body = sandbox.callback(charge)
        try:
            httpx.post(url, content=body, headers=headers, timeout=5).raise_for_status()
        except httpx.HTTPError as error:
            log.warning("sandbox.callback_failed", reference=str(charge.reference), error=str(error))
            continue
        sandbox.SandboxCharge.objects.filter(pk=charge.pk).update(callback_due_at=None)


def _due() -> list[sandbox.SandboxCharge]:
    """Take what is due and put its next attempt off, so that two workers do not send the same."""
    with transaction.atomic():
        rows = sandbox.SandboxCharge.objects.select_for_update(skip_locked=True)
        due = list(rows.filter(callback_due_at__lte=clock.now(), callback_attempts__lt=10)[:50])
        for charge in due:
            charge.callback_attempts += 1
            charge.callback_due_at = clock.now() + timedelta(seconds=2**charge.callback_attempts)
            charge.save(update_fields=["callback_attempts", "callback_due_at"])
    return due

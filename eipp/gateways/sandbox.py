"""The sandbox: a card provider of our own to try everything with. No real money, but the real contract.

It keeps its own books (`SandboxCharge`), shows its own hosted page (`eipp.demo.checkout`), and sends signed callbacks
over HTTP to the endpoint at which a real provider's arrive.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse

from eipp.gateways.gateway import Checkout, ForgedCallback, Intent, Look
from eipp.kernel import clock, jobs, secrets
from eipp.kernel.record import Entity, MoneyOf
from eipp.kernel.refusal import Refusal

CHECKOUT_LIFE = timedelta(minutes=30)
CALLBACK_AGE = 300  # seconds after which a signed callback is too old to be believed
CARDS = {"4242": "succeeded", "0002": "card_declined", "9995": "insufficient_funds", "0069": "expired_card"}


class SandboxCharge(Entity):
    """The provider's side of an intent. `charged` counts how often the card was charged: it must never exceed one."""

    reference = models.UUIDField(unique=True)
    status = models.CharField(max_length=12, default="open")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    payee = models.CharField(max_length=200)
    description = models.CharField(max_length=500)
    return_url = models.URLField(max_length=500)
    cancel_url = models.URLField(max_length=500)
    failure = models.CharField(max_length=40, blank=True)
    last_digits = models.CharField(max_length=4, blank=True)
    charged = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    callback_due_at = models.DateTimeField(null=True)
    callback_attempts = models.PositiveIntegerField(default=0)
    amount = MoneyOf("amount_minor")

    class Meta:
        indexes = (
            models.Index(
                fields=["callback_due_at"],
                name="sandbox_callback_due",
                condition=models.Q(callback_due_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.reference} {self.status}"


class Sandbox:
    """The adapter: what the platform sees of the provider."""

    name = "sandbox"
    title = "Sandbox Pay"
    methods: Mapping[str, frozenset[str] | None] = {"card": None}

    def open_checkout(self, intent: Intent) -> Checkout:
        charge, _ = SandboxCharge.objects.get_or_create(
            reference=intent.reference,
            defaults={
                "amount_minor": intent.amount.minor, "currency": intent.amount.currency, "payee": intent.payee,
                "description": intent.description[:500], "return_url": intent.return_url,
                "cancel_url": intent.cancel_url, "created_at": clock.now(),
            },
        )  # fmt: skip
        return Checkout(url=checkout_url(charge), gateway_reference=str(charge.pk))

    def look(self, reference: UUID) -> Look:
        charge = SandboxCharge.objects.filter(reference=reference).first()
        if charge is None:
            return Look("missing")
        method = f"card ending {charge.last_digits}" if charge.last_digits else "card"
        return Look(charge.status, charge.amount, str(charge.pk), method, charge.failure)  # type: ignore[arg-type]

    def cancel(self, reference: UUID) -> Look:
        with transaction.atomic():
            charge = SandboxCharge.objects.select_for_update().filter(reference=reference).first()
            if charge and charge.status == "open":
                _finish(charge, status="cancelled", failure="checkout_expired")
        return self.look(reference)

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> UUID:
        said, given = headers.get("Sandbox-Timestamp", ""), headers.get("Sandbox-Signature", "")
        if not settings.SANDBOX_SECRET:
            raise ForgedCallback("without a secret nothing is signed")
        if not hmac.compare_digest(signature(said, body).encode(), given.encode(errors="replace")):
            raise ForgedCallback("the signature does not fit")
        if not said.isdecimal() or abs(stamp() - int(said)) > CALLBACK_AGE:
            raise ForgedCallback("the callback is too old")
        try:
            return UUID(str(json.loads(body)["reference"]))
        except (ValueError, KeyError, TypeError) as error:
            raise ForgedCallback("the callback names no payment") from error


def checkout_url(charge: SandboxCharge) -> str:
    """The hosted page's address; its token is signed, so that nobody finds another's by guessing."""
    return settings.BASE_URL + reverse("demo:checkout", args=[charge.pk, _token(charge)])


def is_token_of(charge: SandboxCharge, token: str) -> bool:
    """Whether the hosted page may be shown to whoever brings this token."""
    return hmac.compare_digest(_token(charge).encode(), token.encode(errors="replace"))


def pay(charge_id: UUID, *, card: str) -> SandboxCharge:
    """The payer presses the button on the hosted page: one charge, however often it is pressed."""
    digits = "".join(character for character in card if character.isdecimal())
    if not 12 <= len(digits) <= 19:
        raise Refusal("card_number", "Type one of the card numbers shown.", status=422, field="card")
    with transaction.atomic():
        charge = SandboxCharge.objects.select_for_update().get(pk=charge_id)
        if charge.status != "open":
            return charge
        charge.last_digits = digits[-4:]
        outcome = "checkout_expired" if _expired(charge) else CARDS.get(digits[-4:], "card_declined")
        if outcome == "succeeded":
            charge.charged += 1
            return _finish(charge, status="succeeded", failure="")
        return _finish(charge, status="failed", failure=outcome)


def give_up(charge_id: UUID) -> SandboxCharge:
    """The payer leaves the hosted page without paying."""
    with transaction.atomic():
        charge = SandboxCharge.objects.select_for_update().get(pk=charge_id)
        return _finish(charge, status="cancelled", failure="cancelled_by_payer") if charge.status == "open" else charge


def callback(charge: SandboxCharge) -> tuple[dict[str, str], bytes]:
    """Headers and body of the callback about a charge, signed as of now."""
    body = json.dumps({"reference": str(charge.reference), "status": charge.status}).encode()
    said = str(stamp())
    headers = {"Sandbox-Timestamp": said, "Sandbox-Signature": signature(said, body)}
    return {**headers, "Content-Type": "application/json"}, body


def stamp() -> int:
    """The second in which a callback is signed."""
    return int(time.time())


def signature(said: str, body: bytes) -> str:
    """What proves that the provider wrote this body at the second it says."""
    key = settings.SANDBOX_SECRET.encode()
    return hmac.new(key, said.encode(errors="replace") + b"." + body, hashlib.sha256).hexdigest()


def _finish(charge: SandboxCharge, *, status: str, failure: str) -> SandboxCharge:
    charge.status, charge.failure, charge.callback_due_at = status, failure, clock.now()
    charge.save()
    jobs.nudge(SEND_CALLBACKS)
    return charge


def _token(charge: SandboxCharge) -> str:
    return secrets.sign("sandbox-checkout", charge.pk.hex)[:32]


def _expired(charge: SandboxCharge) -> bool:
    return clock.now() - charge.created_at > CHECKOUT_LIFE


SEND_CALLBACKS = "eipp.gateways.jobs.send_sandbox_callbacks"

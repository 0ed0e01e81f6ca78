"""The sandbox: a provider of our own, for cards and bank debits. No real money, but the real contract.

It keeps its own books (`SandboxCharge`), shows its own hosted page (`eipp.demo.checkout`), and sends signed callbacks
over HTTP to the endpoint at which a real provider's arrive.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse

from eipp.gateways.bare import Bare
from eipp.gateways.intent import Checkout, Intent, Look
from eipp.gateways.reported import ForgedCallback, Reported
from eipp.gateways.sandbox_accounts import standing
from eipp.kernel import clock, jobs, secrets
from eipp.kernel.record import Entity, MoneyOf
from eipp.kernel.refusal import Refusal

CHECKOUT_LIFE = timedelta(minutes=30)
CALLBACK_AGE = 300  # seconds after which a signed callback is too old to be believed
CARDS = {"4242": "succeeded", "0002": "card_declined", "9995": "insufficient_funds", "0069": "expired_card"}


class SandboxCharge(Entity):
    """The provider's side of an intent. `charged` counts how often card or account was charged: never more than once.

    turns_at: when a debit becomes something else by itself (`sandbox_accounts`); debited_at: when it was given.
    """

    reference = models.UUIDField(unique=True)
    status = models.CharField(max_length=12, default="open")
    method = models.CharField(max_length=20, default="card")
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
    debited_at = models.DateTimeField(null=True)
    turns_at = models.DateTimeField(null=True)
    amount = MoneyOf("amount_minor")

    class Meta:
        indexes = (
            models.Index(
                fields=["callback_due_at"],
                name="sandbox_callback_due",
                condition=models.Q(callback_due_at__isnull=False),
            ),
            models.Index(fields=["turns_at"], name="sandbox_turns", condition=models.Q(turns_at__isnull=False)),
        )

    def __str__(self) -> str:
        return f"{self.reference} {self.status}"


class Sandbox(Bare):
    """The adapter: what the platform sees of the provider."""

    name = "sandbox"
    title = "Sandbox Pay"
    methods: Mapping[str, frozenset[str] | None] = {"card": None, "bank_debit": frozenset({"EUR", "USD", "GBP", "CAD"})}

    def open_checkout(self, intent: Intent) -> Checkout:
        charge, _ = SandboxCharge.objects.get_or_create(
            reference=intent.reference,
            defaults={
                "amount_minor": intent.amount.minor, "currency": intent.amount.currency, "payee": intent.payee,
                "description": intent.description[:500], "return_url": intent.return_url,
                "cancel_url": intent.cancel_url, "created_at": clock.now(), "method": intent.method,
            },
        )  # fmt: skip
        return Checkout(url=checkout_url(charge), gateway_reference=str(charge.pk))

    def look(self, reference: UUID) -> Look:
        charge = SandboxCharge.objects.filter(reference=reference).first()
        if charge is None:
            return Look("missing")
        if charge.turns_at and charge.turns_at <= clock.now():
            charge = turn(charge.pk)
        return Look(charge.status, charge.amount, str(charge.pk), means_of(charge), charge.failure)  # type: ignore[arg-type]

    def cancel(self, reference: UUID) -> Look:
        with transaction.atomic():
            charge = SandboxCharge.objects.select_for_update().filter(reference=reference).first()
            if charge and charge.status == "open":
                _finish(charge, status="cancelled", failure="checkout_expired")
        return self.look(reference)

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> Reported:
        said, given = headers.get("Sandbox-Timestamp", ""), headers.get("Sandbox-Signature", "")
        if not settings.SANDBOX_SECRET:
            raise ForgedCallback("without a secret nothing is signed")
        if not hmac.compare_digest(signature(said, body).encode(), given.encode(errors="replace")):
            raise ForgedCallback("the signature does not fit")
        if not said.isdecimal() or abs(stamp() - int(said)) > CALLBACK_AGE:
            raise ForgedCallback("the callback is too old")
        try:
            told = json.loads(body)
            return Reported(told["kind"], UUID(str(told["reference"])), str(told["event"]))
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


def debit(charge_id: UUID, *, account: str, now: datetime | None = None) -> SandboxCharge:
    """The payer lets the provider debit a bank account: on its way at once, and the bank's word comes days later."""
    digits = "".join(character for character in account if character.isdecimal())
    if not 4 <= len(digits) <= 17:
        raise Refusal("account_number", "Type one of the account numbers shown.", status=422, field="account")
    with transaction.atomic():
        charge = SandboxCharge.objects.select_for_update().get(pk=charge_id)
        if charge.status != "open":
            return charge
        if _expired(charge):
            return _finish(charge, status="failed", failure="checkout_expired")
        charge.last_digits, charge.debited_at = digits[-4:], now or clock.now()
        charge.charged += 1
        _, charge.turns_at = standing(charge.last_digits, charge.debited_at, charge.debited_at)
        return _finish(charge, status="pending", failure="")


def turn(charge_id: UUID, *, now: datetime | None = None) -> SandboxCharge:
    """What the bank has said about a debit by now; told by a callback, once for each word."""
    moment = now or clock.now()
    with transaction.atomic():
        charge = SandboxCharge.objects.select_for_update().get(pk=charge_id)
        if charge.debited_at is None or charge.turns_at is None or charge.turns_at > moment:
            return charge
        became, charge.turns_at = standing(charge.last_digits, charge.debited_at, moment)
        assert became  # the first of its turns is over
        return _finish(charge, status=became.status, failure=became.failure)


def turn_due(*, now: datetime | None = None) -> None:
    """Every debit about which the bank has said something since."""
    for charge_id in SandboxCharge.objects.filter(turns_at__lte=now or clock.now()).values_list("pk", flat=True)[:200]:
        turn(charge_id, now=now)


def give_up(charge_id: UUID) -> SandboxCharge:
    """The payer leaves the hosted page without paying."""
    with transaction.atomic():
        charge = SandboxCharge.objects.select_for_update().get(pk=charge_id)
        return _finish(charge, status="cancelled", failure="cancelled_by_payer") if charge.status == "open" else charge


def callback(charge: SandboxCharge) -> tuple[dict[str, str], bytes]:
    """Headers and body of the callback about a charge, signed as of now."""
    told = {"event": f"{charge.pk.hex}-{charge.status}", "kind": "payment", "reference": str(charge.reference),
            "status": charge.status}  # fmt: skip
    body = json.dumps(told).encode()
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
    charge.status, charge.failure = status, failure
    charge.callback_due_at, charge.callback_attempts = clock.now(), 0
    charge.save()
    jobs.nudge(SEND_CALLBACKS)
    return charge


def means_of(charge: SandboxCharge) -> str:
    """Card or account in words, by its last digits alone."""
    kind = "bank account" if charge.method == "bank_debit" else "card"
    return f"{kind} ending {charge.last_digits}" if charge.last_digits else kind


def _token(charge: SandboxCharge) -> str:
    return secrets.sign("sandbox-checkout", charge.pk.hex)[:32]


def _expired(charge: SandboxCharge) -> bool:
    return clock.now() - charge.created_at > CHECKOUT_LIFE


SEND_CALLBACKS = "eipp.gateways.jobs.send_sandbox_callbacks"

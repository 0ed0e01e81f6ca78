"""Charges at the sandbox provider: what a payer does on its page, what is charged off-session, and what the bank says
later."""

import hmac
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse

from eipp.gateways import sandbox_books
from eipp.gateways.sandbox_accounts import Turn, bank_day, turns_of
from eipp.gateways.sandbox_callback import CallsBack
from eipp.gateways.sandbox_cards import card_ending
from eipp.gateways.sandbox_numbers import account_digits, card_digits
from eipp.kernel import clock, secrets
from eipp.kernel.money import Money
from eipp.kernel.record import MoneyOf

CHECKOUT_LIFE = timedelta(minutes=30)
WINS_AFTER = 2  # bank days after which a charge-back that was answered well is won
CHARGEBACK_FEE = 1500  # minor units of whatever currency
ANSWERED_WITHIN = 7  # bank days in which a charge-back is to be answered
WINNING = "winning_evidence"  # the word in the supplier's answer that wins


class SandboxCharge(CallsBack):
    """The provider's side of an intent. `charged` counts how often card or account was charged: never more than once.

    merchant: the payee's id with us; taken: what was really charged, where that differs from what was asked for;
    challenged_at: since when the card's bank asks its owner; debited_at: when card or account was charged; turned: so
    many of its later turns are over, the next one at turns_at; contested_at: when the supplier answered a charge-back.
    """

    told_as = "payment"
    reference = models.UUIDField(unique=True)
    merchant = models.UUIDField(null=True)
    status = models.CharField(max_length=12, default="open")
    method = models.CharField(max_length=20, default="card")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    taken_minor = models.BigIntegerField(null=True)
    taken_currency = models.CharField(max_length=3, blank=True)
    payee = models.CharField(max_length=200)
    description = models.CharField(max_length=500)
    return_url = models.URLField(max_length=500)
    cancel_url = models.URLField(max_length=500)
    failure = models.CharField(max_length=40, blank=True)
    last_digits = models.CharField(max_length=4, blank=True)
    charged = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    challenged_at = models.DateTimeField(null=True)
    debited_at = models.DateTimeField(null=True)
    turned = models.PositiveIntegerField(default=0)
    turns_at = models.DateTimeField(null=True)
    contested_at = models.DateTimeField(null=True)
    is_won = models.BooleanField(default=False)
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

    @property
    def taken(self) -> Money:
        """What was really charged: what was asked for, but where the provider was told to make a mistake."""
        return self.amount if self.taken_minor is None else Money(self.taken_minor, self.taken_currency)


def checkout_url(charge: SandboxCharge) -> str:
    """The hosted page's address; its token is signed, so that nobody finds another's by guessing."""
    return settings.BASE_URL + reverse("demo:checkout", args=[charge.pk, _token(charge)])


def is_token_of(charge: SandboxCharge, token: str) -> bool:
    """Whether the hosted page may be shown to whoever brings this token."""
    return hmac.compare_digest(_token(charge).encode(), token.encode(errors="replace"))


def pay(charge_id: UUID, *, card: str, now: datetime | None = None) -> SandboxCharge:
    """The payer presses the button on the hosted page: one charge, however often it is pressed.

    A card whose bank asks its owner first leaves the charge open until `answer_challenge`.
    """
    digits, moment = card_digits(card), now or clock.now()
    with transaction.atomic():
        charge = _locked(charge_id)
        if charge.status != "open":
            return charge
        charge.last_digits = digits[-4:]
        if _expired(charge):
            return _finish(charge, "failed", "checkout_expired")
        if card_ending(charge.last_digits).is_challenged:
            charge.challenged_at = moment
            charge.save(update_fields=["challenged_at", "last_digits"])
            return charge
        return _charge_card(charge, card_ending(charge.last_digits).failure, moment)


def answer_challenge(charge_id: UUID, *, is_owner: bool, now: datetime | None = None) -> SandboxCharge:
    """The card's owner has told their bank whether it is they who pay."""
    with transaction.atomic():
        charge = _locked(charge_id)
        if charge.status != "open" or not charge.challenged_at:
            return charge
        if _expired(charge):
            return _finish(charge, "failed", "checkout_expired")
        return _charge_card(charge, "" if is_owner else "authentication_failed", now or clock.now())


def debit(charge_id: UUID, *, account: str, now: datetime | None = None) -> SandboxCharge:
    """The payer lets the provider debit a bank account: on its way at once, and the bank's word comes days later."""
    digits = account_digits(account)
    with transaction.atomic():
        charge = _locked(charge_id)
        if charge.status != "open":
            return charge
        if _expired(charge):
            return _finish(charge, "failed", "checkout_expired")
        charge.last_digits = digits[-4:]
        return _debit_account(charge, now or clock.now())


def charge_kept(charge_id: UUID, *, last_digits: str, failure: str, now: datetime | None = None) -> SandboxCharge:
    """Charge a card or account that is kept, its owner not being there; `failure` where it cannot be."""
    with transaction.atomic():
        charge = _locked(charge_id)
        if charge.status != "open":
            return charge
        charge.last_digits = last_digits
        if failure:
            return _finish(charge, "failed", failure)
        if charge.method == "bank_debit":
            return _debit_account(charge, now or clock.now())
        card = card_ending(last_digits)
        return _charge_card(charge, card.failure or card.kept_failure, now or clock.now())


def turn(charge_id: UUID, *, now: datetime | None = None) -> SandboxCharge:
    """What the bank has said about a charge by now; told by a callback, once for each word."""
    moment = now or clock.now()
    with transaction.atomic():
        charge = _locked(charge_id)
        if charge.turns_at is None or charge.turns_at > moment:
            return charge
        for at, word in _turns(charge)[charge.turned :]:
            if at > moment:
                break
            charge.turned += 1
            charge.status, charge.failure = word.status, word.failure
            _book(charge, at)
        return _finish(charge, charge.status, charge.failure)


def turn_due(*, now: datetime | None = None) -> None:
    """Every charge about which the bank has said something since."""
    for charge_id in SandboxCharge.objects.filter(turns_at__lte=now or clock.now()).values_list("pk", flat=True)[:200]:
        turn(charge_id, now=now)


def become(charge_id: UUID, status: str, *, failure: str = "", now: datetime | None = None) -> SandboxCharge:
    """What nobody's number brings about: the bank says so, and the books follow."""
    moment = now or clock.now()
    with transaction.atomic():
        charge = _locked(charge_id)
        charge.status, charge.debited_at = status, charge.debited_at or moment
        _book(charge, moment)
        return _finish(charge, status, failure)


def give_up(charge_id: UUID, *, failure: str = "cancelled_by_payer") -> SandboxCharge:
    """The payer leaves the hosted page without paying, or we close it."""
    with transaction.atomic():
        charge = _locked(charge_id)
        return _finish(charge, "cancelled", failure) if charge.status == "open" else charge


def contest(charge_id: UUID, *, text: str, now: datetime | None = None) -> SandboxCharge:
    """The supplier answers a charge-back: the first answer counts; it wins by `WINNING`, some bank days later."""
    with transaction.atomic():
        charge = _locked(charge_id)
        if charge.status == "charged_back" and not charge.contested_at:
            charge.contested_at, charge.is_won = now or clock.now(), WINNING in text
            charge.turns_at = _next(charge)
            charge.save(update_fields=["contested_at", "is_won", "turns_at"])
        return charge


def answer_by(charge: SandboxCharge) -> datetime | None:
    """Until when a charge-back's evidence is heard."""
    back = [at for at, word in _turns(charge) if word.status == "charged_back"]
    since = back[-1] if back else charge.debited_at
    return bank_day(since, ANSWERED_WITHIN) if since and charge.status == "charged_back" else None


def left_of(charge: SandboxCharge) -> Money:
    """What of a charge was not sent back before."""
    return Money(charge.taken.minor - _refunded(charge), charge.taken.currency)


def means_of(charge: SandboxCharge) -> str:
    """Card or account in words, by its last digits alone."""
    kind = "bank account" if charge.method == "bank_debit" else "card"
    return f"{kind} ending {charge.last_digits}" if charge.last_digits else kind


def _charge_card(charge: SandboxCharge, failure: str, now: datetime) -> SandboxCharge:
    if failure:
        return _finish(charge, "failed", failure)
    charge.charged += 1
    charge.debited_at, charge.status = now, "succeeded"
    _book(charge, now)
    return _finish(charge, "succeeded", "")


def _debit_account(charge: SandboxCharge, now: datetime) -> SandboxCharge:
    charge.charged += 1
    charge.debited_at = now
    return _finish(charge, "pending", "")


def _turns(charge: SandboxCharge) -> list[tuple[datetime, Turn]]:
    """What becomes of a charge by itself, and when; nothing before it was charged."""
    if charge.debited_at is None:
        return []
    is_debit = charge.method == "bank_debit"
    turns = turns_of(charge.last_digits) if is_debit else card_ending(charge.last_digits).turns
    coming = [(bank_day(charge.debited_at, word.days), word) for word in turns]
    if charge.contested_at and charge.is_won:
        coming.append((bank_day(charge.contested_at, WINS_AFTER), Turn(WINS_AFTER, "succeeded")))
    return coming


def _next(charge: SandboxCharge) -> datetime | None:
    return next((at for at, _ in _turns(charge)[charge.turned :]), None)


def _book(charge: SandboxCharge, at: datetime) -> None:
    """A line in the provider's books for what the charge has just become, where money moved by it.

    What comes back of a debit that never settled, never was there; what was refunded before cannot come back again.
    """
    lines = sandbox_books.SandboxTransaction.objects
    booked = set(lines.filter(reference=charge.reference).values_list("kind", flat=True))
    left = charge.taken.minor - _refunded(charge)
    kinds = {"returned": "return", "charged_back": "chargeback", "succeeded": "charge"}
    kind, amount, key = kinds.get(charge.status, ""), charge.taken.minor, charge.status
    if kind in ("return", "chargeback"):
        kind, amount = (kind, -left) if "charge" in booked else ("", 0)
    elif kind and "chargeback" in booked:
        kind, amount, key = "chargeback", left, "won"
    if kind:
        sandbox_books.book(
            key=f"{key}:{charge.pk}", merchant=charge.merchant, reference=charge.reference, kind=kind,  # type: ignore[arg-type]
            amount=Money(amount, charge.taken.currency), at=at,
        )  # fmt: skip


def _refunded(charge: SandboxCharge) -> int:
    rows = charge.refunds.exclude(status="failed")
    return rows.aggregate(sum=models.Sum("amount_minor"))["sum"] or 0


def _finish(charge: SandboxCharge, status: str, failure: str) -> SandboxCharge:
    charge.status, charge.failure, charge.turns_at = status, failure, _next(charge)
    charge.tell()
    charge.save()
    return charge


def _token(charge: SandboxCharge) -> str:
    return secrets.sign("sandbox-checkout", charge.pk.hex)[:32]


def _expired(charge: SandboxCharge) -> bool:
    return clock.now() - charge.created_at > CHECKOUT_LIFE


def _locked(charge_id: UUID) -> SandboxCharge:
    return SandboxCharge.objects.select_for_update().get(pk=charge_id)

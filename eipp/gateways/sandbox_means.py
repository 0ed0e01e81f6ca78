"""Cards and accounts that the sandbox provider keeps: given on its page, an account proved by two small amounts."""

import hmac
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse

from eipp.gateways.means import Means
from eipp.gateways.sandbox_accounts import bank_day
from eipp.gateways.sandbox_callback import CallsBack
from eipp.gateways.sandbox_cards import card_ending
from eipp.gateways.sandbox_charge import CHECKOUT_LIFE
from eipp.gateways.sandbox_numbers import account_digits, card_digits
from eipp.kernel import clock, secrets
from eipp.kernel.refusal import Refusal

MOST_TRIES = 3
CARD_YEARS = 3


class SandboxMeans(CallsBack):
    """The provider's side of a setup: what is kept under a token.

    amounts_at: from when the two small amounts stand in the account's statement; tries: so many were typed in wrong.
    """

    told_as = "setup"
    reference = models.UUIDField(unique=True)
    merchant = models.UUIDField(null=True)
    status = models.CharField(max_length=12, default="open")
    method = models.CharField(max_length=20)
    holder = models.CharField(max_length=200)
    payee = models.CharField(max_length=200)
    return_url = models.URLField(max_length=500)
    cancel_url = models.URLField(max_length=500)
    token = models.CharField(max_length=60, blank=True)
    last_digits = models.CharField(max_length=4, blank=True)
    expires_on = models.DateField(null=True)
    failure = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()
    challenged_at = models.DateTimeField(null=True)
    amounts_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["token"], name="sandbox_token", condition=~models.Q(token="")),)

    def __str__(self) -> str:
        return f"{self.reference} {self.status}"


def setup_url(kept: SandboxMeans) -> str:
    """The hosted page's address, with a signed token in it."""
    return settings.BASE_URL + reverse("demo:setup", args=[kept.pk, _signed(kept)])


def is_signature_of(kept: SandboxMeans, token: str) -> bool:
    """Whether the hosted page may be shown to whoever brings this token."""
    return hmac.compare_digest(_signed(kept).encode(), token.encode(errors="replace"))


def give_card(means_id: UUID, *, card: str, now: datetime | None = None) -> SandboxMeans:
    """The owner gives a card to be kept; one whose bank asks first stays open until `confirm_owner`."""
    digits, moment = card_digits(card), now or clock.now()
    with transaction.atomic():
        kept = _locked(means_id)
        if kept.status != "open":
            return kept
        kept.last_digits = digits[-4:]
        known = card_ending(kept.last_digits)
        if known.is_challenged and not _is_late(kept):
            kept.challenged_at = moment
            kept.save(update_fields=["challenged_at", "last_digits"])
            return kept
        return _keep(kept, known.failure, moment)


def confirm_owner(means_id: UUID, *, is_owner: bool, now: datetime | None = None) -> SandboxMeans:
    """The card's owner has told their bank whether it is they who give it."""
    with transaction.atomic():
        kept = _locked(means_id)
        if kept.status != "open" or not kept.challenged_at:
            return kept
        return _keep(kept, "" if is_owner else "authentication_failed", now or clock.now())


def give_account(means_id: UUID, *, account: str, signs_in: bool = False, now: datetime | None = None) -> SandboxMeans:
    """The owner gives an account: proved at once by signing in to the bank, else by two small amounts the next day."""
    digits, moment = account_digits(account), now or clock.now()
    with transaction.atomic():
        kept = _locked(means_id)
        if kept.status != "open":
            return kept
        kept.last_digits = digits[-4:]
        if signs_in or _is_late(kept):
            return _keep(kept, "", moment)
        kept.amounts_at = bank_day(moment, 1)
        return _become(kept, "verifying")


def leave(means_id: UUID) -> SandboxMeans:
    """The owner leaves the page without giving anything."""
    with transaction.atomic():
        kept = _locked(means_id)
        return _become(kept, "failed", "cancelled_by_payer") if kept.status == "open" else kept


def verify(kept: SandboxMeans, amounts_minor: Sequence[int], *, now: datetime | None = None) -> SandboxMeans:
    """The amounts that the owner found in the statement, in any order; after three wrong tries it has failed."""
    moment = now or clock.now()
    with transaction.atomic():
        kept = _locked(kept.pk)
        if kept.status != "verifying" or kept.amounts_at is None:
            return kept
        if moment < kept.amounts_at:
            sentence = f"The two amounts arrive on {kept.amounts_at:%-d %B %Y}. Type them in then."
            raise Refusal("amounts_not_there_yet", sentence, field="amounts")
        if sorted(amounts_minor) == sorted(small_amounts(kept)):
            return _keep(kept, "", moment)
        kept.tries += 1
        return _become(kept, "verifying", "wrong_amounts") if kept.tries < MOST_TRIES else (
            _become(kept, "failed", "verification_failed")
        )  # fmt: skip


def forget(token: str, *, merchant: UUID | None) -> None:
    """Never charge it again."""
    rows = SandboxMeans.objects.filter(token=token or None, status="saved")
    (rows if merchant is None else rows.filter(merchant=merchant)).update(status="gone", failure="means_gone")


def small_amounts(kept: SandboxMeans) -> tuple[int, int]:
    """The two amounts in cents, 1 to 99; the sandbox's page shows them once they have arrived."""
    drawn = bytes.fromhex(secrets.sign("sandbox-amounts", kept.pk.hex)[:4])
    return drawn[0] % 99 + 1, drawn[1] % 99 + 1


def means_of(kept: SandboxMeans) -> Means:
    """As the contract has it."""
    kind = "bank account" if kept.method == "bank_debit" else "card"
    label = f"{kind} ending {kept.last_digits}" if kept.last_digits else ""
    token = kept.token if kept.status == "saved" else ""
    return Means(kept.status, token, label, kept.last_digits, kept.expires_on, kept.failure)  # type: ignore[arg-type]


def _keep(kept: SandboxMeans, failure: str, now: datetime) -> SandboxMeans:
    failure = "checkout_expired" if kept.status == "open" and _is_late(kept) else failure
    if failure:
        return _become(kept, "failed", failure)
    kept.token = secrets.new_token("sandbox_")
    kept.expires_on = date(now.year + CARD_YEARS, 12, 31) if kept.method == "card" else None
    return _become(kept, "saved")


def _become(kept: SandboxMeans, status: str, failure: str = "") -> SandboxMeans:
    kept.status, kept.failure = status, failure
    kept.tell()
    kept.save()
    return kept


def _locked(means_id: UUID) -> SandboxMeans:
    return SandboxMeans.objects.select_for_update().get(pk=means_id)


def _is_late(kept: SandboxMeans) -> bool:
    return clock.now() - kept.created_at > CHECKOUT_LIFE


def _signed(kept: SandboxMeans) -> str:
    return secrets.sign("sandbox-setup", kept.pk.hex)[:32]

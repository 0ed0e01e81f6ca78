"""Bank details: a change of the account that money is sent to. Bank details are bait, so it takes two people, a wait in
which the old contact can say no, and only then is it in force. Until then nothing is paid to it.

A supplier's are those of one of its legal bodies; a buyer's are where refunds by bank go.
"""

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import models
from django.db import transaction as database
from django.db.models import Q
from stdnum import bic as bics
from stdnum import iban as ibans

from eipp.accounts.models import LegalEntity, Membership, Organisation
from eipp.accounts.organisation import SUPPLIER
from eipp.accounts.plain_text import plain
from eipp.accounts.roles import require, require_whole
from eipp.kernel import clock, events
from eipp.kernel.actor import Actor
from eipp.kernel.money import decimals
from eipp.kernel.refusal import Refusal
from eipp.kernel.tenancy import EventScope, Scope
from workflows.machine import Machine, transition

RIGHT = "bank_details.keep"
LIVE = ("proposed", "confirmed")
_ACCOUNT = re.compile(r"[A-Z0-9]{4,34}")


def another_person(row: "BankDetails", actor: Actor) -> Refusal | None:
    if actor.person_id is None:
        return Refusal("person_needed", "Bank details are confirmed by a person, not by a program.")
    if actor.person_id == row.proposed_by:
        return Refusal("second_person_needed", "You proposed it, so a colleague confirms it.")
    return None


def waited_for(row: "BankDetails", actor: Actor) -> Refusal | None:
    if row.effective_at is None or row.effective_at > clock.now():
        return Refusal("not_yet", "The wait is not over.")
    return None


class BankDetails(Machine):
    """One account, for a body of a supplier's (legal_entity) or for a buyer. account: IBAN, or the account number with
    `bic` as its bank's code. replaces: the account that it takes the place of; empty for one more.

    notified: whom the change was mailed to, as they stood before it; effective_at: when the wait is over.
    """

    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", null=True)
    buyer = models.ForeignKey(Organisation, models.PROTECT, related_name="+", null=True)
    legal_entity = models.ForeignKey(LegalEntity, models.PROTECT, related_name="+", null=True)
    holder = models.CharField(max_length=140)
    account = models.CharField(max_length=34)
    bic = models.CharField(max_length=11, blank=True)
    currency = models.CharField(max_length=3)
    replaces = models.CharField(max_length=34, blank=True)
    proposed_by = models.UUIDField()
    proposed_at = models.DateTimeField()
    confirmed_by = models.UUIDField(null=True)
    effective_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    notified = models.JSONField(default=list)
    scope = Scope(supplier="supplier_id", buyer="buyer_id")

    class Meta:
        verbose_name = "change of bank details"
        constraints = (
            models.CheckConstraint(
                condition=Q(supplier=None, buyer__isnull=False, legal_entity=None)
                | Q(supplier__isnull=False, buyer=None, legal_entity__isnull=False),
                name="bank_details_of_one_side",
            ),
            models.UniqueConstraint(
                fields=["legal_entity", "account", "currency"], condition=Q(state__in=LIVE), name="one_change_at_a_time"
            ),
        )
        indexes = (models.Index(fields=["effective_at"], name="bank_details_due", condition=Q(state="confirmed")),)

    def __str__(self) -> str:
        return masked(self.account)

    def event_scope(self) -> EventScope:
        """Its owner's affair."""
        return EventScope(supplier_id=self.supplier_id, buyer_id=self.buyer_id)

    @property
    def owner(self) -> Organisation:
        found = self.supplier or self.buyer
        assert found
        return found

    @property
    def whose(self) -> str:
        return self.legal_entity.name if self.legal_entity else self.owner.name

    @transition("proposed", "confirmed", by=RIGHT, event="bank_details.confirmed", label="Confirm it", likely=True,
                when=(another_person,))  # fmt: skip
    def confirm(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """A second person knows it to be right; from here on the wait runs."""
        self.confirmed_by = actor.person_id
        self.effective_at = banking_days_after(now, settings.BANK_DETAILS_DAYS)
        return self.told() | {"effective_on": self.effective_at.date().isoformat()}

    @transition("confirmed", "in_force", by="system", event="bank_details.in_force", when=(waited_for,))
    def take_effect(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """Nobody objected within the wait: money goes there from now on."""
        if self.legal_entity_id:
            _write(self)
        else:
            older = BankDetails.objects.filter(buyer=self.buyer_id, currency=self.currency, state="in_force")
            older.exclude(pk=self.pk).update(ended_at=now)
        return self.told()

    @transition(LIVE, "refused", by=RIGHT, event="bank_details.refused", label="Refuse it")
    def refuse(self, actor: Actor, *, now: datetime, reason: str) -> dict[str, Any]:
        """It is not ours, or somebody was deceived: nothing is ever paid there."""
        self.reason, self.ended_at = plain(reason, field="reason", longest=500), now
        return self.told() | {"reason": self.reason}

    @transition(LIVE, "cancelled", by=RIGHT, event="bank_details.cancelled", label="Take it back")
    def cancel(self, actor: Actor, *, now: datetime) -> dict[str, Any]:
        """It was a mistake."""
        self.ended_at = now
        return self.told()

    def told(self) -> dict[str, Any]:
        return {"name": self.whose, "means": masked(self.account), "currency": self.currency}


def propose(
    actor: Actor,
    entity: LegalEntity | None,
    *,
    holder: str,
    account: str,
    bic: str = "",
    currency: str,
    replaces: str = "",
    now: datetime | None = None,
) -> BankDetails:
    """Ask for another account; the contact on record hears of it by mail at once. Event: `bank_details.proposed`.

    entity: whose, for a supplier; None for a buyer's own. Refusals: 403 without the right or for a program, 422 for
    what is no account (`invalid_account`, `invalid_bic`, `unknown_account`), 409 (`known_account`, `change_under_way`).
    """
    require(actor, RIGHT)
    require_whole(actor)
    if actor.person_id is None:
        raise Refusal("person_needed", "Bank details are changed by people, not by programs.", status=403)
    decimals(currency)  # a currency that exists
    number, bank, name = _account(account), _bic(bic), plain(holder, field="holder", longest=140)
    moment = now or clock.now()
    with database.atomic():
        owner = Organisation.objects.visible_to(actor).select_for_update().get()
        if owner.side == SUPPLIER:
            entity = LegalEntity.objects.visible_to(actor).get(pk__in=[entity.pk] if entity else [])
        _check_known(owner, entity, number, replaces, currency)
        row = BankDetails.objects.create(
            state="proposed", state_since=moment, supplier=owner if entity else None, buyer=None if entity else owner,
            legal_entity=entity, holder=name, account=number, bic=bank, currency=currency, replaces=_plain(replaces),
            proposed_by=actor.person_id, proposed_at=moment, notified=contacts(owner),
        )  # fmt: skip
        _notify(row)
        events.record("bank_details.proposed", row, actor, after="proposed", data=row.told(), occurred_at=moment)
    return row


def in_force(buyer: Organisation, currency: str) -> BankDetails | None:
    """Where a refund by bank goes for a buyer: verified, waited for, the newest; None while there is none."""
    rows = BankDetails.objects.filter(buyer=buyer, currency=currency, state="in_force", ended_at=None)
    found: BankDetails | None = rows.order_by("-effective_at").first()
    return found


def to_take_effect(now: datetime) -> list[UUID]:
    """The confirmed changes whose wait is over."""
    rows = BankDetails.objects.filter(state="confirmed", effective_at__lte=now)
    return list(rows.order_by("effective_at").values_list("pk", flat=True)[:200])


def take_effect(row_id: UUID, *, now: datetime | None = None) -> None:
    row = BankDetails.objects.get(pk=row_id)
    row.take_effect(Actor.system("bank details"), now=now or clock.now())


def banking_days_after(moment: datetime, days: int) -> datetime:
    """The same hour so many banking days (Monday to Friday) later."""
    while days:
        moment += timedelta(days=1)
        days -= moment.weekday() < 5
    return moment


def contacts(owner: Organisation) -> list[str]:
    """Who is on record for an organisation: its contact, else its administrators."""
    if owner.contact_email:
        return [owner.contact_email]
    active = Membership.objects.filter(organisation=owner, ended_at=None, person__is_active=True)
    return sorted(
        row.person.email for row in active.select_related("person")
        if any(role.endswith("administrator") for role in row.roles)
    )  # fmt: skip


def masked(account: str) -> str:
    """An account as it may stand in a message: its beginning and its end."""
    return f"{account[:4]} … {account[-4:]}" if len(account) > 10 else f"… {account[-4:]}"


def _write(row: BankDetails) -> None:
    """Into the body's verified accounts, in the place of the one that it replaces."""
    entity = LegalEntity.objects.select_for_update().get(pk__in=[row.legal_entity_id])
    new = {"iban": row.account, "bic": row.bic, "holder": row.holder, "currency": row.currency}
    known = [_plain(each.get("iban", "")) for each in entity.bank_accounts]
    accounts = list(entity.bank_accounts)
    if row.replaces in known:
        accounts[known.index(row.replaces)] = new
    else:
        accounts.append(new)
    entity.bank_accounts = accounts
    entity.save(update_fields=["bank_accounts"])


def _check_known(owner: Organisation, entity: LegalEntity | None, number: str, replaces: str, currency: str) -> None:
    accounts = [_plain(each.get("iban", "")) for each in entity.bank_accounts] if entity else []
    if number in accounts:
        raise Refusal("known_account", "This account is in force already.", field="account")
    if replaces and _plain(replaces) not in accounts:
        raise Refusal("unknown_account", "The account to be replaced is none of yours.", status=422, field="replaces")
    same = BankDetails.objects.filter(Q(supplier=owner) | Q(buyer=owner), legal_entity=entity, currency=currency)
    if same.filter(state__in=LIVE, account=number).exists():
        raise Refusal("change_under_way", "This account is being checked already.", field="account")


def _notify(row: BankDetails) -> None:
    """The old contact hears of it, whoever asked: they can refuse it before it counts."""
    if not row.notified:
        return
    days = settings.BANK_DETAILS_DAYS
    body = (
        f"Somebody asked to have money for {row.whose} sent to another bank account: {masked(row.account)}, "
        f"{row.currency}.\n\nA second person has to confirm it, and it counts {days} banking days after that at the "
        f"earliest. If you know nothing of it, sign in and refuse it: {settings.BASE_URL}\n\n"
        "Until then nothing changes."
    )
    EmailMessage(f"Change of bank details for {row.whose}", body, to=row.notified).send()


def _account(text: str) -> str:
    """An IBAN with its check digits, or another account number."""
    number = _plain(text)
    is_iban = number[:2].isalpha() and number[2:4].isdigit()
    if not _ACCOUNT.fullmatch(number) or (is_iban and not ibans.is_valid(number)):
        raise Refusal("invalid_account", "This is no account number: look at it again, the check digits are wrong."
                      if is_iban else "Write the IBAN or the account number, letters and digits alone.", status=422,
                      field="account")  # fmt: skip
    return number


def _bic(text: str) -> str:
    bank = _plain(text)
    if bank and not bics.is_valid(bank) and not (bank.isdigit() and 5 <= len(bank) <= 11):
        raise Refusal("invalid_bic", "This is no BIC and no bank code.", status=422, field="bic")
    return bank


def _plain(text: str) -> str:
    return "".join(text.split()).upper()

"""Method rule: to whom, over what amounts and from what age a payee offers a way of paying."""

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime
from uuid import UUID

from django.db import models, transaction
from django.db.models import F, Q

from eipp.accounts.models import CustomerAccount
from eipp.accounts.roles import require, require_whole
from eipp.gateways.gateway_account import RIGHT, GatewayAccount
from eipp.kernel import events
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.kernel.record import Entity
from eipp.kernel.refusal import Refusal
from eipp.kernel.tenancy import Scope

EVERYONE, ONLY, EXCEPT = "everyone", "only", "except"
_TO = {EVERYONE: "every customer", ONLY: "the customers named here", EXCEPT: "every customer but those named here"}


class MethodRule(Entity):
    """One for each method and currency; an empty currency is for all that have none of their own.

    least, most: the amounts it is offered for, both included, where a currency is named; age_days: how long a customer
    account has to exist; to: everyone, only `accounts`, or everyone except them. is_offered: False takes it away.
    """

    gateway_account = models.ForeignKey(GatewayAccount, models.CASCADE, related_name="rules")
    method = models.CharField(max_length=20)
    currency = models.CharField(max_length=3, blank=True)
    is_offered = models.BooleanField(default=True)
    least_minor = models.BigIntegerField(null=True)
    most_minor = models.BigIntegerField(null=True)
    age_days = models.PositiveIntegerField(default=0)
    to = models.CharField(max_length=10, default=EVERYONE)
    accounts = models.ManyToManyField(CustomerAccount, related_name="+")
    scope = Scope(supplier="gateway_account__legal_entity__organisation_id")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["gateway_account", "method", "currency"], name="method_rule_one"),
            models.CheckConstraint(
                condition=Q(most_minor=None) | Q(least_minor=None) | Q(most_minor__gte=F("least_minor")),
                name="method_rule_least_to_most",
            ),
            models.CheckConstraint(
                condition=~Q(currency="") | Q(least_minor=None, most_minor=None),
                name="method_rule_amounts_have_currency",
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.method} {self.currency or 'in any currency'} by {self.gateway_account}"

    def allows(self, amount: Money, accounts: Collection[CustomerAccount], on: date) -> bool:
        """Whether so much can be paid so for these accounts; an amount of zero stands for one that is not known yet."""
        if not self.is_offered:
            return False
        if amount and self.least_minor is not None and amount.minor < self.least_minor:
            return False
        if amount and self.most_minor is not None and amount.minor > self.most_minor:
            return False
        if any((on - opened_on(account)).days < self.age_days for account in accounts):
            return False
        return self.to == EVERYONE or self._names(accounts)

    def _names(self, accounts: Collection[CustomerAccount]) -> bool:
        named = {account.pk for account in self.accounts.all()}
        if self.to == ONLY:
            return bool(accounts) and all(account.pk in named for account in accounts)
        return not any(account.pk in named for account in accounts)


def opened_on(account: CustomerAccount) -> date:
    """The day on which a customer account was opened here (UTC): the time that its id begins with (RFC 9562)."""
    return datetime.fromtimestamp((account.pk.int >> 80) / 1000, tz=UTC).date()


@transaction.atomic
def set_rule(
    actor: Actor,
    account: GatewayAccount,
    method: str,
    *,
    currency: str = "",
    is_offered: bool = True,
    least: Money | None = None,
    most: Money | None = None,
    age_days: int = 0,
    to: str = EVERYONE,
    accounts: Iterable[CustomerAccount] = (),
) -> MethodRule:
    """Say when a method is offered, instead of what was said before. Event: `method_rule.set`."""
    require(actor, RIGHT)
    require_whole(actor)
    named = list(accounts)
    _check(currency, least, most, to, named)
    facts = {
        "is_offered": is_offered, "least_minor": least.minor if least else None,
        "most_minor": most.minor if most else None, "age_days": age_days, "to": to,
    }  # fmt: skip
    rule, _ = MethodRule.objects.update_or_create(
        gateway_account=account, method=method, currency=currency, defaults=facts
    )
    rule.accounts.set(named)
    data = _told(rule) | {"reason": in_words(rule)}
    events.record("method_rule.set", account, actor, data=data)
    return rule


@transaction.atomic
def remove_rule(actor: Actor, account: GatewayAccount, rule_id: UUID) -> None:
    """The method is offered as the gateway takes it. Event: `method_rule.removed`."""
    require(actor, RIGHT)
    require_whole(actor)
    rule = MethodRule.objects.filter(gateway_account=account, pk=rule_id).first()
    if rule is None:
        return
    data = _told(rule)
    rule.delete()
    events.record("method_rule.removed", account, actor, data=data)


def in_words(rule: MethodRule) -> str:
    """What the rule says, as a sentence without its subject."""
    if not rule.is_offered:
        return "not offered"
    parts = [f"offered to {_TO[rule.to]}"]
    if rule.least_minor is not None:
        parts.append(f"from {Money(rule.least_minor, rule.currency)} on")
    if rule.most_minor is not None:
        parts.append(f"up to {Money(rule.most_minor, rule.currency)}")
    if rule.age_days:
        parts.append(f"once the account is {rule.age_days} days old")
    return ", ".join(parts)


def _told(rule: MethodRule) -> dict[str, str]:
    name = f"{rule.method.replace('_', ' ')} {rule.currency} by {rule.gateway_account.gateway}".replace("  ", " ")
    return {"name": name, "payee": rule.gateway_account.legal_entity.name, "method": rule.method,
            "currency": rule.currency}  # fmt: skip


def _check(currency: str, least: Money | None, most: Money | None, to: str, named: list[CustomerAccount]) -> None:
    for amount, field in ((least, "least"), (most, "most")):
        if amount is not None and amount.currency != currency:
            raise Refusal(
                "amount_needs_currency", "Choose the currency that the amounts are in.", status=422, field=field
            )
        if amount is not None and amount.minor <= 0:
            raise Refusal("invalid_amount", "Type an amount above zero, or none.", status=422, field=field)
    if least and most and most < least:
        raise Refusal("invalid_amount", "The largest amount is below the smallest.", status=422, field="most")
    if to not in _TO:
        raise Refusal("unknown_choice", "Choose to whom it is offered.", status=422, field="to")
    if to == ONLY and not named:
        raise Refusal("nobody_named", "Name the customers to whom it is offered.", status=422, field="accounts")

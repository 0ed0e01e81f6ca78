"""Offered: which ways of paying there are for an amount of a payee's; the one place that knows."""

from collections.abc import Collection
from datetime import date

from django.conf import settings

from eipp.accounts.models import CustomerAccount, LegalEntity
from eipp.gateways.gateway import Way, gateway, offers
from eipp.gateways.gateway_account import GatewayAccount
from eipp.gateways.method_rule import MethodRule
from eipp.kernel import clock
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal


def offered(
    payee: LegalEntity, amount: Money, *, accounts: Collection[CustomerAccount] = (), on: date | None = None
) -> list[Way]:
    """The ways of paying so much to a payee, in the order of settings.GATEWAYS; `card`, `bank_debit`, `bank_transfer`.

    amount: zero stands for one that is not known yet; accounts: the customer accounts that are paid for; on: the day.
    A provider that wants credentials is offered where the payee has given them. At most three queries.
    """
    known = {account.gateway: account for account in _accounts(payee)}
    day = on or clock.today()
    return [
        Way(name, method)
        for name in settings.GATEWAYS
        if not gateway(name).wants or (name in known and known[name].locked_credentials)
        for method in offers(name, amount.currency)
        if _allows(known.get(name), method, amount, accounts, day)
    ]


def require_offered(
    way: Way, payee: LegalEntity, amount: Money, *, accounts: Collection[CustomerAccount] = (), on: date | None = None
) -> None:
    """Refusal (422, `method_not_offered`) for a way that is not offered for it; 404 for a gateway that is not here."""
    gateway(way.gateway)
    if way not in offered(payee, amount, accounts=accounts, on=on):
        name = way.method.replace("_", " ").capitalize()
        sentence = f"{name} is not offered for {amount} to {payee}: choose another way."
        raise Refusal("method_not_offered", sentence, status=422, field="method")


def company_id(payee: LegalEntity, gateway_name: str) -> str:
    """By what a buyer's bank knows the payee's ACH debits, for its debit filter; empty where there is none."""
    row = GatewayAccount.objects.filter(legal_entity=payee, gateway=gateway_name).first()
    return row.company_id if row else ""


def _accounts(payee: LegalEntity) -> list[GatewayAccount]:
    return list(GatewayAccount.objects.filter(legal_entity=payee).prefetch_related("rules__accounts"))


def _allows(
    account: GatewayAccount | None, method: str, amount: Money, accounts: Collection[CustomerAccount], on: date
) -> bool:
    """The rule for the currency counts, else that for all currencies; without any, it is offered."""
    rules = {rule.currency: rule for rule in (account.rules.all() if account else ()) if rule.method == method}
    rule: MethodRule | None = rules.get(amount.currency) or rules.get("")
    return rule is None or rule.allows(amount, accounts, on)

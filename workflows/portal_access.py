"""Portal access: which customer accounts may look into the portal. Rules with sentences: the failing one is named."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from eipp.accounts.customer_account import CustomerAccount, switch_portal
from eipp.accounts.roles import require
from eipp.kernel.actor import Actor
from eipp.kernel.refusal import Refusal
from eipp.ledger.models import Invoice


@dataclass(frozen=True, slots=True)
class Rule:
    """`holds` says whether the account passes; `sentence` what to do when it does not."""

    code: str
    words: str
    sentence: str
    holds: Callable[[CustomerAccount], bool]


@dataclass(frozen=True, slots=True)
class Verdict:
    rule: Rule
    holds: bool


def _has_reason(account: CustomerAccount) -> bool:
    """Something to show: an invoice of the account or of one below it."""
    return Invoice.objects.filter(account=account).exists() or Invoice.objects.filter(account__parent=account).exists()


#: In the order in which they are told.
RULES = (
    Rule("email_missing", "E-mail address on record", "Put an e-mail address of the customer on record first.",
         lambda account: bool(account.email)),
    Rule("postal_code_missing", "Postal code on record", "Put the customer's postal code on record first.",
         lambda account: bool(account.postal_code)),
    Rule("phone_missing", "Phone on record", "Put a phone number of the customer on record first.",
         lambda account: bool(account.phone)),
    Rule("cash_only", "Buys on account", "A customer who pays at delivery has no invoices to look at: switch “cash "
         "only” off first if that has changed.", lambda account: not account.cash_only),
    Rule("nothing_to_show", "At least one invoice", "There is nothing to show yet: post an invoice first.",
         _has_reason),
)  # fmt: skip


def verdicts(account: CustomerAccount) -> list[Verdict]:
    """Each rule, and whether the account passes."""
    return [Verdict(rule, rule.holds(account)) for rule in RULES]


@transaction.atomic
def open_portal(actor: Actor, account: CustomerAccount) -> None:
    """Let the customer's people and programs in, at once. Event: `customer_account.portal_opened`.

    Refusal (409) with the sentence of the first rule that fails; all that fail are in `errors`.
    """
    require(actor, "account.administer")
    account = CustomerAccount.objects.visible_to(actor).select_for_update().get(pk=account.pk)
    failing = [each.rule for each in verdicts(account) if not each.holds]
    if failing:
        errors = [{"field": "portal_enabled", "code": rule.code, "message": rule.sentence} for rule in failing]
        raise Refusal(failing[0].code, failing[0].sentence, status=409, errors=errors)
    switch_portal(actor, account, on=True)


@transaction.atomic
def close_portal(actor: Actor, account: CustomerAccount) -> None:
    """Nobody of the customer's looks into the account any more: open pages end. `customer_account.portal_closed`."""
    switch_portal(actor, account, on=False)

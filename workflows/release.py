"""Release: who may let the money for approved invoices go, which is another thing than approving them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from eipp.accounts.models import CustomerAccount, Person
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger.models import Invoice
from eipp.ledger.posting import refuse_other_payee
from workflows.approval import ApprovalRule, ApprovalRun, active_runs, applies, rule_for, rules_of
from workflows.saved_method import SavedMethod

IDLE = ("planned", "failed", "cancelled", "returned", "charged_back")  # payments that took nothing


@dataclass(frozen=True, slots=True)
class Approved:
    """What an approval still lets go (minor units), who gave it, and who of them are people."""

    left_minor: int
    approvers: frozenset[UUID]
    people: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Asked:
    """What stands between an invoice and its payment: the rule of its amount, the strictest one that the payment as a
    whole falls under, and the run that the invoice is in, which stays when its rule is loosened or removed."""

    rule: ApprovalRule | None
    together: ApprovalRule | None
    run: ApprovalRun | None

    @property
    def nothing(self) -> bool:
        return self.rule is None and self.together is None and self.run is None

    @property
    def two_people(self) -> str:
        """Why two people are needed; empty where one is enough."""
        strict = next((each for each in (self.rule, self.together) if each and each.four_eyes), None)
        if strict:
            return f"From {strict.starts_at} on, two people are needed"
        return "Two people are needed, as was asked when the invoice came" if self.run and self.run.four_eyes else ""


def release_refusal(actor: Actor, shares: Sequence[tuple[Invoice, Money]]) -> Refusal | None:
    """Why this actor may not release these amounts: an approval is missing, is too small, or is the actor's own."""
    try:
        refuse_other_payee(shares)
    except Refusal as elsewhere:
        return elsewhere
    buyers = {invoice.buyer_id for invoice, _ in shares if invoice.buyer_id}
    rules, runs = rules_of(buyers), active_runs([invoice for invoice, _ in shares])
    if not shares or not (rules or runs):
        return None
    approvals = _approvals([invoice for invoice, _ in shares])
    amount = Money(sum(share.minor for _, share in shares), shares[0][1].currency)
    together = _together(rules, amount)
    for invoice, share in shares:
        asked = Asked(rule_for(rules, invoice), together, runs.get(invoice.pk))
        refusal = _share_refusal(actor, invoice, share, asked, approvals.get(invoice.pk))
        if refusal:
            return refusal
    return None


def on_account_refusal(actor: Actor, on_account: Mapping[CustomerAccount, Money]) -> Refusal | None:
    """Money without a target is nothing that could be approved: from where the buyer's rules begin it is not paid."""
    rules = rules_of({account.buyer_id for account in on_account if account.buyer_id})
    for account, amount in on_account.items():
        if any(applies(rule, amount.currency, amount.minor, rules) for rule in rules):
            sentence = f"{amount} on account {account.number} would need an approval, which only invoices can have."
            return Refusal("approval_missing", sentence, field="on_account")
    return None


def own_method_refusal(actor: Actor, saved: SavedMethod, amount: Money) -> Refusal | None:
    """Whoever added card or account does not let money go from it where the buyer's rules ask for two people."""
    if saved.added_by is None or saved.added_by != actor.id:
        return None
    strict = _together(rules_of({saved.buyer_id}), amount)
    if strict is None:
        return None
    sentence = f"From {strict.starts_at} on, two people are needed: you added this one, so a colleague pays with it."
    return Refusal("second_person_needed", sentence, field="saved_method")


def _share_refusal(
    actor: Actor, invoice: Invoice, share: Money, asked: Asked, approved: Approved | None
) -> Refusal | None:
    """What the rules ask today, and what the invoice was asked for, whatever became of the rule since then."""
    if asked.nothing:
        return None
    if approved is None:
        return Refusal("approval_missing", f"Invoice {invoice.number} has to be approved before it can be paid.")
    if share.minor > approved.left_minor:
        left = Money(max(0, approved.left_minor), invoice.currency)
        rest = "have it approved anew." if not left else f"it covers {left} more. Pay that, or have the rest approved."
        used = "is used up: " if not left else "is not enough: "
        return Refusal("approval_too_small", f"The approval of invoice {invoice.number} {used}{rest}")
    return _second_person(actor, invoice, approved, asked.two_people) if asked.two_people else None


def _second_person(actor: Actor, invoice: Invoice, approved: Approved, begins: str) -> Refusal | None:
    """Two people, of whom neither is a program: whoever makes a program's key could be both."""
    if actor.id in approved.approvers:
        sentence = f"you approved invoice {invoice.number}, so a colleague has to release its payment."
    elif not approved.people or actor.person_id is None:
        sentence = f"a program is none of them; a person approves invoice {invoice.number}, and another one pays it."
    else:
        return None
    return Refusal("second_person_needed", f"{begins}: {sentence}")


def _together(rules: list[ApprovalRule], amount: Money) -> ApprovalRule | None:
    """The four-eyes rule for the sum of the payment, so that many small invoices do not slip under it."""
    fitting = [rule for rule in rules if rule.four_eyes and applies(rule, amount.currency, amount.minor, rules)]
    return max(fitting, key=lambda rule: rule.from_minor, default=None)


def _approvals(invoices: Sequence[Invoice]) -> dict[UUID, Approved]:
    """The approval of each invoice as it stands, by the invoice's id; three queries."""
    runs = ApprovalRun.objects.filter(
        invoice__in=invoices, state="approved", content_hash=F("invoice__content_hash")
    ).prefetch_related("decisions")
    spent = {
        pk: max(0, (went or 0) - (back or 0))
        for pk, went, back in Invoice.objects.filter(pk__in=[invoice.pk for invoice in invoices])
        .annotate(went=models.Sum("payment_shares__amount_minor", filter=~Q(payment_shares__payment__state__in=IDLE)))
        .annotate(sent_back=_sent_back())
        .values_list("pk", "went", "sent_back")
    }
    deciders = {run.invoice_id: frozenset(each.decided_by for each in run.decisions.all()) for run in runs}
    people = frozenset(Person.objects.filter(pk__in=frozenset().union(*deciders.values())).values_list("pk", flat=True))
    return {
        run.invoice_id: Approved(
            run.covered_minor - spent.get(run.invoice_id, 0),
            approvers=deciders[run.invoice_id],
            people=deciders[run.invoice_id] & people,
        )
        for run in runs
    }


def _sent_back() -> models.Subquery:
    """What of the payments of an invoice the supplier has refunded, which opened it again: it may be paid once more."""
    given_back = Invoice.objects.filter(
        pk=models.OuterRef("pk"), refund_parts__credit_note=None, refund_parts__refund__state="succeeded",
        refund_parts__refund__payment__isnull=False,
    )  # fmt: skip
    sums = given_back.order_by().values("pk").annotate(sum=models.Sum("refund_parts__amount_minor")).values("sum")
    return models.Subquery(sums, output_field=models.BigIntegerField())

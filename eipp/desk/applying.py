"""Applying: what the pages share on which cash is applied: the invoices that were chosen, and what could be."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from eipp.desk.cash_words import left_words, proposal_words
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger.models import Invoice
from eipp.web.pages import Page
from workflows.cash_proposals import Proposal

MOST = 200


@dataclass(frozen=True, slots=True)
class Offer:
    """A proposal as the page shows it."""

    proposal: Proposal
    reason: str
    left: str

    @property
    def is_likely(self) -> bool:
        """What is due first fits any amount, and says nothing about this one."""
        return self.proposal.is_exact and self.proposal.why != "oldest"


def offers(proposals: Sequence[Proposal]) -> list[Offer]:
    return [Offer(each, proposal_words(each), left_words(each)) for each in proposals]


def rows_of(page: Page, invoices: Sequence[Invoice], left: Money) -> list[tuple[Invoice, str, bool]]:
    """Each invoice with the amount that was typed (or what is free and left), and whether it was chosen."""
    chosen = set(page.request.POST.getlist("invoice"))
    return [
        (one, page.typed(f"amount-{one.pk}") or min(one.free, left).text, str(one.pk) in chosen) for one in invoices
    ]  # fmt: skip


def chosen_shares(page: Page, currency: str) -> list[tuple[Invoice, Money]]:
    """The invoices of the form, found through the actor, each with its amount. Refused (422) with the field's name."""
    keys = list(dict.fromkeys(filter(None, map(_key, page.request.POST.getlist("invoice")[:MOST]))))
    rows: Any = Invoice.objects.visible_to(page.request.actor).select_related("account")
    found = rows.in_bulk(keys)
    return [(found[key], _amount(page, found[key], currency)) for key in keys if key in found]


def _key(written: str) -> UUID | None:
    try:
        return UUID(written)
    except ValueError:
        return None


def _amount(page: Page, invoice: Invoice, currency: str) -> Money:
    typed = page.typed(f"amount-{invoice.pk}").replace(",", ".")
    try:
        return Money.parse(typed, currency)
    except Refusal as refusal:
        sentence = _("Invoice %(number)s: %(what)s") % {"number": invoice.number, "what": refusal.sentence}
        raise Refusal(refusal.code, sentence, status=422, field=f"amount-{invoice.pk}") from None

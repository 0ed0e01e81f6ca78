"""The next version of an invoice and an invoice taken back (feature C8)."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction

from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger import credit, posting
from eipp.ledger.models import CreditNote, DueBalance, InvoiceLine, Posting
from eipp.ledger.verify import differences
from tests.ledger.world import ACTOR, World


def euros(text: str) -> Money:
    return Money.parse(text, "EUR")


def test_another_reference_is_taken_even_when_part_is_paid(world: World) -> None:
    invoice = world.invoice("100.00", number="R-1")
    line = invoice.lines.get()
    posting.apply_receipt(ACTOR, world.receipt("40.00"), [(invoice, euros("40.00"))])
    draft = world.draft(euros("100.00"), number="R-1", order_reference="PO-9", due_date=date(2026, 7, 1))
    draft.lines[0].note = "left at the gate"
    posting.revise_invoice(ACTOR, invoice, draft)
    assert (invoice.version, invoice.order_reference, invoice.open) == (2, "PO-9", euros("60.00"))
    assert invoice.lines.get() == line and invoice.lines.get().note == "left at the gate"
    assert DueBalance.objects.get(open_minor__gt=0).due_date == date(2026, 7, 1)
    assert not list(differences())


def test_other_money_is_a_reversal_and_a_new_posting_under_the_same_id(world: World) -> None:
    invoice = world.invoice("100.00", number="R-1")
    old = invoice.lines.get()
    posting.revise_invoice(ACTOR, invoice, world.draft(euros("70.00"), number="R-1"))
    kinds = list(Posting.objects.filter(invoice=invoice).order_by("pk").values_list("kind", "amount_minor"))
    assert sorted(kinds) == [("invoice", 7000), ("invoice", 10000), ("invoice_reversal", 10000)]
    assert (invoice.open, invoice.lines.get().net) == (euros("70.00"), euros("70.00"))
    assert InvoiceLine._base_manager.get(pk=old.pk).net == euros("100.00")
    posting.revise_invoice(ACTOR, invoice, world.draft(Money(5000, "JPY"), number="R-1"))
    assert invoice.open == Money(5000, "JPY")
    assert not list(differences())


@pytest.mark.parametrize("touched", ["paid", "disputed", "credited", "withdrawn"])
def test_other_money_is_refused_once_something_has_happened(world: World, touched: str) -> None:
    invoice = world.invoice("100.00", number="R-1")
    if touched == "paid":
        posting.apply_receipt(ACTOR, world.receipt("1.00"), [(invoice, euros("1.00"))])
    elif touched == "disputed":
        posting.place_holds(ACTOR, "disputed", reason=("dispute", world.buyer.pk), shares=[(invoice, euros("1.00"))])
    elif touched == "credited":
        draft = credit.credit_amount(invoice, euros("1.00"), issue_date=date(2026, 6, 1))
        posting.post_credit_note(ACTOR, draft, apply_to=invoice)
    else:
        posting.withdraw_invoice(ACTOR, invoice, reason="twice")
    with pytest.raises(Refusal) as refused, transaction.atomic():
        posting.revise_invoice(ACTOR, invoice, world.draft(euros("70.00"), number="R-1"))
    assert (refused.value.code, refused.value.status) == ("credit_and_rebill", 409)
    invoice.refresh_from_db()
    assert invoice.version == 1 and not list(differences())


def test_the_next_version_cannot_take_another_invoices_number(world: World) -> None:
    world.invoice("5.00", number="R-2")
    invoice = world.invoice("100.00", number="R-1")
    with pytest.raises(Refusal, match="R-2 is taken"), transaction.atomic():
        posting.revise_invoice(ACTOR, invoice, world.draft(euros("100.00"), number="R-2"))


def test_a_withdrawn_invoice_is_a_full_credit_note(world: World) -> None:
    invoice = world.invoice("100.00")
    draft = credit.credit_lines(invoice, [(invoice.lines.get(), euros("25.00"))], issue_date=date(2026, 6, 1))
    posting.post_credit_note(ACTOR, draft, apply_to=invoice)
    note = posting.withdraw_invoice(ACTOR, invoice, reason="sent twice")
    assert (note.payable, note.reason, note.open_minor) == (euros("75.00"), "sent twice", 0)
    assert invoice.standing(date(2026, 6, 1)) == ["withdrawn"]
    assert CreditNote.objects.filter(corrects=invoice).count() == 2


def test_a_paid_or_held_invoice_is_not_withdrawn(world: World) -> None:
    invoice = world.invoice("100.00")
    posting.apply_receipt(ACTOR, world.receipt("40.00"), [(invoice, euros("40.00"))])
    with pytest.raises(Refusal, match=r"40\.00 EUR is paid"), transaction.atomic():
        posting.withdraw_invoice(ACTOR, invoice, reason="sent twice")


def test_a_due_date_follows_the_terms_unless_stated(world: World) -> None:
    world.account.terms_days = 14
    world.account.save()
    assert world.invoice("1.00", issue_date=date(2026, 2, 20)).due_date == date(2026, 3, 6)
    assert world.invoice("1.00", due_date=date(2026, 5, 2)).due_date == date(2026, 5, 2)
    assert world.invoice("1.00").lines.get().quantity == Decimal(1)

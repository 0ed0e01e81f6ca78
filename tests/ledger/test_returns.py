"""Money of a receipt that goes back: set aside, given back, kept after all, taken away and brought again."""

import pytest
from django.db import IntegrityError, transaction

from eipp.kernel.clock import today
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger import posting
from eipp.ledger.account_balance import AccountBalance
from eipp.ledger.models import CashReceipt, Invoice
from eipp.ledger.verify import differences
from tests.ledger.world import ACTOR, World

pytestmark = pytest.mark.django_db


def eur(text: str) -> Money:
    return Money.parse(text, "EUR")


@pytest.fixture
def paid() -> tuple[World, Invoice, CashReceipt]:
    """An invoice over 100.00 that a receipt over 120.00 has paid: 20.00 are unapplied."""
    world = World.make()
    invoice = world.invoice("100.00")
    receipt = posting.post_receipt(
        ACTOR, account=world.account, amount=eur("120.00"), received_on=today(), kind="card", reference="P-1"
    )
    posting.apply_receipt(ACTOR, receipt, [(invoice, eur("100.00"))])
    return world, invoice, receipt


def _stands(receipt: CashReceipt) -> tuple[Money, Money, Money]:
    receipt.refresh_from_db()
    assert list(differences()) == []
    balance = AccountBalance.objects.get(account=receipt.account_id)
    assert balance.unapplied_minor == receipt.unapplied_minor
    return receipt.unapplied, receipt.set_aside, receipt.given_back


def test_a_refund_is_set_aside_and_then_given_back_or_kept(paid: tuple[World, Invoice, CashReceipt]) -> None:
    _, invoice, receipt = paid
    posting.free_receipt(ACTOR, receipt, [(invoice, eur("30.00"))])
    invoice.refresh_from_db()
    assert (invoice.open, invoice.paid) == (eur("30.00"), eur("70.00"))
    posting.set_aside(ACTOR, [(receipt, eur("40.00"))])
    assert _stands(receipt) == (eur("10.00"), eur("40.00"), eur("0"))
    posting.give_back(ACTOR, [(receipt, eur("15.00"))])
    posting.keep_after_all(ACTOR, [(receipt, eur("25.00"))])
    assert _stands(receipt) == (eur("35.00"), eur("0"), eur("15.00"))
    posting.bring_back(ACTOR, [(receipt, eur("15.00"))])
    posting.take_away(ACTOR, [(receipt, eur("50.00"))])
    assert _stands(receipt) == (eur("0"), eur("0"), eur("50.00"))


def test_never_more_goes_back_than_is_unapplied(paid: tuple[World, Invoice, CashReceipt]) -> None:
    _, invoice, receipt = paid
    with pytest.raises(Refusal) as refused:
        posting.set_aside(ACTOR, [(receipt, eur("20.01"))])
    assert refused.value.code == "more_than_left"
    with pytest.raises(Refusal) as refused:
        posting.free_receipt(ACTOR, receipt, [(invoice, eur("100.01"))])
    assert refused.value.code == "not_applied_there"
    # Negative control: past the posting, the database itself refuses it.
    with pytest.raises(IntegrityError), transaction.atomic():
        CashReceipt.objects.filter(pk=receipt.pk).update(given_back_minor=12_001)
    assert _stands(receipt) == (eur("20.00"), eur("0"), eur("0"))


@pytest.mark.parametrize("ends", ["given", "kept"])
def test_a_receipt_that_the_bank_took_meanwhile_does_not_go_back_twice(
    paid: tuple[World, Invoice, CashReceipt], ends: str
) -> None:
    _, invoice, receipt = paid
    posting.set_aside(ACTOR, [(receipt, eur("20.00"))])
    posting.reverse_receipt(ACTOR, receipt, reason="R10")
    assert _stands(receipt) == (eur("0"), eur("20.00"), eur("0"))
    move = posting.give_back if ends == "given" else posting.keep_after_all
    move(ACTOR, [(receipt, eur("20.00"))])
    invoice.refresh_from_db()
    assert (_stands(receipt), invoice.open) == ((eur("0"), eur("0"), eur("20.00")), eur("100.00"))

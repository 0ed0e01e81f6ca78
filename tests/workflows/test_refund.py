"""Refund: money goes back once, never more of it than came; what is open again and what is set aside adds up."""

from uuid import uuid4

import pytest

from eipp.accounts.customer_account import CustomerAccount
from eipp.gateways.gateway import gateway
from eipp.gateways.sandbox_refund import SandboxRefund
from eipp.kernel import clock
from eipp.kernel.money import Money
from eipp.ledger import posting
from eipp.ledger.credit import credit_amount
from eipp.ledger.models import CashReceipt, Invoice
from tests.workflows.bank_file import Line, applied, camt
from tests.workflows.doing import approve, assert_sound, confirmed_account, eur, paid, refused, told
from tests.world import World
from workflows import authorised, authority, refund_request, refund_talk
from workflows.payment import Payment
from workflows.refund import Refund
from workflows.release import release_refusal


@pytest.fixture
def invoice(world: World) -> Invoice:
    return world.invoice("100.00", account="tiny_account")


@pytest.fixture
def payment(world: World, invoice: Invoice) -> Payment:
    """Paid by card and settled."""
    return paid(world, "tom", invoice)


def asked(world: World, matter: Payment | CashReceipt, amount: str, *, who: str = "mona", **more) -> Refund:
    """Requested, and sent where no second person is needed."""
    refund = refund_request.request(world.actor(who), matter, eur(amount), reason="Sent back two boxes", **more)
    return refund_talk.send(refund)


def receipt_of(payment: Payment) -> CashReceipt:
    return CashReceipt.objects.get(payment_id=payment.pk)


def test_a_part_goes_back_and_its_invoice_is_open_by_it(world: World, invoice: Invoice, payment: Payment) -> None:
    refund = asked(world, payment, "30.00")
    invoice.refresh_from_db()
    receipt = receipt_of(payment)
    assert (refund.state, invoice.open, receipt.given_back, receipt.unapplied) == (
        "succeeded", eur("30.00"), eur("30.00"), eur("0"))  # fmt: skip
    assert told(refund) == ["refund.requested", "refund.submitted", "refund.succeeded"]
    assert SandboxRefund.objects.get(reference=refund.pk).amount == eur("30.00")
    assert refund_request.refundable(payment) == eur("70.00")
    assert_sound()


def test_several_parts_never_add_up_to_more_than_came(world: World, payment: Payment) -> None:
    asked(world, payment, "60.00")
    with refused("more_than_received", 409):
        asked(world, payment, "40.01")
    asked(world, payment, "40.00")
    with refused("more_than_received", 409):
        asked(world, payment, "0.01")
    assert sum(row.amount_minor for row in SandboxRefund.objects.all()) == 10_000
    assert_sound()


def test_the_same_attempt_is_the_same_refund(world: World, payment: Payment) -> None:
    attempt = uuid4()
    first, second = (asked(world, payment, "30.00", attempt=attempt) for _ in range(2))
    assert (first.pk, SandboxRefund.objects.count()) == (second.pk, 1)
    with refused("other_refund", 422):
        asked(world, payment, "31.00", attempt=attempt)


def test_above_the_limit_somebody_else_lets_it_go(world: World, payment: Payment) -> None:
    refund = asked(world, payment, "30.00", who="clara")
    assert (refund.state, SandboxRefund.objects.count()) == ("requested", 0)
    request = authority.waiting_for(refund)
    assert request
    with refused("more_than_received", 409):
        asked(world, payment, "70.01")  # what waits counts
    authorised.grant(world.actor("mona"), request)
    assert refund_talk.send(refund).state == "succeeded"
    assert_sound()


def test_what_nobody_lets_go_is_off(world: World, payment: Payment) -> None:
    refund = asked(world, payment, "30.00", who="clara")
    request = authority.waiting_for(refund)
    assert request
    request.decline(world.actor("mona"), reason="They never sent them back")
    refund.refresh_from_db()
    assert (refund.state, refund_request.refundable(payment)) == ("cancelled", eur("100.00"))
    other = asked(world, payment, "30.00", who="clara")
    other.cancel(world.actor("clara"))
    assert authority.waiting_for(other) is None
    assert_sound()


def test_credit_is_paid_out_and_no_invoice_is_open_by_it(world: World, invoice: Invoice, payment: Payment) -> None:
    mona = world.actor("mona")
    draft = credit_amount(invoice, eur("25.00"), issue_date=clock.today(), reason="Two boxes back")
    note = posting.post_credit_note(mona, draft)
    refund = asked(world, payment, "25.00", credit_note=note)
    for row in (invoice, note):
        row.refresh_from_db()
    assert (refund.state, invoice.open, note.open, invoice.credited) == ("succeeded", eur("0"), eur("0"), eur("25.00"))
    assert_sound()


def test_a_provider_that_does_not_answer_is_looked_up_and_sends_once(
    world: World, payment: Payment, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = gateway("sandbox")
    real = type(provider).refund

    def lost(self, order):
        real(self, order)
        raise refund_talk.gateways.NoAnswer("the line is dead")

    monkeypatch.setattr(type(provider), "refund", lost)
    refund = asked(world, payment, "30.00")
    assert (refund.state, receipt_of(payment).set_aside) == ("unknown", eur("30.00"))
    monkeypatch.setattr(type(provider), "refund", real)
    for _ in range(2):
        refund_talk.ask(refund.pk)
    refund.refresh_from_db()
    assert (refund.state, SandboxRefund.objects.count()) == ("succeeded", 1)
    assert_sound()


def test_one_that_was_never_sent_is_sent_by_the_janitor(world: World, payment: Payment) -> None:
    refund = refund_request.request(world.actor("mona"), payment, eur("30.00"), reason="Killed before the call")
    assert refund_talk.to_be_asked(clock.now()) == []
    assert refund_talk.to_be_asked(clock.now() + 2 * refund_talk.UNATTENDED) == [refund.pk]
    refund_talk.ask(refund.pk)
    refund.refresh_from_db()
    assert (refund.state, SandboxRefund.objects.count()) == ("succeeded", 1)


def test_what_fails_leaves_everything_as_it_was(world: World, invoice: Invoice, payment: Payment) -> None:
    refund = refund_request.request(world.actor("mona"), payment, eur("30.00"), reason="No such card any more")
    refund.fail(world.erp("nordwind").system("gateway"), failure="card_declined")
    invoice.refresh_from_db()
    assert (refund.state, invoice.open, receipt_of(payment).unapplied) == ("failed", eur("0"), eur("0"))
    assert_sound()


def test_money_from_the_bank_goes_back_by_hand_and_the_statement_settles_it(world: World) -> None:
    account: CustomerAccount = world.main
    confirmed_account(world)
    statement = applied(world, camt(Line("50.00", name=account.name)))
    receipt = statement.entries.get().receipt
    assert receipt
    refund = asked(world, receipt, "20.00")
    assert (refund.state, refund.is_payout) == ("submitted", True)
    refund.mark_sent(world.actor("mona"))
    paid_out = applied(world, camt(Line("-20.00", text=f"Refund {refund.number}"), opening="1050.00", sequence=2,
                                   day="2026-03-03"))  # fmt: skip
    refund.refresh_from_db()
    receipt.refresh_from_db()
    assert (refund.state, receipt.given_back, receipt.unapplied) == ("succeeded", eur("20.00"), eur("30.00"))
    assert paid_out.entries.get().because == {"code": "refund", "number": refund.number}
    assert_sound()


def test_what_cannot_be_refunded_is_refused(world: World, invoice: Invoice, payment: Payment) -> None:
    for amount in (eur("0"), eur("-1.00"), Money(100, "USD")):
        with refused("amount_not_positive", 422):
            refund_request.request(world.actor("mona"), payment, amount, reason="x")
    with refused("choose_where", 422):
        asked(world, payment, "30.00", reopen=[(invoice, eur("20.00"))])
    with refused("reason_missing", 422):
        refund_request.request(world.actor("mona"), payment, eur("1.00"), reason=" ")
    for stranger in ("tom", "anna"):
        with refused("not_your_role", 403):
            asked(world, payment, "1.00", who=stranger)
    payment.come_back(world.actor("mona").system("gateway"), failure="R01")
    with refused("not_settled", 409):
        asked(world, payment, "1.00")
    assert not Refund.objects.exists()


def test_what_was_refunded_may_be_paid_again_by_the_same_approval(world: World) -> None:
    invoice = world.invoice("100.00")
    approve(world, "ben", invoice)
    payment = paid(world, "anna", invoice)
    with refused("approval_too_small", 409):
        release(world, invoice, "30.00")
    asked(world, payment, "30.00")
    release(world, invoice, "30.00")
    with refused("approval_too_small", 409):
        release(world, invoice, "30.01")


def release(world: World, invoice: Invoice, amount: str) -> None:
    refusal = release_refusal(world.actor("anna"), [(Invoice.objects.get(pk=invoice.pk), eur(amount))])
    if refusal:
        raise refusal

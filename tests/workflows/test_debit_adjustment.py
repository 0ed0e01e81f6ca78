"""A debit note raises what a customer owes: a document of its own, which lives like an invoice."""

from decimal import Decimal

from tests.workflows.doing import assert_sound, eur, paid, refused
from tests.world import World
from workflows import debit_adjustment
from workflows.presentment import Presentment


def test_a_debit_note_is_posted_presented_and_paid_like_an_invoice(world: World) -> None:
    mona = world.actor("mona")
    invoice = world.invoice("100.00", account="tiny_account", number="R-77", order="PO-9")
    debit = debit_adjustment.adjust(mona, invoice, eur("10.00"), tax_rate=Decimal(19), reason="Price of two units")
    assert (debit.payable, debit.type_code, debit.order_reference) == (eur("11.90"), "383", "PO-9")
    assert (debit.number[:3], debit.account_id, debit.buyer_id) == ("DN-", invoice.account_id, invoice.buyer_id)
    assert debit.references["preceding_invoices"][0]["number"] == "R-77"
    assert Presentment.objects.get(invoice=debit).state == "presented"
    page = world.client("tom").get(f"/invoices/{debit.pk}/")
    assert page.status_code == 200 and "Debit note DN-" in page.content.decode()
    paid(world, "tom", debit)
    debit.refresh_from_db()
    assert debit.is_closed
    second = debit_adjustment.adjust(mona, world.tiny_account, eur("1.00"), reason="Freight")
    assert int(second.number[-5:]) == int(debit.number[-5:]) + 1
    assert_sound()


def test_what_is_no_debit_is_refused_and_takes_no_number(world: World) -> None:
    mona, invoice = world.actor("mona"), world.invoice("100.00", account="tiny_account")
    for net, rate, reason, code in [
        ("0.00", "0", "x", "amount_not_positive"), ("-1.00", "0", "x", "amount_not_positive"),
        ("1.00", "101", "x", "invalid_rate"), ("1.00", "0", " ", "reason_missing"),
    ]:  # fmt: skip
        with refused(code, 422):
            debit_adjustment.adjust(mona, invoice, eur(net), tax_rate=Decimal(rate), reason=reason)
    with refused("not_your_role", 403):
        debit_adjustment.adjust(world.actor("clara"), invoice, eur("1.00"), reason="x")
    assert debit_adjustment.adjust(mona, invoice, eur("1.00"), reason="x").number.endswith("00001")
    assert_sound()

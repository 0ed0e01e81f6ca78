"""Claims: looked at row by row, filed all or not at all, each row in a dispute of the right invoice."""

from decimal import Decimal
from uuid import uuid4

import pytest

from documents.claim_sheet import SheetRow
from documents.file import files_of
from documents.upload import store_bytes
from eipp.kernel import events
from eipp.kernel.refusal import Refusal
from eipp.ledger.models import CreditNote
from workflows.claim import file_claim
from workflows.claim_check import check, reason_of
from workflows.models import Claim, Dispute


def row(number, **said):
    for name in ("quantity", "amount"):
        if name in said:
            said[name] = Decimal(said[name])
    return SheetRow(row=number, **{"reason": "damaged", **said})


def bolts(world, units=10, price="10.00", **more):
    return world.invoice(lines=[("Bolt M8", units, price), ("Nut M8", units, "1.00")], tax="19", **more)


def test_rows_of_one_invoice_and_reason_become_one_dispute(world):
    one, two = bolts(world), bolts(world)
    claim = file_claim(
        world.actor("anna"), world.main,
        [
            row(2, invoice=one.number, line="1", quantity="2", comment="bent"),
            row(3, invoice=one.number, line="2", quantity="3", comment="rusty"),
            row(4, invoice=two.number, amount="20.00", reason="Pricing"),
        ],
        comment="Delivery of 3 March",
    )  # fmt: skip
    first, second = Dispute.objects.order_by("number")
    assert (first.invoice, first.reason, first.amount.text, first.comment) == (
        one, "damaged", "27.37", "Delivery of 3 March\nbent\nrusty",
    )  # fmt: skip
    assert (second.invoice, second.reason, second.amount.text) == (two, "price", "20.00")
    one.refresh_from_db()
    assert one.disputed.text == "27.37"
    assert (claim.amount.text, claim.dispute_count, claim.number) == ("47.37", 2, "C-00001")
    assert sum(line.amount_minor for line in claim.lines.all()) == claim.amount_minor
    assert [event.name for event in events.about(claim)] == ["claim.filed"]
    assert "claim.filed" in [event.name for event in events.about(first)]


def test_a_row_without_an_invoice_is_about_the_account_alone_and_its_credit_stays_there(world):
    claim = file_claim(world.actor("anna"), world.main, [row(2, amount="50.00", reason="Rebate")])
    dispute = Dispute.objects.get()
    assert (dispute.invoice, dispute.account, dispute.amount.text) == (None, world.main, "50.00")
    dispute.accept(world.actor("clara"))
    note = CreditNote.objects.get()
    assert (note.corrects, note.account, note.open.text, note.tax.text) == (None, world.main, "50.00", "0.00")
    assert claim.amount.text == "50.00"


def test_a_dispute_about_the_account_alone_is_declined_and_escalated_as_any(world):
    file_claim(world.actor("anna"), world.main, [row(2, amount="50.00", reason="Rebate")])
    dispute = Dispute.objects.get()
    dispute.decline(world.actor("clara"), reason="Not agreed")
    dispute.escalate(world.actor("anna"))
    dispute.withdraw(world.actor("anna"))
    assert dispute.state == "withdrawn"


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"invoice": "NO-1", "amount": "1.00"}, "No invoice or credit note has the number NO-1"),
        ({"amount": "1.00", "reason": "bad weather"}, "“bad weather” is no reason that we know; write one of: Price,"),
        ({"amount": "1.00", "reason": ""}, "No reason is given"),
        ({"line": "1", "quantity": "1"}, "A quantity needs the invoice"),
        ({"invoice": "ours", "line": "9", "quantity": "1"}, "has no one line “9”; its lines are 1, 2."),
        ({"invoice": "ours", "quantity": "1"}, "has no one line “”"),
        ({"invoice": "ours", "line": "1", "quantity": "11"}, "Of line 1, between 0 and 10 units can be disputed."),
        ({"invoice": "ours", "amount": "1000.00"}, "129.90 EUR are free; 1,000.00 EUR are claimed."),
        ({"invoice": "ours", "amount": "0.001"}, "0.001 is no amount in EUR"),
        ({"invoice": "ours", "amount": "-5"}, "-5 is no amount in EUR"),
        ({"invoice": "ours"}, "Give an amount, or a line with a quantity."),
        ({"invoice": "theirs", "amount": "1.00"}, "No invoice or credit note has the number"),
        ({"invoice": "closed", "amount": "1.00"}, "Nothing of invoice"),
    ],
)
def test_a_row_that_cannot_be_filed_says_why_and_stops_the_others(world, said, fault):
    closed = bolts(world)
    dispute = file_claim(world.actor("anna"), world.main, [row(1, invoice=closed.number, amount="130.90")])
    Dispute.objects.get(claim_lines__claim=dispute).accept(world.actor("clara"))
    numbers = {"ours": bolts(world).number, "theirs": bolts(world, account="elsewhere_account").number,
               "closed": closed.number}  # fmt: skip
    rows = [
        row(2, invoice=numbers["ours"], amount="1.00"),
        row(3, **(said | {"invoice": numbers.get(said.get("invoice"), said.get("invoice", ""))})),
    ]
    before = Dispute.objects.count()
    checked = check(world.actor("anna"), world.main, rows)
    assert checked[0].fault == "" and fault in checked[1].fault
    with pytest.raises(Refusal) as refused:
        file_claim(world.actor("anna"), world.main, rows)
    assert refused.value.code == "rows_refused" and "Row" in refused.value.sentence
    assert (Dispute.objects.count(), Claim.objects.count()) == (before, 1)


def test_rows_together_cannot_claim_more_than_is_there(world):
    invoice = bolts(world)
    twice = [row(number, invoice=invoice.number, line="1", quantity="6") for number in (2, 3)]
    assert [bool(each.fault) for each in check(world.actor("anna"), world.main, twice)] == [False, True]
    amounts = [
        row(2, invoice=invoice.number, amount="100.00"),
        row(3, invoice=invoice.number, amount="100.00", reason="price"),
    ]
    assert [bool(each.fault) for each in check(world.actor("anna"), world.main, amounts)] == [False, True]


def test_what_is_shown_before_is_what_is_filed(world):
    one, two = bolts(world, units=7, price="3.33"), bolts(world, units=3, price="0.07")
    rows = [
        row(2, invoice=one.number, line="1", quantity="3"), row(3, invoice=one.number, line="2", quantity="2"),
        row(4, invoice=two.number, line="1", quantity="1"), row(5, invoice=two.number, amount="0.50", reason="price"),
    ]  # fmt: skip
    checked = check(world.actor("anna"), world.main, rows)
    claim = file_claim(world.actor("anna"), world.main, rows)
    shown = [each.amount.minor for each in checked]
    assert [line.amount_minor for line in claim.lines.all()] == shown
    assert sum(dispute.amount_minor for dispute in Dispute.objects.all()) == sum(shown) == claim.amount_minor


def test_an_amount_beside_units_is_compared_with_their_worth(world):
    invoice = bolts(world)
    (checked,) = check(
        world.actor("anna"), world.main, [row(2, invoice=invoice.number, line="1", quantity="2", amount="20")]
    )
    assert (checked.amount.text, checked.note) == (
        "23.80",
        "The sheet says 20; the units are worth 23.80 EUR with tax.",
    )


def test_the_dry_run_does_nothing(world):
    invoice = bolts(world)
    check(world.actor("anna"), world.main, [row(2, invoice=invoice.number, line="1", quantity="2")])
    invoice.refresh_from_db()
    assert not Dispute.objects.exists() and invoice.held_minor == 0


def test_filing_twice_by_the_same_key_is_filing_once(world):
    invoice, attempt = bolts(world), uuid4()
    rows = [row(2, invoice=invoice.number, amount="5.00")]
    first, second = (file_claim(world.actor("anna"), world.main, rows, attempt=attempt) for _ in range(2))
    assert first.pk == second.pk and Dispute.objects.count() == 1


def test_the_sheet_belongs_to_the_claim(world):
    anna = world.actor("anna")
    sheet = store_bytes(anna, b"Invoice;Amount;Reason\n", name="claim.csv", purpose="claim")
    claim = file_claim(anna, world.main, [row(2, amount="5.00", reason="rebate")], file=sheet)
    assert files_of(world.actor("clara"), [claim])[claim.pk] == [sheet]
    for stranger in ("sina", "pete"):
        assert not Claim.objects.visible_to(world.actor(stranger)).exists()


def test_whoever_may_not_dispute_files_no_claim(world):
    with pytest.raises(Refusal) as refused:
        file_claim(world.actor("vera"), world.main, [row(2, amount="5.00")])
    assert refused.value.status == 403


@pytest.mark.parametrize(
    ("text", "code"),
    [("Short shipment", "quantity"), ("DAMAGE", "damaged"), ("pricing", "price"), ("Promo Q3", "promotion"),
     ("unearned discount", "unearned_discount"), ("Beschädigt", "damaged"), ("not_received", "not_received"), ("", ""),
     ("weather", "")],
)  # fmt: skip
def test_reasons_are_known_by_the_words_that_people_use(text, code):
    assert reason_of(text) == code

"""A buyer says what a payment is for: read by the worker, matched line by line, seen by both sides and nobody else."""

from decimal import Decimal

import pytest

from documents.file import attach, files_of
from documents.models import StoredFile
from documents.remittance_advice import RemittanceLine
from documents.upload import store_bytes
from eipp.kernel import clock, events
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from tests.documents.remittance.files import ADVICE_PDF, pdf, sample, workbook
from tests.workflows.doing import eur
from workflows import jobs
from workflows.dispute import open_dispute
from workflows.models import RemittanceAdvice
from workflows.remittance_arrival import send_file, send_lines


def sent(world, content, name="advice.csv", who="anna", account=None):
    actor = world.actor(who)
    file = store_bytes(actor, content, name=name, purpose="remittance")
    return send_file(actor, file, account=account or world.main)


def read(advice):
    jobs.read_remittances()
    advice.refresh_from_db()
    return advice


def table(*rows):
    return ("Invoice;Amount paid;Discount;Reason\n" + "\n".join(";".join(row) for row in rows)).encode()


def test_a_file_waits_until_the_worker_has_read_it(world):
    invoice = world.invoice("100.00")
    advice = sent(world, table([invoice.number, "98.00", "2.00", ""]))
    assert (advice.verdict, advice.checked_at, advice.lines.count()) == ("pending", None, 0)
    read(advice)
    (line,) = advice.lines.all()
    assert (advice.verdict, advice.notation, advice.line_count, advice.matched_count) == ("read", "csv", 1, 1)
    assert (line.invoice, line.amount.text, line.discount.text, line.where) == (invoice, "98.00", "2.00", "row 2")
    names = [event.name for event in events.about(advice)]
    assert names == ["remittance.sent", "remittance.read"]
    assert "remittance.read" in [event.name for event in events.about(invoice)]


def test_money_does_not_move(world):
    invoice = world.invoice("100.00")
    read(sent(world, table([invoice.number, "100.00", "", ""])))
    invoice.refresh_from_db()
    assert (invoice.open.text, invoice.held_minor) == ("100.00", 0)


def test_a_number_written_otherwise_is_found_and_an_unknown_one_is_told_by_its_row(world):
    invoice = world.invoice("100.00")
    loose = invoice.number.replace("-", " / ").lower()
    advice = read(sent(world, table([loose, "60.00", "", ""], ["NO-SUCH-1", "5.00", "", ""])))
    found, unknown = advice.lines.all()
    assert found.invoice == invoice and found.document_number == loose
    assert (unknown.invoice, unknown.where) == (None, "row 3")
    assert unknown.fault == f"No invoice or credit note has the number NO-SUCH-1 in account {world.main.number}."
    assert (advice.line_count, advice.matched_count, advice.sum.text) == (2, 1, "65.00")


def test_the_branchs_invoices_are_found_from_the_account_above_but_not_the_other_way_round(world):
    above, below = world.invoice("10.00"), world.invoice("20.00", account="branch")
    content = table([above.number, "10.00", "", ""], [below.number, "20.00", "", ""])
    assert read(sent(world, content)).matched_count == 2
    advice = read(sent(world, content, account=world.branch))
    assert [line.invoice for line in advice.lines.all()] == [None, below]


def test_an_invoice_of_another_buyer_is_never_found(world):
    theirs = world.invoice("10.00", account="elsewhere_account")
    assert read(sent(world, table([theirs.number, "10.00", "", ""]))).matched_count == 0


def test_the_same_number_in_another_currency_is_no_match(world):
    invoice = world.invoice("10.00")
    content = f"Invoice;Amount;Currency\n{invoice.number};10.00;USD\n".encode()
    (line,) = read(sent(world, content)).lines.all()
    assert line.invoice is None and line.fault == f"{invoice.number} is in EUR, the line is in USD."


def test_a_pdf_is_read_and_its_file_belongs_to_both_sides_from_then_on(world):
    advice = sent(world, pdf(ADVICE_PDF), name="advice.pdf")
    clara = world.actor("clara")
    assert not StoredFile.objects.visible_to(clara).filter(pk=advice.file_id).exists()
    read(advice)
    assert [file.name for file in files_of(clara, [advice])[advice.pk]] == ["advice.pdf"]
    for stranger in ("sina", "tom", "pete"):
        actor = world.actor(stranger)
        assert not RemittanceAdvice.objects.visible_to(actor).exists()
        assert not StoredFile.objects.visible_to(actor).filter(pk=advice.file_id).exists()


def test_what_is_not_understood_says_why_and_the_supplier_can_open_it(world):
    advice = read(sent(world, pdf("#rect(width: 3cm, fill: red)"), name="scan.pdf"))
    assert (advice.verdict, advice.lines.count()) == ("unread", 0)
    assert "may be a picture" in advice.reason
    assert files_of(world.actor("clara"), [advice])[advice.pk]
    assert [event.name for event in events.about(advice)][-1] == "remittance.unread"


def test_of_a_file_with_payments_to_others_only_ours_are_kept(world):
    invoice = world.invoice("4562.00")
    xml = sample("gistfile1.xml").replace(b"<Nb>ABC-13679</Nb>", f"<Nb>{invoice.number}</Nb>".encode())
    advice = read(sent(world, xml, name="pain.xml"))
    assert [each.payee for each in RemittanceAdvice.objects.all()] == ["GHI Semiconductors"]
    assert "2 other payments of the file name none of this account's documents." in advice.remarks


def test_a_file_with_several_payments_makes_an_advice_of_each(world):
    one, two = world.invoice("4562.00"), world.invoice("13679.00")
    xml = sample("gistfile1.xml").replace(b"<Nb>ABC-13679</Nb>", f"<Nb>{one.number}</Nb>".encode())
    xml = xml.replace(b"<Nb>987-AC</Nb>", f"<Nb>{two.number}</Nb>".encode())
    read(sent(world, xml, name="pain.xml"))
    advices = list(RemittanceAdvice.objects.order_by("number"))
    assert [(each.number, each.currency) for each in advices] == [("R-00001", "EUR"), ("R-00002", "USD")]
    assert all(files_of(world.actor("clara"), [each])[each.pk] for each in advices)


def test_an_advice_that_does_not_add_up_says_so(world):
    advice = read(sent(world, sample("820_Example6.txt"), name="remittance.edi"))
    assert (advice.verdict, advice.amount.text, advice.sum.text) == ("read", "66.55", "88.60")
    assert "The lines add up to 88.60, the payment is 66.55." in advice.remarks


def test_the_same_file_sent_twice_is_one_advice_and_a_copy_is_told_as_one(world):
    content = table(["RE-1", "5.00", "", ""])
    advice = sent(world, content)
    assert send_file(world.actor("anna"), advice.file, account=world.main).pk == advice.pk
    copy = read(sent(world, content))
    assert copy.remarks == [f"The same file was sent before as {advice.number}."]
    assert RemittanceAdvice.objects.count() == 2


def test_a_file_that_is_read_twice_stands_once(world):
    advice = read(sent(world, table(["RE-1", "5.00", "", ""])))
    jobs.read_remittances()
    assert advice.lines.count() == 1 and RemittanceAdvice.objects.count() == 1


def test_lines_that_were_typed_stand_at_once(world):
    invoice = world.invoice("100.00")
    lines = [RemittanceLine(where="row 1", number=invoice.number, amount=Decimal("40.00"))]
    told = {"reference": "BW-1", "amount": Money.parse("50.00", "EUR"), "paid_on": clock.today()}
    advice = send_lines(world.actor("anna"), world.main, lines, **told)
    assert (advice.verdict, advice.notation, advice.reference, advice.is_announced) == ("read", "typed", "BW-1", True)
    assert advice.remarks == ["The lines add up to 40.00, the payment is 50.00."]


@pytest.mark.parametrize("who", ["vera", "ben"])
def test_whoever_does_not_pay_sends_none(world, who):
    with pytest.raises(Refusal) as refused:
        send_lines(world.actor(who), world.main, [RemittanceLine(where="row 1", number="1", amount=Decimal(1))])
    assert refused.value.status == 403


def test_a_file_that_says_something_else_already_is_not_taken(world):
    anna = world.actor("anna")
    file = store_bytes(anna, b"hello", name="a.txt", purpose="message")
    advice = send_lines(anna, world.main, [RemittanceLine(where="row 1", number="1", amount=Decimal(1))])
    attach(file, to=advice)
    with pytest.raises(Refusal, match="belongs to something else"):
        send_file(anna, file, account=world.main)


def test_a_credit_note_that_is_taken_is_found(world):
    invoice = world.invoice("100.00")
    dispute = open_dispute(world.actor("anna"), invoice, reason="price", amount=eur("10.00"))
    dispute.accept(world.actor("clara"))
    note = invoice.credit_notes.get()
    (line,) = read(sent(world, workbook(["Invoice", "Amount paid"], [note.number, -10]), name="a.xlsx")).lines.all()
    assert (line.credit_note, line.amount.text) == (note, "-10.00")

"""Papers of a payee with a verified account in Switzerland end with the slip of a QR-bill; of others they do not."""

import io

import pypdf

from documents.swiss_slip import _WORDS
from eipp.accounts.models import LegalEntity
from eipp.kernel import clock
from eipp.ledger import invoice_paper, statement_paper
from eipp.ledger.models import Invoice
from eipp.ledger.statement import statement
from tests.world import World

IBAN = "CH9300762011623852957"
HOME = {"line1": "Rue du Lac 1268", "postal_code": "2501", "city": "Biel", "country": "CH"}


def text_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)


def papers(world: World, invoice: Invoice) -> list[str]:
    found = Invoice.objects.select_related("supplier", "account", "legal_entity").get(pk=invoice.pk)
    told = statement(world.actor("clara"), found.account, last=clock.today())
    return [text_of(invoice_paper.pdf(found)), text_of(statement_paper.pdf(world.actor("clara"), told))]


def test_an_invoice_and_a_statement_in_euros_carry_the_slip_of_a_swiss_account(world: World) -> None:
    invoice = world.invoice("100.00")
    words = [languages[0] for languages in (_WORDS["receipt"], _WORDS["part"])]
    assert not any(word in text for text in papers(world, invoice) for word in words)
    accounts = [{"iban": IBAN, "holder": "Nordwind Suisse SA", "currency": "EUR"}]
    LegalEntity.objects.filter(pk=invoice.legal_entity_id).update(bank_accounts=accounts, address=HOME, country="CH")
    world.accounts["main"].legal_entity.refresh_from_db()
    swiss = world.invoice("100.00")
    of_invoice, of_statement = papers(world, swiss)
    for text in (of_invoice, of_statement):
        assert all(word in text for word in words), text
    assert of_invoice.count("100.00") > of_statement.count("Nordwind Suisse SA") == 2
    assert swiss.number in of_invoice and "Statement of account" in of_statement

"""Documents as an ERP sends them, right and wrong."""

from typing import Any

import msgspec

from documents.einvoice.document import Document
from documents.einvoice.parts import Identifier, Party, PaymentMeans
from eipp.demo.bill import Bill, Good
from eipp.kernel import clock
from tests.world import World
from workflows.presentment import Presentment
from workflows.receiving import Arrival, Receipt, receive


def bill(world: World, number: str = "4711", *, price: str = "100.00", account: str = "main", **facts: Any) -> Document:
    to = world.accounts[account]
    goods = ((Good("Bolt M8", price), 1),)
    issued = clock.today(to.supplier.time_zone)
    return Bill(account=to, number=number, currency=to.currency, issued=issued, goods=goods, **facts).document()


def changed(document: Document, **facts: Any) -> Document:
    return msgspec.structs.replace(document, **facts)


def send(world: World, document: Document, **arrival: Any) -> Receipt:
    facts = {"channel": "json", "judged": True, "account_number": "10001", "external_id": "ERP-1", **arrival}
    return receive(world.erp("nordwind"), Arrival(document, **facts))


def sent_as_file(world: World, document: Document, **arrival: Any) -> Presentment:
    """As XML: it names its buyer itself, and waits for the worker's verdict."""
    facts = {"channel": "xml", "judged": False, "account_number": "", **arrival}
    return send(world, document, **facts).presentment


def rules(presentment: Presentment) -> set[str]:
    presentment.refresh_from_db()
    return {fault["rule"] for fault in presentment.faults}


def of_main(document: Document) -> Document:
    """The buyer names an endpoint that our main account is known by."""
    return changed(document, buyer=Party(name="Brightwater", endpoint="buyer@info.de", endpoint_scheme="EM"))


def of_nobody(document: Document) -> Document:
    return changed(document, buyer=Party(name="Unheard Of Ltd", identifiers=(Identifier("x"),)))


def means(iban: str) -> tuple[PaymentMeans, ...]:
    return (PaymentMeans(code="58", account=iban),)

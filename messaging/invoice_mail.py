"""Invoice mail: what is mailed of a presented invoice: the words, the paper as PDF, the e-invoice, the link."""

from datetime import datetime, timedelta

import msgspec
import structlog
from django.db import connection, transaction

from documents.einvoice import ubl_writing
from documents.file import StoredFile
from documents.name import clean_name
from eipp.kernel import clock, secrets
from eipp.kernel.jobs import job
from eipp.ledger import invoice_paper
from messaging import outbox
from messaging.bounce import give_up, message_id
from messaging.delivery import Delivery
from messaging.letter import Paper, house_of, letter, short_day
from messaging.link import LASTS, make_link
from workflows.presentment import SHOWN, Presentment

log = structlog.get_logger()
LEASE = timedelta(minutes=3)  # longer than one mail takes to write
ATTEMPTS = 5
SPECIFICATION = "urn:cen.eu:en16931:2017"


@job(every=5)
def write_invoice_mails() -> None:
    """Write the mails of the deliveries that wait for one, each in a transaction of its own."""
    while delivery := _claim(clock.now()):
        try:
            _write(delivery)
        except Exception:  # one invoice's trouble must not keep the others waiting: it is logged and tried again
            log.exception("delivery.not_written", delivery=str(delivery.pk))
            if delivery.attempts >= ATTEMPTS:
                give_up(delivery, "The mail could not be written.")


def e_invoice(presentment: Presentment) -> Paper | None:
    """The e-invoice as it came, or for what came as data the same as UBL; None where it came as a picture only."""
    if presentment.channel in ("xml", "pdf"):
        original = _original(presentment)
        if original is None:
            return None
        kind = "application/pdf" if presentment.channel == "pdf" else "application/xml"
        return Paper(original.name, original.read(), kind)
    document = presentment.read()
    whole = msgspec.structs.replace(document, customization=document.customization or SPECIFICATION)
    return Paper(_ubl_name(presentment), ubl_writing.write(whole), "application/xml")


def papers(delivery: Delivery) -> list[Paper]:
    """What is attached: our own paper, and the e-invoice."""
    invoice = delivery.invoice
    own = Paper(clean_name(invoice_paper.name(invoice)), invoice_paper.pdf(invoice), "application/pdf")
    came = e_invoice(delivery.presentment)
    if came and came.kind == own.kind:  # a Factur-X is paper and data in one
        return [came]
    return [own, came] if came else [own]


def names(delivery: Delivery) -> dict[str, str]:
    """What `papers` are called, by kind (`pdf`, `xml`), without making them."""
    presentment, own = delivery.presentment, {"pdf": clean_name(invoice_paper.name(delivery.invoice))}
    if presentment.channel not in ("xml", "pdf"):
        return {**own, "xml": _ubl_name(presentment)}
    original = _original(presentment)
    return own | ({presentment.channel: original.name} if original else {})


def _original(presentment: Presentment) -> StoredFile | None:
    return StoredFile.objects.filter(pk=presentment.original_id).first() if presentment.original_id else None


def _ubl_name(presentment: Presentment) -> str:
    return clean_name(f"{presentment.number}.xml")


def _claim(now: datetime) -> Delivery | None:
    """Take the delivery that waits longest; it is due again when the lease ends, should this process die."""
    waiting = Delivery.objects.filter(mail=None, bounced_at=None, retry_at__lte=now).order_by("retry_at")
    with transaction.atomic():
        skip = connection.features.has_select_for_update_skip_locked
        delivery = waiting.select_for_update(skip_locked=skip).first()
        if delivery is not None:
            delivery.attempts += 1
            delivery.retry_at = now + LEASE
            delivery.save(update_fields=["attempts", "retry_at"])
    return delivery


@transaction.atomic
def _write(claimed: Delivery) -> None:
    rows = Delivery.objects.select_for_update(of=("self",)).select_related(
        "invoice__supplier", "invoice__account", "invoice__legal_entity", "presentment", "supplier"
    )
    delivery = rows.get(pk=claimed.pk)
    if delivery.mail_id:
        return
    if delivery.presentment.state not in (*SHOWN, "closed"):  # withdrawn or replaced before it was mailed
        delivery.delete()
        return
    invoice, now = delivery.invoice, clock.now()
    house = house_of(delivery.supplier)
    due = short_day(invoice.due_date, seen_from=invoice.issue_date)
    delivery.mail = outbox.post(letter(
        delivery.supplier, to=delivery.email, template="invoice", papers=papers(delivery),
        subject=f"Invoice {invoice.number} from {house}: {invoice.payable}, due {due}",
        words={"invoice": invoice, "link": make_link(delivery, now=now), "lasts": LASTS.days},
        headers={"Message-ID": message_id(delivery), "X-Entity-Ref-ID": secrets.fingerprint(str(delivery.pk))[:32]},
    ))  # fmt: skip
    delivery.save(update_fields=["mail"])

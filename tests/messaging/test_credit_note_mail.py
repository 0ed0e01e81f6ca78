"""A credit note goes by mail to whoever has the account's invoices mailed, once, with its paper."""

from collections.abc import Callable
from io import BytesIO

import pypdf

from eipp.kernel.events import Event
from messaging.credit_note_mail import CreditNoteMail, mail_credit_notes
from tests.messaging.post import AP, carry, wants_mail
from tests.messaging.sink import Sink
from tests.workflows.doing import eur
from tests.world import World
from workflows import answering


def test_a_credit_note_is_mailed_with_its_paper_and_once(world: World, settle: Callable[[], None], sink: Sink) -> None:
    wants_mail(world)
    wants_mail(world, "disputes@brightwater.example", purpose="disputes")
    invoice = world.invoice("100.00", number="4711")
    note = answering.give_credit(world.actor("mona"), invoice, eur("30.00"), reason="Two were bent")
    carry(settle)
    mail = next(each for each in sink.read() if each["Subject"].startswith("Credit note"))
    assert mail["Subject"] == f"Credit note {note.number} from Nordwind: 30.00 EUR for invoice 4711"
    assert [to for to, *_ in sink.taken if to == [AP]] and not [to for to, *_ in sink.taken if "disputes@" in to[0]]
    (paper,) = list(mail.iter_attachments())
    text = "".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(paper.get_payload(decode=True))).pages)
    assert note.number in text and "30.00" in text
    body = mail.get_body(("plain",)).get_content()
    assert "Two were bent" in body and f"/credit-notes/{note.pk}/" in body
    mail_credit_notes(list(Event.objects.filter(name="credit_note.posted")))
    assert CreditNoteMail.objects.count() == 1

"""Correction: AR asks whoever sent a faulty document for a corrected file; nothing is mended in the document itself."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models, transaction

from documents.einvoice.explanation import explained, is_official_text
from eipp.accounts.mail_address import clean_address
from eipp.accounts.models import Organisation
from eipp.accounts.roles import require
from eipp.kernel import clock, events
from eipp.kernel.actor import Actor
from eipp.kernel.record import Entity
from eipp.kernel.refusal import Refusal
from eipp.kernel.tenancy import Scope
from messaging import outbox
from messaging.letter import letter
from messaging.outgoing_mail import OutgoingMail
from workflows.presentment import Presentment

LONGEST = 10_000  # characters
MOST = 40  # faults that are named one by one


class CorrectionRequest(Entity):
    """What was asked, of whom, when and by whom; `mail` knows whether it was sent."""

    presentment = models.ForeignKey(Presentment, models.PROTECT, related_name="correction_requests")
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    email = models.EmailField()
    text = models.TextField()
    asked_at = models.DateTimeField()
    asked_by_id = models.UUIDField(null=True)
    mail = models.OneToOneField(OutgoingMail, models.PROTECT, related_name="+")
    scope = Scope(supplier="supplier_id")

    class Meta:
        indexes = (models.Index(fields=["supplier", "-asked_at"], name="correction_newest"),)

    def __str__(self) -> str:
        return f"{self.presentment_id} of {self.email}"


@transaction.atomic
def ask_for_correction(
    actor: Actor, presentment: Presentment, *, email: str, text: str, now: datetime | None = None
) -> CorrectionRequest:
    """Mail the sender what is wrong. Event: `invoice.correction_asked`.

    Refusal (403) without the right, (409) for what is not held back, (422) for an address or text that cannot be sent.
    """
    require(actor, "quarantine.work")
    row = Presentment.objects.visible_to(actor).select_related("supplier").get(pk=presentment.pk)
    if row.state != "quarantined":
        raise Refusal("not_held_back", "This document is not held back any more: nothing is to be corrected.")
    email, text, moment = clean_address(email), _cleaned(text), now or clock.now()
    mail = outbox.post(letter(
        row.supplier, to=email, subject=f"Please correct {_called(row)}", template="correction",
        words={"text": text, "presentment": row}, reply_to=row.supplier.contact_email,
    ))  # fmt: skip
    asked = CorrectionRequest.objects.create(
        presentment=row, supplier=row.supplier, email=email, text=text, asked_at=moment, asked_by_id=actor.person_id,
        mail=mail,
    )  # fmt: skip
    data = {"email": email, "number": row.number}
    events.record("invoice.correction_asked", row, actor, data=data, occurred_at=moment)
    return asked


def senders_of(actor: Actor, presentment: Presentment) -> list[str]:
    """Whom one may ask, the likeliest first: who was asked last, whom the document names, who is on record."""
    asked = CorrectionRequest.objects.visible_to(actor).filter(supplier=presentment.supplier).order_by("-asked_at")
    said = (presentment.document.get("seller") or {}).get("contact") or {}
    found = [asked.values_list("email", flat=True).first(), said.get("email"), presentment.supplier.contact_email]
    return list(dict.fromkeys(each for each in found if each))


def letter_about(presentment: Presentment, *, by: str) -> str:
    """The words to begin with: each fault in plain words, with the rule, and what to do."""
    faults = presentment.faults
    more = [f"... and {len(faults) - MOST} more of this kind."] if len(faults) > MOST else []
    return "\n".join((
        "Hello,", "",
        f"we could not take {_called(presentment)}, which came on {presentment.received_at:%-d %B %Y}, "
        f"for {_reasons(len(faults))}:", "",
        *_listed(faults[:MOST]), *more, "",
        "Please correct it where it is written and send it again, with the same number or the same id; it then takes "
        "the place of this one.", "",
        "Kind regards", by,
    ))  # fmt: skip


def _called(presentment: Presentment) -> str:
    kind = "credit note" if presentment.is_credit_note else "invoice"
    return f"{kind} {presentment}"


def _reasons(count: int) -> str:
    return "this reason" if count == 1 else f"these {count} reasons"


def _listed(faults: Iterable[dict[str, Any]]) -> list[str]:
    lines = []
    for fault in faults:
        exact = "" if is_official_text(fault["rule"], fault["message"]) else f" {fault['message']}"
        where = f", line {fault['line']} of the file" if fault.get("line") else ""
        lines.append(f"- {explained(fault['rule'])}{exact} (rule {fault['rule']}{where})")
    return lines


def _cleaned(text: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise Refusal("empty_message", "Write what is to be corrected.", status=422, field="text")
    if len(text) > LONGEST or any(not sign.isprintable() and sign not in "\n\t" for sign in text):
        sentence = f"The text has at most {LONGEST:,} characters that can be seen."
        raise Refusal("bad_text", sentence, status=422, field="text")
    return text

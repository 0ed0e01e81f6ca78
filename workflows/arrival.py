"""Arrivals: documents on their way in, and what is found of them before anything is written."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from documents.einvoice.document import Document
from documents.einvoice.fault import Fault
from documents.models import StoredFile
from eipp.kernel.refusal import Refusal
from workflows import drafting
from workflows.presentment import Presentment, fault_dict


@dataclass(frozen=True, slots=True)
class Arrival:
    """What came: the neutral document with its bytes, and what was found at once.

    judged: nothing more is to be checked (JSON, which our own code checks wholly); account_number: the ERP's id of the
    customer account, which beats the document's own marks; original: its bytes, kept already or to be kept with it;
    warnings: worth showing, no reason to hold it back; credit_request: what this credit note answers.
    """

    document: Document
    channel: str
    judged: bool
    external_id: str = ""
    account_number: str = ""
    original_id: UUID | None = None
    original: StoredFile | None = None
    faults: Sequence[Fault] = ()
    warnings: Sequence[dict[str, Any]] = ()
    credit_request: UUID | None = None

    @property
    def bytes_id(self) -> UUID | None:
        return self.original.pk if self.original else self.original_id

    @property
    def name(self) -> str:
        """The id by which it is known: its sender's, or its number, or the id of its bytes."""
        return self.external_id or self.document.number or (self.bytes_id.hex if self.bytes_id else "")


@dataclass(slots=True)
class Arriving:
    """One arrival and its row to be. older: the last version known; held: the documents that it mends, the newest
    first; refusal: why it is not taken in."""

    arrival: Arrival
    row: Presentment
    older: Presentment | None = None
    held: list[Presentment] = field(default_factory=list)
    refusal: Refusal | None = None

    @property
    def is_repeated(self) -> bool:
        """The same content is there already, unless it is mended by the account that came with it this time."""
        older = self.older
        return bool(older and older.content_hash == self.row.content_hash and older.state != "superseded"
                    and not self._finds_more(older))  # fmt: skip

    @property
    def is_new(self) -> bool:
        """Nothing that is there is changed by it, so that many such are taken in together."""
        return self.older is None and not self.held and not self.row.is_credit_note

    @property
    def is_posted_at_once(self) -> bool:
        """It waits for nothing: the ledger takes it, or refuses it."""
        return self.is_new and self.arrival.judged and not self.row.faults

    def _finds_more(self, older: Presentment) -> bool:
        """It was held back for want of its account (or for its bank account), and now no longer would be."""
        matched = {fault["rule"] for fault in self.row.faults}
        held = {fault["rule"] for fault in older.faults} & MATCHING
        return older.state == "quarantined" and not held <= matched


MATCHING = frozenset({"EIPP-BUYER-UNKNOWN", "EIPP-BUYER-AMBIGUOUS", "EIPP-BANK-ACCOUNT"})  # what matching finds


def row_of(supplier_id: UUID, arrival: Arrival, older: Presentment | None, now: datetime) -> Presentment:
    """The document's next version, not yet written and not yet matched."""
    document, said = arrival.document, drafting.said(arrival.document)
    return Presentment(
        state="received", state_since=now, supplier_id=supplier_id, channel=arrival.channel, external_id=arrival.name,
        version=older.version + 1 if older else 1, number=document.number or "",
        content_hash=drafting.hash_of(said), is_credit_note=document.is_credit_note, document=said,
        original_id=arrival.bytes_id, received_at=now, warnings=list(arrival.warnings), replaces=_standing(older),
        judged_at=now if arrival.judged else None, credit_request_id=arrival.credit_request,
    )  # fmt: skip


def add_reasons(row: Presentment, faults: Sequence[Fault]) -> None:
    """What was found is a reason to hold it back, or else worth a warning; each is told once."""
    known = {(fault["rule"], fault.get("path", "")) for fault in row.faults}
    row.faults += [fault_dict(each) for each in faults if each.blocks and (each.rule, each.path) not in known]
    row.warnings += [fault_dict(each) for each in faults if not each.blocks]


def _standing(older: Presentment | None) -> Presentment | None:
    """The version that is in the ledger, which may not be the last one that came."""
    while older and not (older.invoice_id or older.credit_note_id):
        older = older.replaces
    return older

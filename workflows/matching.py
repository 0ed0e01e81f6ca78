"""Matching: whose a document is, what it mends, and whether its number is free; each asked once for a whole set."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from documents.einvoice.fault import Fault
from eipp.accounts.account_search import Marks, find_all
from eipp.accounts.models import CustomerAccount, LegalEntity
from eipp.kernel.refusal import Refusal
from eipp.ledger.models import CreditNote, Invoice
from workflows.arrival import Arrival, Arriving, row_of
from workflows.payee import foreign_bank_accounts, names_bodies, payee_of
from workflows.presentment import WAITING, Presentment, fault_dict


def look_up(supplier_id: UUID, arrivals: Sequence[Arrival], now: datetime) -> list[Arriving]:
    """What is known of each arrival: a constant number of queries. No two may have one name."""
    versions, held = _known(supplier_id, arrivals)
    found = []
    for arrival in arrivals:
        older = versions.get(arrival.name)
        found.append(Arriving(arrival, row_of(supplier_id, arrival, older, now), older))
    _match(supplier_id, found)
    for one in found:
        one.held = _mended(one, held)
        one.row.mends = one.held[0] if one.held else None
    if len(found) > 1 or not found[0].is_posted_at_once:  # of one alone the ledger's own refusal says the same
        _refuse_taken_numbers([one for one in found if not one.is_repeated])
    return found


def _known(
    supplier_id: UUID, arrivals: Sequence[Arrival]
) -> tuple[dict[str, Presentment], dict[str, list[Presentment]]]:
    """The last version by external id, and what is held back by number, the newest first."""
    names, numbers = {each.name for each in arrivals}, {each.document.number or "" for each in arrivals} - {""}
    either = Q(external_id__in=names) | Q(state="quarantined", number__in=numbers)
    versions: dict[str, Presentment] = {}
    held: dict[str, list[Presentment]] = defaultdict(list)
    # Most often there is none: then rows are not asked for, whose many columns cost more than this.
    found = list(Presentment.objects.filter(either, supplier=supplier_id).values_list("pk", flat=True))
    rows = Presentment.objects.filter(pk__in=found).order_by("-version", "-received_at") if found else ()
    for row in rows:
        versions.setdefault(row.external_id, row)
        if row.state == "quarantined":
            held[row.number].append(row)
    return versions, held


def _mended(one: Arriving, held: dict[str, list[Presentment]]) -> list[Presentment]:
    """What was held back and is corrected by this: the same id, or the same seller's same number.

    Programs give a corrected file a new id as often as the old one; a number is one document's within its year.
    """
    if one.older:
        return [one.older] if one.older.state in WAITING else []
    if not one.row.number:
        return []
    rows = [row for row in held.get(one.row.number, ()) if row.is_credit_note == one.row.is_credit_note]
    rows.sort(key=lambda row: row.received_at, reverse=True)
    return [row for row in rows if _whose(row) == _whose(one.row)]


def _whose(presentment: Presentment) -> tuple[Any, str]:
    """By whom a number was given, and in which year."""
    seller = presentment.document.get("seller") or {}
    return seller.get("vat_id") or seller.get("name"), str(presentment.document.get("issue_date"))[:4]


def _match(supplier_id: UUID, found: Sequence[Arriving]) -> None:
    """Find the customer accounts and the legal entities; who is not found for certain is a reason to wait."""
    matches = find_all(supplier_id, [_marks(one.arrival) for one in found])
    named = any(names_bodies(one.arrival.document) for one in found)
    entities = list(LegalEntity.objects.filter(organisation=supplier_id)) if named else []
    for one, accounts in zip(found, matches, strict=True):
        row, document = one.row, one.arrival.document
        if len(accounts) == 1:
            row.account = accounts[0]
            row.legal_entity = payee_of(document, accounts[0], entities)
        else:
            row.candidates = [str(account.pk) for account in accounts]
            reason = _several(accounts) if accounts else _nobody(document.buyer.name, one.arrival.account_number)
            row.faults.append(fault_dict(reason))
        row.faults += [fault_dict(each) for each in foreign_bank_accounts(document, row.legal_entity, entities)]


def _marks(arrival: Arrival) -> Marks:
    buyer = arrival.document.buyer
    if arrival.account_number:
        return Marks(number=arrival.account_number)
    return Marks(
        endpoint=buyer.endpoint, endpoint_scheme=buyer.endpoint_scheme or "", vat_id=buyer.vat_id,
        legal_id=buyer.legal_id, legal_scheme=buyer.legal_scheme or "",
    )  # fmt: skip


def _refuse_taken_numbers(found: Sequence[Arriving]) -> None:
    """Another document of the year has the number: it is not taken in."""
    for model, is_credit_note in ((Invoice, False), (CreditNote, True)):
        chosen = {
            _place(one.row): one
            for one in found
            if one.row.legal_entity_id and one.row.number and one.row.is_credit_note is is_credit_note
        }
        if not chosen:
            continue
        rows: Any = model.objects.filter(
            legal_entity__in={place[0] for place in chosen}, number__in={place[1] for place in chosen}
        )
        for entity_id, number, year, external_id in rows.values_list(
            "legal_entity_id", "number", "fiscal_year", "external_id"
        ):
            one = chosen.get((entity_id, number, year))
            if one and one.row.external_id != external_id:
                one.refusal = Refusal(
                    "number_taken", f"The number {number} is taken by another document of {year}.", field="number"
                )


def _place(row: Presentment) -> tuple[UUID | None, str, int]:
    year = str(row.document.get("issue_date") or "0000")[:4]
    return row.legal_entity_id, row.number, int(year) if year.isdecimal() else 0


def _nobody(name: str | None, account_number: str) -> Fault:
    who = f"the account {account_number}" if account_number else (name or "the buyer")
    return Fault("EIPP-BUYER-UNKNOWN", f"No customer account was found for {who[:200]}.", "buyer")


def _several(accounts: Sequence[CustomerAccount]) -> Fault:
    numbers = ", ".join(account.number for account in accounts[:10])
    return Fault("EIPP-BUYER-AMBIGUOUS", f"Several customer accounts fit the buyer: {numbers}.", "buyer")
